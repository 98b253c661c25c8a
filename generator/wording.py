"""How things are said in the site's language: states, dates, times, money, lengths of time, for every surface.

`language` is the door. Dates, money and lists follow the Unicode CLDR through Babel; words come from the theme's
catalogues, `locale/*.po` of the templates, of which the site folder's own win. English stands in the code itself.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_currency

from generator.config import Site
from generator.errors import Fault, Notice, NoticeKind, SiteError
from generator.programme import Kind, ListedEvent, ListedInstance
from generator.states import State

CATALOGUES = "locale"
NO_CATALOGUE = NoticeKind(
    "language has no words in the theme",
    "languages have no words in the theme",
    "The site says its own words in English. docs/theming.md tells how to add a language.",
)


def N_(message: str) -> str:  # noqa: N802  # the mark that gettext's tools look for
    """Marks a message for the catalogues where it is not yet to be translated."""
    return message


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


_MEANINGS = {
    ("ad", "audio described"): N_(
        "A describer tells through a headset what is seen on the stage, for people who are blind or partially sighted."
    ),
    ("tt", "touch tour"): N_("Before the performance, the set and the costumes can be felt and explored by touch."),
    ("bsl", "bsl interpreted", "sign language interpreted"): N_(
        "An interpreter at the side of the stage signs all that is said and sung, for people who are deaf."
    ),
    ("cap", "captioned"): N_(
        "The words are shown on a screen as they are spoken or sung, with sounds and who is speaking."
    ),
    ("rel", "relaxed", "relaxed performance"): N_(
        "Light and sound are softened, and everyone may move, make a noise, go out and come back."
    ),
    ("df", "dementia friendly"): N_(
        "A gentler performance with more time, clear signs and trained staff, for people who live with dementia."
    ),
}
"""What the usual kinds of access mean, by the codes and names under which venues keep them."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    """CLDR date patterns: a day in full, a day in short, a time, a time on the hour."""

    day: str
    short_day: str
    clock: str
    hour: str


_THEATRE = _Patterns("EEEE d MMMM y", "EEE d MMM", "h.mma", "ha")
"""As the theatres of Britain and Ireland print it: Sunday 14 September 2014, 7.30pm."""


def _patterns(locale: Locale) -> _Patterns:
    if locale.language == "en" and locale.territory in ("GB", "IE", None):
        return _THEATRE
    clock = locale.time_formats["short"].pattern
    return _Patterns(locale.date_formats["full"].pattern, locale.datetime_skeletons["MMMEd"].pattern, clock, clock)


@dataclass(frozen=True, slots=True)
class Language:
    """A language to say things in. `tag` is for `lang`; amounts are in `currency`; `catalogue` has the words."""

    tag: str
    locale: Locale
    currency: str
    patterns: _Patterns
    catalogue: NullTranslations

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

    def label(self, state: State | None) -> str:
        """A state in two or three words; for None, that dates are to come."""
        return self.gettext(N_("Dates to be announced") if state is None else _LABELS[state])

    def sentence(self, instance: ListedInstance) -> str:
        """The state of an instance in a sentence, with the moment it goes on sale where that is to come."""
        if instance.state is State.NOT_YET_ON_SALE and instance.on_sale_from:
            return self.gettext(N_("On sale from %(moment)s.")) % {"moment": self.moment(instance.on_sale_from)}
        return self.of_state(instance.state)

    def of_state(self, state: State) -> str:
        """A state in a sentence, whatever the instance."""
        return self.gettext(_SENTENCES[state])

    def meaning(self, kind: Kind) -> str:
        """What a kind of access means: in the venue's own words, else in the usual ones; "" where nobody says."""
        names = {kind.code.casefold(), kind.name.casefold()}
        return kind.about or next((self.gettext(text) for usual, text in _MEANINGS.items() if names & {*usual}), "")

    def day(self, value: date) -> str:
        """Sunday 14 September 2014."""
        return _date(value, self.patterns.day, self.locale)

    def short_day(self, value: date) -> str:
        """Sun 14 Sep."""
        return _date(value, self.patterns.short_day, self.locale)

    def weekday(self, value: date) -> str:
        """Sunday."""
        return _date(value, "EEEE", self.locale)

    def month(self, value: date) -> str:
        """September 2014."""
        return _date(value, self.locale.datetime_skeletons["yMMMM"].pattern, self.locale)

    def clock(self, value: datetime) -> str:
        """7.30pm; in the hour that the autumn night has twice, with the zone's letters: 1.30am BST."""
        text = _time(value.hour, value.minute, self.patterns, self.locale)
        return f"{text} {value.tzname()}" if _comes_twice(value) else text

    def moment(self, value: datetime) -> str:
        """Sunday 14 September 2014, 7.30pm."""
        return str(self.locale.datetime_formats["medium"]).format(self.clock(value), self.day(value))

    def run(self, instances: Sequence[ListedInstance]) -> str:
        """From the first date to the last: "14 September 2014", "4–20 September 2014", "28 May – 3 June 2014"."""
        if not instances:
            return self.label(None)
        first, last = instances[0].start.date(), instances[-1].start.date()
        if first == last:
            return self.day(first)
        unlike = "y" if first.year != last.year else "M" if first.month != last.month else "d"
        begin, end = self.locale.interval_formats["yMMMd"][unlike]
        wide = (
            _date(day, pattern.replace("MMM", "MMMM"), self.locale) for day, pattern in ((first, begin), (last, end))
        )
        return "".join(wide).replace("\N{THIN SPACE}", " ")

    def when(self, event: ListedEvent) -> str:
        """When an event is on: the run of its dates to come, else of those that were."""
        return self.run(event.upcoming or event.instances)

    def money(self, amount: Decimal) -> str:
        """£12, £12.50, Free."""
        return _money(amount, self.currency, self.locale) if amount else self.gettext(N_("Free"))

    def duration(self, minutes: int) -> str:
        """2 hours 15 minutes."""
        hours, rest = divmod(minutes, 60)
        said = (
            self.ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours} if hours else "",
            self.ngettext("%(count)s minute", "%(count)s minutes", rest) % {"count": rest} if rest else "",
        )
        return " ".join(part for part in said if part)

    def list(self, items: Iterable[str]) -> str:
        """Drama, music and dance."""
        return format_list([*items], locale=self.locale)


