"""The site speaks its language: catalogues are whole, dates and money are as people write them, scripts agree."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import words
from babel.messages import Catalog
from babel.messages.pofile import read_po
from browsing import BROWSER, QUIET
from playwright.sync_api import sync_playwright
from surfaces import PROJECT

from generator.anatomy import replace
from generator.config import Site
from generator.errors import Notice, SiteError
from generator.prices import PriceTable
from generator.programme import Kind, ListedInstance
from generator.states import State
from generator.wording import NO_CATALOGUE, Language, language

TINY = PROJECT / "tests" / "tiny"
LONDON = ZoneInfo("Europe/London")
THEME = PROJECT / "templates"
CATALOGUES = sorted(words.FOLDER.glob("*.po"))
TAGS = ("en-GB", "en", "en-US", "cy", "fr", "fr-CA", "de", "ar", "zh-Hant")
EVENING = datetime(2026, 12, 1, 19, 30, tzinfo=LONDON)
MORNING = datetime(2026, 12, 1, 9, 0, tzinfo=LONDON)
TWICE = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)


def spoken(tag: str, currency: str = "GBP", *folders: Path) -> Language:
    """A language with the theme's words, after those of other folders."""
    site = Site("The Thimble", "https://www.thimble.example", "Europe/London", tag, currency)
    return language(site, (*folders, THEME))[0]


def catalogue(file: Path) -> Catalog:
    """A catalogue of the theme."""
    with file.open("rb") as text:
        return read_po(text, file.stem)


def forms(said: str | Iterable[str] | None) -> tuple[str, ...]:
    """A message, or all its forms."""
    return (said,) if isinstance(said, str) else tuple(said or ())


def parts(said: str | Iterable[str] | None) -> set[str]:
    """The gaps and the tags of a message, with all its forms together."""
    return {*re.findall(r"%\(\w+\)s|%|<[^>]*>|[{}]", " ".join(forms(said)))}


# The catalogues


def test_the_template_of_the_catalogues_holds_what_the_theme_says() -> None:
    assert words.TEMPLATE.read_text("utf-8") == words.text_of(words.extracted())


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_a_catalogue_holds_what_the_theme_says_and_no_more(file: Path) -> None:
    assert file.read_text("utf-8") == words.text_of(words.merged(file, words.extracted()))


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_every_message_is_translated_in_every_form(file: Path) -> None:
    known = catalogue(file)
    wanted = {message.id: known.num_plurals if message.pluralizable else 1 for message in known if message.id}
    told = {message.id: sum(map(bool, forms(message.string))) for message in known if message.id}
    fuzzy = [message.id for message in known if message.fuzzy and message.id]
    assert (told, fuzzy, [*known.obsolete]) == (wanted, [], [])


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_a_translation_has_the_gaps_and_tags_of_the_english(file: Path) -> None:
    messages = [message for message in catalogue(file) if message.id]
    assert {message.id: parts(message.string) for message in messages} == {
        message.id: parts(message.id) for message in messages
    }


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_translations_use_the_typographers_apostrophe(file: Path) -> None:
    assert [
        message.string for message in catalogue(file) if message.id and "'" in " ".join(forms(message.string))
    ] == []


def test_french_signs_do_not_stand_alone_at_the_start_of_a_line() -> None:
    text = (words.FOLDER / "fr.po").read_text("utf-8")
    assert re.findall(r'^(?:msgstr|").* [:;!?»]', re.sub("^#.*$|^msgid.*$", "", text, flags=re.MULTILINE)) == []


# Dates, money, numbers


def said(told: Language) -> dict[str, Any]:
    """One of everything that is said of dates, money and time."""
    return {
        "day": told.day(EVENING),
        "month": told.month(EVENING),
        "evening": told.moment(EVENING),
        "morning": told.short_moment(MORNING),
        "twice": (told.clock(TWICE), told.clock(TWICE.replace(fold=1))),
        "money": tuple(told.money(Decimal(amount)) for amount in ("12", "12.5", "1234", "0")),
        "duration": tuple(told.duration(minutes) for minutes in (0, 45, 60, 122, 135)),
        "week": tuple(short for _, short in told.weekdays),
    }


