"""How things are said: states, dates, times, money and lengths of time, for pages and calendars alike."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from generator.programme import ListedEvent, ListedInstance
from generator.states import State

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "CAD": "$", "AUD": "$", "NZD": "$"}
NO_DATES = "Dates to be announced"

_LABELS = {
    State.ON_SALE: "On sale",
    State.LIMITED: "Last few",
    State.UNKNOWN: "Check availability",
    State.NOT_YET_ON_SALE: "On sale soon",
    State.SOLD_OUT: "Sold out",
    State.NOT_ON_SALE_ONLINE: "Box office only",
    State.SALES_ENDED: "Online sales ended",
    State.POSTPONED: "Postponed",
    State.CANCELLED: "Cancelled",
    State.PAST: "Past",
}
_SENTENCES = {
    State.ON_SALE: "Tickets are on sale.",
    State.LIMITED: "Only a few tickets are left.",
    State.UNKNOWN: "Tickets are on sale. The booking shows which seats are free.",
    State.NOT_YET_ON_SALE: "Not on sale yet.",
    State.SOLD_OUT: "No tickets are left online. Ask the box office about returns.",
    State.NOT_ON_SALE_ONLINE: "Not on sale online. Ask the box office.",
    State.SALES_ENDED: "Online booking has closed. Ask the box office.",
    State.POSTPONED: "This performance is postponed.",
    State.CANCELLED: "This performance is cancelled.",
    State.PAST: "This performance is over.",
}


def label(state: State | None) -> str:
    """A state in two or three words; for None, that dates are to come."""
    return NO_DATES if state is None else _LABELS[state]


def sentence(instance: ListedInstance) -> str:
    """The state of an instance in a sentence, with the moment it goes on sale where that is to come."""
    if instance.state is State.NOT_YET_ON_SALE and instance.on_sale_from:
        return f"On sale from {moment(instance.on_sale_from)}."
    return _SENTENCES[instance.state]


def day(value: date) -> str:
    """Sunday 14 September 2014."""
    return f"{WEEKDAYS[value.weekday()]} {value.day} {month(value)}"


def short_day(value: date) -> str:
    """Sun 14 Sep."""
    return f"{WEEKDAYS[value.weekday()][:3]} {value.day} {MONTHS[value.month - 1][:3]}"


def month(value: date) -> str:
    """September 2014."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def clock(value: datetime) -> str:
    """7.30pm; in the hour that the autumn night has twice, with the zone's letters: 1.30am BST."""
    minutes = f".{value.minute:02}" if value.minute else ""
    zone = f" {value.tzname()}" if _comes_twice(value) else ""
    return f"{value.hour % 12 or 12}{minutes}{'am' if value.hour < 12 else 'pm'}{zone}"


def _comes_twice(value: datetime) -> bool:
    return value.replace(fold=0).utcoffset() != value.replace(fold=1).utcoffset()


def moment(value: datetime) -> str:
    """Sunday 14 September 2014, 7.30pm."""
    return f"{day(value)}, {clock(value)}"


def run(instances: Sequence[ListedInstance]) -> str:
    """From the first date to the last: "14 September 2014", "4 – 20 September 2014", "28 May – 3 June 2014"."""
    if not instances:
        return NO_DATES
    first, last = instances[0].start.date(), instances[-1].start.date()
    if first == last:
        return day(first)
    end = f"{last.day} {month(last)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} – {end}"
    return (
        f"{first.day} {MONTHS[first.month - 1]} – {end}"
        if first.year == last.year
        else f"{first.day} {month(first)} – {end}"
    )


def when(event: ListedEvent) -> str:
    """When an event is on: the run of its dates to come, else of those that were."""
    return run(event.upcoming or event.instances)


def money(amount: Decimal, currency: str) -> str:
    """£12, £12.50, Free; a currency without a symbol of its own by its code: CHF 12."""
    if amount == 0:
        return "Free"
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return f"{symbol}{decimal(amount).removesuffix('.00')}"


def decimal(amount: Decimal) -> str:
    """An amount with at least two decimals and no needless ones: "12.00", "12.50", "0.125"."""
    places = max(2, -int(str(amount.normalize().as_tuple().exponent)))
    return f"{amount:.{places}f}"


def duration(minutes: int) -> str:
    """2 hours 15 minutes."""
    hours, rest = divmod(minutes, 60)
    parts = [(hours, "hour"), (rest, "minute")]
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count)


def iso_duration(minutes: int) -> str:
    """PT135M, as the element `time` and schema.org want it."""
    return f"PT{minutes}M"
