"""What a site remembers of its own instances from build to build: the ledger (design.md §1, §5).

It holds what a calendar showed of each instance and under which revision number, when a date moved and from when,
which calendars there ever were, and what changed of late. `loaded` and `dumped` are the doors to its JSON; all of it
was public, so that the site publishes it for its own next build on another machine.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from generator.forms import moment, utc
from generator.states import State

VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What calendars show of an instance. Times are in UTC; `geo` is latitude and longitude.

    `status` is that of RFC 5545; "" where no calendar lists the instance, and then nothing but its times is known.
    """

    start: datetime
    end: datetime | None = None
    title: str = ""
    description: str = ""
    location: str = ""
    geo: tuple[float, float] | None = None
    categories: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of an instance; times are in UTC.

    `sequence` and `modified` are the revision of its entry: SEQUENCE, and DTSTAMP and LAST-MODIFIED alike. They move
    when the entry does, and only then. `earlier_start` is when it was to start before its date moved. `calendars` names
    the calendars that list it, besides the site's: "e/19078", "genres/drama/".
    """

    event_id: int
    entry: Entry
    state: State
    calendars: tuple[str, ...]
    sequence: int
    modified: datetime
    first_seen: datetime
    earlier_start: datetime | None = None

    @property
    def over(self) -> datetime:
        """When the performance is over; one of unknown length when it starts."""
        return self.entry.end or self.entry.start

    @property
    def without_words(self) -> "Record":
        """The record without what it said: the numbers stay when no calendar lists the instance any more."""
        return replace(self, entry=Entry(self.entry.start, self.entry.end), calendars=())


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to an instance: `what` is one of `changes.WHAT`; times are in UTC."""

    what: str
    time: datetime
    instance_id: int
    event_id: int
    title: str
    start: datetime
    earlier_start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
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

    def earlier_start(self, instance_id: int) -> datetime | None:
        """When an instance was to start before its date moved; None where it never did."""
        record = self.records.get(instance_id)
        return record.earlier_start if record else None


def dumped(ledger: Ledger) -> bytes:
    """The ledger as JSON, one line a record."""
    head = {
        "version": VERSION,
        "source": ledger.source,
        "changed": utc(ledger.changed),
        "content": ledger.content,
        "calendars": dict(sorted(ledger.calendars.items())),
    }
    changes = [_row(change) for change in ledger.changes]
    records = [(str(key), _row(record)) for key, record in sorted(ledger.records.items())]
    lines = [f"{_json(name)}: {_json(value)}" for name, value in head.items()]
    lines.append('"changes": [' + ",".join(f"\n {_json(row)}" for row in changes) + "]")
    lines.append('"instances": {' + ",".join(f"\n {_json(key)}: {_json(row)}" for key, row in records) + "}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def loaded(document: bytes) -> Ledger:
    """The ledger in a JSON document. Raises ValueError where it is none."""
    try:
        table = json.loads(document)
        if table["version"] != VERSION:
            raise ValueError(f"version {table['version']} is not {VERSION}")
        return Ledger(
            source=_text(table["source"]),
            changed=moment(table["changed"]),
            records={int(key): _record(row) for key, row in table["instances"].items()},
            calendars={_text(folder): _text(name) for folder, name in table["calendars"].items()},
            changes=tuple(_change(row) for row in table["changes"]),
            content=_text(table["content"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not as a ledger is: {error}") from error


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _row(value: Any) -> Any:
    """A record as JSON has it, without what is empty."""
    if isinstance(value, datetime):
        return utc(value)
    if not isinstance(value, (Record, Entry, Change)):
        return value
    named = ((name, getattr(value, name)) for name in value.__slots__)
    return {name: _row(part) for name, part in named if part not in (None, "", ())}


def _record(row: Mapping[str, Any]) -> Record:
    return Record(
        event_id=int(row["event_id"]),
        entry=_entry(row["entry"]),
        state=State(row["state"]),
        calendars=tuple(map(_text, row.get("calendars", ()))),
        sequence=int(row["sequence"]),
        modified=moment(row["modified"]),
        first_seen=moment(row["first_seen"]),
        earlier_start=_moment_if_any(row.get("earlier_start")),
    )


def _entry(row: Mapping[str, Any]) -> Entry:
    latitude, longitude = row.get("geo", (None, None))
    return Entry(
        start=moment(row["start"]),
        end=_moment_if_any(row.get("end")),
        title=_text(row.get("title", "")),
        description=_text(row.get("description", "")),
        location=_text(row.get("location", "")),
        geo=None if latitude is None else (float(latitude), float(longitude)),
        categories=tuple(map(_text, row.get("categories", ()))),
        status=_text(row.get("status", "")),
    )


def _change(row: Mapping[str, Any]) -> Change:
    return Change(
        what=_text(row["what"]),
        time=moment(row["time"]),
        instance_id=int(row["instance_id"]),
        event_id=int(row["event_id"]),
        title=_text(row.get("title", "")),
        start=moment(row["start"]),
        earlier_start=_moment_if_any(row.get("earlier_start")),
    )


def _moment_if_any(text: str | None) -> datetime | None:
    return moment(text) if text else None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
