"""`sitegen check`: a good site has no fault, and every kind of fault is found, by the words that tell it.

Each test spoils one thing in a copy of a built site, or in a copy of its site folder.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest
from folder_served import served
from surfaces import PROJECT, build, share_pictures

from generator.anatomy import replace
from generator.check.findings import Finding, Findings
from generator.check.site import CheckOrder, check
from generator.check.surfaces import Comparison, Truth
from generator.check.templates import try_templates
from generator.errors import Fault, Notice, NoticeKind, SiteError
from generator.sitefolder import Words
from generator.website import Website

TINY = PROJECT / "tests" / "tiny"
NOW = "2026-02-20T12:00:00Z"
BOOKABLE = "events/macbeth/1003/index.html"
SECRET = "a-key-that-opens-the-api"  # noqa: S105 - of nothing
TRIED: list[tuple[int, tuple[Fault, ...]]] = []


@pytest.fixture(scope="module")
def built() -> Path:
    """The tiny site as a build leaves it."""
    return build(TINY, TINY / "feed", NOW)


@pytest.fixture(autouse=True)
def tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The templates of the tiny site itself, which stay as they are, are tried once for all tests: it takes longest."""
    monkeypatch.setattr("generator.check.site.try_templates", tried)


def tried(words: Words, real: Website | None, now: datetime) -> tuple[int, tuple[Fault, ...]]:
    """How many templates there are, and what is wrong with them, as a check finds it."""
    if words.site != TINY or not real:
        return try_templates(words, real, now)
    if not TRIED:
        TRIED.append(try_templates(words, real, now))
    return TRIED[0]


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


def order(output: Path, site: Path = TINY) -> CheckOrder:
    """The check of that output."""
    return CheckOrder(site, datetime.fromisoformat(NOW), output)


def quietly(what: CheckOrder) -> Findings:
    """The findings of a check."""
    return check(what, lambda _: None)


def faults(output: Path, site: Path = TINY) -> list[str]:
    """What a check says is wrong."""
    return [fault.what for fault in quietly(order(output, site)).all_faults]


def spoil(file: Path, old: str, new: str) -> None:
    """Put other words in the place of some that stand in a file."""
    text = file.read_bytes().decode()
    assert old in text, f"{old} is not in {file}"
    file.write_bytes(text.replace(old, new).encode())


