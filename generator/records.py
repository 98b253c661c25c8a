"""One event of the feed, and one instance, as the public record of it: `Maker` makes both (design.md §4).

What belongs together is found out by `compose`. Times are shown in the site's zone.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from generator import urls
from generator.anatomy import Struct
from generator.config import Settings
from generator.content import Content, EventWords, InstanceWords
from generator.errors import Notice, NoticeKind
from generator.images import NOT_AN_IMAGE, original_of
from generator.model import BookingPath, Event, Instance, Offer, Status
from generator.place import Place, place_of
from generator.prices import Prices
from generator.programme import Kind, ListedEvent, ListedInstance, by_start
from generator.states import Facts, Seats, State, best, seats_of, state_of
from generator.text import Html, excerpt, one_line
from generator.text import slug as slug_of

NO_WORDS = InstanceWords()
NO_RELATED = NoticeKind("related event is not in the feed", "related events are not in the feed")


class Boxes:
    """The attributes of an event or an instance, whose names count however they are capitalised."""

    __slots__ = ("_by_name", "_ticked")

    def __init__(self, attributes: Iterable[tuple[str, str]]) -> None:
        named = ((name.casefold(), value) for name, value in reversed([*attributes]))
        self._by_name = {name: value for name, value in named if name}
        self._ticked = {name for name, value in self._by_name.items() if value.casefold() in ("1", "true")}

    def text(self, name: str) -> str:
        """The value of an attribute; "" where it is not there or no name is asked for."""
        return self._by_name.get(name.strip().casefold(), "")

    def is_ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return name.strip().casefold() in self._ticked

    def ticked(self, kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
        """Those of some kinds whose boxes are ticked."""
        return tuple(kind for kind in kinds if self.is_ticked(kind.code)) if self._ticked else ()


def boxes_of(attributes: Mapping[str, str]) -> Boxes:
    """The boxes of an event or an instance. Thousands have the same attributes."""
    return _boxes(tuple(attributes.items()))


_boxes = lru_cache(1024)(Boxes)


class Ticked(Struct, frozen=True):
    """What the boxes of an instance say: that it is cancelled, what kinds of access it has, a note."""

    is_cancelled: bool
    access: tuple[Kind, ...]
    note: str


def _published(seats: int | None) -> int | None:
    """A number of seats as it is told: none is fewer than 0."""
    return None if seats is None else max(seats, 0)


class Maker(Struct, frozen=True, dict=True):
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

    @cached_property
    def _zone(self) -> ZoneInfo:
        return self.settings.site.zone

    @cached_property
    def _ticked(self) -> Callable[[Boxes], Ticked]:
        """What boxes say, found out once, as thousands of instances share them."""
        name = self.settings.attributes.instance_note

        def ticked(boxes: Boxes) -> Ticked:
            cancelled = is_cancelled(boxes, self.settings)
            return Ticked(cancelled, boxes.ticked(self.access), one_line(boxes.text(name)))

        return lru_cache(1024)(ticked)

    @cached_property
    def _limited(self) -> Decimal:
        return Decimal(str(self.settings.availability.limited_percent))

    def event(
        self,
        event: Event,
        slug: str,
        instances: Iterable[Instance],
        known: Mapping[int, Event],
        public: Mapping[int, Event],
        notices: list[Notice],
    ) -> ListedEvent:
        """The record of an event with its instances; what is odd about it is added to `notices`."""
        overlay = self.content.overlays.get(event.id)
        words = overlay.words if overlay else EventWords(event.id)
        names = self.settings.attributes
        boxes = boxes_of(event.attributes)
        place = place_of(boxes.text(names.venue), self.settings.venue, self.settings.site.name)
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
            genres=boxes.ticked(self.genres),
            season=one_line(boxes.text(names.season)),
            note=one_line(boxes.text(names.event_note)),
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
        """The record of an instance that has a start."""
        zone = self._zone
        own_words, ticked = words.instances.get(instance.id, NO_WORDS), self._ticked(boxes_of(instance.attributes))
        seats = seats_of(self.rows.get(instance.id, ()), instance.plan_id)
        facts = facts_of(instance, event, words, seats, ticked.is_cancelled)
        state = state_of(facts, self.now, self._limited)
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
            access=ticked.access,
            note=own_words.note or ticked.note,
            prices=self.prices.table(instance.price_list_id, seats, instance.plan_id),
            available=_published(shown.available if shown else None),
            capacity=_published(shown.capacity if shown else None),
            booking_url=self.booking.seats(instance.id) if state.is_bookable else None,
        )

    def _venue(self, name: str) -> Kind:
        """The venue of a name: a room of the house, else the place. Names that make one address are one venue."""
        word = slug_of(name) or f"venue-{zlib.crc32(name.encode())}"
        known = self.venues.get(word)
        if known is None:
            known = self.venues[word] = Kind(name, name, urls.venue(word))
        return known


def is_cancelled(boxes: Boxes, settings: Settings) -> bool:
    """Whether the boxes of an instance say so."""
    return boxes.is_ticked(settings.attributes.cancelled)


def facts_of(instance: Instance, event: Event, words: EventWords, seats: Seats | None, is_cancelled: bool) -> Facts:
    """What decides the state of an instance that has a start; `words` are the venue's own on its event.

    `is_cancelled` is whether its boxes say so.
    """
    assert instance.start is not None  # noqa: S101  # those without a start were left out
    status = words.instances.get(instance.id, NO_WORDS).status or words.status
    return Facts(
        said=State(status) if status else State.CANCELLED if is_cancelled else None,
        start=instance.start,
        end=instance.start + timedelta(minutes=event.duration) if event.duration else None,
        is_on_sale=event.is_on_sale and instance.is_on_sale,
        on_sale_from=instance.start_selling,
        on_sale_until=instance.stop_selling,
        seats=seats,
    )
