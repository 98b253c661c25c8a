"""What must be true of any site, whatever it is made from: held over the demo, the recorded feed and the traps."""

import json
import re
import shutil
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, unquote, urljoin, urlsplit
from xml.etree import ElementTree

import icalendar
import jsonschema
import pytest
from surfaces import PROJECT, availability, build, elements, html_faults, shared_folder, texts

from generator.check.site import CheckOrder, check

SITES = {
    "demo": (PROJECT, None, "2026-11-25T12:00:00Z"),
    "recorded": (shared_folder("sites", "new-wolsey"), shared_folder("feeds", "new-wolsey"), "2014-09-01T12:00:00Z"),
    "traps": (PROJECT / "tests" / "traps", PROJECT / "tests" / "traps" / "feed", "2026-10-20T12:00:00Z"),
}
LINKS = {"href", "src", "action", "poster"}


@pytest.fixture(scope="module", params=SITES)
def output(request: pytest.FixtureRequest) -> Path:
    """The built site."""
    site, feed, now = SITES[request.param]
    if site is None:
        pytest.skip("the recorded feed is not beside this checkout: ../shared/feeds/new-wolsey")
    return build(site, feed, now)


@pytest.fixture(scope="module")
def pages(output: Path) -> list[Path]:
    """Every page of the site."""
    return sorted(output.rglob("*.html"))


def test_every_page_is_strictly_html(pages: list[Path]) -> None:
    assert {str(page): faults for page in pages if (faults := html_faults(page))} == {}


def test_ids_are_unique_on_every_page(pages: list[Path]) -> None:
    ids = {page: [element.get("id") for element in elements(page) if element.get("id")] for page in pages}
    assert {str(page): found for page, found in ids.items() if len(found) != len(set(found))} == {}


def test_every_page_has_one_heading_of_the_first_rank(pages: list[Path]) -> None:
    counts = {page: sum(element.tag == "h1" for element in elements(page)) for page in pages}
    assert {str(page): count for page, count in counts.items() if count != 1} == {}


def test_no_rank_of_heading_is_skipped(pages: list[Path]) -> None:
    assert {str(page): skip for page in pages if (skip := skipped_rank(page))} == {}


def skipped_rank(page: Path) -> str:
    """The first heading that stands more than a rank below the one before it."""
    ranks = [int(element.tag[1]) for element in elements(page) if re.fullmatch("h[1-6]", element.tag)]
    return next((f"h{before} → h{after}" for before, after in pairwise(ranks) if after > before + 1), "")


def test_every_image_says_what_it_shows_or_that_it_is_decoration(pages: list[Path]) -> None:
    assert [str(page) for page in pages for e in elements(page) if e.tag == "img" and "alt" not in e.attrib] == []


def test_every_link_within_the_site_leads_somewhere(output: Path, pages: list[Path]) -> None:
    site = availability(output)["site"]
    dead = {
        (page.relative_to(output).as_posix(), address)
        for page in pages
        for address in inner_addresses(site, output, page)
        if not leads(site, output, address)
    }
    assert dead == set()


def inner_addresses(site: str, output: Path, page: Path) -> Iterator[str]:
    """The absolute addresses on the site's own host that a page links to or loads."""
    base = f"{site}/{page.relative_to(output).as_posix().removesuffix('index.html')}"
    for element in elements(page):
        for name in LINKS & element.attrib.keys():
            address = re.sub("^webcal:", "https:", urljoin(base, element.attrib[name]))
            if urlsplit(address).netloc == urlsplit(site).netloc:
                yield address


def leads(site: str, output: Path, address: str) -> bool:
    """Whether a file of the output answers to the address, and has the place that its fragment names."""
    parts = urlsplit(address)
    prefix = f"{urlsplit(site).path}/"
    if not parts.path.startswith(prefix):
        return False
    file = output / unquote(parts.path.removeprefix(prefix))
    file = file / "index.html" if parts.path.endswith("/") else file
    return file.is_file() and (not parts.fragment or any(e.get("id") == parts.fragment for e in elements(file)))


def test_every_page_but_those_of_the_booking_is_in_the_sitemap_once(output: Path, pages: list[Path]) -> None:
    site = availability(output)["site"]
    locations = ElementTree.parse(output / "sitemap.xml").iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")  # noqa: S314 - own
    listed = [location.text or "" for location in locations]
    paths = {page.relative_to(output).as_posix().removesuffix("index.html") for page in pages}
    unlisted = {"404.html", "basket/", "checkout/", "account/"}
    assert sorted(listed) == sorted(f"{site}/{path}" for path in paths - unlisted)


def test_every_listed_page_names_its_own_address(output: Path, pages: list[Path]) -> None:
    site = availability(output)["site"]
    named = {page: [e.get("href") for e in elements(page) if e.get("rel") == "canonical"] for page in pages}
    expected = {page: f"{site}/{page.relative_to(output).as_posix().removesuffix('index.html')}" for page in pages}
    assert {str(page): found for page, found in named.items() if found and found != [expected[page]]} == {}


