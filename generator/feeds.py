"""What machines read besides the calendars: sitemap.xml, robots.txt and _redirects."""

from collections.abc import Iterable
from xml.etree import ElementTree

from generator import urls
from generator.plan import Page
from generator.programme import Programme
from generator.urls import Addresses

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(pages: Iterable[Page], addresses: Addresses) -> bytes:
    """Every page that is worth finding, in order of address."""
    root = ElementTree.Element("urlset", xmlns=_SITEMAP)
    for path in sorted(page.path for page in pages if page.is_listed):
        ElementTree.SubElement(ElementTree.SubElement(root, "url"), "loc").text = addresses.absolute(path)
    ElementTree.indent(root, space=" ")
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


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


def redirects(programme: Programme, addresses: Addresses) -> bytes:
    """From the addresses that stay to today's: temporary ones, as a name can change again."""
    events = sorted((urls.event_for_good(event.id), event.path, event.id) for event in programme.events)
    dates = sorted((urls.instance_for_good(date.id), date.path, date.id) for _, date in programme.instances)
    rows = sorted(events, key=lambda row: row[2]) + sorted(dates, key=lambda row: row[2])
    return "".join(f"{addresses.href(source)} {addresses.href(target)} 302\n" for source, target, _ in rows).encode()