SAID = {
    "en-GB": {
        "day": "Tuesday 1 December 2026",
        "month": "December 2026",
        "evening": "Tuesday 1 December 2026, 7.30pm",
        "morning": "Tue 1 Dec, 9am",
        "twice": ("1.30am BST", "1.30am GMT"),
        "money": ("£12", "£12.50", "£1,234", "Free"),
        "duration": ("", "45 minutes", "1 hour", "2 hours 2 minutes", "2 hours 15 minutes"),
        "week": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    },
    "en-US": {
        "day": "Tuesday, December 1, 2026",
        "month": "December 2026",
        "evening": "Tuesday, December 1, 2026, 7:30\u202fPM",
        "morning": "Tue, Dec 1, 9:00\u202fAM",
        "twice": ("1:30\u202fAM BST", "1:30\u202fAM GMT"),
        "money": ("$12", "$12.50", "$1,234", "Free"),
        "duration": ("", "45 minutes", "1 hour", "2 hours 2 minutes", "2 hours 15 minutes"),
        "week": ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"),
    },
    "cy": {
        "day": "Dydd Mawrth, 1 Rhagfyr 2026",
        "month": "Rhagfyr 2026",
        "evening": "Dydd Mawrth, 1 Rhagfyr 2026 19:30",
        "morning": "Maw, 1 Rhag 09:00",
        "twice": ("01:30 BST", "01:30 GMT"),
        "money": ("£12", "£12.50", "£1,234", "Am ddim"),
        "duration": ("", "45 munud", "1 awr", "2 awr 2 funud", "2 awr 15 munud"),
        "week": ("Llun", "Maw", "Mer", "Iau", "Gwe", "Sad", "Sul"),
    },
    "fr": {
        "day": "mardi 1er décembre 2026",
        "month": "décembre 2026",
        "evening": "mardi 1er décembre 2026, 19h30",
        "morning": "mar. 1er déc., 9h",
        "twice": ("1h30 BST", "1h30 GMT"),
        "money": ("12\xa0€", "12,50\xa0€", "1\u202f234\xa0€", "Gratuit"),
        "duration": ("", "45 minutes", "1 heure", "2 heures 2 minutes", "2 heures 15 minutes"),
        "week": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    },
    "de": {
        "day": "Dienstag, 1. Dezember 2026",
        "month": "Dezember 2026",
        "evening": "Dienstag, 1. Dezember 2026, 19:30",
        "morning": "Di., 1. Dez., 09:00",
        "twice": ("01:30 BST", "01:30 GMT"),
        "money": ("12\xa0€", "12,50\xa0€", "1.234\xa0€", "Free"),
        "duration": ("", "45 minutes", "1 hour", "2 hours 2 minutes", "2 hours 15 minutes"),
        "week": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    },
    "ar": {
        "day": "الثلاثاء، 1 ديسمبر 2026",
        "month": "ديسمبر 2026",
        "evening": "الثلاثاء، 1 ديسمبر 2026، 7:30 م",
        "morning": "الثلاثاء، 1 ديسمبر، 9:00 ص",
        "twice": ("1:30 ص BST", "1:30 ص GMT"),
        "money": ("\u200f12\xa0ج.م.\u200f", "\u200f12.50\xa0ج.م.\u200f", "\u200f1,234\xa0ج.م.\u200f", "Free"),
        "duration": ("", "45 minutes", "1 hour", "2 hours 2 minutes", "2 hours 15 minutes"),
        "week": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    },
}
CURRENCIES = {"en-GB": "GBP", "en-US": "USD", "cy": "GBP", "fr": "EUR", "de": "EUR", "ar": "EGP"}


@pytest.mark.parametrize("tag", SAID)
def test_dates_money_and_time_are_said_as_the_language_says_them(tag: str) -> None:
    assert said(spoken(tag, CURRENCIES[tag])) == SAID[tag]


