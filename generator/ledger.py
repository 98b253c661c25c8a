"""What a site remembers of its own instances from build to build: the ledger (design.md §1, §5).

It holds what a calendar showed of each instance and under which revision number, when a date moved and from when,
which calendars there ever were, and what changed of late. `loaded` and `dumped` are the doors to its JSON; all of it
was public, so that the site publishes it for its own next build on another machine.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Annotated

import msgspec

from generator.anatomy import Struct, replace
from generator.forms import utc
from generator.states import State

VERSION = 1
RECORDS_A_PORTION = 1000
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Entry(Struct, frozen=True, omit_defaults=True):
    """What calendars show of an instance. Times are in UTC; `geo` is latitude and longitude.

    `status` is that of RFC 5545; "" where no calendar lists the instance, and then nothing but its times is known.
    """

    start: Moment
    end: Moment | None = None
    title: str = ""
    description: str = ""
    location: str = ""
    geo: tuple[float, float] | None = None
    categories: tuple[str, ...] = ()
    status: str = ""


class Record(Struct, frozen=True, omit_defaults=True):
    """What is remembered of an instance; times are in UTC.

    `sequence` and `modified` are the revision of its entry: SEQUENCE, and DTSTAMP and LAST-MODIFIED alike. They move
    when the entry does, and only then. `earlier_start` is when it was to start before its date moved. `calendars` names
    the calendars that list it, besides the site's: "e/19078", "genres/drama/".
    """

    event_id: int
    entry: Entry
    state: State
    sequence: int
    modified: Moment
    first_seen: Moment
    calendars: tuple[str, ...] = ()
    earlier_start: Moment | None = None

    @property
    def over(self) -> datetime:
        """When the performance is over; one of unknown length when it starts."""
        return self.entry.end or self.entry.start

    @property
    def without_words(self) -> "Record":
        """The record without what it said: the numbers stay when no calendar lists the instance any more."""
        return replace(self, entry=Entry(self.entry.start, self.entry.end), calendars=())


class Change(Struct, frozen=True, omit_defaults=True):
    """Something that happened to an instance: `what` is one of `changes.WHAT`; times are in UTC."""

    what: str
    time: Moment
    instance_id: int
    event_id: int
    title: str
    start: Moment
    earlier_start: Moment | None = None


class Ledger(Struct, frozen=True):
    """The memory of a site whose feed is `source`; `records` is by instance id.

    `calendars` has every folder in which a calendar was ever published, with the name of what is listed there.
    `changes` is newest first; `changed` is when the newest was, or when the memory began. `content` is the digest of
    everything published but the times of generation; "" where it is not known.
    """

    source: str
    changed: datetime
    records: Mapping[int, Record]
    calendars: Mapping[str, str]
    changes: tuple[Change, ...] = ()
    content: str = ""

    @property
    def listed(self) -> Mapping[int, Record]:
        """The records that calendars list."""
        return {key: record for key, record in self.records.items() if record.entry.status}


class _Table(Struct):
    """A ledger as its document has it."""

    source: str
    changed: Moment
    content: str
    calendars: dict[str, str]
    changes: tuple[Change, ...]
    instances: dict[int, Record]


class _Version(Struct):
    version: int


def dumped(ledger: Ledger) -> bytes:
    """The ledger as JSON, one line a record, without what is empty."""
    head = {
        "version": VERSION,
        "source": ledger.source,
        "changed": utc(ledger.changed),
        "content": ledger.content,
        "calendars": dict(sorted(ledger.calendars.items())),
    }
    json = msgspec.json.Encoder().encode
    lines = [b'"%b": %b' % (name.encode(), json(value)) for name, value in head.items()]
    changes = b",".join(b"\n %b" % json(change) for change in ledger.changes)
    records = (b'\n "%d": %b' % (key, json(ledger.records[key])) for key in sorted(ledger.records))
    portions = iter(lambda: b",".join(islice(records, RECORDS_A_PORTION)), b"")  # each by itself takes more memory
    beginning = b",\n".join((*lines, b'"changes": [%b]' % changes))
    return b"".join((b"{\n", beginning, b',\n"instances": {', b",".join(portions), b"}\n}\n"))


def loaded(document: bytes) -> Ledger:
    """The ledger in a JSON document. Raises ValueError where it is none."""
    try:
        version = msgspec.json.decode(document, type=_Version).version
        if version != VERSION:
            raise ValueError(f"version {version} is not {VERSION}")
        table = msgspec.json.decode(document, type=_Table)
    except msgspec.MsgspecError as error:
        raise ValueError(f"not as a ledger is: {error}") from error
    return Ledger(table.source, table.changed, table.instances, table.calendars, table.changes, table.content)
