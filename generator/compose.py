"""The programme is made here: the feed and the venue's own words, joined into the records of `programme`.

`compose` is the door; `now` is handed in; the rules are design.md §4. Times are compared in UTC and shown in the
site's zone.
"""

import zlib
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cache
from typing import TypeVar

from generator import urls
from generator.anatomy import replace
from generator.config import AccessKind, Settings, WithAttribute
from generator.content import Content
from generator.errors import Notice, NoticeKind
from generator.images import original_of
from generator.model import BookingPath, Event, Feed, Instance, Status
from generator.prices import prices_of
from generator.programme import Kind, ListedEvent, Programme
from generator.records import Maker, boxes_of
from generator.text import unique_slugs

Identified = TypeVar("Identified", Event, Instance)

NO_EVENT = NoticeKind(
    "instance names an event that is not in the feed", "instances name an event that is not in the feed"
)
NO_START = NoticeKind(
    "instance has no start time",
    "instances have no start time",
    "They are on no page; mend them in the box office system.",
)
TWICE = NoticeKind("id stands twice in the feed", "ids stand twice in the feed", "The first of each is used.")
OTHER_CLOCK = NoticeKind(
    "instance has a local start that is not its UTC start in the site's zone",
    "instances have a local start that is not their UTC start in the site's zone",
    "Is [site] timezone right? The UTC time is used.",
)
OLD_WORDS = NoticeKind(
    "file of words is for an event that is not in the feed",
    "files of words are for events that are not in the feed",
    "Seasons end: remove the file when the event will not come back.",
)
OLD_INSTANCE_WORDS = NoticeKind(
    "instance has words but is not in the feed", "instances have words but are not in the feed", "Remove their tables."
)


def compose(feed: Feed, content: Content, settings: Settings, booking: BookingPath, now: datetime) -> Programme:
    """The programme at `now`: joined, excluded, stated and sorted."""
    now = now.astimezone(UTC)
    notices: list[Notice] = []
    known = _first_of_each(feed.events, "event", notices)
    public = {key: event for key, event in known.items() if not _is_left_out(event, content, settings)}
    instances = _instances_by_event(feed, known, settings, notices)
    notices += _words_without_events(content, known, instances)
    prices, price_notices = prices_of(feed)
    maker = Maker(
        settings,
        content,
        booking,
        now,
        prices,
        _rows_by_instance(feed),
        _genres(settings),
        _access(settings),
        {},
        feed.event_offers,
    )
    slugs = unique_slugs(((event.id, event.name) for event in public.values()), nameless="event")
    events = [
        maker.event(event, slugs[event.id], instances[event.id], known, public, notices) for event in public.values()
    ]
    return Programme(
        now=now.astimezone(settings.site.zone),
        events=tuple(sorted(events, key=_next_date_first)),
        genres=maker.genres,
        access=maker.access,
        venues=tuple(sorted(maker.venues.values(), key=lambda kind: kind.name)),
        offers=feed.offers,
        memberships=feed.memberships,
        notices=(*notices, *price_notices),
        left_out=frozenset(known.keys() - public.keys()),
    )


def recomposed(
    before: Programme, feed: Feed, old: Content, new: Content, settings: Settings, booking: BookingPath
) -> Programme:
    """The programme that `compose` made of the `old` words, with the `new` ones: only what they touch is made again.

    The notices are the old ones. Where an event comes or goes, all is made again.
    """
    touched = {
        key for key in old.overlays.keys() | new.overlays.keys() if old.overlays.get(key) != new.overlays.get(key)
    }
    if any(content.overlays[key].words.hidden for content in (old, new) for key in touched & content.overlays.keys()):
        return compose(feed, new, settings, booking, before.now)
    known = _first_of_each(feed.events, "event", [])
    some = replace(feed, instances=tuple(instance for instance in feed.instances if instance.event_id in touched))
    ids = {instance.id for instance in some.instances}
    rows = replace(feed, statuses=tuple(row for row in feed.statuses if row.instance_id in ids))
    maker = Maker(
        settings, new, booking, before.now.astimezone(UTC), prices_of(feed)[0], _rows_by_instance(rows), before.genres,
        before.access, {venue.slug: venue for venue in before.venues}, feed.event_offers,
    )  # fmt: skip
    instances = _instances_by_event(some, known, settings, [])
    public = {event.id: known[event.id] for event in before.events}
    events = [event for event in before.events if event.id not in touched]
    for event in before.events:
        if event.id in touched:
            made = maker.event(known[event.id], event.slug, instances[event.id], known, public, [])
            insort(events, made, key=_next_date_first)
    return replace(before, events=tuple(events))


