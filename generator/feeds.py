"""What machines read besides the calendars: sitemap.xml and robots.txt."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import pairwise
from typing import NamedTuple

from generator import urls
from generator.forms import utc
from generator.plan import Page
from generator.urls import Addresses

MOST_ENTRIES = 50_000
MOST_BYTES = 50_000_000
"""The limits of one sitemap, by sitemaps.org; its megabytes are larger than ours."""

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_IMAGES = "http://www.google.com/schemas/sitemap-image/1.1"
_OPEN, _CLOSE = f'{_HEAD}<urlset xmlns="{_SITEMAPS}" xmlns:image="{_IMAGES}">\n', "</urlset>\n"


class Listed(NamedTuple):
    """What the sitemap says of a page: its path, and that of its picture, "" without one."""

    path: str
    image: str


def listed(pages: Iterable[Page]) -> Iterator[Listed]:
    """The pages that are worth finding."""
    return (Listed(page.path, page.image) for page in pages if page.is_listed)


def sitemaps(pages: Iterable[Listed], addresses: Addresses, changed: Mapping[str, datetime]) -> dict[str, bytes]:
    """sitemap.xml, in order of path; where that is too much, an index of several.

    `changed` says when the facts of a page last changed, by its path: pages of which nobody knows say nothing of it.
    """
    parts = list(_parts([_entry(page, addresses, changed.get(page.path)) for page in sorted(pages)]))
    if len(parts) == 1:
        return {urls.SITEMAP: _document(parts[0])}
    named = {urls.sitemap_part(number): _document(part) for number, part in enumerate(parts, start=1)}
    rows = "".join(f"<sitemap><loc>{escape(addresses.absolute(path), quote=False)}</loc></sitemap>\n" for path in named)
    index = f'{_HEAD}<sitemapindex xmlns="{_SITEMAPS}">\n{rows}</sitemapindex>\n'
    return {urls.SITEMAP: index.encode(), **named}


def _entry(page: Listed, addresses: Addresses, changed: datetime | None) -> bytes:
    modified = f"<lastmod>{utc(changed)}</lastmod>" if changed else ""
    where = f"<loc>{escape(addresses.absolute(page.path), quote=False)}</loc>"
    image = ""
    if page.image:
        image = escape(addresses.absolute(page.image), quote=False)
        image = f"<image:image><image:loc>{image}</image:loc></image:image>"
    return f"<url>{where}{modified}{image}</url>\n".encode()


def _parts(entries: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """The entries, in sitemaps that are not too large."""
    frame = len(_document(()))
    cuts, size = [0], frame
    for number, entry in enumerate(entries):
        if number - cuts[-1] == MOST_ENTRIES or size + len(entry) > MOST_BYTES:
            cuts.append(number)
            size = frame
        size += len(entry)
    yield from (entries[first:last] for first, last in pairwise((*cuts, len(entries))))


def _document(entries: Iterable[bytes]) -> bytes:
    return b"".join((_OPEN.encode(), *entries, _CLOSE.encode()))


def robots(addresses: Addresses) -> bytes:
    """Everything may be read, save the frames of the booking path."""
    closed = (addresses.href(path) for path in (urls.BASKET, urls.CHECKOUT, urls.ACCOUNT))
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        "",
        f"Sitemap: {addresses.absolute(urls.SITEMAP)}",
    ]
    return ("\n".join(lines) + "\n").encode()
