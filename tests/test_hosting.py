"""What hosts are told is what they understand: Netlify's own parsers, and nginx itself.

Of each path the headers are compared: as Netlify's expressions have them, as the studio has them, as nginx sends them.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hosts import asked, needs_nginx, nginx, parsed_by_netlify
from surfaces import PROJECT, build

from generator.hostfiles import read_headers, read_redirects
from generator.hosting import REVALIDATED
from generator.studio.netlify import headers_for

TINY = PROJECT / "tests" / "tiny"
NOW = "2026-02-20T12:00:00Z"
FILES = (
    "/assets/icon.0.svg", "/assets/fonts/a.woff2", "/availability.json", "/availability/2026-11.json", "/calendar.ics",
    "/events/hamlet/calendar.ics", "/genres/comedy/calendar.ics", "/feed.xml", "/changes.json",
    "/availability.schema.json", "/robots.txt", "/ledger.json", "/nothing/is/here",
)  # fmt: skip
PAGES = (
    "/", "/whats-on/", "/events/macbeth/", "/calendar/", "/calendar/2026-03/", "/genres/", "/genres/drama/", "/access/",
    "/access/audio-described/", "/venues/", "/venues/the-thimble/", "/offers/", "/memberships/", "/archive/",
    "/find-us/",
)  # fmt: skip
FRAMED = ("/events/macbeth/1001/", "/basket/", "/checkout/", "/account/")
OWN_HEADERS = """
# of the venue
/the-thimble/*
  Referrer-Policy: no-referrer
/the-thimble/offers/
  Content-Security-Policy: default-src 'self'
/the-thimble/find-us/
  X-Price: $5
  X-Quoted: "a \\ b"
"""
OWN_REDIRECTS = """
/the-thimble/season/*       /the-thimble/archive/#:splat  301
/the-thimble/show/:id/:part /the-thimble/i/:id            # temporary
/the-thimble/season/spring  /the-thimble/never/           302
/the-thimble/e/101          /the-thimble/first/           307
/the-thimble/an-address-that-is-longer-than-what-a-table-of-nginx-holds /the-thimble/offers/
/the-thimble/app/*          /the-thimble/index.html       200
/the-thimble/abroad         /the-thimble/welcome/         302  Country=FR
"""
LEADS = {
    "/the-thimble/e/101": (307, "/the-thimble/first/"),
    "/the-thimble/e/102": (302, "/the-thimble/events/tea-tango/"),
    "/the-thimble/i/1001": (302, "/the-thimble/events/macbeth/1001/"),
    "/the-thimble/i/1001/": (302, "/the-thimble/events/macbeth/1001/"),
    "/the-thimble/i/1001?from=mail": (302, "/the-thimble/events/macbeth/1001/"),
    "/the-thimble/season/spring": (301, "/the-thimble/archive/#spring"),
    "/the-thimble/season": (301, "/the-thimble/archive/#"),
    "/the-thimble/season/a%0d%0ab": (301, "/the-thimble/archive/#a%0d%0ab"),
    "/the-thimble/seasonal": (404, None),
    "/the-thimble/show/1001/cast": (301, "/the-thimble/i/1001"),
    "/the-thimble/an-address-that-is-longer-than-what-a-table-of-nginx-holds": (301, "/the-thimble/offers/"),
    "/the-thimble/app/x": (404, None),
    "/the-thimble/abroad": (404, None),
    "/the-thimble/_headers": (404, None),
    "/the-thimble/_redirects": (404, None),
    "/the-thimble/_nginx/maps.conf": (404, None),
}


@pytest.fixture(scope="module")
def tiny() -> Path:
    """The tiny site as a build leaves it."""
    return build(TINY, TINY / "feed", NOW)


@pytest.fixture(scope="module")
def thimble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site below a path, with rules of the venue's own, a page whose name is not ASCII, and one in HTML."""
    site = tmp_path_factory.mktemp("thimble")
    shutil.copytree(TINY / "content", site / "content")
    settings = site / "content" / "site.toml"
    settings.write_text(settings.read_text().replace("thimble.example", "town.example/the-thimble"))
    static = site / "content" / "static"
    (static / "_headers").write_text(OWN_HEADERS)
    (static / "_redirects").write_text(OWN_REDIRECTS)
    (site / "content" / "pages" / "café.md").write_text('+++\ntitle = "Café"\n+++\n')
    return build(site, TINY / "feed", NOW)


def paths_of(output: Path) -> list[str]:
    """The path of every file of a site but those for the host."""
    files = (file.relative_to(output).as_posix() for file in output.rglob("*") if file.is_file())
    return sorted(f"/{file.removesuffix('index.html')}" for file in files if not file.startswith("_"))


@pytest.mark.parametrize("name", ["tiny", "thimble"])
def test_netlifys_parsers_read_the_same_rules_without_an_error(name: str, request: pytest.FixtureRequest) -> None:
    output: Path = request.getfixturevalue(name)
    found = parsed_by_netlify(output, [])
    headers = [[rule.path, list(map(list, rule.headers))] for rule in read_headers((output / "_headers").read_bytes())]
    redirects = [[rule.path, rule.to, rule.status] for rule in read_redirects((output / "_redirects").read_bytes())]
    assert found["errors"] == []
    assert found["headers"] == headers
    assert [[path, to, status or 301] for path, to, status in found["redirects"] if "abroad" not in path] == redirects


def test_no_path_is_given_a_header_twice_and_the_studio_gives_each_the_same(tiny: Path) -> None:
    paths = [*paths_of(tiny), *FILES]
    rules = (tiny / "_headers").read_bytes()
    fitting = parsed_by_netlify(tiny, paths)["fitting"]
    counts = {path: Counter(name for values in found for name in values) for path, found in fitting.items()}
    assert {path: count for path, count in counts.items() if set(count.values()) != {1}} == {}
    merged = {
        path: {name: value for values in found for name, value in values.items()} for path, found in fitting.items()
    }
    assert {path: dict(headers_for(rules, path)) for path in paths} == merged


def test_cloudflares_limits_are_kept(tiny: Path) -> None:
    lines = (tiny / "_headers").read_text().splitlines()
    rules = [line for line in lines if line.startswith("/")]
    assert (len(rules) < 100, max(map(len, lines)) < 2000, len(set(rules))) == (True, True, len(rules))


def of_kind(headers: dict[str, str]) -> tuple[str, ...]:
    """What of a path's headers hangs on its kind: caching, type, who may read it, whether there may be a frame."""
    policy = headers.get("Content-Security-Policy", "")
    frame = next((part for part in policy.split("; ") if part.startswith("frame-src")), "")
    names = ("Cache-Control", "Content-Type", "Access-Control-Allow-Origin")
    return (*(headers.get(name, "") for name in names), frame)


def test_each_kind_of_path_has_what_it_needs(tiny: Path) -> None:
    rules = (tiny / "_headers").read_bytes()
    kept = REVALIDATED[1]
    pages = dict.fromkeys(PAGES, (kept, "", "", "frame-src 'none'"))
    pages |= dict.fromkeys(FRAMED, (kept, "", "", "frame-src https://system.spektrix.com"))
    calendar = ("", "text/calendar; charset=utf-8", "*", "")
    files = {
        "/404.html": ("", "", "", ""),  # which says its policy itself, as it answers anywhere
        "/assets/fonts/a.woff2": ("public, max-age=31536000, immutable", "", "", ""),
        "/availability.json": ("public, max-age=60", "", "*", ""),
        "/availability/2026-11.json": ("public, max-age=60", "", "*", ""),
        "/availability.schema.json": ("", "application/schema+json", "*", ""),
        "/changes.json": ("", "", "*", ""),
        "/feed.xml": ("", "application/atom+xml; charset=utf-8", "*", ""),
        "/calendar.ics": calendar,
        "/genres/comedy/calendar.ics": calendar,
        "/robots.txt": ("", "", "", ""),
    }
    assert {path: of_kind(dict(headers_for(rules, path))) for path in pages | files} == pages | files


def test_the_venues_own_headers_stand_in_place_of_the_sites(thimble: Path) -> None:
    rules = (thimble / "_headers").read_bytes()
    assert rules.endswith(OWN_HEADERS.encode())
    found = {path: dict(headers_for(rules, f"/the-thimble{path}")) for path in ("/", "/offers/", "/caf%C3%A9/")}
    assert [headers["Referrer-Policy"] for headers in found.values()] == ["no-referrer"] * 3
    policies = [headers["Content-Security-Policy"].partition(";")[0] for headers in found.values()]
    assert policies == ["default-src 'none'", "default-src 'self'", "default-src 'none'"]


# nginx


@pytest.fixture(scope="module")
def served(thimble: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of nginx on the site below a path."""
    work = tmp_path_factory.mktemp("nginx")
    (work / "root").mkdir()
    (work / "root" / "the-thimble").symlink_to(thimble)
    with nginx(thimble, work, work / "root") as port:
        yield port


def shown(headers: Any, names: set[str]) -> dict[str, str]:
    """Those of a response's headers, by name in small letters."""
    found = {name.lower(): value for name, value in headers.items()}
    return {name: value for name, value in found.items() if name in names}


@needs_nginx
def test_nginx_sends_every_file_with_the_headers_that_netlify_gives_it(thimble: Path, served: int) -> None:
    rules = (thimble / "_headers").read_bytes()
    paths = [f"/the-thimble{path}".replace("é", "%C3%A9") for path in paths_of(thimble)]
    expected, found = {}, {}
    for path in paths:
        told = {name.lower(): value for name, value in headers_for(rules, path) if name != "X-Price"}
        if path.endswith(".ics"):  # at Netlify `/events/:event/:date/` is any file of an event's folder, too
            told.pop("content-security-policy", "")
        expected[path] = {"cache-control": REVALIDATED[1], **told}
        response = asked(served, path)
        names = {*expected[path], "content-security-policy", "access-control-allow-origin", "x-price"}
        found[path] = (response.status, shown(response.headers, names))
    assert found == {path: (200, told) for path, told in expected.items()}


@needs_nginx
def test_nginx_leads_where_the_first_rule_says_and_hides_what_is_for_the_host(served: int) -> None:
    found = {path: asked(served, path) for path in LEADS}
    assert {path: (answer.status, answer.headers["Location"]) for path, answer in found.items()} == LEADS


@needs_nginx
def test_nginx_shows_the_page_for_what_is_not_there(thimble: Path, served: int) -> None:
    response = asked(served, "/the-thimble/nothing/here")
    size = (thimble / "404.html").stat().st_size
    assert (response.status, response.headers["Content-Length"]) == (404, str(size))
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_one_nginx_can_serve_two_sites(tiny: Path, thimble: Path) -> None:
    maps = [(output / "_nginx" / "maps.conf").read_text().split() for output in (tiny, thimble)]
    names = [{word for word in words if word.startswith("$sitegen_")} for words in maps]
    assert [len(found) > 5 for found in names] == [True, True]
    assert names[0] & names[1] == set()
