"""The rules of a date's state, put in words: what each asks, and what is the case. It decides nothing.

`ruled` is the door. The rules themselves, and their order, are those of `states`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from generator.config import Settings
from generator.content import EventWords
from generator.model import Event, Instance, Status
from generator.records import boxes_of, facts_of, is_cancelled
from generator.states import Facts, State, rules, seats_of


@dataclass(frozen=True, slots=True)
class Case:
    """A date, as the feed and the venue's words have it; `now` is aware."""

    event: Event
    instance: Instance
    rows: tuple[Status, ...]
    words: EventWords
    settings: Settings
    now: datetime

    @property
    def facts(self) -> Facts:
        """What decides the state."""
        seats = seats_of(self.rows, self.instance.plan_id)
        cancelled = is_cancelled(boxes_of(self.instance.attributes), self.settings)
        return facts_of(self.instance, self.event, self.words, seats, cancelled)

    @property
    def percent(self) -> Decimal:
        """The share of seats at which few are left."""
        return Decimal(str(self.settings.availability.limited_percent))

    def at(self, moment: datetime | None) -> str:
        """A moment on the clock of the site."""
        return f"{moment.astimezone(self.settings.site.zone):%a %d %b %Y, %H:%M %Z}" if moment else "not set"


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule: the state it gives, what it asks, what is the case, and whether it fits."""

    state: State
    asks: str
    case: str
    fits: bool


def ruled(case: Case) -> Iterator[Ruled]:
    """Every rule for a date, in order; the first that fits has given its state."""
    for state, fits in rules(case.facts, case.now, case.percent):
        asks, tell = _RULES[state]
        yield Ruled(state, asks, tell(case), fits)


def _said(case: Case) -> str:
    if case.instance.id in case.words.instances and case.words.instances[case.instance.id].status:
        return f"The words on this date say {case.facts.said}"
    if case.words.status:
        return f"The words on the event say {case.facts.said}"
    box = case.settings.attributes.cancelled
    return f"The box {box} is {'' if case.facts.said else 'not '}ticked" if box else "Nothing says so"


def _over(case: Case) -> str:
    end = case.facts.end
    ends = f"ends {case.at(end)}" if end else "starts (its length is not known)"
    return f"It starts {case.at(case.facts.start)}, {ends}; now it is {case.at(case.now)}"


def _on_sale(case: Case) -> str:
    yes_or_no = {True: "yes", False: "no"}
    return f"IsOnSale: event {yes_or_no[case.event.is_on_sale]}, date {yes_or_no[case.instance.is_on_sale]}"


def _seats(case: Case) -> str:
    seats = case.facts.seats
    if seats is None:
        return "There is no status row for it"
    return f"{'?' if seats.available is None else seats.available} of {seats.capacity or '?'} seats are left"


_RULES: Mapping[State, tuple[str, Callable[[Case], str]]] = {
    State.CANCELLED: ("Is it said to be cancelled or postponed?", _said),
    State.POSTPONED: ("Is it said to be cancelled or postponed?", _said),
    State.PAST: ("Is it over?", _over),
    State.NOT_ON_SALE_ONLINE: ("Is the event or the date kept from sale online?", _on_sale),
    State.NOT_YET_ON_SALE: ("Are sales yet to start?", lambda case: f"They start {case.at(case.facts.on_sale_from)}"),
    State.SALES_ENDED: ("Have sales ended?", lambda case: f"They end {case.at(case.facts.on_sale_until)}"),
    State.UNKNOWN: ("Is it not known how many seats are left?", _seats),
    State.SOLD_OUT: ("Is no seat left?", _seats),
    State.LIMITED: (
        "Are few left?",
        lambda case: f"{_seats(case)}; few means {float(case.percent):g}% (limited_percent in site.toml)",
    ),
    State.ON_SALE: ("None of these", lambda case: ""),
}
