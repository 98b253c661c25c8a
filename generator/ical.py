"""Calendars as people subscribe to them: RFC 5545 and 7986 (design.md §5), written and read back.

Times are in UTC, with X-WR-TIMEZONE: the one form that every reader gets right in the hour that the autumn night has
twice. An entry is the same bytes in every calendar that holds it. `Writer` is the door out, `revisions` the door in.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from generator import urls
from generator.anatomy import Struct
from generator.config import Settings, Site
from generator.entries import safe
from generator.forms import basic_utc
from generator.ledger import Entry, Ledger, Record
from generator.libraries import libraries
from generator.processes import spread
from generator.urls import Addresses

NOTHING: Mapping[int, "Made"] = MappingProxyType({})
REFRESH = timedelta(hours=1)
ENTRIES_A_PORTION = 500
_END = b"END:VCALENDAR\r\n"
_OCTETS = 74  # of a line, without those that end it


class Revision(Struct, frozen=True):
    """An entry as it was published: SEQUENCE, and LAST-MODIFIED in UTC."""

    entry: Entry
    sequence: int
    modified: datetime


class Made(Struct, frozen=True):
    """An entry as it stands in a calendar, and the digest of what it was made from."""

    key: bytes
    content: bytes


class About(Struct, frozen=True):
    """What a calendar says of itself: its own path, its name, and the page that it goes with."""

    path: str
    name: str
    page: str


class Writer(Struct, frozen=True):
    """Every entry once, by instance id, and the calendars made of them."""

    settings: Settings
    addresses: Addresses
    entries: Mapping[int, Made]

    def calendar(self, about: About, instance_ids: Iterable[int]) -> bytes:
        """A calendar for people to subscribe to."""
        before, after = _head(self.settings.site)
        lines = (
            _line("NAME", safe(about.name)),
            _line("X-WR-CALNAME", safe(about.name)),
            _same_line("REFRESH-INTERVAL", REFRESH, "DURATION"),
            _line("SOURCE", self.addresses.absolute(about.path), "URI"),
            _line("URL", self.addresses.absolute(about.page)),
            _same_line("X-PUBLISHED-TTL", "PT1H"),
        )
        return self._whole((before, *lines, after), (self.entries[key].content for key in instance_ids))

    def single(self, instance_id: int) -> bytes:
        """The file of one instance: without a name, as importing it is not to make a new calendar."""
        made = self.entries.get(instance_id)
        return self._whole(_head(self.settings.site), (made.content,) if made else ())

    def _whole(self, beginning: Iterable[bytes], entries: Iterable[bytes]) -> bytes:
        """A calendar; one with nothing to list holds the zone alone, as none may be empty."""
        return b"".join(beginning) + (b"".join(entries) or _zone(self.settings.site.timezone)) + _END


def writer(
    ledger: Ledger,
    settings: Settings,
    addresses: Addresses,
    namespace: str,
    jobs: int = 1,
    before: Mapping[int, Made] = NOTHING,
) -> Writer:
    """The writer of the entries that a ledger lists, made by up to `jobs` processes; ids end in `@namespace`.

    Those that were made `before`, from the same, are not made again.
    """
    listed = ledger.listed
    same = f"{_program()} {namespace} {addresses.url}".encode()
    keys = {key: key_of(same + msgspec.msgpack.encode(record)) for key, record in listed.items()}
    missing = [key for key, own in keys.items() if key not in before or before[key].key != own]
    to_make = sorted(missing, key=lambda key: listed[key].event_id)  # a calendar's entries side by side in memory

    portions = [to_make[first : first + ENTRIES_A_PORTION] for first in range(0, len(to_make), ENTRIES_A_PORTION)]
    work = partial(_made, keys, listed, addresses, namespace)
    entries = (entry for portion in spread(work, portions, jobs, "made calendar entries") for entry in portion)
    new = dict(zip(to_make, entries, strict=True))
    whole = {key: new.get(key) or before[key] for key in listed}
    return Writer(settings, addresses, whole)


def _made(
    keys: Mapping[int, bytes], listed: Mapping[int, Record], addresses: Addresses, namespace: str, some: Sequence[int]
) -> list[Made]:
    """Some entries of those that are listed."""
    return [Made(keys[key], _entry(key, listed[key], addresses, namespace)) for key in some]


def key_of(made_from: bytes) -> bytes:
    """What a file, or an entry, is known by that is made from these bytes: their digest."""
    return hashlib.blake2b(made_from, digest_size=20).digest()


@cache
def _program() -> str:
    """What makes entries: this module, and libraries."""
    return hashlib.sha256(Path(__file__).read_bytes() + libraries()).hexdigest()


def revisions(calendar: bytes, namespace: str) -> dict[int, Revision]:
    """The entries of a published calendar by instance id, those of another namespace left out.

    Raises ValueError where it is no calendar that sitegen has written.
    """
    from icalendar import Calendar

    try:
        events = Calendar.from_ical(calendar).walk("VEVENT")
        found = (event for event in events if str(event["UID"]).endswith(f"@{namespace}"))
        return {int(str(event["UID"]).partition("@")[0]): _revision(event) for event in found}
    except (KeyError, AttributeError, TypeError, IndexError) as error:
        raise ValueError(f"not as a calendar is: {error}") from error


@cache
def _head(site: Site) -> tuple[bytes, bytes]:
    """How every calendar begins: what comes before its name, and after it."""
    before = _line("VERSION", "2.0"), _line("PRODID", f"-//sitegen//{safe(site.name)}//{site.language[:2].upper()}")
    return (
        b"".join((b"BEGIN:VCALENDAR\r\n", *before, _line("CALSCALE", "GREGORIAN"), _line("METHOD", "PUBLISH"))),
        _line("X-WR-TIMEZONE", site.timezone),
    )


def _entry(instance_id: int, record: Record, addresses: Addresses, namespace: str) -> bytes:
    """An entry; its properties stand in the library's order."""
    shown = record.entry
    lines = (
        _same_line("SUMMARY", shown.title),
        _moment("DTSTART", shown.start),
        _moment("DTEND", shown.end) if shown.end else b"",
        _moment("DTSTAMP", record.modified),
        _line("UID", f"{instance_id}@{namespace}"),
        _same_line("SEQUENCE", record.sequence),
        _same_line("CATEGORIES", shown.categories) if shown.categories else b"",
        _line("DESCRIPTION", shown.description),
        _same_line("GEO", shown.geo) if shown.geo else b"",
        _moment("LAST-MODIFIED", record.modified),
        _same_line("LOCATION", shown.location),
        _same_line("STATUS", shown.status),
        _same_line("TRANSP", "TRANSPARENT"),
        _line("URL", addresses.absolute(urls.instance_for_good(instance_id))),
    )
    return b"".join((b"BEGIN:VEVENT\r\n", *lines, b"END:VEVENT\r\n"))


