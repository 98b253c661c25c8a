"""The feed's XML and the HTML inside it, read without trusting either.

`items` streams the items of a collection; `rich_text` makes a description safe. Both hand out nothing that refers to
an entity, a DTD, the network or a script.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

import nh3
from lxml import etree

from generator.errors import Fault, SourceError
from generator.text import Html, excerpt, plain

if TYPE_CHECKING:
    from lxml.html import HtmlElement, HTMLParser

Element = etree._Element
AT_ONCE = 2**18
"""Bytes up to which a document is read at once: a piece of a large one is not much smaller."""
ASK_AGAIN = "Pull again; if it stays so, tell Spektrix support. What was published before stands."

_SAFE: Mapping[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "remove_comments": True,
    "remove_pis": True,
}
_TAGS = {"p", "br", "strong", "em", "u", "ul", "ol", "li", "a", "blockquote", "h2", "h3", "h4"}
_CLASSES = {"boldtext": "strong", "italictext": "em", "underlinetext": "u"}
_MEANINGS = {"h1": "h2", "h2": "h3", "h3": "h4", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", "tr": "p"}
_HEADINGS = {"h2", "h3", "h4"}
_BLOCKS = {"div", "p", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
_DROPPED = {"script", "style", "title", "template", "noscript", "textarea", "iframe", "svg", "math"}
_SCHEMES = {"http", "https", "mailto", "tel"}
# Twice: what libxml2 reads must be whole HTML without surprises, and what it writes is not trusted either.
_READER = nh3.Cleaner(
    tags=_TAGS | _MEANINGS.keys() | _BLOCKS | {"span", "tbody", "td", "th"},
    clean_content_tags=_DROPPED,
    attributes={"a": {"href"}, "*": {"class"}},
    url_schemes=_SCHEMES,
    url_relative="deny",
    link_rel=None,
)
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED,
    attributes={"a": {"href"}},
    url_schemes=_SCHEMES,
    url_relative="deny",
    link_rel="noopener",
)


def items(document: BinaryIO, where: str, tag: str) -> Iterator[Element]:
    """Each item of a collection in turn; of a large document, an item is cleared when the next is asked for.

    Whatever the root is called, it must hold `tag` elements and nothing else (spektrix-api.md §2). Raises SourceError
    where the document is empty, not XML, cut short, has a DTD, or holds other things.
    """
    found = _at_once(document.read(AT_ONCE + 1), where, tag)
    if found:
        yield from found
        return
    document.seek(0)
    reader = etree.iterparse(document, events=("start", "end"), tag=tag, **_SAFE)
    try:
        yield from _items(reader, where, tag)
    except etree.XMLSyntaxError as error:
        first = next(iter(reader.error_log), None)
        reason = f"{first.message}, line {first.line}, column {first.column}" if first else error.msg or ""
        raise SourceError(_why_not_xml(document, where, reason)) from error


def _at_once(content: bytes, where: str, tag: str) -> list[Element]:
    """The items of a small document, for which there is a quicker way; none where it is large, or anything is wrong."""
    if len(content) <= AT_ONCE:
        with suppress(etree.XMLSyntaxError, SourceError):
            root = etree.fromstring(content, etree.XMLParser(**_SAFE))
            _refuse_others(root, where, tag)
            return list(root)
    return []


def _items(reader: "etree.iterparse[tuple[str, Element]]", where: str, tag: str) -> Iterator[Element]:
    last = None  # of the items that were read so far: libxml2 reads many before it tells of the first
    for event, element in reader:
        root = element.getparent()
        if root is None or root.getparent() is not None:
            continue
        if event == "start":
            if root[-1] is not last:
                last = root[-1]
                _refuse_others(root, where, tag)
                del root[: root.index(element)]
        else:
            yield element
            element.clear(keep_tail=True)
    if reader.root is not None:
        _refuse_others(reader.root, where, tag)


def merged(pages: Sequence[bytes]) -> bytes:
    """One document of the items of several, in their order, each once: the first of each id, or of what has none."""
    parser = etree.XMLParser(**_SAFE)
    whole = etree.fromstring(pages[0], parser)
    seen = {identity(item) for item in whole}
    for page in pages[1:]:
        for item in list(etree.fromstring(page, parser)):
            if identity(item) not in seen:
                seen.add(identity(item))
                whole.append(item)
    return etree.tostring(whole, encoding="utf-8", xml_declaration=True)


def identity(item: Element) -> tuple[str, ...]:
    """What tells an item from others of its collection: its id; of a status row, those of its instance and plan."""
    parts = [item, *(item.findall("Instance") + item.findall("Plan") if item.get("id") is None else ())]
    return tuple(part.get("id") or "" for part in parts)


def _refuse_others(root: Element, where: str, tag: str) -> None:
    """What is read so far must be items of the collection, with nothing between them; a DTD is refused unread."""
    if etree.QName(root).localname.lower() == "html":
        raise SourceError(Fault("holds an HTML page, not the feed's XML", where, ASK_AGAIN))
    if root.getroottree().docinfo.doctype:
        raise SourceError(Fault("has a DTD, which no answer of Spektrix has; nothing of it was read", where, ASK_AGAIN))
    between = (root.text or "").strip() + "".join((child.tail or "").strip() for child in root)
    if between:
        raise SourceError(_wrong_items(where, tag, f'"{excerpt(between, 40)}"'))
    for child in root:
        if child.tag != tag:
            raise SourceError(_wrong_items(where, tag, child.tag))
    if any(not str(name).startswith("{") for name in root.keys()):  # noqa: SIM118 - an element is no dict
        raise SourceError(_wrong_items(where, tag, f"{root.tag!s} with attributes"))


def _wrong_items(where: str, tag: str, found: object) -> Fault:
    return Fault(f"holds {found} where only {tag} items belong", where, f"Is it the right file? {ASK_AGAIN}")


def _why_not_xml(document: BinaryIO, where: str, reason: str) -> Fault:
    """What a document that is no XML is instead: empty, an HTML page, cut short, or broken at a place."""
    document.seek(0)
    content = document.read().strip()
    name = re.search(rb"<([A-Za-z_][\w.:-]*)", content)
    if not content:
        return Fault("is empty", where, ASK_AGAIN)
    if re.match(rb"<!doctype html|<html", content, re.IGNORECASE):
        return Fault("holds an HTML page, not the feed's XML", where, ASK_AGAIN)
    if content.startswith(b"<") and not (name and content.endswith(b"</" + name[1] + b">")):
        return Fault("is cut short: its end is missing", where, ASK_AGAIN)
    return Fault(f"is not XML ({reason})", where, ASK_AGAIN)


def rich_text(html: str, title: str = "") -> tuple[Html, bool]:
    """A description as safe HTML, and whether it says more than headings do.

    Headings go a rank lower without skipping one, and one that only repeats the title goes; Spektrix's class names
    become elements. What stays: p, br, strong, em, u, lists, links to the web, blockquote, h2 to h4. "" where no words
    are left.
    """
    words = plain(_READER.clean(plain(html)))
    if not words:
        return Html(), False
    wrapper = _wrapped(words)
    rank = 1
    for element in list(wrapper.iterdescendants(etree.Element)):
        element.tag = _meaning(element)
        if element.tag in _HEADINGS and _words(element).casefold() == title.casefold():
            element.drop_tree()
        elif element.tag in _HEADINGS:
            rank = min(int(element.tag[1]), rank + 1)
            element.tag = f"h{rank}"
        elif element.tag == "a" and not "".join(element.itertext()).strip():
            element.drop_tag()  # a link without words has no name
    cleaned = _CLEANER.clean(etree.tostring(wrapper, encoding="unicode", method="html"))
    whole = _wrapped(cleaned)
    if not _words(whole):
        return Html(), False
    says_more = bool(whole.text) or any(_words(node) for node in whole if not _is_heading(node))
    line = " ".join(cleaned.split())
    if line.startswith("<br>") or line.endswith("<br>"):
        line = re.sub(r"^(\s*<br>)+|(<br>\s*)+$", "", line)
    return Html(line), says_more


@cache
def _deep() -> "HTMLParser":
    """Reads HTML; libxml2 drops what lies deeper than 255 elements otherwise."""
    from lxml.html import HtmlElement, HTMLParser  # slow to import, and not needed where no description is new

    parser = HTMLParser(huge_tree=True)
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))  # asks no Python
    return parser


def _wrapped(html: str) -> "HtmlElement":
    """Clean HTML, read, in an element of no meaning; blanks before all of it are left out."""
    body = next(etree.fromstring(f"<html><body>{html}</body></html>", _deep()).iterchildren("body"))
    body.tag = "div"
    body.text = body.text if (body.text or "").strip() else None
    return body


def lost(html: str) -> Mapping[str, int]:
    """What of a description does not reach the page, and how often: elements, attributes, addresses."""
    words = plain(html)
    if not words:
        return {}
    from lxml.html import fragment_fromstring

    wrapper = fragment_fromstring(words, create_parent="div", parser=_deep())
    return Counter(name for element in wrapper.iterdescendants() for name in _lost_of(element))


def _lost_of(element: Element) -> Iterator[str]:
    if not isinstance(element.tag, str):
        yield "a comment"
        return
    if element.tag in _DROPPED:
        yield f"<{element.tag}> and all in it"
    elif _meaning(element) not in _TAGS:
        yield f"<{element.tag}>"
    for name, value in element.items():
        is_link = element.tag == "a" and name == "href"
        if is_link and value.partition(":")[0].lower() not in _SCHEMES:
            yield f'the address "{excerpt(value, 60)}"'
        elif not is_link and not (name == "class" and value.lower() in _CLASSES):
            yield f"{name}=… of <{element.tag}>"


def words_of(html: str) -> str:
    """The words of a piece of clean HTML, in one line."""
    return _words(_wrapped(html))


def _words(node: "HtmlElement") -> str:
    return " ".join((node.text_content() + (node.tail or "")).split())


def _is_heading(node: "HtmlElement") -> bool:
    return node.tag in _HEADINGS and not (node.tail or "").strip()


def _meaning(element: Element) -> str:
    """The element that says what this one only looks like."""
    tag = str(element.tag)
    if tag == "div" and not any(child.tag in _BLOCKS for child in element):
        return "p"
    classes = (element.get("class") or "").lower().split()
    return next((_CLASSES[name] for name in classes if name in _CLASSES), _MEANINGS.get(tag, tag))
