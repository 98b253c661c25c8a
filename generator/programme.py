"""What is on: one record per event and per instance, as the public sees them.

Every surface (page, structured data, availability, calendar) is written from these records and from nothing else.
Times are in the site's zone; to compare two of them, compare their timestamps.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from generator.anatomy import Struct
from generator.content import Credit
from generator.errors import Notice
from generator.images import NO_PICTURE, Picture
from generator.model import Membership, Offer
from generator.place import Place
from generator.prices import PriceTable
from generator.states import State
from generator.text import Html


class Kind(Struct, frozen=True):
    """A genre, a kind of access or a venue: its code in the feed, what people read, its address, what it means."""

    code: str
    name: str
    path: str
    about: str = ""

    @property
    def slug(self) -> str:
        """The last word of its address, by which a filter names it."""
        return self.path.rstrip("/").rpartition("/")[2]


class ListedInstance(Struct, frozen=True):
    """An instance as the public sees it. `available` and `capacity` are there only if numbers are published.

    `space` is the room as the feed names it, "" where it names none; `venue` the kind that it is listed under.
    """

    id: int
    event_id: int
    path: str
    start: datetime
    end: datetime | None
    on_sale_from: datetime | None
    on_sale_until: datetime | None
    state: State
    is_over: bool
    space: str
    venue: Kind
    access: tuple[Kind, ...]
    note: str
    prices: PriceTable
    available: int | None
    capacity: int | None
    booking_url: str | None


def by_start(instance: ListedInstance) -> tuple[float, int]:
    """The key that sorts instances as they happen.

    By the moment, not the wall clock: Python holds both 1.30s of the autumn night for equal.
    """
    return instance.start.timestamp(), instance.id


class ListedEvent(Struct, frozen=True):
    """An event as the public sees it, with its instances by start.

    `state` is None where it has no dates yet. `html` is the feed's description, `words` the venue's own, `text` the
    description without markup. `duration` is in minutes. `original` is where its picture
    comes from: an address, a file of content/static, or "". `picture` and `share`, the path of its image for sharing,
    are put in by `illustrate`.
    """

    id: int
    title: str
    path: str
    state: State | None
    summary: str
    html: Html
    words: Html
    text: str
    duration: int | None
    genres: tuple[Kind, ...]
    season: str
    note: str
    place: Place
    original: str
    image_alt: str
    age: str
    warnings: tuple[str, ...]
    credits: tuple[Credit, ...]
    link: str
    related: tuple[int, ...]
    offers: tuple[Offer, ...]
    instances: tuple[ListedInstance, ...]
    picture: Picture = NO_PICTURE
    share: str = ""

    @property
    def image(self) -> str:
        """The picture as one file, for search engines: a path on the site or an address."""
        return self.picture.src

    @property
    def slug(self) -> str:
        """The last word of its address."""
        return self.path.rstrip("/").rpartition("/")[2]

    @property
    def upcoming(self) -> tuple[ListedInstance, ...]:
        """The instances that are not over."""
        return tuple(instance for instance in self.instances if not instance.is_over)

    @property
    def access(self) -> tuple[Kind, ...]:
        """The kinds of access that some instance to come has."""
        return tuple(dict.fromkeys(kind for instance in self.upcoming for kind in instance.access))

    @property
    def venues(self) -> tuple[Kind, ...]:
        """The venues of the instances to come."""
        return tuple(dict.fromkeys(instance.venue for instance in self.upcoming))

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months in which instances are to come."""
        return tuple(dict.fromkeys(instance.start.date().replace(day=1) for instance in self.upcoming))

    @property
    def on_sale_from(self) -> datetime | None:
        """When the first of the instances to come went or will go on sale; None where that is not known."""
        return min((i.on_sale_from for i in self.upcoming if i.on_sale_from), default=None)

    @property
    def price_from(self) -> Decimal | None:
        """The lowest "from" price of the instances to come."""
        return min((i.prices.lowest for i in self.upcoming if i.prices.lowest is not None), default=None)


class Programme(Struct, frozen=True, dict=True):
    """All that is on, and was. `events` are by next date, those without dates, then those that are over, at the end.

    `share` is the path of the site's own image for sharing; `left_out` has the events that are in the feed and nowhere
    on the site.
    """

    now: datetime
    events: tuple[ListedEvent, ...]
    genres: tuple[Kind, ...]
    access: tuple[Kind, ...]
    venues: tuple[Kind, ...]
    offers: tuple[Offer, ...]
    memberships: tuple[Membership, ...]
    notices: tuple[Notice, ...]
    left_out: frozenset[int] = frozenset()
    share: str = ""

    @cached_property
    def current(self) -> tuple[ListedEvent, ...]:
        """The events with dates to come, by the next of them, then those whose dates are not known yet."""
        return tuple(event for event in self.events if event.state is not State.PAST)

    @cached_property
    def past(self) -> tuple[ListedEvent, ...]:
        """The events that are over, the latest first."""
        return tuple(event for event in self.events if event.state is State.PAST)

    @cached_property
    def instances(self) -> tuple[tuple[ListedEvent, ListedInstance], ...]:
        """Every instance with its event, by start."""
        pairs = ((event, instance) for event in self.events for instance in event.instances)
        return tuple(sorted(pairs, key=lambda pair: by_start(pair[1])))
