"""The collections of the Spektrix API v2, as records: bytes come in, a `Feed` comes out.

Takes the form of before 2025 and today's, children in any order, and null as absent, empty, `xsi:nil` or one of the
two ends of .NET's calendar (spektrix-api.md §1.4, §2). A value that is there but is not what it should be is an error:
a feed that cannot be read must not become a page.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import BinaryIO, TypeVar

from generator.errors import Fault, SourceError
from generator.model import (
    Band,
    Event,
    Feed,
    Instance,
    Membership,
    Offer,
    Plan,
    Price,
    PriceList,
    Statement,
    Status,
    TicketType,
)
from generator.spektrix.markup import ASK_AGAIN, Element, items, rich_text, words_of
from generator.text import Html, one_line, paragraphs, plain

T = TypeVar("T")

TAGS = {
    "events": "Event",
    "instances": "Instance",
    "instance-status": "InstancePlanStatus",
    "price-lists": "PriceList",
    "plans": "Plan",
    "bands": "Band",
    "ticket-types": "TicketType",
    "offers": "Offer",
    "memberships": "Membership",
    "statements": "Statement",
    "offers2": "Offer",
}
"""The collections of the API, and what their items are called."""

REQUIRED = ("events", "instances")
COLLECTIONS = tuple(TAGS)[:9]
"""What every build asks for."""

ALSO = ("statements", "offers2")
"""What is asked for only if it is wanted; `offers2` once for each event on sale."""

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def feed(documents: Mapping[str, tuple[BinaryIO, str]]) -> Feed:
    """A feed from its documents: name → (open file, where it lies, for messages).

    A name is a collection's, or "offers2-14473" for the offers of an event. Collections that are not given are empty.
    Raises SourceError on the first document that is broken.
    """

    def read(name: str, record: Callable[[Element], T]) -> tuple[T, ...]:
        if name not in documents:
            return ()
        document, where = documents[name]
        tag = TAGS[name.partition("-")[0] if name not in TAGS else name]
        return tuple(_records(items(document, where, tag), where, record))

    return Feed(
        events=read("events", _event),
        instances=read("instances", _instance),
        statuses=read("instance-status", _status),
        price_lists=read("price-lists", _price_list),
        plans=tuple(plan for plans in read("plans", _plans) for plan in plans),
        bands=read("bands", lambda item: Band(_id(item), _name(item))),
        ticket_types=read("ticket-types", lambda item: TicketType(_id(item), _name(item))),
        offers=read("offers", _offer),
        memberships=read("memberships", lambda item: Membership(_id(item), _name(item), *_description(item))),
        statements=read("statements", lambda item: Statement(_id(item), _text_of_statement(item))),
        event_offers={
            int(name.partition("-")[2]): read(name, _offer) for name in documents if name.startswith("offers2-")
        },
    )


class _UnreadableError(ValueError):
    """A value that is there, but is not what its field holds."""


def _records(found: Iterator[Element], where: str, record: Callable[[Element], T]) -> Iterator[T]:
    for item in found:
        try:
            yield record(item)
        except _UnreadableError as error:
            place = f"{where}, {item.tag!s} {item.get('id') or ''}".rstrip()
            raise SourceError(Fault(str(error), place, ASK_AGAIN)) from error


def _event(item: Element) -> Event:
    child = _children(item)
    duration = _int(child, "Duration")
    description, html = _description(item)
    return Event(
        id=_id(item),
        name=_name(item),
        description=description,
        html=html,
        duration=duration if duration and duration > 0 else None,
        image=one_line(_text(child, "ImageUrl")),
        is_on_sale=_bool(child, "IsOnSale", when_null=True),
        related=_refs(child.get("RelatedEvents"), "Event"),
        attributes=_attributes(item),
    )


def _instance(item: Element) -> Instance:
    child = _children(item)
    return Instance(
        id=_id(item),
        event_id=_ref(child, "Event") or 0,
        start=_utc(child, "StartUtc"),
        local_start=_time(child, "Start"),
        start_selling=_utc(child, "StartSellingAtUtc"),
        stop_selling=_utc(child, "StopSellingAtUtc"),
        is_on_sale=_bool(child, "IsOnSale", when_null=True),
        plan_id=_ref(child, "Plan"),
        price_list_id=_ref(child, "PriceList"),
        attributes=_attributes(item),
    )


def _status(item: Element) -> Status:
    child = _children(item)
    return Status(
        plan_id=_ref(child, "Plan") or 0,
        instance_id=_ref(child, "Instance") or 0,
        name=_name(item),
        available=_int(child, "Available"),
        capacity=_int(child, "Capacity") or 0,
        band_ids=_refs(item, "Band"),
        sub_plan_ids=_refs(child.get("SubPlans"), "Plan"),
    )


def _plans(item: Element) -> tuple[Plan, ...]:
    """A plan, and those that stand whole inside it: plans can be recursive."""
    child = _children(item)
    inside = child.get("SubPlans")
    plan = Plan(
        id=_id(item),
        name=_name(item),
        is_bookable=_bool(child, "IsBookable", when_null=True),
        band_ids=_refs(item, "Band"),
        sub_plan_ids=_refs(inside, "Plan"),
    )
    whole = [nested for nested in (inside.iterchildren("Plan") if inside is not None else ()) if len(nested)]
    return (plan, *(found for nested in whole for found in _plans(nested)))


def _price_list(item: Element) -> PriceList:
    prices = (_price(element) for element in item.iterchildren("Price"))
    return PriceList(_id(item), tuple(price for price in prices if price))


def _price(item: Element) -> Price | None:
    """A price; None where it holds no amount. The amount stands in an element of the same name as its parent."""
    child = _children(item)
    amount = _decimal(child, "Price")
    if amount is None:
        return None
    return Price(
        band_id=_ref(child, "Band") or 0,
        ticket_type_id=_ref(child, "TicketType") or 0,
        amount=amount,
        is_band_default=_bool(child, "IsBandDefault", when_null=False),
    )


def _offer(item: Element) -> Offer:
    return Offer(_id(item), _name(item), *_description(item))


def _text_of_statement(item: Element) -> str:
    child = _children(item)
    return one_line(_text(child, "Text") or _text(child, "Name"))


def _children(item: Element) -> dict[str, Element]:
    return {str(child.tag): child for child in item}


def _text(child: Mapping[str, Element], name: str) -> str:
    """The text of a child element; "" where it is null."""
    element = child.get(name)
    if element is None or element.get(_NIL) in ("true", "1"):
        return ""
    return element.text or ""


def _name(item: Element) -> str:
    return one_line(item.findtext("Name") or "")


def _description(item: Element) -> tuple[str, Html]:
    """The description as plain text and as safe HTML.

    The HTML is HtmlDescription's; where that is empty, Description in paragraphs (design.md §4). Where it holds nothing
    but headings, and many venues put only the title there, Description follows it.
    """
    child = _children(item)
    text = plain(_text(child, "Description"))
    html, says_more = rich_text(_text(child, "HtmlDescription"), _name(item))
    return text or words_of(html), html if says_more else Html(html + paragraphs(text))


def _attributes(item: Element) -> dict[str, str]:
    """Attribute name → value, both without blanks at their edges; the first of a name wins."""
    pairs = [
        (one_line(a.findtext("Name") or ""), plain(a.findtext("Value") or "")) for a in item.iterchildren("Attribute")
    ]
    return dict(reversed(pairs))


def _id(item: Element) -> int:
    return _whole(item.get("id") or "", "its id")


def _ref(child: Mapping[str, Element], name: str) -> int | None:
    """The id of a reference such as `<Event id="14473"/>`; None where it is null."""
    element = child.get(name)
    value = "" if element is None else (element.get("id") or "")
    return _whole(value, f"the id of its {name}") if value.strip() else None


def _refs(parent: Element | None, name: str) -> tuple[int, ...]:
    found = parent.iterchildren(name) if parent is not None else ()
    return tuple(_whole(element.get("id") or "", f"the id of a {name}") for element in found)


def _whole(text: str, what: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text.strip()):
        raise _UnreadableError(f'{what} is "{text}", not a whole number')
    return int(text)


def _int(child: Mapping[str, Element], name: str) -> int | None:
    text = _text(child, name)
    return _whole(text, name) if text.strip() else None


def _decimal(child: Mapping[str, Element], name: str) -> Decimal | None:
    text = _text(child, name).strip()
    if text and not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text):
        raise _UnreadableError(f'{name} is "{text}", not an amount')
    return Decimal(text) if text else None


def _bool(child: Mapping[str, Element], name: str, when_null: bool) -> bool:
    text = _text(child, name).strip().lower()
    if text and text not in _BOOLEANS:
        raise _UnreadableError(f'{name} is "{text}", not true or false')
    return _BOOLEANS.get(text, when_null)


def _time(child: Mapping[str, Element], name: str) -> datetime | None:
    """A time as it stands; None where it is null, the years 1 and 9999 being .NET's words for no time."""
    text = _text(child, name).strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text if "T" in text else "")
    except ValueError as error:
        raise _UnreadableError(f'{name} is "{text}", not a time such as 2014-06-14T16:45:00Z') from error
    return moment if 1 < moment.year < 9999 else None


def _utc(child: Mapping[str, Element], name: str) -> datetime | None:
    """A time in UTC; one without a zone is taken as UTC, as its name says."""
    moment = _time(child, name)
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
