"""How days, times and money are written in a locale: as the Unicode CLDR has it, or as its theatres print them."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency

from generator.anatomy import Struct
from generator.errors import Fault, SiteError


def locale_of(tag: str) -> Locale:
    """What the CLDR has for a language tag, or for the longest part of it that it knows. Raises SiteError."""
    parts = ("en-GB" if tag == "en" else tag).split("-")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("-".join(parts[:length]), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    mend = 'Name one of the CLDR\'s, such as "en-GB", "cy" or "fr".'
    raise SiteError(Fault(f'[site] language is "{tag}", which nobody knows dates in', "", mend))


class Patterns(Struct, frozen=True):
    """CLDR date patterns: a day in full, a day in short, a time, a time on the hour, a time that was noted."""

    day: str
    short_day: str
    clock: str
    hour: str
    stamp: str


_BRITISH = Patterns("EEEE d MMMM y", "EEE d MMM", "h.mma", "ha", "HH:mm")
_FRENCH = Patterns("EEEE d MMMM y", "E d MMM", "H'h'mm", "H'h'", "H'h'mm")
_THEATRES = {
    "en": dict.fromkeys(("GB", "IE", None), _BRITISH),
    "fr": dict.fromkeys(("FR", "BE", "CH", "LU", None), _FRENCH),
}
"""As theatres print it, by language and country: 7.30pm, 19h30."""
_FIRST = {"fr": "1er"}
"""How the first of a month is written where that is not 1."""


def patterns_of(locale: Locale) -> Patterns:
    """The patterns of a locale: those of its theatres where they are known, else the CLDR's."""
    if house := _THEATRES.get(locale.language, {}).get(locale.territory):
        return house
    clock = locale.time_formats["short"].pattern
    return Patterns(
        locale.date_formats["full"].pattern, locale.datetime_skeletons["MMMEd"].pattern, clock, clock, clock
    )


def date_in(value: date, pattern: str, locale: Locale) -> str:
    """A day by a CLDR pattern, the first of a month as the language writes it."""
    said = format_date(value, pattern, locale=locale)
    return re.sub(r"\b1(?= \w)", _FIRST.get(locale.language, "1"), said) if value.day == 1 else said


@cache
def time_in(hour: int, minute: int, patterns: Patterns, locale: Locale) -> str:
    """A time on the clock, 24 hours in; on the hour it may be shorter."""
    moment = datetime(2000, 1, 1, hour, minute)  # a wall clock
    return format_time(moment, patterns.clock if minute else patterns.hour, locale=locale)


def money_in(amount: Decimal, currency: str, locale: Locale) -> str:
    """An amount as the locale writes it, without cents where there are none."""
    is_whole = amount == amount.to_integral_value()
    pattern = locale.currency_formats["standard"].pattern
    shown = pattern.replace("0.00", "0") if is_whole else None
    return format_currency(amount, currency, shown, locale=locale, currency_digits=not is_whole)


def words_of(field: str, locale: Locale) -> list[str]:
    """All that a field can be, if words: seven days from Sunday, twelve months, two halves of a day; and the first."""
    if field == "d":
        return [_FIRST[locale.language]] if locale.language in _FIRST else []
    hours = {"a": (0, 12), "b": (0, 12), "B": range(24)}.get(field[0], ())
    days = {"E": [(1, day) for day in range(1, 8)], "c": [(1, day) for day in range(1, 8)]}
    months = {"M": [(month, 1) for month in range(1, 13)], "L": [(month, 1) for month in range(1, 13)]}
    chosen = days.get(field[0]) or (months.get(field[0]) if len(field) > 2 else None) or []
    of_days = [format_date(date(2023, month, day), field, locale) for month, day in chosen]
    return of_days or [format_time(datetime(2023, 1, 1, hour), field, locale=locale) for hour in hours]
