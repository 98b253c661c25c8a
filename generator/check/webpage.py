"""A finished page, read back from its bytes: what it links to, what it shows, and the marks that machines read.

`read_page` is the door to all of it, `read_marks` to what the surfaces are compared by. Nothing here knows a record.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from generator.anatomy import Struct
from generator.text import one_line

Element = etree._Element
Node = dict[str, Any]

_PARSER = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, collect_ids=False)
_MARKED = etree.XPath("//*[@data-instance or @data-event]")
_SCRIPTS = etree.XPath('//script[@type="application/ld+json"]')
_CANONICAL = etree.XPath('string(//link[@rel="canonical"]/@href)')
_ADDRESSES = ("href", "src", "action", "poster")
_DESCRIPTION = './/meta[@name="description"]'
_SHARED = {"og:image", "og:url", "twitter:image"}


class Mark(Struct, frozen=True):
    """What an element with `data-instance` or `data-event` says; what it does not say is "".

    `is_page` is said of the main element: the page is about that instance or event, and not only lists it.
    """

    instance: str
    event: str
    is_page: bool
    state: str
    start: str
    price_from: str
    booking_url: str


class Marks(Struct, frozen=True):
    """What a page says to machines: its marks, the nodes of its JSON-LD, its own address, "" where it names none.

    `unreadable` says why some JSON-LD could not be read, or is "".
    """

    marks: tuple[Mark, ...]
    nodes: tuple[Node, ...]
    canonical: str
    unreadable: str


class WebPage(Struct, frozen=True):
    """All that is checked of a page. `links` and images are addresses as they are written, a link only once."""

    said: Marks
    title: str
    description: str
    ids: tuple[str, ...]
    links: tuple[str, ...]
    images_without_alt: tuple[str, ...]
    images_without_size: tuple[str, ...]
    is_hidden: bool


def read_marks(content: bytes) -> Marks:
    """What a page says to machines."""
    return _marks(_tree(content))


def read_page(content: bytes) -> WebPage:
    """All that is checked of a page."""
    tree = _tree(content)
    elements = list(tree.iter(etree.Element))
    images = [element for element in elements if element.tag == "img"]
    return WebPage(
        said=_marks(tree),
        title=one_line(tree.findtext(".//title") or ""),
        description=next((one_line(meta.get("content") or "") for meta in tree.iterfind(_DESCRIPTION)), ""),
        ids=tuple(found for element in elements if (found := element.get("id"))),
        links=tuple(dict.fromkeys(_links(elements))),
        images_without_alt=tuple(image.get("src") or "" for image in images if image.get("alt") is None),
        images_without_size=tuple(
            image.get("src") or "" for image in images if not (image.get("width") and image.get("height"))
        ),
        is_hidden=any("noindex" in (meta.get("content") or "") for meta in tree.iterfind('.//meta[@name="robots"]')),
    )


def _tree(content: bytes) -> Element:
    tree = etree.fromstring(content or b"<html></html>", _PARSER)
    return etree.fromstring(b"<html></html>", _PARSER) if tree is None else tree


def _marks(tree: Element) -> Marks:
    nodes: list[Node] = []
    unreadable = ""
    for script in _SCRIPTS(tree):
        try:
            nodes += _nodes(json.loads(script.text or ""))
        except ValueError as error:
            unreadable = str(error)
    canonical = str(_CANONICAL(tree))
    return Marks(tuple(map(_mark, _MARKED(tree))), tuple(nodes), canonical, unreadable)


def objects(value: Any) -> tuple[Node, ...]:
    """The objects in a value of JSON-LD, which may be one, a list of them, or neither."""
    return tuple(found for found in (value if isinstance(value, list) else [value]) if isinstance(found, dict))


def _nodes(document: Any) -> Iterator[Node]:
    """The objects of a JSON-LD document that stand by themselves."""
    for found in objects(document):
        yield from objects(found.get("@graph", found))


def _mark(element: Element) -> Mark:
    time = next(element.iter("time"), None)
    prices = (data for data in element.iter("data") if "price-from" in (data.get("class") or "").split())
    frames = (frame for frame in element.iter("iframe") if frame.get("id") == "SpektrixIFrame")
    return Mark(
        instance=element.get("data-instance") or "",
        event=element.get("data-event") or "",
        is_page=element.tag == "main",
        state=element.get("data-state") or "",
        start=(time.get("datetime") or "") if time is not None else "",
        price_from=next((data.get("value") or "" for data in prices), ""),
        booking_url=next((frame.get("src") or "" for frame in frames), ""),
    )


def _links(elements: Iterable[Element]) -> Iterator[str]:
    """Every address that a page links to or loads."""
    for element in elements:
        for name, value in element.attrib.items():
            if name in _ADDRESSES and not (element.tag == "link" and element.get("rel") == "preconnect"):
                yield str(value)
            elif name in ("srcset", "imagesrcset"):
                yield from (part.split()[0] for part in str(value).split(",") if part.strip())
            elif name == "content" and element.get("property", element.get("name")) in _SHARED:
                yield str(value)
