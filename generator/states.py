"""How many seats are left at an instance, and what that and the clock make of it: the rules of design.md §4."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class Seats:
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
    return Seats(
        space=counted[0].name if len(counted) == 1 else "",
        available=_sum([row.available for row in counted]),
        capacity=_sum([row.capacity for row in counted]),
        band_ids=tuple(dict.fromkeys(band for row in counted for band in row.band_ids)),
    )


def _sum(numbers: Sequence[int | None]) -> int | None:
    """The sum; None where one of the numbers is not known."""
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


@dataclass(frozen=True, slots=True)
class Facts:
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


def state_of(facts: Facts, now: datetime, limited_percent: Decimal) -> State:
    """The state of an instance at `now`: the first rule that fits."""
    rules = (
        (facts.said is not None, facts.said),
        (facts.is_over(now), State.PAST),
        (not facts.is_on_sale, State.NOT_ON_SALE_ONLINE),
        (facts.on_sale_from is not None and now < facts.on_sale_from, State.NOT_YET_ON_SALE),
        (facts.on_sale_until is not None and now >= facts.on_sale_until, State.SALES_ENDED),
    )
    ruled = next((state for fits, state in rules if fits), None)
    return ruled or _state_of_seats(facts.seats, limited_percent)


def _state_of_seats(seats: Seats | None, limited_percent: Decimal) -> State:
    if seats is None or seats.available is None:
        return State.UNKNOWN
    if seats.available <= 0:
        return State.SOLD_OUT
    is_limited = seats.capacity is not None and seats.available * 100 <= seats.capacity * limited_percent
    return State.LIMITED if is_limited else State.ON_SALE
