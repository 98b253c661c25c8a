"""How things are said in the site's language: states, dates, times, money, lengths of time, for every surface.

`language` is the door. Dates, money and lists follow the Unicode CLDR through Babel; words come from `catalogues`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import parse_pattern

from generator.access import meaning_of
from generator.catalogues import N_, catalogue
from generator.config import Site
from generator.errors import Notice, NoticeKind
from generator.locales import Patterns, date_in, locale_of, money_in, patterns_of, time_in, words_of
from generator.programme import Kind, ListedEvent, ListedInstance
from generator.states import State

NO_CATALOGUE = NoticeKind(
    "language has no words in the theme",
    "languages have no words in the theme",
    "The site says its own words in English. docs/languages.md tells how to add one.",
)

MANY, MANY_DAYS = 1024, 8192
"""How much of what was said is kept: the dates of an event come together, on its page and on their own."""

_LABELS = {
    State.ON_SALE: N_("On sale"),
    State.LIMITED: N_("Last few"),
    State.UNKNOWN: N_("Check availability"),
    State.NOT_YET_ON_SALE: N_("On sale soon"),
    State.SOLD_OUT: N_("Sold out"),
    State.NOT_ON_SALE_ONLINE: N_("Box office only"),
    State.SALES_ENDED: N_("Online sales ended"),
    State.POSTPONED: N_("Postponed"),
    State.CANCELLED: N_("Cancelled"),
    State.PAST: N_("Past"),
}
_SENTENCES = {
    State.ON_SALE: N_("Tickets are on sale."),
    State.LIMITED: N_("Only a few tickets are left."),
    State.UNKNOWN: N_("Tickets are on sale. The booking shows which seats are free."),
    State.NOT_YET_ON_SALE: N_("Not on sale yet."),
    State.SOLD_OUT: N_("No tickets are left online. Ask the box office about returns."),
    State.NOT_ON_SALE_ONLINE: N_("Not on sale online. Ask the box office."),
    State.SALES_ENDED: N_("Online booking has closed. Ask the box office."),
    State.POSTPONED: N_("This performance is postponed."),
    State.CANCELLED: N_("This performance is cancelled."),
    State.PAST: N_("This performance is over."),
}


@dataclass(frozen=True, slots=True)
class Language:
    """A language to say things in. `tag` is for `lang`; amounts are in `currency`; `catalogue` has the words.

    `joined` is how a day, {1}, and a time, {0}, stand together.
    """

    tag: str
    locale: Locale
    currency: str
    patterns: Patterns
    catalogue: NullTranslations
    joined: str = field(init=False)
    _date: Callable[[date, str], str] = field(init=False, repr=False, compare=False)
    _time: Callable[[int, int], str] = field(init=False, repr=False, compare=False)
    _clock: Callable[[datetime, int, tzinfo | None], str] = field(init=False, repr=False, compare=False)
    _moment: Callable[[datetime, int, tzinfo | None], str] = field(init=False, repr=False, compare=False)
    _money: Callable[[Decimal], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Have what is said often said once. A time is known by its clock: the moments of two zones can be equal."""
        object.__setattr__(self, "joined", str(self.locale.datetime_formats["medium"]).replace("'", ""))
        for name, many, say in (
            ("_date", MANY_DAYS, lambda day, pattern: date_in(day, pattern, self.locale)),
            ("_time", MANY, lambda hour, minute: time_in(hour, minute, self.patterns, self.locale)),
            ("_clock", MANY, self._said_clock),
            ("_moment", MANY, self._said_moment),
            ("_money", MANY, lambda amount: money_in(amount, self.currency, self.locale)),
        ):
            object.__setattr__(self, name, lru_cache(many)(say))

    @property
    def is_right_to_left(self) -> bool:
        """Whether it is written from right to left."""
        return self.locale.character_order == "right-to-left"

    @property
    def first_weekday(self) -> int:
        """The day on which a week begins, Monday being 0."""
        return self.locale.first_week_day

    @property
    def weekdays(self) -> tuple[tuple[str, str], ...]:
        """The days of a week in order, each in full and in short."""
        full, short = self.locale.days["stand-alone"]["wide"], self.locale.days["stand-alone"]["abbreviated"]
        order = [(self.first_weekday + number) % 7 for number in range(7)]
        return tuple((full[number], short[number]) for number in order)

    def gettext(self, message: str) -> str:
        """A message in this language."""
        return self.catalogue.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """A message in the form that goes with a number."""
        return self.catalogue.ngettext(one, many, count)

    def counted(self, one: str, many: str, most: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """A message in each of its forms, and for every number from 0 to `most` which of them: for a script to count.

        Browsers have the plural rules of few languages: Chromium has none of Welsh.
        """
        said = [self.ngettext(one, many, number) for number in range(most + 1)]
        forms = tuple(dict.fromkeys(said))
        return forms, tuple(map(forms.index, said))

    def label(self, state: State | None) -> str:
        """A state in two or three words; for None, that dates are to come."""
        return self.gettext(N_("Dates to be announced") if state is None else _LABELS[state])

    def sentence(self, instance: ListedInstance) -> str:
        """The state of an instance in a sentence, with the moment it goes on sale where that is to come."""
        if instance.state is State.NOT_YET_ON_SALE and instance.on_sale_from:
            return self.gettext(N_("On sale from %(moment)s.")) % {"moment": self.moment(instance.on_sale_from)}
        return self.sentence_of(instance.state)

    def sentence_of(self, state: State) -> str:
        """A state in a sentence."""
        return self.gettext(_SENTENCES[state])

    def meaning(self, kind: Kind) -> str:
        """What a kind of access means: in the venue's own words, else in the usual ones; "" where nobody says."""
        usual = meaning_of(kind.code) or meaning_of(kind.name)
        return kind.about or (self.gettext(usual) if usual else "")

    def day(self, value: date) -> str:
        """Sunday 14 September 2014."""
        return self._day(value, self.patterns.day)

    def short_day(self, value: date) -> str:
        """Sun 14 Sep."""
        return self._day(value, self.patterns.short_day)

    def weekday(self, value: date) -> str:
        """Sunday."""
        return self._day(value, "EEEE")

    def month(self, value: date) -> str:
        """September 2014."""
        return self._day(value, self.locale.datetime_skeletons["yMMMM"].pattern)

    def clock(self, value: datetime) -> str:
        """7.30pm; in the hour that the autumn night has twice, with the zone's letters: 1.30am BST."""
        return self._clock(value.replace(tzinfo=None), value.fold, value.tzinfo)

    def _said_clock(self, wall: datetime, fold: int, zone: tzinfo | None) -> str:
        value = wall.replace(tzinfo=zone, fold=fold)
        text = self._time(value.hour, value.minute)
        return f"{text} {value.tzname()}" if _comes_twice(value) else text

    def moment(self, value: datetime) -> str:
        """Sunday 14 September 2014, 7.30pm."""
        return self._moment(value.replace(tzinfo=None), value.fold, value.tzinfo)

    def _said_moment(self, wall: datetime, fold: int, zone: tzinfo | None) -> str:
        return self.joined.format(self._clock(wall, fold, zone), self.day(wall))

    def short_moment(self, value: datetime) -> str:
        """Sun 14 Sep, 7.30pm."""
        return self.joined.format(self.clock(value), self.short_day(value))

    def dates(self) -> dict[str, Any]:
        """How a script says dates and times: patterns with the fields of the CLDR as gaps, and the words for these.

        Browsers have the dates of few languages: Chromium has none of Welsh.
        """
        said = {
            "day": self.patterns.short_day,
            "clock": self.patterns.clock,
            "hour": self.patterns.hour,
            "stamp": self.patterns.stamp,
        }
        patterns = {name: str(parse_pattern(pattern).format) for name, pattern in said.items()}
        fields = sorted({*re.findall(r"%\((\w+)\)s", " ".join(patterns.values()))})
        words = {field: words_of(field, self.locale) for field in fields}
        return {**patterns, "both": self.joined, "words": {field: known for field, known in words.items() if known}}

    def run(self, instances: Sequence[ListedInstance]) -> str:
        """From the first date to the last: "14 September 2014", "4–20 September 2014", "28 May – 3 June 2014"."""
        if not instances:
            return self.label(None)
        first, last = instances[0].start.date(), instances[-1].start.date()
        if first == last:
            return self.day(first)
        unlike = "y" if first.year != last.year else "M" if first.month != last.month else "d"
        begin, end = self.locale.interval_formats["yMMMd"][unlike]
        wide = (self._day(day, pattern.replace("MMM", "MMMM")) for day, pattern in ((first, begin), (last, end)))
        return "".join(wide).replace("\N{THIN SPACE}", " ")

    def when(self, event: ListedEvent) -> str:
        """When an event is on: the run of its dates to come, else of those that were."""
        return self.run(event.upcoming or event.instances)

    def money(self, amount: Decimal) -> str:
        """£12, £12.50, Free."""
        return self._money(amount) if amount else self.gettext(N_("Free"))

    def _day(self, value: date, pattern: str) -> str:
        """A day on its own calendar: to a cache, the times of two zones that are one instant would be equal."""
        return self._date(date(value.year, value.month, value.day), pattern)

    def duration(self, minutes: int) -> str:
        """2 hours 15 minutes."""
        hours, rest = divmod(minutes, 60)
        said = (
            self.ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours} if hours else "",
            self.ngettext("%(count)s minute", "%(count)s minutes", rest) % {"count": rest} if rest else "",
        )
        return " ".join(part for part in said if part)


def _comes_twice(value: datetime) -> bool:
    return value.replace(fold=0).utcoffset() != value.replace(fold=1).utcoffset()


def language(site: Site, folders: Iterable[Path]) -> tuple[Language, tuple[Notice, ...]]:
    """The site's language, with the words that the template folders have for it, the first winning.

    Raises SiteError for a language that the Unicode CLDR does not know, or a catalogue that is broken.
    """
    locale = locale_of(site.language)
    words = catalogue(locale, folders)
    notices = () if words or locale.language == "en" else (Notice(NO_CATALOGUE, site.language),)
    return Language(site.language, locale, site.currency, patterns_of(locale), words or NullTranslations()), notices
