"""How many seats are left at an instance, and what that and the clock make of it: the rules of design.md §4."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from generator.anatomy import Struct
from generator.model import Status


class State(StrEnum):
    """What can be said of an instance, best first: an event has the best state of its instances to come."""

    ON_SALE = "on_sale"
    LIMITED = "limited"
    UNKNOWN = "unknown"
    NOT_YET_ON_SALE = "not_yet_on_sale"
    SOLD_OUT = "sold_out"
    NOT_ON_SALE_ONLINE = "not_on_sale_online"
    SALES_ENDED = "sales_ended"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    PAST = "past"

    @property
    def is_bookable(self) -> bool:
        """Whether the page has a booking frame."""
        return self in (State.ON_SALE, State.LIMITED, State.UNKNOWN)


_BEST_FIRST = {state: rank for rank, state in enumerate(State)}


def best(states: Iterable[State]) -> State:
    """The best of some states; `past` where there are none."""
    return min(states, key=_BEST_FIRST.__getitem__, default=State.PAST)


class Seats(Struct, frozen=True):
    """The seats of an instance, over all the rows that count: a name for the space, the numbers, the bands.

    `available` and `capacity` are None where some row does not say.
    """

    space: str
    available: int | None
    capacity: int | None
    band_ids: tuple[int, ...]


def seats_of(rows: Sequence[Status], plan_id: int | None) -> Seats | None:
    """The seats that the status rows of one instance tell; None where there is no row.

    The row of the instance's own plan counts alone, as a parent row already holds the sum of its sub-plans. Without
    one, the rows that no other row lists under SubPlans are added up.
    """
    own = [row for row in rows if row.plan_id == plan_id][:1]
    counted = own or [
        row for row in rows if not any(row.plan_id in other.sub_plan_ids for other in rows if other is not row)
    ]
    if not counted:
        return None
    if len(counted) == 1:
        row = counted[0]
        return Seats(row.name, row.available, row.capacity, tuple(dict.fromkeys(row.band_ids)))
    return Seats(
        space="",
        available=_sum([row.available for row in counted]),
        capacity=_sum([row.capacity for row in counted]),
        band_ids=tuple(dict.fromkeys(band for row in counted for band in row.band_ids)),
    )


def _sum(numbers: Sequence[int | None]) -> int | None:
    """The sum; None where one of the numbers is not known."""
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


class Facts(Struct, frozen=True):
    """All that decides the state of an instance. `said` is what content or the feed says outright, or None."""

    said: State | None
    start: datetime
    end: datetime | None
    is_on_sale: bool
    on_sale_from: datetime | None
    on_sale_until: datetime | None
    seats: Seats | None

    def is_over(self, now: datetime) -> bool:
        """Whether the performance is over; one of unknown length is over when it starts."""
        return (self.end or self.start) <= now


def rules(facts: Facts, now: datetime, limited_percent: Decimal) -> Iterator[tuple[State, bool]]:
    """The rules in order: which state each gives, and whether it fits at `now`. The last one always fits."""
    yield facts.said or State.CANCELLED, facts.said is not None
    yield State.PAST, facts.is_over(now)
    yield State.NOT_ON_SALE_ONLINE, not facts.is_on_sale
    yield State.NOT_YET_ON_SALE, facts.on_sale_from is not None and now < facts.on_sale_from
    yield State.SALES_ENDED, facts.on_sale_until is not None and now >= facts.on_sale_until
    available = facts.seats.available if facts.seats else None
    capacity = facts.seats.capacity if facts.seats else None
    yield State.UNKNOWN, available is None
    yield State.SOLD_OUT, available is not None and available <= 0
    yield (
        State.LIMITED,
        None not in (available, capacity) and (available or 0) * 100 <= (capacity or 0) * limited_percent,
    )
    yield State.ON_SALE, True


def state_of(facts: Facts, now: datetime, limited_percent: Decimal) -> State:
    """The state of an instance at `now`: the first rule that fits."""
    for state, fits in rules(facts, now, limited_percent):
        if fits:
            return state
    raise AssertionError("the last rule always fits")