def _line(name: str, value: Any, value_type: str = "") -> bytes:
    """A property as it stands in a calendar. Made line by line, as a whole component takes the library far longer."""
    parameter = f";VALUE={value_type}" if value_type else ""
    encoded = _type_of(name, value_type)(value).to_ical()
    text = encoded if isinstance(encoded, str) else encoded.decode()
    return _folded(f"{name}{parameter}:{text}".encode()) + b"\r\n"


def _moment(name: str, value: datetime) -> bytes:
    """A property that holds a moment; the library takes long to tell moments from days and lengths of time."""
    return f"{name}:{basic_utc(value)}\r\n".encode()


def _folded(line: bytes) -> bytes:
    """A line in pieces, as the library folds it, which looks at it letter by letter: no letter is cut, no escape."""
    first, pieces = 0, list[bytes]()
    while len(line) - first > _OCTETS:
        end = first + _OCTETS
        while line[end] & 0b11000000 == 0b10000000:  # within a letter of UTF-8
            end -= 1
        end -= line[end - 1] in b"\\^"
        pieces.append(line[first:end])
        first = end
    return b"\r\n ".join((*pieces, line[first:]))


_same_line = lru_cache(maxsize=5000)(_line)  # of properties that many entries share


@cache
def _type_of(name: str, value_type: str) -> Any:
    """The library's type for the values of a property."""
    from icalendar import Event  # slow to import

    return Event.types_factory.for_property(name, value_type or None)


def _revision(event: Any) -> Revision:
    categories = event.get("CATEGORIES")
    geo = event.get("GEO")
    entry = Entry(
        start=event["DTSTART"].dt.astimezone(UTC),
        end=event["DTEND"].dt.astimezone(UTC) if "DTEND" in event else None,
        title=str(event["SUMMARY"]),
        description=str(event["DESCRIPTION"]),
        location=str(event["LOCATION"]),
        geo=(geo.latitude, geo.longitude) if geo else None,
        categories=tuple(str(name) for name in categories.cats) if categories else (),
        status=str(event["STATUS"]),
    )
    return Revision(entry, int(event["SEQUENCE"]), event["LAST-MODIFIED"].dt.astimezone(UTC))


@cache
def _zone(name: str) -> bytes:
    from icalendar import Timezone

    zone: bytes = Timezone.from_tzid(name).to_ical()
    return zone