@cache
def _date(value: date, pattern: str, locale: Locale) -> str:
    return format_date(value, pattern, locale=locale)


@cache
def _time(hour: int, minute: int, patterns: _Patterns, locale: Locale) -> str:
    moment = datetime(2000, 1, 1, hour, minute)  # a wall clock
    return format_time(moment, patterns.clock if minute else patterns.hour, locale=locale)


@cache
def _money(amount: Decimal, currency: str, locale: Locale) -> str:
    """An amount as the locale writes it, without cents where there are none."""
    is_whole = amount == amount.to_integral_value()
    pattern = locale.currency_formats["standard"].pattern
    shown = pattern.replace("0.00", "0") if is_whole else None
    return format_currency(amount, currency, shown, locale=locale, currency_digits=not is_whole)


def _comes_twice(value: datetime) -> bool:
    return value.replace(fold=0).utcoffset() != value.replace(fold=1).utcoffset()


def decimal(amount: Decimal) -> str:
    """An amount for machines, with at least two decimals and no needless ones: "12.00", "12.50", "0.125"."""
    places = max(2, -int(str(amount.normalize().as_tuple().exponent)))
    return f"{amount:.{places}f}"


def iso_duration(minutes: int) -> str:
    """PT135M, as the element `time` and schema.org want it."""
    return f"PT{minutes}M"


def language(site: Site, folders: Iterable[Path]) -> tuple[Language, tuple[Notice, ...]]:
    """The site's language, with the words that the first of the template folders has for it.

    Raises SiteError for a language that the Unicode CLDR does not know, or a catalogue that is broken.
    """
    locale = _locale(site.language)
    catalogue = _catalogue(locale, folders)
    is_english = locale.language == "en"
    notices = () if catalogue or is_english else (Notice(NO_CATALOGUE, site.language),)
    said = catalogue or NullTranslations()
    return Language(site.language, locale, site.currency, _patterns(locale), said), notices


def _locale(tag: str) -> Locale:
    """What the CLDR has for a language tag, or for the longest part of it that it knows."""
    parts = tag.split("-")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("-".join(parts[:length]), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    mend = 'Name one of the CLDR\'s, such as "en-GB", "cy" or "fr".'
    raise SiteError(Fault(f'[site] language is "{tag}", which nobody knows dates in', "", mend))


def _catalogue(locale: Locale, folders: Iterable[Path]) -> GNUTranslations | None:
    """The words of a locale, else of its language."""
    names = dict.fromkeys((str(locale), locale.language))
    files = (folder / CATALOGUES / f"{name}.po" for folder in folders for name in names)
    file = next((file for file in files if file.is_file()), None)
    if file is None:
        return None
    compiled = io.BytesIO()
    try:
        with file.open("rb") as text:
            write_mo(compiled, read_po(text, locale, abort_invalid=True))
    except (PoFileError, ValueError, OSError) as error:
        raise SiteError(
            Fault(f"not a gettext catalogue: {error}", str(file), "Open it in Poedit, which tells.")
        ) from error
    compiled.seek(0)
    return GNUTranslations(compiled)
