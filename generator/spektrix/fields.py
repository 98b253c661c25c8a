"""One value at a time: what an item of the feed holds in a child element, typed, or null.

Null is absent, empty, `xsi:nil`, or a time at one of the two ends of .NET's calendar (spektrix-api.md §1.4).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from generator.spektrix.markup import Element
from generator.text import one_line, plain

FIRST_YEAR, LAST_YEAR = 1970, 9990
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
DIGITS = 18
_WHOLE = re.compile(rf"[+-]?[0-9]{{1,{DIGITS}}}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class UnreadableError(ValueError):
    """A value that is there, but is not what its field holds."""


def children(item: Element) -> dict[str, Element]:
    """The child elements by name; of several of one name the last."""
    return {child.tag: child for child in item}  # type: ignore[misc]  # no tag is bytes or a QName here


def children_and_attributes(item: Element) -> tuple[dict[str, Element], Mapping[str, str]]:
    """The child elements by name, as `children` has them, and attribute name → value.

    Names and values are without blanks at their edges; the first of a name wins. Items may share a mapping.
    """
    named, boxes = {}, []
    for child in item:
        tag = child.tag
        if tag == "Attribute":
            boxes.append(_name_and_value(child))
        named[tag] = child
    return named, _attributes(tuple(boxes))  # type: ignore[return-value]  # no tag is bytes or a QName here


def text_of(child: Mapping[str, Element], name: str) -> str:
    """The text of a child element; "" where it is null."""
    element = child.get(name)
    if element is None or (element.keys() and element.get(_NIL) in ("true", "1")):
        return ""
    return element.text or ""


def name_of(item: Element) -> str:
    """The name of an item, in one line."""
    first = next(item.iterchildren("Name"), None)
    return "" if first is None else _name(first.text or "")


@lru_cache(1024)
def _name(text: str) -> str:
    """A name in one line: that of a plan stands in thousands of status rows."""
    return one_line(text)


def _name_and_value(item: Element) -> tuple[str, str]:
    """The first Name and the first Value of an item. There are a million of them in a large feed: it is one pass."""
    name = value = None
    for child in item[:]:
        if name is None and child.tag == "Name":
            name = child.text or ""
        elif value is None and child.tag == "Value":
            value = child.text or ""
    return name or "", value or ""


@lru_cache(1024)
def _attributes(boxes: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Boxes and their ticks: thousands of items have the same, as most boxes have no tick."""
    return {one_line(name): plain(value) for name, value in reversed(boxes)}


def id_of(item: Element) -> int:
    """The id of an item. Raises UnreadableError where it has none."""
    return _identifier(item.get("id") or "", "its id", "")


def ref(child: Mapping[str, Element], name: str) -> int | None:
    """The id of a reference such as `<Event id="14473"/>`; None where it is null."""
    element = child.get(name)
    value = "" if element is None else element.get("id")
    return _identifier(value, "the id of its ", name) if value and not value.isspace() else None


def refs(parent: Element | None, name: str) -> tuple[int, ...]:
    """The ids of all references of a name inside an element; none where there is no element."""
    if parent is None:
        return ()
    what = "the id of an " if name[0] in "AEIOU" else "the id of a "
    return tuple([_identifier(element.get("id") or "", what, name) for element in parent.iterchildren(name)])


def _identifier(text: str, what: str, name: str) -> int:
    """An id; `what` and `name` say together what it is."""
    if _is_plain(text):
        return int(text)
    if text.strip().startswith("-"):
        raise UnreadableError(f'{what}{name} is "{text}", below zero')
    return _whole(text, what + name)


def _whole(text: str, what: str) -> int:
    if not _is_plain(text) and not _WHOLE.fullmatch(text.strip()):
        raise UnreadableError(f'{what} is "{text}", not a whole number')
    return int(text)


def _is_plain(text: str) -> bool:
    """Whether it is digits and nothing else, as nearly all numbers are."""
    return text.isdigit() and text.isascii() and len(text) <= DIGITS


def whole_number(child: Mapping[str, Element], name: str) -> int | None:
    """A whole number; None where it is null."""
    text = text_of(child, name)
    return _whole(text, name) if text.strip() else None


def amount(child: Mapping[str, Element], name: str) -> Decimal | None:
    """An amount of money; None where it is null."""
    text = text_of(child, name).strip()
    if text and not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", text):
        raise UnreadableError(f'{name} is "{text}", not an amount')
    return Decimal(text) if text else None


def truth(child: Mapping[str, Element], name: str, when_null: bool) -> bool:
    """Whether something is so; `when_null` where the feed does not say."""
    text = text_of(child, name).strip().lower()
    if text and text not in _BOOLEANS:
        raise UnreadableError(f'{name} is "{text}", not true or false')
    return _BOOLEANS.get(text, when_null)


def wall_time(child: Mapping[str, Element], name: str) -> datetime | None:
    """A time as it stands; None where it is null, as the ends of a calendar mean: 0001, 1753, 1900 and 9999."""
    text = text_of(child, name).strip()
    if not text:
        return None
    try:
        return _moment(text)
    except ValueError as error:
        raise UnreadableError(f'{name} is "{text}", not a time such as 2014-06-14T16:45:00Z') from error


@lru_cache(1024)
def _moment(text: str) -> datetime | None:
    """A time: many dates go on sale at once."""
    moment = datetime.fromisoformat(text if "T" in text else "")
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def utc_time(child: Mapping[str, Element], name: str) -> datetime | None:
    """A time in UTC; one without a zone is taken as UTC, as its name says."""
    moment = wall_time(child, name)
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
