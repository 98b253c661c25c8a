"""Each sort of thing that `sitegen check` finds, planted in the tiny site and told wholly: what, where, how to mend it.

What the site says without it being spoilt is taken away, so a finding too many fails as one too few does.
"""

import json
import random
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from surfaces import PROJECT, build, share_pictures
from test_check import BOOKABLE, NOW, TINY, order, quietly, run, spoil

from generator.anatomy import replace
from generator.certificate import Verdict
from generator.check.findings import Finding, Findings, Place
from generator.errors import Fault

EVENT = "events/macbeth/index.html"
LINK = "Mend the link where it is written: in content/, in a template of yours, or in the box office system."
REBUILD = "Build again; if it stays so, it is a fault of sitegen."
TEMPLATE = "Mend the template, or what fills it."
OWN_TEMPLATE = "Mend the template, or delete it to use the built-in one."
REFUSED = (
    "Search engines would not show it. Is it in a template of yours? Else it is a fault of sitegen: tell its makers."
)
DISAGREES = (
    "The site was not published so. If templates/ has a copy of this page's template, compare it with the built-in one."
)
ALL_NAMES = "sitegen list attributes shows them all."
APART = (
    "In search results nobody can tell them apart. Give each its own title, in content/ or in the box office system."
)
SENTENCE = (
    "Search engines then show what they find. Give it one sentence: description in the file of a page, summary in that "
    "of an event, [site] description for the home page."
)
ALIKE = (
    "Search results look alike. Give each page a sentence of its own: description in the file of a page, summary in "
    "that of an event."
)
PHONE = "A phone waits for them. This is the largest: take out of it what no page needs."


@pytest.fixture(scope="module")
def built() -> Path:
    """The tiny site as a build leaves it."""
    return build(TINY, TINY / "feed", NOW)


@pytest.fixture(scope="module")
def usual(built: Path) -> Findings:
    """What a check says of it."""
    return quietly(order(built))


