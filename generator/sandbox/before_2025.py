"""A collection in the form of before 2025, with what the API has not sent since (spektrix-api.md §2.9).

The numbers are made up from the seed, such that what a recording shows of them holds: Capacity is the sum of
Available, Locked, Reserved, Selected and Sold, and a parent row is the sum of its sub-plans' rows in each (§2.3).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.anatomy import replace
from generator.sandbox.chance import draw
from generator.sandbox.documents import Document, Item

# The first by name, where a recording has it too; the value is a word to look for on a site, where it must not be.
INTERNAL = ("Account Code", "Wherry-4790")
_ATTRIBUTE = "<Attribute><Name>{}</Name><Value>{}</Value></Attribute>".format(*INTERNAL).encode()
_NUMBERS = ("Locked", "Reserved", "Selected", "Sold")


def older(collection: str, document: Document, seed: int) -> Document:
    """The collection as it was sent before 2025; one that did not change then comes back as it is."""
    items = document.items
    if collection == "instance-status":
        items = _with_numbers(items, seed)
    if collection == "events":
        items = tuple(_before(b"<ThumbnailUrl", b"<RelatedStockItems/>", item) for item in items)
    if collection == "offers":
        items = tuple(_before(b"<HtmlDescription", b"<Description/>", item) for item in items)
        items = tuple(_before(b"</Offer>", b"<PromoCodes/>", item) for item in items)
    if collection in ("events", "instances", "bands", "ticket-types", "offers"):
        items = tuple(_with_attribute(item) for item in items)
    return replace(document, items=items)


def _before(place: bytes, element: bytes, item: Item) -> Item:
    """The item with an empty element before a place, unless it has one."""
    if element.rstrip(b"/>") in item.xml:
        return item
    return replace(item, xml=item.xml.replace(place, element + place, 1))


def _with_attribute(item: Item) -> Item:
    """The item with an internal attribute before the others."""
    if f"<Name>{INTERNAL[0]}<".encode() in item.xml or item.xml.count(b"<") == 1:
        return item
    place = item.xml.index(b">") + 1
    return replace(item, xml=item.xml[:place] + _ATTRIBUTE + item.xml[place:])


@dataclass(frozen=True, slots=True)
class _Row:
    """A status row: what it holds beyond Available, and the rows of its sub-plans as (instance, plan)."""

    held: int
    parts: tuple[tuple[str, str], ...]


def _with_numbers(items: tuple[Item, ...], seed: int) -> tuple[Item, ...]:
    rows = {_key(item): row for item in items if (row := _row(item))}
    return tuple(_numbered(item, _numbers(_key(item), rows, seed)) if _key(item) in rows else item for item in items)


def _key(item: Item) -> tuple[str, str]:
    return item.refs.get("Instance", ""), item.refs.get("Plan", "")


def _row(item: Item) -> _Row | None:
    """The row of an item; None where it has no numbers to add to, or has them all."""
    available, capacity = (re.search(b"<%b>([0-9]+)<" % name, item.xml) for name in (b"Available", b"Capacity"))
    if not (available and capacity) or b"<Sold>" in item.xml:
        return None
    inside = re.search(rb"<SubPlans>(.*)</SubPlans>", item.xml, re.DOTALL)
    plans = re.findall(rb'id="([^"]*)"', inside[1]) if inside else []
    return _Row(int(capacity[1]) - int(available[1]), tuple((_key(item)[0], plan.decode()) for plan in plans))


def _numbers(key: tuple[str, str], rows: Mapping[tuple[str, str], _Row], seed: int) -> tuple[int, ...]:
    """Locked, Reserved, Selected and Sold of a row: its sub-plans' sums where these have rows that fit, else drawn."""
    parts = [part for part in rows[key].parts if part in rows and part != key]
    if parts and sum(rows[part].held for part in parts) == rows[key].held:
        return tuple(map(sum, zip(*(_numbers(part, rows, seed) for part in parts), strict=True)))
    held = rows[key].held
    if held < 0:
        return 0, 0, 0, held
    locked = draw(seed, "locked", *key) % (held // 3 + 1)
    reserved = draw(seed, "reserved", *key) % (held // 4 + 1)
    selected = draw(seed, "selected", *key) % (held // 20 + 1)
    return locked, reserved, selected, held - locked - reserved - selected


def _numbered(item: Item, numbers: tuple[int, ...]) -> Item:
    elements = "".join(f"<{name}>{number}</{name}>" for name, number in zip(_NUMBERS, numbers, strict=True))
    return replace(item, xml=item.xml.replace(b"</Capacity>", b"</Capacity>" + elements.encode(), 1))
