"""Whether the feeds of the built site are what their readers expect: calendars, availability.json, sitemap, robots.txt.

Each function takes bytes and gives what is wrong, in words; "" or nothing where all is well.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.robotparser import RobotFileParser

from icalendar import Calendar
from lxml import etree

from generator import urls
from generator.schemas import misfit
from generator.urls import Addresses

_ATOM = "{http://www.w3.org/2005/Atom}"
_SITEMAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}loc"


def wrong_in_calendar(content: bytes) -> str:
    """What keeps a calendar from being read as RFC 5545 has it."""
    try:
        calendar = Calendar.from_ical(content)
    except (ValueError, KeyError, IndexError) as error:
        return f"is no calendar: {error}"
    if calendar.name != "VCALENDAR":
        return f"is no calendar: it begins with BEGIN:{calendar.name}"
    broken = [(component.name, *component.errors[0]) for component in calendar.walk() if component.errors]
    if broken:
        return f"cannot be read in full: {broken[0]}"
    return "" if calendar.subcomponents else "is empty: some readers refuse a calendar without a component"


def wrong_by_schema(content: bytes, schema: str) -> str:
    """Where availability.json, a part of it, or changes.json does not fit its published schema."""
    try:
        return misfit(json.loads(content), schema)
    except ValueError as error:
        return f"is no JSON: {error}"


def wrong_in_atom(content: bytes) -> str:
    """What keeps the news from being read as an Atom feed (RFC 4287)."""
    try:
        feed = _tree(content)
    except ValueError as error:
        return str(error)
    if feed.tag != f"{_ATOM}feed":
        return "it is no Atom feed"
    parts = [feed, *feed.iter(f"{_ATOM}entry")]
    lacking = [name for part in parts for name in ("id", "title", "updated") if not part.findtext(_ATOM + name)]
    return f"something in it has no {lacking[0]}" if lacking else ""


def in_sitemap(sitemaps: Mapping[str, bytes], addresses: Addresses) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses of pages, and of images, in sitemap.xml and in the sitemaps that it leads to.

    Raises ValueError where one is no sitemap, or is not there.
    """
    root = _tree(sitemaps[urls.SITEMAP])
    if root.tag not in (f"{_SITEMAPS}urlset", f"{_SITEMAPS}sitemapindex"):
        raise ValueError("it is no sitemap")
    trees = [root]
    if root.tag == f"{_SITEMAPS}sitemapindex":
        parts = [loc.text or "" for loc in root.iter(f"{_SITEMAPS}loc")]
        named = {addresses.absolute(path): content for path, content in sitemaps.items()}
        if missing := [part for part in parts if part not in named]:
            raise ValueError(f"it leads to {missing[0]}, which is not there")
        trees = [_tree(named[part]) for part in parts]
    pages = [loc.text or "" for tree in trees for loc in tree.iter(f"{_SITEMAPS}loc")]
    images = [loc.text or "" for tree in trees for loc in tree.iter(_IMAGE)]
    return tuple(pages), tuple(dict.fromkeys(images))


def _tree(content: bytes) -> etree._Element:
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"it is no XML: {error.msg}") from error


def wrong_with_pages(listed: tuple[str, ...], shown: frozenset[str], hidden: frozenset[str]) -> Iterator[str]:
    """Where the sitemap and the pages disagree; all are addresses, `hidden` those of pages that say noindex."""
    yield from (f"{address} is listed twice" for address, count in Counter(listed).items() if count > 1)
    yield from (f"{address} is listed, but says noindex" for address in sorted(hidden.intersection(listed)))
    yield from (f"{address} is listed, but is no page" for address in sorted(set(listed) - shown - hidden))
    yield from (f"{address} is not listed" for address in sorted(shown.difference(listed)))


def wrong_in_robots(content: bytes, listed: tuple[str, ...], addresses: Addresses) -> Iterator[str]:
    """Where robots.txt does not name the sitemap, or keeps readers from what the sitemap lists."""
    rules = RobotFileParser()
    rules.parse(content.decode("utf-8", errors="replace").splitlines())
    sitemap = addresses.absolute(urls.SITEMAP)
    if sitemap not in (rules.site_maps() or ()):
        yield f"it does not name {sitemap}"
    yield from (
        f"{address} is listed in the sitemap, but forbidden" for address in listed if not rules.can_fetch("*", address)
    )