def originals_of(feed: Feed, content: Content, settings: Settings) -> Iterable[str]:
    """Where the pictures of the events come from that are not left out, as `images.original_of` has it."""
    for event in feed.events:
        if not _is_left_out(event, content, settings):
            overlay = content.overlays.get(event.id)
            yield original_of(event.image, overlay.words.image if overlay else "", settings)


def _next_date_first(event: ListedEvent) -> tuple[int, float, str, int]:
    if event.upcoming:
        return 0, event.upcoming[0].start.timestamp(), event.title, event.id
    if not event.instances:
        return 1, 0.0, event.title, event.id
    return 2, -event.instances[-1].start.timestamp(), event.title, event.id


def _first_of_each(records: Iterable[Identified], what: str, notices: list[Notice]) -> dict[int, Identified]:
    first: dict[int, Identified] = {}
    for record in records:
        if record.id in first:
            notices.append(Notice(TWICE, f"{what} {record.id}"))
        else:
            first[record.id] = record
    return first


def _instances_by_event(
    feed: Feed, known: Mapping[int, Event], settings: Settings, notices: list[Notice]
) -> Mapping[int, list[Instance]]:
    """The instances that can be shown, by event; the others become notices."""
    by_event: dict[int, list[Instance]] = defaultdict(list)
    zone = settings.site.zone
    for instance in _first_of_each(feed.instances, "instance", notices).values():
        if instance.event_id not in known:
            notices.append(Notice(NO_EVENT, f"{instance.id} → {instance.event_id}"))
        elif instance.start is None:
            notices.append(Notice(NO_START, str(instance.id)))
        else:
            by_event[instance.event_id].append(instance)
            wall_clock = instance.start.astimezone(zone).replace(tzinfo=None)
            if instance.local_start and instance.local_start != wall_clock:
                notices.append(Notice(OTHER_CLOCK, f"{instance.id}, {instance.local_start} for {wall_clock}"))
    return by_event


def _words_without_events(
    content: Content, known: Mapping[int, Event], instances: Mapping[int, list[Instance]]
) -> Iterable[Notice]:
    for event_id, overlay in content.overlays.items():
        if event_id not in known:
            yield Notice(OLD_WORDS, f"event {event_id}", overlay.file)
            continue
        ids = {instance.id for instance in instances.get(event_id, ())}
        yield from (
            Notice(OLD_INSTANCE_WORDS, f"instance {key}", overlay.file)
            for key in overlay.words.instances
            if key not in ids
        )


def _rows_by_instance(feed: Feed) -> Mapping[int, list[Status]]:
    """The status rows of each instance; of two rows for one plan the first counts."""
    rows: dict[int, dict[int, Status]] = defaultdict(dict)
    for row in feed.statuses:
        rows[row.instance_id].setdefault(row.plan_id, row)
    return {instance_id: list(by_plan.values()) for instance_id, by_plan in rows.items()}


def _is_left_out(event: Event, content: Content, settings: Settings) -> bool:
    """Whether an event is nowhere: hidden by its words, or excluded by its name or a box."""
    overlay = content.overlays.get(event.id)
    if overlay and overlay.words.hidden:
        return True
    return any(_fits(event, rule) for rule in settings.events.exclude)


def _fits(event: Event, rule: str | WithAttribute) -> bool:
    """Whether an event has the box that a rule names, or a name of its pattern, in which only * and ? are special."""
    if not isinstance(rule, str):
        return boxes_of(event.attributes).is_ticked(rule.attribute)
    return fnmatchcase(event.name.casefold(), _pattern(rule))


@cache
def _pattern(rule: str) -> str:
    return rule.casefold().replace("[", "[[]")


def _genres(settings: Settings) -> tuple[Kind, ...]:
    return _kinds({name: name for name in settings.attributes.genres}, urls.genre)


def _access(settings: Settings) -> tuple[Kind, ...]:
    """The kinds of access, each with what the settings say it means."""
    known = {
        code: AccessKind(kind) if isinstance(kind, str) else kind for code, kind in settings.attributes.access.items()
    }
    kinds = _kinds({code: kind.name for code, kind in known.items()}, urls.access)
    return tuple(replace(kind, about=known[kind.code].about) for kind in kinds)


def _kinds(names: Mapping[str, str], path: Callable[[str], str]) -> tuple[Kind, ...]:
    """Kinds by code, each at an address that follows from its code and name alone."""
    ids = {code: zlib.crc32(code.encode()) for code in names}
    slugs = unique_slugs(((ids[code], name) for code, name in names.items()), nameless="kind")
    return tuple(Kind(code, name, path(slugs[ids[code]])) for code, name in names.items())
