"""The calendar's months, day by day."""

from calendar import Calendar
from collections import defaultdict
from datetime import date

from generator.anatomy import Struct
from generator.programme import ListedEvent, ListedInstance, Programme


class Day(Struct, frozen=True):
    """A day of a month, with what is on; `is_inside` is false for the days of other months that fill its weeks."""

    date: date
    is_inside: bool
    dates: tuple[tuple[ListedEvent, ListedInstance], ...]


class Month(Struct, frozen=True):
    """A month in whole weeks; `previous` and `following` are the first days of its neighbours."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    previous: date | None
    following: date | None


def months_of(programme: Programme, first_weekday: int) -> list[Month]:
    """Every month with an instance, and the month of *now*; weeks begin on `first_weekday`, Monday being 0."""
    by_day: dict[date, list[tuple[ListedEvent, ListedInstance]]] = defaultdict(list)
    for event, instance in programme.instances:
        by_day[instance.start.date()].append((event, instance))
    firsts = sorted({day.replace(day=1) for day in (*by_day, programme.now.date())})
    beside = zip((None, *firsts), firsts, (*firsts[1:], None), strict=False)
    days = {day: tuple(dates) for day, dates in by_day.items()}
    return [
        Month(first, _weeks(first, days, first_weekday), previous, following) for previous, first, following in beside
    ]


def _weeks(
    first: date, days: dict[date, tuple[tuple[ListedEvent, ListedInstance], ...]], first_weekday: int
) -> tuple[tuple[Day, ...], ...]:
    weeks = Calendar(first_weekday).monthdatescalendar(first.year, first.month)
    return tuple(
        tuple(Day(day, day.month == first.month, days.get(day, ()) if day.month == first.month else ()) for day in week)
        for week in weeks
    )
