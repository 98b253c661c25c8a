"""Calendars that people subscribe to: RFC 5545 and 7986 (design.md §5).

Times are in UTC, with X-WR-TIMEZONE: the one form that every reader gets right in the hour that the autumn night has
twice. An entry is the same bytes in every calendar that holds it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from icalendar import Calendar, Timezone
from icalendar import Event as Entry

from generator import urls
from generator.config import Settings
from generator.programme import ListedEvent, ListedInstance, Programme
from generator.states import State
from generator.text import one_line
from generator.urls import Addresses
from generator.wording import Language

KEPT_FOR = timedelta(days=30)
REFRESH = timedelta(hours=1)
_STATUS = {State.CANCELLED: "CANCELLED", State.POSTPONED: "TENTATIVE"}
_END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, slots=True)
class Calendars:
    """Every entry of a programme once, and the calendars made of them."""

    settings: Settings
    addresses: Addresses
    entries: dict[int, bytes]

    def calendar(self, path: str, name: str, instances: Iterable[ListedInstance]) -> bytes:
        """The calendar at `path`; one with nothing to list holds the zone alone, as none may be empty."""
        entries = b"".join(self.entries[instance.id] for instance in instances if instance.id in self.entries)
        head: bytes = self._head(path, name).to_ical()
        return head.removesuffix(_END) + (entries or _zone(self.settings.site.timezone)) + _END

    def _head(self, path: str, name: str) -> Calendar:
        head = Calendar()
        head.add("prodid", f"-//sitegen//{_safe(self.settings.site.name)}//{self.settings.site.language[:2].upper()}")
        head.add("version", "2.0")
        head.add("calscale", "GREGORIAN")
        head.add("method", "PUBLISH")
        head.add("name", _safe(name))
        head.add("x-wr-calname", _safe(name))
        head.add("x-wr-timezone", self.settings.site.timezone)
        head.add("url", self.addresses.absolute(path.removesuffix(urls.FEED)))
        head.add("source", self.addresses.absolute(path), parameters={"VALUE": "URI"})
        head.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        head.add("x-published-ttl", "PT1H")
        return head


def calendars(
    programme: Programme,
    settings: Settings,
    addresses: Addresses,
    language: Language,
    namespace: str,
    pulled_at: datetime | None,
) -> Calendars:
    """The calendars of a programme: entries for all that is to come and for the last 30 days."""
    stamp = (pulled_at or programme.now).astimezone(UTC)
    oldest = programme.now.timestamp() - KEPT_FOR.total_seconds()
    entries = {
        instance.id: _entry(event, instance, addresses, language, f"{instance.id}@{namespace}", stamp).to_ical()
        for event, instance in programme.instances
        if (instance.end or instance.start).timestamp() >= oldest
    }
    return Calendars(settings, addresses, entries)


def _entry(
    event: ListedEvent, instance: ListedInstance, addresses: Addresses, language: Language, uid: str, stamp: datetime
) -> Entry:
    entry = Entry()
    entry.add("uid", uid)
    entry.add("dtstamp", stamp)
    entry.add("last-modified", stamp)
    entry.add("sequence", 0)
    entry.add("dtstart", instance.start.astimezone(UTC))
    if instance.end:
        entry.add("dtend", instance.end.astimezone(UTC))
    entry.add("summary", _safe(event.title))
    entry.add("description", "\n".join(_lines(event, instance, addresses, language)))
    entry.add("location", _safe(_location(event, instance)))
    venue = event.place.venue
    if venue and venue.latitude is not None and venue.longitude is not None:
        entry.add("geo", (venue.latitude, venue.longitude))
    entry.add("url", addresses.absolute(urls.instance_for_good(instance.id)))
    if event.genres:
        entry.add("categories", [_safe(genre.name).replace(",", " ") for genre in event.genres])
    entry.add("status", _STATUS.get(instance.state, "CONFIRMED"))
    entry.add("transp", "TRANSPARENT")
    return entry


def _lines(event: ListedEvent, instance: ListedInstance, addresses: Addresses, language: Language) -> Iterable[str]:
    yield language.moment(instance.start)
    yield language.sentence(instance)
    if instance.access:
        yield ", ".join(_safe(kind.name) for kind in instance.access)
    yield from (_safe(words) for words in (instance.note, event.summary) if words)
    yield addresses.absolute(urls.instance_for_good(instance.id))


def _location(event: ListedEvent, instance: ListedInstance) -> str:
    place = event.place.in_full
    return place if not instance.space or instance.space in place else f"{instance.space}, {place}"


def _safe(text: str) -> str:
    """One line of text, without a backslash before an n: some readers take that for a line end, escaped or not."""
    return re.sub(r"\\(?=[nN])", "/", one_line(text))


@cache
def _zone(name: str) -> bytes:
    zone: bytes = Timezone.from_tzid(name).to_ical()
    return zone
