"""The collections of the Spektrix API v2, as records: bytes come in, a `Feed` comes out.

Takes the form of before 2025 and today's, children in any order, and null as absent, empty, `xsi:nil` or one of the
two ends of .NET's calendar (spektrix-api.md §1.4, §2). A value that is there but is not what it should be is an error:
a feed that cannot be read must not become a page.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO, TypeVar

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
from generator.spektrix.fields import (
    UnreadableError,
    amount,
    children,
    children_and_attributes,
    id_of,
    name_of,
    ref,
    refs,
    text_of,
    truth,
    utc_time,
    wall_time,
    whole_number,
)
from generator.spektrix.kept import Kept, Reading
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

LONGEST_MINUTES = 366 * 24 * 60


def feed(documents: Mapping[str, tuple[BinaryIO, str]], kept: Kept | None = None) -> Feed:
    """A feed from its documents: name → (open file, where it lies, for messages).

    A name is a collection's, or "offers2-14473" for the offers of an event. Collections that are not given are empty.
    What large ones hold is found in `kept`, where it was read before.

    Raises SourceError on the first document that is broken.
    """
    event_offers = [name for name in documents if name.startswith("offers2-")]
    readings = [_reading(name, *documents[name]) for name in (*_RECORDS, *event_offers) if name in documents]
    found = kept.read(readings) if kept else {one.name: tuple(one.records(one.document)) for one in readings}
    return Feed(
        events=found.get("events", ()),
        instances=found.get("instances", ()),
        statuses=found.get("instance-status", ()),
        price_lists=found.get("price-lists", ()),
        plans=tuple(plan for plans in found.get("plans", ()) for plan in plans),
        bands=found.get("bands", ()),
        ticket_types=found.get("ticket-types", ()),
        offers=found.get("offers", ()),
        memberships=found.get("memberships", ()),
        statements=found.get("statements", ()),
        event_offers={int(name.partition("-")[2]): found[name] for name in event_offers},
    )


def _reading(name: str, document: BinaryIO, where: str) -> Reading:
    """How to read a collection."""
    tag = TAGS[name.partition("-")[0] if name not in TAGS else name]
    record, kind = _RECORDS.get(name, (_offer, Offer))
    return Reading(name, document, tag, kind, lambda opened: _records(items(opened, where, tag), where, record))


def _records(found: Iterator[Element], where: str, record: Callable[[Element], T]) -> Iterator[T]:
    for item in found:
        try:
            yield record(item)
        except UnreadableError as error:
            place = f"{where}, {item.tag!s} {_called(item)}".rstrip()
            raise SourceError(Fault(str(error), place, ASK_AGAIN)) from error


def _called(item: Element) -> str:
    """How to find an item: its id, or which instance it is about."""
    instance = item.find("Instance")
    return item.get("id") or (f"of instance {instance.get('id')}" if instance is not None else "")


def _event(item: Element) -> Event:
    child, attributes = children_and_attributes(item)
    description, html = _description(item, child)
    return Event(
        id=id_of(item),
        name=name_of(item),
        description=description,
        html=html,
        duration=_duration(child),
        image=one_line(text_of(child, "ImageUrl")),
        is_on_sale=truth(child, "IsOnSale", when_null=True),
        related=refs(child.get("RelatedEvents"), "Event"),
        attributes=attributes,
    )


def _duration(child: Mapping[str, Element]) -> int | None:
    """The length in minutes; 0, and less, is how the feed says that it is not known."""
    minutes = whole_number(child, "Duration")
    if minutes and minutes > LONGEST_MINUTES:
        raise UnreadableError(f'Duration is "{minutes}", more than a year of minutes')
    return minutes if minutes and minutes > 0 else None


def _instance(item: Element) -> Instance:
    child, attributes = children_and_attributes(item)
    return Instance(
        id=id_of(item),
        event_id=ref(child, "Event") or 0,
        start=utc_time(child, "StartUtc"),
        local_start=_without_zone(wall_time(child, "Start")),
        start_selling=utc_time(child, "StartSellingAtUtc"),
        stop_selling=utc_time(child, "StopSellingAtUtc"),
        is_on_sale=truth(child, "IsOnSale", when_null=True),
        plan_id=ref(child, "Plan"),
        price_list_id=ref(child, "PriceList"),
        attributes=attributes,
    )


def _without_zone(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=None)


def _status(item: Element) -> Status:
    child = children(item)
    return Status(
        plan_id=ref(child, "Plan") or 0,
        instance_id=ref(child, "Instance") or 0,
        name=name_of(item),
        available=whole_number(child, "Available"),
        capacity=whole_number(child, "Capacity"),
        band_ids=refs(item, "Band"),
        sub_plan_ids=refs(child.get("SubPlans"), "Plan"),
    )


def _plans(item: Element) -> tuple[Plan, ...]:
    """A plan, and those that stand whole inside it: plans can be recursive."""
    child = children(item)
    inside = child.get("SubPlans")
    plan = Plan(
        id=id_of(item),
        name=name_of(item),
        is_bookable=truth(child, "IsBookable", when_null=True),
        band_ids=refs(item, "Band"),
        sub_plan_ids=refs(inside, "Plan"),
    )
    whole = [nested for nested in (inside.iterchildren("Plan") if inside is not None else ()) if len(nested)]
    return (plan, *(found for nested in whole for found in _plans(nested)))


def _price_list(item: Element) -> PriceList:
    prices = (_price(element) for element in item.iterchildren("Price"))
    return PriceList(id_of(item), tuple(price for price in prices if price))


def _price(item: Element) -> Price | None:
    """A price; None where it holds no amount. The amount stands in an element of the same name as its parent."""
    child = children(item)
    value = amount(child, "Price")
    if value is None:
        return None
    return Price(
        band_id=ref(child, "Band") or 0,
        ticket_type_id=ref(child, "TicketType") or 0,
        amount=value,
        is_band_default=truth(child, "IsBandDefault", when_null=False),
    )


def _offer(item: Element) -> Offer:
    return Offer(id_of(item), name_of(item), *_description(item, children(item)))


def _membership(item: Element) -> Membership:
    return Membership(id_of(item), name_of(item), *_description(item, children(item)))


def _text_of_statement(item: Element) -> str:
    child = children(item)
    return one_line(text_of(child, "Text") or text_of(child, "Name"))


def _description(item: Element, child: Mapping[str, Element]) -> tuple[str, Html]:
    """The description as plain text and as safe HTML.

    The HTML is HtmlDescription's; where that is empty, Description in paragraphs (design.md §4). Where it holds nothing
    but headings, and many venues put only the title there, Description follows it.
    """
    text = plain(text_of(child, "Description"))
    html, says_more = rich_text(text_of(child, "HtmlDescription"), name_of(item))
    return text or words_of(html), html if says_more else Html(html + paragraphs(text))


_RECORDS: Mapping[str, tuple[Callable[[Element], Any], Any]] = {
    "events": (_event, Event),
    "instances": (_instance, Instance),
    "instance-status": (_status, Status),
    "price-lists": (_price_list, PriceList),
    "plans": (_plans, tuple[Plan, ...]),
    "bands": (lambda item: Band(id_of(item), name_of(item)), Band),
    "ticket-types": (lambda item: TicketType(id_of(item), name_of(item)), TicketType),
    "offers": (_offer, Offer),
    "memberships": (_membership, Membership),
    "statements": (lambda item: Statement(id_of(item), _text_of_statement(item)), Statement),
}
"""What makes a record of an item of a collection, and of what type it is."""