def run(*options: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a user gives it."""
    command = [sys.executable, "-m", "generator", *map(str, options)]
    given = {**os.environ, **environment}
    return subprocess.run(
        command, cwd=PROJECT, env=given, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_a_good_site_has_no_fault_and_everything_was_looked_at(built: Path) -> None:
    findings = quietly(order(built))
    assert findings.all_faults == ()
    assert {name: count > 0 for name, count in findings.checked.items()} == dict.fromkeys(
        ("templates", "instances", "pages", "calendars", "links"), True
    )


def test_what_google_recommends_and_nobody_knows_is_counted_once_a_kind(built: Path) -> None:
    warnings = [warning for warning in quietly(order(built)).warnings if "Google" in warning.what]
    assert warnings == [
        Finding(
            what="performance without endDate, which Google recommends",
            where="/events/open-rehearsal/1006/",
            mend="Give the event its duration in the box office system.",
            example="Open Rehearsal",
        )
    ]


# Surfaces that disagree

DISAGREEMENTS = {
    "state": (BOOKABLE, 'data-state="limited"', 'data-state="on_sale"', "page has another state"),
    "start": (BOOKABLE, 'datetime="2026-03-07T14:30', 'datetime="2026-03-07T15:30', "page has another start"),
    "price": (BOOKABLE, 'class="price-from" value="9.50"', 'class="price-from" value="9.00"', "page has another price"),
    "frame": (BOOKABLE, 'EventInstanceId=1003&amp;resize=true"', 'EventInstanceId=1002&amp;resize=true"', "booking"),
    "frame of what is sold out": (
        "events/macbeth/1001/index.html",
        '<h2 id="booking-heading">',
        '<iframe id="SpektrixIFrame" src="https://system.spektrix.com/book"></iframe><h2 id="booking-heading">',
        "page has another booking address",
    ),
    "event": (BOOKABLE, 'data-event="101"', 'data-event="102"', "page has another event"),
    "state in a list": ("events/macbeth/index.html", 'data-instance="1001" data-state="sold_out"',
                        'data-instance="1001" data-state="on_sale"', "page has another state"),
    "state of an event": ("events/macbeth/index.html", 'data-event="101" data-state="on_sale"',
                          'data-event="101" data-state="sold_out"', "page has another state of an event"),
    "JSON-LD start": (BOOKABLE, '"startDate":"2026-03-07T14', '"startDate":"2026-03-07T15', "JSON-LD has another"),
    "JSON-LD status": (BOOKABLE, "EventScheduled", "EventCancelled", "JSON-LD has another status"),
    "JSON-LD availability": (BOOKABLE, "schema.org/LimitedAvailability", "schema.org/InStock", "another availability"),
    "JSON-LD price": (BOOKABLE, '"price":"9.50"', '"price":"9.00"', "JSON-LD has another price"),
    "JSON-LD of the series": ("events/macbeth/index.html", "schema.org/SoldOut", "schema.org/InStock", "availability"),
    "calendar start": ("calendar.ics", "DTSTART:20260227T193000Z", "DTSTART:20260227T203000Z", "calendar has another"),
    "calendar status": ("calendar.ics", "STATUS:CONFIRMED", "STATUS:CANCELLED", "calendar has another status"),
    "calendar without it": ("calendar.ics", "UID:1001@", "UID:9991@", "calendar has another performance"),
    "calendar of an event": ("events/macbeth/calendar.ics", "DTSTART:20260227T1930", "DTSTART:20260227T2030", "start"),
    "redirect": ("_redirects", "/i/1003 /events/macbeth/1003/", "/i/1003 /events/macbeth/1001/", "another address"),
    "availability": ("availability.json", '"state": "limited"', '"state": "sold_out"', "page has another state"),
}  # fmt: skip


@pytest.mark.parametrize("name", DISAGREEMENTS)
def test_a_surface_that_says_something_else_is_a_fault(output: Path, name: str) -> None:
    file, old, new, told = DISAGREEMENTS[name]
    spoil(output / file, old, new)
    assert any(told in fault for fault in faults(output))


def test_a_page_that_is_gone_is_a_fault(output: Path) -> None:
    (output / BOOKABLE).unlink()
    assert any("page has another performance" in fault for fault in faults(output))


def test_a_page_without_marks_cannot_be_compared_and_is_a_warning(output: Path) -> None:
    spoil(output / BOOKABLE, ' data-state="limited"', "")
    findings = quietly(order(output))
    assert findings.all_faults == ()
    assert (
        Finding(
            what="page does not tell the state",
            where="/events/macbeth/1003/",
            mend="Nobody can tell whether it is right. docs/theming.md says which marks a template keeps.",
            example="1003",
        )
        in findings.warnings
    )


# Pages, links and feeds

SPOILT = {
    "link": ("index.html", 'href="/calendar/"', 'href="/calender/"', "link to /calender/ leads nowhere"),
    "links": ("index.html", 'href="/whats-on/"', 'href="/whats-off/"', "link to /whats-off/ leads nowhere"),
    "fragment": (BOOKABLE, 'href="#main"', 'href="#mian"', "#mian names no place there"),
    "asset": ("index.html", 'src="/assets/live', 'src="/assets/dead', "leads nowhere"),
    "id": (BOOKABLE, 'id="booking-heading"', 'id="main"', "id that stands twice"),
    "title": (BOOKABLE, "<title>", "<title></title><title>", "page without a title"),
    "alt": ("events/macbeth/index.html", " alt=", " data-alt=", "without alt"),
    "JSON-LD": (BOOKABLE, '{"@context"', '{{"@context"', "JSON-LD that is no JSON"),
    "canonical": (BOOKABLE, 'rel="canonical" href="https://www.thimble.example/events/macbeth/1003/"',
                  'rel="canonical" href="https://www.thimble.example/"', "page names another as its address"),
    "required": (BOOKABLE, '"address":"The Thimble"', '"address":""', "event without location.address"),
    "wall clock": (BOOKABLE, '"endDate":"2026-03-07T16:30:00+00:00"', '"endDate":"2026-03-07T16:30:00"', "endDate"),
    "rescheduled": (BOOKABLE, "EventScheduled", "EventRescheduled", "rescheduled without previousStartDate"),
    "currency": (BOOKABLE, '"priceCurrency":"GBP"', '"priceCurrency":"£"', "ISO 4217"),
    "trail": (BOOKABLE, '"position":2', '"position":3', "breadcrumb trail"),
    "calendar": ("genres/drama/calendar.ics", "END:VCALENDAR", "", "is no calendar"),
    "schema": ("availability.json", '"currency": "GBP"', '"currency": "pounds"', "currency"),
    "no JSON": ("changes.json", '"version"', "version", "is no JSON"),
    "Atom": ("feed.xml", "<updated>", "<updatd>", "it is no XML"),
    "sitemap": ("sitemap.xml", "/whats-on/</loc>", "/whats-off/</loc>", "pages that the sitemap has wrong"),
    "no sitemap": ("sitemap.xml", "</urlset>", "", "cannot be read"),
    "robots": ("robots.txt", "Disallow: /basket/", "Disallow: /events/", "faults in robots.txt"),
    "robots without sitemap": ("robots.txt", "Sitemap:", "Site:", "fault in robots.txt"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_wrong_with_a_file_is_a_fault(output: Path, name: str) -> None:
    file, old, new, told = SPOILT[name]
    spoil(output / file, old, new)
    assert any(told in fault for fault in faults(output))


def test_a_redirect_answers_for_a_link(output: Path) -> None:
    spoil(output / "index.html", 'href="/calendar/"', 'href="/e/101"')
    assert faults(output) == []


def test_a_private_key_among_the_files_is_exit_code_5(output: Path) -> None:
    (output / "notes.txt").write_text("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n")
    done = run("check", "--site", TINY, "--output", output, "--now", NOW)
    assert (done.returncode, "/notes.txt: holds a private key" in done.stderr) == (5, True)


def test_the_key_of_the_api_among_the_files_is_exit_code_5_and_is_not_told(output: Path) -> None:
    spoil(output / "index.html", "<body>", f"<body><!-- {SECRET} -->")
    done = run("check", "--site", TINY, "--output", output, "--now", NOW, SPEKTRIX_API_KEY=SECRET)
    assert (done.returncode, SECRET in done.stdout + done.stderr) == (5, False)


def test_nothing_built_yet_is_a_fault_that_says_what_to_do(tmp_path: Path) -> None:
    (fault,) = quietly(order(tmp_path / "nothing")).all_faults
    assert fault.mend == "Run sitegen build first."


# The site folder


def test_settings_that_are_wrong_are_told_with_their_line(built: Path, site: Path) -> None:
    spoil(site / "content" / "site.toml", "genres =", "genrse =")
    done = run("check", "--site", site, "--output", built, "--now", NOW)
    assert (done.returncode, "[attributes] genrse is not known\n  Did you mean genres?" in done.stderr) == (1, True)


def test_a_template_nobody_has_used_yet_is_compiled(built: Path, site: Path) -> None:
    (site / "templates").mkdir()
    (site / "templates" / "later.html").write_text("{% if %}")
    assert faults(built, site) == ["Expected an expression, got 'end of statement block'"]


def test_a_name_that_a_template_misspells_is_found(built: Path, site: Path) -> None:
    (site / "templates").mkdir()
    (site / "templates" / "offers.html").write_text("{{ ofers }}")
    assert faults(built, site) == ["'ofers' is undefined (while making /offers/)"]


def test_a_certificate_without_its_key_is_a_fault(built: Path) -> None:
    done = run("check", "--site", TINY, "--output", built, "--now", NOW, SPEKTRIX_CERT="-----BEGIN CERTIFICATE-----")
    assert (done.returncode, "SPEKTRIX_CERT is set, but SPEKTRIX_KEY is not" in done.stderr) == (1, True)


def test_json_tells_all_of_it_to_scripts(output: Path) -> None:
    spoil(output / "index.html", 'href="/calendar/"', 'href="/calender/"')
    done = run("check", "--site", TINY, "--output", output, "--now", NOW, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"], told["checked"]["instances"]) == (1, 1, 6)
    assert [fault["where"] for fault in told["faults"]] == ["/"]


# A build that would contradict itself


def overriding(site: Path, old: str, new: str) -> Path:
    """The site folder with a copy of the page of an instance in which something else stands."""
    (site / "templates").mkdir()
    copy = shutil.copy(PROJECT / "templates" / "instance.html", site / "templates")
    spoil(Path(copy), old, new)
    return site


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('data-state="{{ instance.state }}"', 'data-state="on_sale"'),
        ("instance.start|iso", '"2026-02-27T19:30:00+01:00"'),
        ("instance.prices.lowest|decimal", '"1.00"'),
        ('data-instance="{{ instance.id }}"', 'data-instance="1001"'),
    ],
)
def test_a_build_whose_template_tells_something_else_leaves_the_old_site(
    output: Path, site: Path, old: str, new: str
) -> None:
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    done = run("build", "--site", overriding(site, old, new), "--output", output, "--now", NOW)
    assert (done.returncode, "than availability.json" in done.stderr) == (1, True)
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before


def test_a_build_whose_template_has_no_marks_warns_and_with_strict_fails(output: Path, site: Path) -> None:
    overriding(site, ' data-state="{{ instance.state }}"', "")
    done = run("build", "--site", site, "--output", output, "--now", NOW)
    assert (done.returncode, "6 times the page does not tell the state" in done.stderr) == (0, True)
    assert run("build", "--site", site, "--output", output, "--now", NOW, "--strict").returncode == 1


# The published site


@pytest.fixture(scope="module")
def published(built: Path) -> Iterator[str]:
    """The address at which the built site is served."""
    with served(built) as address:
        yield f"{address}/"


def watched(built: Path, address: str, now: str, max_age: int | None = None) -> tuple[list[str], list[str]]:
    """What a check at `now` says of the site published at an address: what is wrong, and what cannot be reached."""
    moment = datetime.fromisoformat(now).astimezone(UTC)
    findings = quietly(replace(order(built), now=moment, published=address, max_age=max_age))
    return [fault.what for fault in findings.faults], [fault.what for fault in findings.failed]


def test_a_published_site_that_is_young_enough_is_well(built: Path, published: str) -> None:
    assert watched(built, published, "2026-02-20T13:00:00Z") == ([], [])


def test_a_published_site_that_is_too_old_is_a_fault_with_its_age(built: Path, published: str) -> None:
    told = "the published site is 61 minutes old by generated_at, more than the 60 that it may be"
    assert watched(built, f"{published}availability.json", "2026-02-20T13:01:00Z") == ([told], [])


def test_how_old_it_may_be_can_be_said(built: Path, published: str) -> None:
    assert watched(built, published, "2026-02-20T13:01:00Z", 61) == ([], [])


def test_no_site_where_one_should_be_is_exit_code_3(built: Path, published: str) -> None:
    done = run("check", "--site", TINY, "--output", built, "--now", NOW, "--published", f"{published}nowhere/")
    assert (done.returncode, "nothing is published there (HTTP 404)" in done.stderr) == (3, True)


def test_a_published_site_that_cannot_be_reached_is_exit_code_3(built: Path) -> None:
    done = run("check", "--site", TINY, "--output", built, "--now", NOW, "--published", "http://127.0.0.1:9/")
    assert (done.returncode, "could not be reached" in done.stderr) == (3, True)


def test_a_watch_over_the_published_site_needs_no_built_one(published: str, tmp_path: Path) -> None:
    assert watched(tmp_path / "nothing", published, NOW) == ([], [])


def test_what_differs_is_told_in_one_order_whoever_found_it_first() -> None:
    page, feed = NoticeKind("page differs", "pages differ"), NoticeKind("calendar differs", "calendars differ")
    found = [Notice(page, "7", "b/"), Notice(feed, "3", "calendar.ics"), Notice(page, "5", "a/")]
    said = set()
    for order in permutations(found):
        with pytest.raises(SiteError) as raised:
            Comparison(Truth({}, {}), [*order]).refuse()
        said.add(str(raised.value))
    assert len(said) == 1
