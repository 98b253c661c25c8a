"""Calendars as people subscribe to them: RFC 5545 and 7986 (design.md §5), written and read back.

Times are in UTC, with X-WR-TIMEZONE: the one form that every reader gets right in the hour that the autumn night has
twice. An entry is the same bytes in every calendar that holds it. `Writer` is the door out, `revisions` the door in.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from generator import urls
from generator.config import Settings
from generator.entries import safe
from generator.ledger import Entry, Ledger, Record
from generator.processes import spread
from generator.urls import Addresses

if TYPE_CHECKING:
    from icalendar import Calendar, Event

NOTHING: Mapping[int, "Made"] = MappingProxyType({})
REFRESH = timedelta(hours=1)
ENTRIES_A_PORTION = 500
_END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, slots=True)
class Revision:
    """An entry as it was published: SEQUENCE, and LAST-MODIFIED in UTC."""

    entry: Entry
    sequence: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """An entry as it stands in a calendar, and the digest of what it was made from."""

    key: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class About:
    """What a calendar says of itself: its own path, its name, and the page that it goes with."""

    path: str
    name: str
    page: str


@dataclass(frozen=True, slots=True)
class Writer:
    """Every entry once, by instance id, and the calendars made of them."""

    settings: Settings
    addresses: Addresses
    entries: Mapping[int, Made]
    single_head: bytes

    def calendar(self, about: About, instance_ids: Iterable[int]) -> bytes:
        """A calendar for people to subscribe to."""
        head = _head(self.settings)
        head.add("name", safe(about.name))
        head.add("x-wr-calname", safe(about.name))
        head.add("url", self.addresses.absolute(about.page))
        head.add("source", self.addresses.absolute(about.path), parameters={"VALUE": "URI"})
        head.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        head.add("x-published-ttl", "PT1H")
        return self._whole(_beginning(head), b"".join(self.entries[key].content for key in instance_ids))

    def single(self, instance_id: int) -> bytes:
        """The file of one instance: without a name, as importing it is not to make a new calendar."""
        made = self.entries.get(instance_id)
        return self._whole(self.single_head, made.content if made else b"")

    def _whole(self, beginning: bytes, entries: bytes) -> bytes:
        """A calendar; one with nothing to list holds the zone alone, as none may be empty."""
        return beginning + (entries or _zone(self.settings.site.timezone)) + _END


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
    keys = {key: hashlib.blake2b(same + msgspec.msgpack.encode(record)).digest() for key, record in listed.items()}
    to_make = [key for key, own in keys.items() if key not in before or before[key].key != own]

    def made(some: slice) -> list[Made]:
        return [Made(keys[key], _entry(key, listed[key], addresses, namespace).to_ical()) for key in to_make[some]]

    portions = [slice(first, first + ENTRIES_A_PORTION) for first in range(0, len(to_make), ENTRIES_A_PORTION)]
    entries = (entry for portion in spread(made, portions, jobs, "made calendar entries") for entry in portion)
    new = dict(zip(to_make, entries, strict=True))
    whole = {key: new.get(key) or before[key] for key in listed}
    return Writer(settings, addresses, whole, _beginning(_head(settings)))


@cache
def _program() -> str:
    """What makes entries: this module and the library."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest() + version("icalendar")


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


def _head(settings: Settings) -> "Calendar":
    from icalendar import Calendar

    head = Calendar()
    head.add("prodid", f"-//sitegen//{safe(settings.site.name)}//{settings.site.language[:2].upper()}")
    head.add("version", "2.0")
    head.add("calscale", "GREGORIAN")
    head.add("method", "PUBLISH")
    head.add("x-wr-timezone", settings.site.timezone)
    return head


def _beginning(head: "Calendar") -> bytes:
    whole: bytes = head.to_ical()
    return whole.removesuffix(_END)


def _entry(instance_id: int, record: Record, addresses: Addresses, namespace: str) -> "Event":
    from icalendar import Event

    shown, event = record.entry, Event()
    event.add("uid", f"{instance_id}@{namespace}")
    event.add("dtstamp", record.modified)
    event.add("last-modified", record.modified)
    event.add("sequence", record.sequence)
    event.add("dtstart", shown.start)
    if shown.end:
        event.add("dtend", shown.end)
    event.add("summary", shown.title)
    event.add("description", shown.description)
    event.add("location", shown.location)
    if shown.geo:
        event.add("geo", shown.geo)
    event.add("url", addresses.absolute(urls.instance_for_good(instance_id)))
    if shown.categories:
        event.add("categories", list(shown.categories))
    event.add("status", shown.status)
    event.add("transp", "TRANSPARENT")
    return event


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