def on(*days: date) -> tuple[ListedInstance, ...]:
    """Instances on these days."""
    said, rest = (State.ON_SALE, False, "", Kind("", "", ""), (), "", PriceTable((), ())), (None, None, None)
    one = ListedInstance(1, 1, "", EVENING, None, None, None, *said, *rest)
    return tuple(replace(one, start=datetime(day.year, day.month, day.day, 19, 30, tzinfo=LONDON)) for day in days)


RUNS = {
    "en-GB": (
        "Tuesday 1 December 2026",
        "1–20 December 2026",
        "28 November – 1 December 2026",
        "1 December 2026 – 2 January 2027",
    ),
    "en-US": (
        "Tuesday, December 1, 2026",
        "December 1 – 20, 2026",
        "November 28 – December 1, 2026",
        "December 1, 2026 – January 2, 2027",
    ),
    "cy": (
        "Dydd Mawrth, 1 Rhagfyr 2026",
        "1–20 Rhagfyr 2026",
        "28 Tachwedd – 1 Rhagfyr 2026",
        "1 Rhagfyr, 2026 – 2 Ionawr 2027",
    ),
    "fr": (
        "mardi 1er décembre 2026",
        "1–20 décembre 2026",
        "28 novembre – 1er décembre 2026",
        "1er décembre 2026 – 2 janvier 2027",
    ),
    "de": (
        "Dienstag, 1. Dezember 2026",
        "1.–20. Dezember 2026",
        "28. November – 1. Dezember 2026",
        "1. Dezember 2026 – 2. Januar 2027",
    ),
    "ar": (
        "الثلاثاء، 1 ديسمبر 2026",
        "1–20 ديسمبر 2026",
        "28 نوفمبر – 1 ديسمبر 2026",
        "1 ديسمبر 2026 – 2 يناير 2027",
    ),
}


@pytest.mark.parametrize("tag", RUNS)
def test_a_run_names_month_and_year_once_where_it_can(tag: str) -> None:
    first = date(2026, 12, 1)
    ends = ((first, first), (first, date(2026, 12, 20)), (date(2026, 11, 28), first), (first, date(2027, 1, 2)))
    told = spoken(tag)
    assert tuple(told.run(on(*pair)) for pair in ends) == RUNS[tag]


def test_a_run_without_dates_says_so() -> None:
    assert [spoken(tag).run(()) for tag in ("en-GB", "cy", "fr")] == [
        "Dates to be announced", "Dyddiadau i’w cyhoeddi", "Dates à venir",
    ]  # fmt: skip


def test_a_script_is_given_the_form_of_every_number() -> None:
    told = {tag: spoken(tag).counted("%(count)s event", "%(count)s events", 4) for tag in ("en-GB", "cy", "ar")}
    english = ("%(count)s events", "%(count)s event"), (0, 1, 0, 0, 0)
    assert told == {
        "en-GB": english,
        "cy": (("%(count)s digwyddiad", "%(count)s ddigwyddiad"), (0, 0, 1, 0, 0)),
        "ar": english,
    }


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("cy", ("BSL", "Dehongliad BSL", "Iaith Arwyddion Prydain")),
        ("fr", ("LSF", "langue des signes", "Interprété en LSF")),
    ],
)
def test_usual_kinds_of_access_are_known_by_their_names_in_the_language(tag: str, names: tuple[str, ...]) -> None:
    told = spoken(tag)
    meanings = {told.meaning(Kind(str(number), name, "")) for number, name in enumerate(names)}
    english = "An interpreter at the side of the stage signs all that is said and sung, for people who are deaf."
    assert meanings == {told.gettext(english)}
    assert told.meaning(Kind("x", "Tomato throwing", "")) == ""


# Catalogues of a site folder, and languages nobody knows


def with_catalogue(folder: Path, name: str, text: str) -> Path:
    """A folder of templates with a catalogue."""
    (folder / "locale").mkdir()
    (folder / "locale" / name).write_text(text, "utf-8")
    return folder


HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def test_a_sites_own_words_win_and_the_themes_stand_for_the_rest(tmp_path: Path) -> None:
    own = HEAD + 'msgid "What’s on"\nmsgstr "Digwyddiadau"\n\nmsgid "Basket"\nmsgstr ""\n'
    told = spoken("cy", "GBP", with_catalogue(tmp_path, "cy.po", own))
    assert [told.gettext(text) for text in ("What’s on", "Basket", "Offers")] == ["Digwyddiadau", "Basged", "Cynigion"]


def test_a_site_may_change_the_words_of_english_too(tmp_path: Path) -> None:
    folder = with_catalogue(tmp_path, "en.po", HEAD + 'msgid "What’s on"\nmsgstr "Programme"\n')
    assert spoken("en-GB", "GBP", folder).gettext("What’s on") == "Programme"


def test_a_site_may_add_a_language(tmp_path: Path) -> None:
    site = Site("The Thimble", "https://www.thimble.example", "Europe/London", "de-AT")
    folder = with_catalogue(tmp_path, "de.po", HEAD + 'msgid "Sold out"\nmsgstr "Ausverkauft"\n')
    told, notices = language(site, (folder, THEME))
    assert (told.label(State.SOLD_OUT), notices) == ("Ausverkauft", ())


def test_a_language_without_words_is_a_warning() -> None:
    site = Site("The Thimble", "https://www.thimble.example", "Europe/London", "de-AT")
    told, notices = language(site, (THEME,))
    assert (told.label(State.SOLD_OUT), notices) == ("Sold out", (Notice(NO_CATALOGUE, "de-AT"),))


