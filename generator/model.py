"""What is on sale, as the source tells it: frozen records without XML, HTTP, files or the clock.

Times are aware and in UTC. Amounts are in the currency of the site's settings. A value the source does not give is
None, or "" for text. Where the fields come from: spektrix-api.md §2.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from generator.anatomy import Struct, field
from generator.text import Html

NO_HTML = Html()


class Event(Struct, frozen=True):
    """A show. `duration` is in minutes; `html` is the description, sanitised; `image` a file name or an address."""

    id: int
    name: str
    description: str = ""
    html: Html = NO_HTML
    duration: int | None = None
    image: str = ""
    is_on_sale: bool = True
    related: tuple[int, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


class Instance(Struct, frozen=True):
    """One performance of an event. `local_start` is the wall clock as the source wrote it, without a zone."""

    id: int
    event_id: int
    start: datetime | None
    local_start: datetime | None = None
    start_selling: datetime | None = None
    stop_selling: datetime | None = None
    is_on_sale: bool = True
    plan_id: int | None = None
    price_list_id: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


class Status(Struct, frozen=True):
    """How many seats of one plan are left at one instance; a parent plan's numbers hold those of its sub-plans.

    `available` and `capacity` are None where the row does not say.
    """

    plan_id: int
    instance_id: int
    name: str
    available: int | None
    capacity: int | None
    band_ids: tuple[int, ...] = ()
    sub_plan_ids: tuple[int, ...] = ()


class Plan(Struct, frozen=True):
    """A seating plan, perhaps made of sub-plans."""

    id: int
    name: str
    is_bookable: bool = True
    band_ids: tuple[int, ...] = ()
    sub_plan_ids: tuple[int, ...] = ()


class Band(Struct, frozen=True):
    """A price band: seats that cost the same."""

    id: int
    name: str


class TicketType(Struct, frozen=True):
    """A concession level: full price, student, child."""

    id: int
    name: str


class Price(Struct, frozen=True):
    """What a ticket type costs in a band; the band's default is its full price."""

    band_id: int
    ticket_type_id: int
    amount: Decimal
    is_band_default: bool


class PriceList(Struct, frozen=True):
    """The prices of an instance."""

    id: int
    prices: tuple[Price, ...] = ()


class Offer(Struct, frozen=True):
    """A discount, told as information: only the source knows when it applies."""

    id: int
    name: str
    description: str = ""
    html: Html = NO_HTML


class Membership(Struct, frozen=True):
    """A membership people can buy."""

    id: int
    name: str
    description: str = ""
    html: Html = NO_HTML


class Statement(Struct, frozen=True):
    """A contact preference: something people can agree to."""

    id: int
    text: str


class BookingPath(Struct, frozen=True):
    """The addresses at which the source sells: the frames, and the script that sizes them."""

    script: str
    seats_before_id: str
    seats_after_id: str
    basket: str
    checkout: str
    account: str

    def seats(self, instance_id: int) -> str:
        """Where people choose their seats for an instance."""
        return f"{self.seats_before_id}{instance_id}{self.seats_after_id}"


class Feed(Struct, frozen=True):
    """Everything the source holds, in the source's order. A collection the source does not give is empty.

    `event_offers` has the offers of an event by its id, as far as the source was asked for them.
    """

    events: tuple[Event, ...]
    instances: tuple[Instance, ...]
    statuses: tuple[Status, ...] = ()
    price_lists: tuple[PriceList, ...] = ()
    plans: tuple[Plan, ...] = ()
    bands: tuple[Band, ...] = ()
    ticket_types: tuple[TicketType, ...] = ()
    offers: tuple[Offer, ...] = ()
    memberships: tuple[Membership, ...] = ()
    statements: tuple[Statement, ...] = ()
    event_offers: Mapping[int, tuple[Offer, ...]] = field(default_factory=dict)


NOTHING = Feed((), ())
