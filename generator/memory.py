"""Where a site's memory comes from: its ledger in `.sitegen/`, else what is published at the baseline.

`remembered` is the door in, `keep` the door out. No memory is no fault; one that cannot be read is a warning, and
treated as none.
"""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from generator import urls
from generator.anatomy import Struct
from generator.baseline import beside, instances_of, shown
from generator.entries import CANCELLED
from generator.errors import Notice, NoticeKind, SitegenError
from generator.ical import Revision, revisions
from generator.ledger import Ledger, Record, loaded
from generator.source import Source
from generator.states import State

BROKEN = NoticeKind(
    "memory cannot be read",
    "memories cannot be read",
    "Revision numbers of calendar entries may begin anew. What is broken is replaced when the site is written.",
)
UNREACHABLE = NoticeKind(
    "memory at the baseline cannot be had",
    "memories at the baseline cannot be had",
    "Revision numbers of calendar entries may begin anew. Is --baseline the availability.json of your published site?",
)
UNKEPT = NoticeKind(
    "memory cannot be kept",
    "memories cannot be kept",
    "May sitegen write there? The site is published; without it, the next build needs --baseline.",
)
_STATES = {CANCELLED: State.CANCELLED, "TENTATIVE": State.POSTPONED}


def ledger_file(site_folder: Path) -> Path:
    """Where the ledger of a site folder lies."""
    return site_folder / ".sitegen" / urls.LEDGER


class Memory(Struct, frozen=True):
    """The ledger of the last build from feeds of the same series, if any, and what of it could not be read.

    `digest` is that of its file in the site folder, SHA-256; b"" where it is from elsewhere.
    """

    ledger: Ledger | None = None
    notices: tuple[Notice, ...] = ()
    digest: bytes = b""


NOTHING = Memory()


def remembered(site_folder: Path, source: Source, baseline: str | None, now: datetime) -> Memory:
    """What a site remembers of the last build from a source."""
    notices: list[Notice] = []
    found, own = _of_folder(ledger_file(site_folder), notices)
    ledger = _same_series(found, source)
    if ledger:
        return Memory(ledger, tuple(notices), own)
    if baseline:
        ledger = _same_series(_of_baseline(baseline, source, now, notices), source)
    return Memory(ledger, tuple(notices))


def _same_series(ledger: Ledger | None, source: Source) -> Ledger | None:
    return ledger if ledger and ledger.source == source.series else None


def _of_folder(file: Path, notices: list[Notice]) -> tuple[Ledger | None, bytes]:
    """The ledger in a file, and the digest of its bytes."""
    try:
        if file.is_file():
            document = file.read_bytes()
            return loaded(document), hashlib.sha256(document).digest()
    except (OSError, ValueError) as error:
        notices.append(Notice(BROKEN, f"{file} ({error})"))
    return None, b""


def _of_baseline(baseline: str, source: Source, now: datetime, notices: list[Notice]) -> Ledger | None:
    try:
        return _published(baseline, source, now)
    except (SitegenError, ValueError, TypeError, AttributeError) as error:
        notices.append(Notice(UNREACHABLE, f"{shown(baseline)} ({str(error).splitlines()[0]})"))
        return None


def keep(ledger: Path, site_folder: Path) -> Iterator[Notice]:
    """Copy a published ledger into the memory of a site folder, whole or not at all; a notice where that fails."""
    file = ledger_file(site_folder)
    aside = file.with_name(f".{file.name}.new")
    try:
        file.parent.mkdir(exist_ok=True)
        shutil.copyfile(ledger, aside)
        aside.replace(file)
    except OSError as error:
        yield Notice(UNKEPT, f"{file} ({error.strerror})")
        aside.unlink(missing_ok=True)


def _published(baseline: str, source: Source, now: datetime) -> Ledger | None:
    """The ledger beside a baseline; without one, what its calendar holds. None where neither is published."""
    document = beside(baseline, urls.LEDGER)
    if document is not None:
        return loaded(document)
    calendar = beside(baseline, urls.FEED)
    if calendar is None:
        return None
    known = instances_of(baseline) or {}
    found = revisions(calendar, source.namespace)
    records = {key: _record(revision, known.get(str(key), {}), now) for key, revision in found.items()}
    changed = max((record.modified for record in records.values()), default=now)
    return Ledger(source.series, changed, records, {}) if records else None


def _record(revision: Revision, known: Mapping[str, Any], now: datetime) -> Record:
    """What a calendar and availability.json tell of an instance together."""
    entry = revision.entry
    said = _STATES.get(entry.status, State.PAST if (entry.end or entry.start) <= now else State.UNKNOWN)
    event_id = int(known.get("event", 0))
    return Record(
        event_id=event_id,
        entry=entry,
        state=State(known.get("state", said)),
        calendars=(urls.event_for_good(event_id),) if event_id else (),
        sequence=revision.sequence,
        modified=revision.modified,
        first_seen=revision.modified,
    )