def test_availability_fits_its_published_schema(output: Path) -> None:
    schema = json.loads((output / "availability.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(availability(output))] == []


def test_every_jsonld_script_is_json_and_cannot_end_early(pages: list[Path]) -> None:
    scripts = [e.text or "" for page in pages for e in elements(page) if e.get("type") == "application/ld+json"]
    assert [script for script in scripts if "<" in script or not json.loads(script)] == []


def test_calendar_lines_are_folded_and_clean(output: Path) -> None:
    assert {str(path): bad for path in output.rglob("*.ics") if (bad := bad_lines(path.read_bytes()))} == {}


def bad_lines(calendar: bytes) -> list[bytes]:
    """design.md §5: "Lines folded at 75 octets, CRLF, control characters gone"; no letter cut in two."""
    lines = calendar.removesuffix(b"\r\n").split(b"\r\n")
    last = [] if calendar.endswith(b"\r\n") else [b"no line end at the end"]
    return last + [line for line in lines if len(line) > 75 or not is_clean(line)]


def is_clean(line: bytes) -> bool:
    """Whether a line is whole UTF-8 without control characters."""
    try:
        return not any(unicodedata.category(letter) == "Cc" for letter in line.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def test_every_calendar_is_read_without_a_fault_and_holds_something(output: Path) -> None:
    calendars = {path: icalendar.Calendar.from_ical(path.read_bytes()) for path in output.rglob("*.ics")}
    assert {str(path): c.subcomponents for path, c in calendars.items() if c.errors or not c.subcomponents} == {}


def test_a_calendar_is_called_where_it_is_offered_what_it_calls_itself(output: Path, pages: list[Path]) -> None:
    site = availability(output)["site"]
    offered = {offer for page in pages for offer in offered_calendars(site, page)}
    addresses = {address for address, _ in offered}
    assert len(addresses) > 3
    assert offered == {(address, own_name(output / unquote(address.removeprefix(f"{site}/")))) for address in addresses}


def offered_calendars(site: str, page: Path) -> Iterator[tuple[str, str]]:
    """The calendars to subscribe to that a page names: the address of each, and what it is called there.

    A backslash before an n is told as a slash: calendars have one, as some readers take the other for a line end.
    """
    for element in elements(page):
        if element.get("type") == "text/calendar":
            yield urljoin(site, element.attrib["href"]), re.sub(r"\\(?=[nN])", "/", element.attrib["title"])
        elif "/addfromweb?" in element.get("href", ""):
            asked = parse_qs(urlsplit(element.attrib["href"]).query)
            yield asked["url"][0], re.sub(r"\\(?=[nN])", "/", asked["name"][0])


def own_name(calendar: Path) -> str:
    """What a calendar calls itself."""
    return str(icalendar.Calendar.from_ical(calendar.read_bytes())["X-WR-CALNAME"])


def test_every_calendar_but_the_sites_holds_part_of_it(output: Path) -> None:
    whole = entries(output / "calendar.ics")
    assert {str(path) for path in output.rglob("*.ics") if not entries(path) <= whole} == set()


def entries(path: Path) -> set[str]:
    """The entries of a calendar as they stand: one is the same bytes in every calendar."""
    return set(re.findall(r"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", path.read_bytes().decode(), re.DOTALL))


def test_no_file_has_control_characters(output: Path) -> None:
    found = {name: sorted(controls) for name, text in texts(output) if (controls := control_characters(text))}
    assert found == {}


def control_characters(text: str) -> set[str]:
    """The control characters and non-characters of a text that are neither line end nor tab."""
    return set(re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]", text))


def test_no_page_loads_anything_of_others_but_the_booking(output: Path, pages: list[Path]) -> None:
    site = urlsplit(availability(output)["site"]).netloc
    loaded = {
        (urlsplit(e.get("src", "")).netloc, e.tag)
        for page in pages
        for e in elements(page)
        if e.tag in ("script", "iframe", "audio", "video", "embed", "source")
    }
    assert {tag for host, tag in loaded if host not in ("", site)} == {"script", "iframe"}


ODD = {
    "demo": [
        "1 date with words of its own is over",
        "38 performances without endDate",
        "2 performances without offers.price",
    ],
    "recorded": [
        "49 performances without endDate",
        "5 performances without offers.price",
        "1 page without a description",
    ],
    "traps": [
        "94 performances without description",
        "83 performances without endDate",
        "45 performances without offers.price",
        "3 performances without offers.validFrom",
        "6 titles that several pages have",
        "35 pages without a description",
        "6 descriptions that several pages have",
    ],
}
"""What a check finds odd in each site."""


def test_a_check_finds_no_fault_and_only_what_the_venue_can_mend(
    output: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    name = request.node.callspec.params["output"]
    site, feed, now = SITES[name]
    assert site
    shutil.copytree(site / "content", tmp_path / "content")
    settings = tmp_path / "content" / "site.toml"
    text = settings.read_text("utf-8")
    settings.write_text(re.sub(r'^feed = ".*"', f'feed = "{feed or "demo"}"', text, flags=re.MULTILINE), "utf-8")
    findings = check(CheckOrder(tmp_path, datetime.fromisoformat(now), output), lambda _: None)
    assert findings.all_faults == ()
    assert [f"{found.count} {found.what}".partition(",")[0] for found in findings.warnings] == ODD[name]
