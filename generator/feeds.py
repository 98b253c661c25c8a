"""What machines read besides the calendars: sitemap.xml and robots.txt."""

from collections.abc import Iterable
from xml.etree import ElementTree

from generator import urls
from generator.plan import Page
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
