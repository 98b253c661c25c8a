"""What calendars show of each instance, in words: `entries` for those that are on, `withdrawn` for one that vanished.

How that becomes iCalendar is the affair of `ical`.
"""

import re
from collections.abc import Container, Iterable, Mapping
from datetime import UTC, timedelta
from functools import lru_cache
from types import MappingProxyType

from generator import urls
from generator.anatomy import replace
from generator.ledger import Entry, Record
from generator.programme import ListedEvent, ListedInstance, Programme
from generator.states import State
from generator.text import one_line
from generator.urls import Addresses
from generator.wording import Language

NOTHING: Mapping[int, Record] = MappingProxyType({})
KEPT_FOR = timedelta(days=30)
CANCELLED = "CANCELLED"
_STATUS = {State.CANCELLED: CANCELLED, State.POSTPONED: "TENTATIVE"}


def entries(
    programme: Programme,
    addresses: Addresses,
    language: Language,
    before: Mapping[int, Record] = NOTHING,
    same: Container[int] = (),
) -> dict[int, Entry]:
    """The entries of all that is to come and of the last 30 days, by instance id.

    Of the events whose ids are among the `same`, it is those of their records `before`, as far as they have any.
    """
    oldest = _oldest(programme)
    made: dict[int, Entry] = {}
    for event, instance in programme.instances:
        if _over(instance) >= oldest:
            known = before.get(instance.id) if event.id in same else None
            is_known = known and known.entry.status
            made[instance.id] = known.entry if known and is_known else _entry(event, instance, addresses, language)
    return made


def is_shown(instance: ListedInstance, programme: Programme) -> bool:
    """Whether an instance has an entry."""
    return _over(instance) >= _oldest(programme)


def withdrawn(instance_id: int, entry: Entry, programme: Programme, addresses: Addresses, language: Language) -> Entry:
    """The entry of an instance that vanished from the feed before its date: cancelled, and nothing more is known."""
    start = entry.start.astimezone(programme.now.tzinfo)
    lines = (language.moment(start), language.sentence_of(State.CANCELLED), _address(instance_id, addresses))
    return replace(entry, description="\n".join(lines), status=CANCELLED)


def calendars_of(event: ListedEvent, instance: ListedInstance) -> tuple[str, ...]:
    """The names of the calendars that list an instance, besides the site's."""
    kinds = (*event.genres, *instance.access, instance.venue)
    return (urls.event_for_good(event.id), *(kind.path for kind in kinds))


@lru_cache(4096)
def safe(text: str) -> str:
    """One line of text, without a backslash before an n: some readers take that for a line end, escaped or not."""
    return re.sub(r"\\(?=[nN])", "/", one_line(text))


def _oldest(programme: Programme) -> float:
    return programme.now.timestamp() - KEPT_FOR.total_seconds()


def _over(instance: ListedInstance) -> float:
    return (instance.end or instance.start).timestamp()


def _entry(event: ListedEvent, instance: ListedInstance, addresses: Addresses, language: Language) -> Entry:
    return Entry(
        start=instance.start.astimezone(UTC),
        end=instance.end.astimezone(UTC) if instance.end else None,
        title=safe(event.title),
        description="\n".join(_lines(event, instance, addresses, language)),
        location=safe(_location(event, instance)),
        geo=event.place.coordinates,
        categories=tuple(one_line(safe(genre.name).replace(",", " ")) for genre in event.genres),
        status=_STATUS.get(instance.state, "CONFIRMED"),
    )


def _lines(event: ListedEvent, instance: ListedInstance, addresses: Addresses, language: Language) -> Iterable[str]:
    yield language.moment(instance.start)
    yield language.sentence(instance)
    if instance.access:
        yield ", ".join(safe(kind.name) for kind in instance.access)
    yield from (safe(words) for words in (instance.note, event.summary) if words)
    yield _address(instance.id, addresses)


def _address(instance_id: int, addresses: Addresses) -> str:
    return addresses.absolute(urls.instance_for_good(instance_id))


def _location(event: ListedEvent, instance: ListedInstance) -> str:
    place = event.place.in_full
    return place if not instance.space or instance.space in place else f"{instance.space}, {place}"