@pytest.fixture
def output(built: Path, tmp_path: Path) -> Path:
    """A copy of it to be spoilt."""
    return Path(shutil.copytree(built, tmp_path / "output"))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the site folder to be spoilt."""
    folder = Path(shutil.copytree(TINY, tmp_path / "site"))
    share_pictures(folder)
    return folder


def added(found: Findings, usual: Findings) -> tuple[list[Finding], list[Finding]]:
    """The faults, and the warnings, that were not there before."""
    return (
        [fault for fault in found.all_faults if fault not in usual.all_faults],
        [warning for warning in found.warnings if warning not in usual.warnings],
    )


# The built site

WRONG = {
    "a link that leads nowhere": (
        "index.html", 'href="/calendar/"', 'href="/calender/"',
        Finding("a link to /calender/ leads nowhere", "/", LINK),
    ),
    "an anchor that is not there": (
        BOOKABLE, 'href="#main"', 'href="#mian"',
        Finding("a link to /events/macbeth/1003/#mian names no place there", "/events/macbeth/1003/", LINK),
    ),
    "an id that stands twice": (
        BOOKABLE, 'id="booking-heading"', 'id="main"',
        Finding("id that stands twice on a page", "/events/macbeth/1003/", TEMPLATE, "main"),
    ),
    "no title": (
        BOOKABLE, "<title>", "<title></title><title>",
        Finding("page without a title", "/events/macbeth/1003/", TEMPLATE),
    ),
    "an image without alt": (
        "find-us/index.html", "</main>", '<img src="/directions.txt" width="1" height="1"></main>',
        Finding("image without alt", "/find-us/", TEMPLATE, "/directions.txt"),
    ),
    "another page's address": (
        "find-us/index.html", 'rel="canonical" href="https://www.thimble.example/find-us/"',
        'rel="canonical" href="https://www.thimble.example/"',
        Finding("page names another as its address", "/find-us/", TEMPLATE, "https://www.thimble.example/"),
    ),
    "JSON-LD that is none": (
        "index.html", '{"@context"', '{{"@context"',
        Finding("page with JSON-LD that is no JSON", "/", TEMPLATE,
                "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ),
    "what Google requires": (
        BOOKABLE, '"address":"The Thimble"', '"address":""',
        Finding("event without location.address, which Google requires", "/events/macbeth/1003/", REFUSED, "Macbeth"),
    ),
    "a page with another state": (
        BOOKABLE, 'data-state="limited"', 'data-state="on_sale"',
        Finding("page has another state than availability.json", "/events/macbeth/1003/", DISAGREES,
                "1003: on_sale, not limited"),
    ),
    "structured data with another start": (
        BOOKABLE, '"startDate":"2026-03-07T14', '"startDate":"2026-03-07T15',
        Finding("JSON-LD has another start than availability.json", "/events/macbeth/1003/", DISAGREES,
                "1003: 2026-03-07T15:30:00+00:00, not 2026-03-07T14:30:00+00:00"),
    ),
    "a calendar with another status": (
        "events/macbeth/1003/calendar.ics", "STATUS:CONFIRMED", "STATUS:CANCELLED",
        Finding("calendar has another status than availability.json", "/events/macbeth/1003/calendar.ics", DISAGREES,
                "1003: CANCELLED, not CONFIRMED"),
    ),
    "a calendar that is none": (
        "genres/drama/calendar.ics", ":VCALENDAR", ":VCALENDER",
        Finding("is no calendar: it begins with BEGIN:VCALENDER", "/genres/drama/calendar.ics", REBUILD),
    ),
    "availability by its schema": (
        "availability.json", '"currency": "GBP"', '"currency": "pounds"',
        Finding('"pounds" does not match "^[A-Z]{3}$" at currency', "/availability.json", REBUILD),
    ),
    "news that are no Atom": (
        "feed.xml", "http://www.w3.org/2005/Atom", "http://www.w3.org/2005/Atum",
        Finding("it is no Atom feed", "/feed.xml", REBUILD),
    ),
    "a sitemap that is none": (
        "sitemap.xml", "http://www.sitemaps.org/", "https://www.sitemaps.example/",
        Finding("cannot be read: it is no sitemap", "/sitemap.xml", REBUILD),
    ),
    "a page that the sitemap does not list": (
        "sitemap.xml", "https://www.thimble.example/find-us/", "https://www.thimble.example/finds/",
        Finding("pages that the sitemap has wrong", "/sitemap.xml", REBUILD,
                "https://www.thimble.example/finds/ is listed, but is no page", 2,
                (Place("/sitemap.xml", "https://www.thimble.example/find-us/ is not listed"),)),
    ),
    "robots.txt without the sitemap": (
        "robots.txt", "Sitemap:", "Site:",
        Finding("fault in robots.txt", "/robots.txt", REBUILD,
                "it does not name https://www.thimble.example/sitemap.xml"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_the_site_is_told_with_its_place_and_mend(output: Path, usual: Findings, name: str) -> None:
    file, old, new, told = WRONG[name]
    spoil(output / file, old, new)
    assert added(quietly(order(output)), usual) == ([told], [])


ODD = {
    "a title of two pages": (
        "access/index.html", "<title>Access ·", "<title>Offers ·",
        Finding("title that several pages have", "/access/", APART, "“Offers · The Thimble”, as /offers/"),
    ),
    "a description of two pages": (
        "access/index.html", 'name="description" content="Access at', 'name="description" content="Genres at',
        Finding("description that several pages have", "/access/", ALIKE, "“Genres at The Thimble.”, as /genres/"),
    ),
    "an image without its size": (
        "index.html", "</main>", '<img src="/directions.txt" alt=""></main>',
        Finding("image without width and height", "/",
                "The page jumps while it loads. Pictures in Markdown have none: nothing needs to be done.",
                "/directions.txt"),
    ),
    "a page that does not tell the state": (
        BOOKABLE, ' data-state="limited"', "",
        Finding("page does not tell the state", "/events/macbeth/1003/",
                "Nobody can tell whether it is right. docs/theming.md says which marks a template keeps.", "1003"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_about_the_site_is_a_warning_with_its_place_and_mend(
    output: Path, usual: Findings, name: str
) -> None:
    file, old, new, told = ODD[name]
    spoil(output / file, old, new)
    assert added(quietly(order(output)), usual) == ([], [told])


def test_pages_without_a_description_are_told_together(output: Path) -> None:
    spoil(output / "offers" / "index.html", '<meta name="description"', "<meta")
    found = [warning for warning in quietly(order(output)).warnings if "description" in warning.what]
    others = (Place("/", ""), Place("/offers/", ""))
    assert found == [Finding("pages without a description", "/find-us/", SENTENCE, "", 3, others)]


def test_events_of_one_name_and_dates_at_one_moment_are_told_apart_by_their_titles(site: Path) -> None:
    spoil(site / "feed" / "events.xml", "Tea &amp; Tango", "Macbeth")
    spoil(site / "feed" / "instances.xml", "2026-03-07T19:30:00", "2026-03-07T14:30:00")
    in_house = '<Instance id="1004"/><Name>The Thimble<'
    spoil(site / "feed" / "instance-status.xml", in_house, in_house.replace("The Thimble", "Parquet"))
    output = build(site, site / "feed", NOW)
    pages = (*output.glob("events/macbeth*/index.html"), *output.glob("events/macbeth-101/100[34]/index.html"))
    titles = [page.read_text().partition("<title>")[2].partition(" ·")[0] for page in sorted(pages)]
    assert titles == [
        "Macbeth, Saturday 7 March 2026, 2.30pm, The Thimble",
        "Macbeth, Saturday 7 March 2026, 2.30pm, Parquet",
        "Macbeth, 27 February – 7 March 2026",
        "Macbeth, Saturday 4 April 2026",
    ]


def test_what_a_phone_would_wait_for_is_a_warning(output: Path, usual: Findings) -> None:
    noise = random.Random(8).randbytes(10_000).hex()  # noqa: S311  # hex of chance: of two bytes gzip makes one
    (style,) = (output / "assets").glob("site.*.css")
    script = next((output / "assets").glob("live.*.js"))
    font = next((output / "assets" / "fonts").glob("*.woff2"))
    style.write_text(f"{style.read_text()}/* {noise} */")
    script.write_text(f"// {noise}")
    font.write_bytes(bytes(50_000))
    spoil(output / EVENT, "</main>", f"<p>{noise}{noise[::-1]}</main>")
    faults, warnings = added(quietly(order(output)), usual)
    assert faults == []
    assert [replace(warning, example="") for warning in warnings] == [
        Finding(
            "page of an event of more than 12 KB",
            "/events/macbeth/",
            "A phone waits for it. Is its description very long, or has a template of yours grown?",
        ),
        Finding("style sheets of more than 14 KB together", f"/assets/{style.name}", PHONE),
        Finding("scripts of more than 8 KB together", f"/assets/{script.name}", PHONE),
        Finding(
            "font of more than 40 KB",
            f"/assets/fonts/{font.name}",
            "A phone waits for it. Have it made anew with no more letters than the languages of the site need.",
        ),
    ]
    assert warnings[-1].example == "48.8 KB"


def test_what_no_page_loads_weighs_nothing(output: Path, usual: Findings) -> None:
    (output / "assets" / "unused.js").write_bytes(random.Random(8).randbytes(20_000))  # noqa: S311
    assert added(quietly(order(output)), usual) == ([], [])


# The site folder


def words(site: Path, front: str, text: str = "") -> Path:
    """Words for Tea & Tango, which has none."""
    file = site / "content" / "events" / "tango.md"
    file.write_text(f"+++\n{front}\n+++\n{text}")
    return file


def found_in(site: Path, output: Path, usual: Findings, now: str = NOW) -> list[Finding]:
    """The warnings that a spoilt site folder brings; there must be no fault."""
    faults, warnings = added(quietly(replace(order(output, site), now=datetime.fromisoformat(now))), usual)
    assert faults == []
    return warnings


def test_words_for_what_the_feed_does_not_know_are_told(built: Path, site: Path, usual: Findings) -> None:
    lost = words(site, "event = 999")
    spoil(site / "content" / "events" / "macbeth.md", "1002", "9002")
    assert found_in(site, built, usual) == [
        Finding(
            "instance has words but is not in the feed",
            f"{site}/content/events/macbeth.md",
            "Remove their tables.",
            "instance 9002",
        ),
        Finding(
            "file of words is for an event that is not in the feed",
            str(lost),
            "Seasons end: remove the file when the event will not come back.",
            "event 999",
        ),
    ]


def test_words_for_what_is_over_are_told(built: Path, site: Path, usual: Findings) -> None:
    tango = words(site, "event = 102")
    file = site / "content" / "events" / "macbeth.md"
    file.write_text('+++\nevent = 101\n[instances.1001]\nnote = "Soon."\n[instances.1002]\nstatus = "postponed"\n+++\n')
    assert found_in(site, built, usual, "2026-03-07T12:00:00Z") == [
        Finding(
            "date with words of its own is over",
            str(file),
            "Remove their tables from the file: nobody needs them any more.",
            "1001, 2026-02-27 19:30",
        ),
        Finding(
            "date is past, and still called postponed",
            str(file),
            'If there is a new date, remove the status from the file; if there will be none, say "cancelled" there.',
            "1002, 2026-03-06 19:30",
        ),
    ]
    file.unlink()
    assert found_in(site, built, usual, "2026-05-01T12:00:00Z") == [
        Finding(
            "file of words is for an event that is over",
            str(tango),
            "The archive shows them still. Remove the file when it need not, or nobody will know which are in use.",
            "Tea & Tango, last on 2026-04-04",
        )
    ]


def test_pictures_that_nobody_has_put_into_words_are_told_with_their_line(
    built: Path, site: Path, usual: Findings
) -> None:
    (site / "content" / "static" / "tango.jpg").write_bytes(b"")
    file = words(site, 'event = 102\nimage = "tango.jpg"', "Come.\n\n![A pair](/a.jpg) and\n![](/b.jpg)\n")
    page = site / "content" / "pages" / "find-us.md"
    page.write_text(page.read_text() + "\n| |\n|-|\n| ![ ](/the%20door.jpg) |\n")
    mend = "Write between the brackets what it shows, for people who cannot see it: ![The foyer at night](…)."
    assert found_in(site, built, usual) == [
        Finding(
            "pictures in Markdown without words",
            f"{page}, line 10",
            mend,
            "/the door.jpg",
            2,
            (Place(f"{file}, line 8", "/b.jpg"),),
        ),
        Finding(
            "image without image_alt",
            str(file),
            'Say below image what it shows, for people who cannot see it: image_alt = "…".',
            "tango.jpg",
        ),
    ]


def test_attributes_that_the_feed_does_not_have_are_told_with_the_nearest(
    built: Path, site: Path, usual: Findings
) -> None:
    settings = site / "content" / "site.toml"
    spoil(settings, 'genres = ["Drama"]', 'genres = ["Darma"]\ninstance_note = "Remarks"')
    spoil(settings, 'AD = "Audio', 'ADD = "Audio')
    spoil(settings, "[images]", '[events]\nexclude = [{attribute = "drama"}]\n[images]')
    assert found_in(site, built, usual) == [
        Finding(
            "attribute that no event of the feed has",
            f"{settings}, [attributes]",
            f"Did you mean Drama? {ALL_NAMES}",
            "Darma",
        ),
        Finding(
            "attribute that no date of the feed has",
            f"{settings}, [attributes]",
            f"Is it written so in the box office system? {ALL_NAMES}",
            "Remarks",
        ),
        Finding(
            "attribute that no date of the feed has",
            f"{settings}, [attributes.access]",
            f"Did you mean AD? {ALL_NAMES}",
            "ADD",
        ),
    ]


def test_a_live_site_that_never_pulled_is_told_that_its_words_were_held_against_nothing(
    built: Path, site: Path, usual: Findings
) -> None:
    spoil(site / "content" / "site.toml", 'feed = "feed"', 'feed = "spektrix-v2"')
    words(site, "event = 999")
    assert found_in(site, built, usual) == [
        Finding(
            "settings and words could not be held against the feed: nothing was pulled yet",
            str(site),
            "The templates were tried with the demo's programme. Run sitegen pull, then check again.",
        )
    ]


def test_a_feed_that_cannot_be_read_is_the_source_that_failed_and_the_rest_is_checked(
    output: Path, site: Path, usual: Findings
) -> None:
    (site / "feed" / "events.xml").write_text("<html>Sorry</html>")
    spoil(output / "index.html", 'href="/calendar/"', 'href="/calender/"')
    found = quietly(order(output, site))
    assert [fault.where for fault in found.failed] == [str(site / "feed" / "events.xml")]
    assert (found.faults, found.checked["templates"]) == ([Fault("a link to /calender/ leads nowhere", "/", LINK)], 32)
    assert run("check", "--site", site, "--output", output, "--now", NOW).returncode == 3


# Templates, with what is on and with the worst that could be


def template(site: Path, name: str, old: str, new: str) -> Path:
    """A copy of a template of the theme, with something else in it."""
    copy = site / "templates" / name
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / "templates" / name, copy)
    spoil(copy, old, new)
    return copy


def line_of(file: Path, text: str) -> int:
    """The first line with that text."""
    return next(number for number, line in enumerate(file.read_text().splitlines(), start=1) if text in line)


WORST = {
    "a state that no date is in": (
        "instance.html", "<h1>", '<h1>{% if instance.state == "sales_ended" %}{{ instanc.note }}{% endif %}',
        "'instanc' is undefined", "Did you mean instance?", "a-show-that-is-sales-ended",
    ),
    "a time that is not known": (
        "instance.html", "<h1>", "<h1>{{ instance.on_sale_until.year }}",
        "'None' has no attribute 'year'", OWN_TEMPLATE, "a-show-of-which-nothing-is-known",
    ),
    "an event without dates": (
        "event.html", "<h1>", "<h1>{{ event.instances[0].id }}",
        "tuple object has no element 0", OWN_TEMPLATE, "a-show-whose-dates-are-to-come",
    ),
    "a field that is misspelt in a partial": (
        "_partials/picture.html", "{{ source.type }}", "{{ source.typ }}",
        "has no attribute 'typ'; did you mean type?", OWN_TEMPLATE, "",
    ),
    "a venue with nothing on": (
        "home.html", "{% block main %}", "{% block main %}{{ first.title }}",
        "'None' has no attribute 'title'", OWN_TEMPLATE, "/)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WORST)
def test_a_template_that_would_fail_on_the_worst_that_could_be_is_a_fault(
    built: Path, site: Path, usual: Findings, name: str
) -> None:
    template_name, old, new, what, mend, page = WORST[name]
    file = template(site, template_name, old, new)
    (fault,), warnings = added(quietly(order(built, site)), usual)
    shown = "The page is invented, to show what could come: see it in the gallery of sitegen serve --watch."
    assert (fault.where, fault.mend) == (f"{file}, line {line_of(file, new)}", f"{mend} {shown}")
    assert [part for part in (what, "(while making /", page) if part not in fault.what] == []
    assert warnings == []


def test_every_template_that_is_wrong_is_told_each_place_once(built: Path, site: Path, usual: Findings) -> None:
    home = template(site, "home.html", "{% block main %}", "{% block main %}{{ sight.name }}")
    offers = template(site, "offers.html", "{% block main %}", "{% block main %}{{ ofers }}")
    faults, _ = added(quietly(order(built, site)), usual)
    assert faults == [
        Finding(
            "'sight' is undefined (while making /)",
            f"{home}, line {line_of(home, 'sight')}",
            "Did you mean site?",
        ),
        Finding(
            "'ofers' is undefined (while making /offers/)",
            f"{offers}, line {line_of(offers, 'ofers')}",
            "Did you mean offers?",
        ),
    ]


def test_a_template_that_cannot_be_compiled_is_told_with_its_line(built: Path, site: Path, usual: Findings) -> None:
    (site / "templates" / "_partials").mkdir(parents=True)
    file = site / "templates" / "_partials" / "later.html"
    file.write_text("one\n{% if %}")
    told = Finding("Expected an expression, got 'end of statement block'", f"{file}, line 2", OWN_TEMPLATE)
    assert added(quietly(order(built, site)), usual) == ([told], [])


# The certificate, and how it is all told


def test_a_certificate_that_is_wrong_and_one_that_soon_will_be(built: Path, usual: Findings) -> None:
    wrong = Fault("the key does not belong to the certificate", "SPEKTRIX_KEY", "Set both.")
    soon = Fault("the certificate ends on 14 March 2026, in 22 days", "SPEKTRIX_CERT", "Renew it now.")
    found = quietly(replace(order(built), verdict=Verdict(None, (wrong,), soon)))
    assert added(found, usual) == (
        [Finding(wrong.what, wrong.where, wrong.mend)],
        [Finding(soon.what, soon.where, soon.mend)],
    )


def test_half_a_certificate_is_told_to_scripts_too(built: Path) -> None:
    done = run(
        "check", "--site", TINY, "--output", built, "--now", NOW, "--json", SPEKTRIX_CERT="-----BEGIN CERTIFICATE-----"
    )
    assert (done.returncode, json.loads(done.stdout)["faults"]) == (
        1,
        [
            {
                "what": "SPEKTRIX_CERT is set, but SPEKTRIX_KEY is not",
                "where": "environment",
                "mend": "Set both, or neither.",
                "example": "",
                "count": 1,
                "others": [],
            }
        ],
    )


def test_json_has_the_shape_that_the_operator_was_promised(output: Path) -> None:
    spoil(output / "index.html", 'href="/calendar/"', 'href="/calender/"')
    done = run("check", "--site", TINY, "--output", output, "--now", NOW, "--json")
    assert (done.returncode, json.loads(done.stdout)) == (
        1,
        {
            "exit_code": 1,
            "checked": {"templates": 32, "instances": 6, "pages": 30, "calendars": 14, "links": 125},
            "faults": [
                {
                    "what": "a link to /calender/ leads nowhere",
                    "where": "/",
                    "mend": LINK,
                    "example": "",
                    "count": 1,
                    "others": [],
                }
            ],
            "warnings": [
                {
                    "what": "performance without endDate, which Google recommends",
                    "where": "/events/open-rehearsal/1006/",
                    "mend": "Give the event its duration in the box office system.",
                    "example": "Open Rehearsal",
                    "count": 1,
                    "others": [],
                },
                {
                    "what": "pages without a description",
                    "where": "/find-us/",
                    "mend": SENTENCE,
                    "example": "",
                    "count": 2,
                    "others": [{"where": "/", "example": ""}],
                },
            ],
        },
    )


def test_people_are_told_the_first_places_of_each_thing_and_the_gravest_last(output: Path) -> None:
    spoil(output / "index.html", 'href="/calendar/"', 'href="/calender/"')
    for page in ("access", "genres", "offers"):
        spoil(output / page / "index.html", '<meta name="description"', "<meta")
    done = run("check", "--site", TINY, "--output", output, "--now", NOW)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "Checked: 32 templates, 6 instances, 30 pages, 14 calendars, 125 links\n1 fault, 2 warnings\n",
        "Reading settings and content\n"
        "Reading the feed\n"
        "Trying the templates\n"
        "Reading the built site\n"
        "Warning: /events/open-rehearsal/1006/: performance without endDate, which Google recommends: Open Rehearsal\n"
        "  Give the event its duration in the box office system.\n"
        "Warning: 5 pages without a description\n"
        "    /access/\n"
        "    /find-us/\n"
        "    /genres/\n"
        "    … and 2 more\n"
        f"  {SENTENCE}\n"
        "Error: /: a link to /calender/ leads nowhere\n"
        f"  {LINK}\n",
    )


def test_of_very_many_places_a_hundred_are_told_and_all_are_counted(output: Path) -> None:
    images = "".join(f'<img src="/directions.txt?{number}" alt="">' for number in range(150))
    spoil(output / "index.html", "</main>", f"{images}</main>")
    found = next(each for each in quietly(order(output)).warnings if "width" in each.what)
    assert (found.what, found.where, found.count) == ("images without width and height", "/", 150)
    assert [found.example, *(other.example for other in found.others)] == [
        f"/directions.txt?{number}" for number in range(100)
    ]
