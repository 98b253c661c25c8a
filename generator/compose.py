"""The programme is made here: the feed and the venue's own words, joined into the records of `programme`.

`compose` is the door; `now` is handed in; the rules are design.md §4. Times are compared in UTC and shown in the
site's zone.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TypeVar

from generator import urls
from generator.config import AccessKind, Settings, WithAttribute
from generator.content import Content, EventWords, InstanceWords
from generator.errors import Notice, NoticeKind
from generator.images import NOT_AN_IMAGE, original_of
from generator.model import BookingPath, Event, Feed, Instance, Offer, Status
from generator.place import Place, place_of
from generator.prices import Prices, prices_of
from generator.programme import Kind, ListedEvent, ListedInstance, Programme, by_start
from generator.states import Facts, Seats, State, best, seats_of, state_of
from generator.text import Html, excerpt, one_line, unique_slugs
from generator.text import slug as slug_of

Identified = TypeVar("Identified", Event, Instance)

NO_EVENT = NoticeKind(
    "instance names an event that is not in the feed", "instances name an event that is not in the feed"
)
NO_RELATED = NoticeKind("related event is not in the feed", "related events are not in the feed")
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
    maker = _Maker(
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
    maker = _Maker(
        settings, new, booking, before.now.astimezone(UTC), prices_of(feed)[0], _rows_by_instance(rows), before.genres,
        before.access, {venue.slug: venue for venue in before.venues}, feed.event_offers,
    )  # fmt: skip
    instances = _instances_by_event(some, known, settings, [])
    public = {event.id: known[event.id] for event in before.events}
    events = [
        maker.event(known[event.id], event.slug, instances[event.id], known, public, [])
        if event.id in touched
        else event
        for event in before.events
    ]
    return replace(before, events=tuple(sorted(events, key=_next_date_first)))


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
    for instance in _first_of_each(feed.instances, "instance", notices).values():
        if instance.event_id not in known:
            notices.append(Notice(NO_EVENT, f"{instance.id} → {instance.event_id}"))
        elif instance.start is None:
            notices.append(Notice(NO_START, str(instance.id)))
        else:
            by_event[instance.event_id].append(instance)
            wall_clock = instance.start.astimezone(settings.site.zone).replace(tzinfo=None)
            if instance.local_start and instance.local_start.replace(tzinfo=None) != wall_clock:
                notices.append(Notice(OTHER_CLOCK, f"{instance.id}, {instance.local_start} for {wall_clock}"))
    return by_event


def _words_without_events(
    content: Content, known: Mapping[int, Event], instances: Mapping[int, list[Instance]]
) -> Iterable[Notice]:
    for event_id, overlay in content.overlays.items():
        if event_id not in known:
            yield Notice(OLD_WORDS, f"{overlay.file} → {event_id}")
            continue
        ids = {instance.id for instance in instances.get(event_id, ())}
        yield from (
            Notice(OLD_INSTANCE_WORDS, f"{overlay.file} → {key}") for key in overlay.words.instances if key not in ids
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
        return _is_ticked(event.attributes, rule.attribute)
    return fnmatchcase(event.name.casefold(), rule.casefold().replace("[", "[[]"))


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


def _attribute(attributes: Mapping[str, str], name: str) -> str:
    """The value of an attribute, however its name is capitalised; "" where it is not there or no name is asked for."""
    wanted = name.strip().casefold()
    return next((value for key, value in attributes.items() if wanted and key.casefold() == wanted), "")


def _is_ticked(attributes: Mapping[str, str], name: str) -> bool:
    return _attribute(attributes, name).casefold() in ("1", "true")


def _published(seats: int | None) -> int | None:
    """A number of seats as it is told: none is fewer than 0."""
    return None if seats is None else max(seats, 0)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the public records; holds what they are made from."""

    settings: Settings
    content: Content
    booking: BookingPath
    now: datetime
    prices: Prices
    rows: Mapping[int, list[Status]]
    genres: tuple[Kind, ...]
    access: tuple[Kind, ...]
    venues: dict[str, Kind]
    event_offers: Mapping[int, tuple[Offer, ...]]

    def event(
        self,
        event: Event,
        slug: str,
        instances: Iterable[Instance],
        known: Mapping[int, Event],
        public: Mapping[int, Event],
        notices: list[Notice],
    ) -> ListedEvent:
        overlay = self.content.overlays.get(event.id)
        words = overlay.words if overlay else EventWords(event.id)
        names = self.settings.attributes
        place = place_of(_attribute(event.attributes, names.venue), self.settings.venue, self.settings.site.name)
        listed = sorted((self.instance(i, event, slug, words, place) for i in instances), key=by_start)
        notices += (Notice(NO_RELATED, f"{event.id} → {key}") for key in event.related if key not in known)
        original = original_of(event.image, words.image, self.settings)
        if event.image and not words.image and not original:
            notices.append(Notice(NOT_AN_IMAGE, f'{event.id}, "{event.image}"'))
        return ListedEvent(
            id=event.id,
            title=words.title or event.name or "Untitled",
            path=urls.event(slug),
            state=best(i.state for i in listed if not i.is_over) if listed else None,
            summary=words.summary or excerpt(event.description, 160),
            html=event.html,
            words=overlay.body if overlay else Html(),
            text=event.description,
            duration=event.duration,
            genres=tuple(kind for kind in self.genres if _is_ticked(event.attributes, kind.code)),
            season=one_line(_attribute(event.attributes, names.season)),
            note=one_line(_attribute(event.attributes, names.event_note)),
            place=place,
            original=original,
            image_alt=words.image_alt,
            age=words.age,
            warnings=words.warnings,
            credits=words.credits,
            link=words.link,
            offers=self.event_offers.get(event.id, ()),
            related=tuple(dict.fromkeys(key for key in event.related if key in public and key != event.id)),
            instances=tuple(listed),
        )

    def instance(self, instance: Instance, event: Event, slug: str, words: EventWords, place: Place) -> ListedInstance:
        zone = self.settings.site.zone
        own_words = words.instances.get(instance.id, InstanceWords())
        seats = seats_of(self.rows.get(instance.id, ()), instance.plan_id)
        facts = facts_of(instance, event, words, seats, self.settings)
        state = state_of(facts, self.now, Decimal(str(self.settings.availability.limited_percent)))
        plan = self.prices.plans.get(instance.plan_id or 0)
        space = (seats.space if seats else "") or (plan.name if plan else "")
        shown = seats if self.settings.availability.counts else None
        return ListedInstance(
            id=instance.id,
            event_id=event.id,
            path=urls.instance(slug, instance.id),
            start=facts.start.astimezone(zone),
            end=facts.end.astimezone(zone) if facts.end else None,
            on_sale_from=facts.on_sale_from.astimezone(zone) if facts.on_sale_from else None,
            on_sale_until=facts.on_sale_until.astimezone(zone) if facts.on_sale_until else None,
            state=state,
            is_over=facts.is_over(self.now),
            space=space,
            venue=self._venue(space if place.venue and space else place.name),
            access=tuple(kind for kind in self.access if _is_ticked(instance.attributes, kind.code)),
            note=own_words.note or one_line(_attribute(instance.attributes, self.settings.attributes.instance_note)),
            prices=self.prices.table(instance.price_list_id, seats, instance.plan_id),
            available=_published(shown.available if shown else None),
            capacity=_published(shown.capacity if shown else None),
            booking_url=self.booking.seats(instance.id) if state.is_bookable else None,
        )

    def _venue(self, name: str) -> Kind:
        """The venue of a name: a room of the house, else the place. Names that make one address are one venue."""
        word = slug_of(name) or f"venue-{zlib.crc32(name.encode())}"
        return self.venues.setdefault(word, Kind(name, name, urls.venue(word)))


def facts_of(instance: Instance, event: Event, words: EventWords, seats: Seats | None, settings: Settings) -> Facts:
    """What decides the state of an instance that has a start; `words` are the venue's own on its event."""
    assert instance.start is not None  # noqa: S101  # those without a start were left out
    own_words = words.instances.get(instance.id, InstanceWords())
    status = own_words.status or words.status
    is_cancelled = _is_ticked(instance.attributes, settings.attributes.cancelled)
    return Facts(
        said=State(status) if status else State.CANCELLED if is_cancelled else None,
        start=instance.start,
        end=instance.start + timedelta(minutes=event.duration) if event.duration else None,
        is_on_sale=event.is_on_sale and instance.is_on_sale,
        on_sale_from=instance.start_selling,
        on_sale_until=instance.stop_selling,
        seats=seats,
    )