BROKEN = {
    "not a catalogue": ("<html>", "", "Open it in Poedit, which tells."),
    "unknown charset": (HEAD.replace("utf-8", "klingon"), "", "Open it in Poedit, which tells."),
    "unknown plural": (
        HEAD.replace('\\n"', '\\nPlural-Forms: nplurals=2; plural=x;\\n"') + 'msgid "a"\nmsgstr "b"\n',
        "",
        "Open it in Poedit, which tells.",
    ),
    "unknown gap": (HEAD + 'msgid "%(title)s is over."\nmsgstr "Vorbei: %(titel)s."\n', ", line 4", "Write what"),
    "stray percent": (HEAD + 'msgid "Free"\nmsgstr "100% frei"\n', ", line 4", "Write what"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_catalogue_is_an_error_that_names_it(tmp_path: Path, kind: str) -> None:
    text, line, mend = BROKEN[kind]
    folder = with_catalogue(tmp_path, "de.po", text)
    with pytest.raises(SiteError) as raised:
        spoken("de", "EUR", folder)
    (fault,) = raised.value.faults
    assert (fault.where, fault.mend.startswith(mend)) == (f"{tmp_path / 'locale' / 'de.po'}{line}", True)


def test_a_language_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(SiteError) as raised:
        spoken("tlh")
    assert str(raised.value).partition("\n")[0].startswith('[site] language is "tlh", which nobody knows dates in')


# A whole site, and its scripts


@pytest.fixture(scope="module")
def welsh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny site in Welsh, with a word of its own."""
    folder = tmp_path_factory.mktemp("welsh")
    shutil.copytree(TINY / "content", folder / "content")
    settings = folder / "content" / "site.toml"
    settings.write_text(settings.read_text("utf-8").replace("[source]", 'language = "cy"\n\n[source]', 1), "utf-8")
    (folder / "templates").mkdir()
    own = 'msgid "Basket"\nmsgstr "Y \\"fasged\\" & mwy"\n'
    with_catalogue(folder / "templates", "cy.po", HEAD + own)
    options = ("--site", folder, "--feed", TINY / "feed", "--now", "2026-02-20T12:00:00Z")
    command = [sys.executable, "-m", "generator", "build", *map(str, options)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "output"


def test_no_page_of_a_welsh_site_says_an_english_word_of_the_theme(welsh: Path) -> None:
    english = {message.id for message in words.extracted() if isinstance(message.id, str) and len(message.id) > 3}
    same = {message.id for message in catalogue(words.FOLDER / "cy.po") if message.id == message.string}
    venues_own = {"Drama", "Audio described"}
    found = {
        (path.relative_to(welsh).as_posix(), text)
        for path in welsh.rglob("*.html")
        for text in re.findall(r'>([^<>{}]+)<|(?:aria-label|title|alt)="([^"]*)"', path.read_text("utf-8"))
        for text in text
        if text.strip() in english - same - venues_own
    }
    assert found == set()


def test_a_welsh_instance_page_is_in_welsh(welsh: Path) -> None:
    page = (welsh / "events" / "macbeth" / "1002" / "index.html").read_text("utf-8")
    keys = {
        "language": r'<html lang="(\w+)"',
        "title": "<title>(.*?)</title>",
        "state": r"data-sentence>(.*?)<",
        "link": r'class="plain-link"><a href="[^"]*">(.*?)</p>',
        "frame": r'<iframe[^>]* title="(.*?)"',
        "price": r'class="price-from"[^>]*>(.*?)<',
    }
    assert {name: " ".join(re.findall(key, page)) for name, key in keys.items()} == {
        "language": "cy",
        "title": "Macbeth, Dydd Gwener, 6 Mawrth 2026 19:30 · The Thimble",
        "state": "Mae tocynnau ar werth.",
        "link": "Archebwch ar y safle tocynnau</a> os nad yw’n agor isod.",
        "frame": "Archebu tocynnau: Macbeth, Dydd Gwener, 6 Mawrth 2026 19:30",
        "price": "o £9.50",
    }


def test_a_welsh_calendar_is_in_welsh(welsh: Path) -> None:
    calendar = (
        (welsh / "events" / "macbeth" / "calendar.ics").read_text("utf-8").replace("\r\n ", "").replace("\n ", "")
    )
    assert re.findall(r"DESCRIPTION:(.*?)\\n(.*?)\\n", calendar)[0] == (
        r"Dydd Gwener\, 27 Chwefror 2026 19:30",
        "Does dim tocynnau ar ôl ar-lein. Holwch y swyddfa docynnau am docynnau sydd wedi’u dychwelyd.",
    )


def test_a_translation_is_text_whatever_stands_in_it(welsh: Path) -> None:
    page = (welsh / "index.html").read_text("utf-8")
    assert re.findall(r'href="/basket/">(.*?)<', page) == ["Y &quot;fasged&quot; &amp; mwy"]


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium; `make browser` installs it on Debian")
def test_scripts_say_dates_as_pages_do() -> None:
    script = (THEME / "assets" / "live.js").read_text("utf-8").partition("\nfunction show()")[0]
    script = script.replace("export ", "").replace('JSON.parse(document.getElementById("live").textContent)', "given")
    each_said = "moments.map((moment) => [say('day', moment), say('clock', moment), sayBoth(moment)])"
    run = f"([given, moments]) => {{ {script}; return {each_said}; }}"
    moments = [datetime(2026, 1, 4, 0, 0, tzinfo=LONDON), MORNING, EVENING, datetime(2026, 8, 31, 12, 5, tzinfo=LONDON)]
    told = [spoken(tag) for tag in TAGS]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        page = browser.new_page()
        numbers = [moment.timestamp() * 1000 for moment in moments]
        heard = [page.evaluate(run, [{"zone": "Europe/London", "dates": each.dates()}, numbers]) for each in told]
        browser.close()
    assert heard == [[[each.short_day(m), each.clock(m), each.short_moment(m)] for m in moments] for each in told]


def test_one_instant_in_two_zones_is_told_on_the_day_of_each() -> None:
    instant = datetime(2026, 10, 23, 19, tzinfo=UTC)
    zones = [ZoneInfo("Australia/Adelaide"), ZoneInfo("Europe/London")]
    english, _ = language(Site("The Thimble", "https://www.thimble.example", "Europe/London"), ())
    assert [english.moment(instant.astimezone(zone)) for zone in zones] == [
        "Saturday 24 October 2026, 5.30am",
        "Friday 23 October 2026, 8pm",
    ]
