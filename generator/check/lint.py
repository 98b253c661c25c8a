"""What Google asks of structured data before it shows an event or a way to a page in its results.

Rules: Search Central, "Event structured data" and "Breadcrumb structured data". What is required and missing, or of the
wrong form, is a fault; what is recommended and missing is a notice, as a fact that is not known is not made up. Of the
performer there is none: no source tells who performs, so nobody could mend it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from generator.check.webpage import Node, objects
from generator.errors import Notice, NoticeKind
from generator.eventtypes import EVENT_TYPES
from generator.jsonld import AVAILABILITY, RESCHEDULED, SCHEDULED, SCHEMA, STATUS
from generator.urls import is_address, page_in

REQUIRED = ("name", "startDate", "location", "location.address")
RECOMMENDED = (
    "description", "endDate", "eventStatus", "image", "location.name", "offers", "organizer", "organizer.name",
    "organizer.url",
)  # fmt: skip
OF_OFFER = ("availability", "price", "priceCurrency", "url", "validFrom")
SERIES = "EventSeries"
_STATUSES = {SCHEDULED, RESCHEDULED, *STATUS.values(), "EventMovedOnline"}
_AVAILABILITIES = {*AVAILABILITY.values(), "OnlineOnly", "OutOfStock", "InStoreOnly", "BackOrder", "PreSale"}
_ADVICE = {
    "description": "Give the event a summary in content/events/, or a description in the box office system.",
    "image": "Give the event a picture in the box office system, or in content/events/.",
    "endDate": "Give the event its duration in the box office system.",
    "location.name": "Give the venue its name in content/site.toml.",
    "offers.price": "If it is sold for a price, give it a price list in the box office system.",
    "offers.validFrom": "Give it the time at which sales begin in the box office system.",
}
_REFUSED = (
    "Search engines would not show it. Is it in a template of yours? Else it is a fault of sitegen: tell its makers."
)
_NOT_KNOWN = "What is not known is left out: nothing needs to be done."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Google would refuse, and what it would miss."""

    faults: tuple[Notice, ...]
    gaps: tuple[Notice, ...]


def lint(nodes: Sequence[Node], where: str) -> Verdict:
    """Judge the nodes of a page's JSON-LD; references by @id are followed within the page."""
    known = {str(node["@id"]): node for node in _all(nodes) if "@id" in node and len(node) > 1}
    faults: list[Notice] = []
    gaps: list[Notice] = []
    for node in nodes:
        if node.get("@type") == "BreadcrumbList":
            faults += _of_trail(node, where)
        if _is_event(node):
            faults += _faults(node, known, where)
            gaps += _gaps(node, known, where) if node.get("@type") != SERIES else ()
        for part in objects(node.get("subEvent")):
            faults += _faults(part, known, where)
    return Verdict(tuple(faults), tuple(gaps))


def _all(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes and all that lies in them."""
    for node in nodes:
        yield node
        for value in node.values():
            yield from _all(objects(value))


def _is_event(node: Node) -> bool:
    return node.get("@type") in EVENT_TYPES or node.get("@type") == SERIES


def _value(node: Node, path: str, known: Mapping[str, Node]) -> object:
    """The value at a dotted path; None where there is none."""
    name, _, rest = path.partition(".")
    value = node.get(name)
    if not rest:
        return value or None
    found = objects(value)
    inner = known.get(str(found[0].get("@id")), found[0]) if found else {}
    return _value(inner, rest, known)


def _faults(node: Node, known: Mapping[str, Node], where: str) -> Iterator[Notice]:
    kind = node.get("@type")
    needed = REQUIRED if kind != SERIES or "startDate" in node else ()
    for name in needed:
        if not _value(node, name, known):
            yield _notice(f"event without {name}, which Google requires", _name(node), where)
    for name in ("startDate", "endDate", "previousStartDate"):
        if name in node and not _is_moment(node[name]):
            yield _notice(f"{name} that is no ISO 8601 date, or a time without an offset", str(node[name]), where)
    status = _word(node.get("eventStatus", f"{SCHEMA}/{SCHEDULED}"))
    if status not in _STATUSES:
        yield _notice("eventStatus that schema.org does not have", status, where)
    if status == RESCHEDULED and "previousStartDate" not in node:
        yield _notice("event rescheduled without previousStartDate", _name(node), where)
    for offer in objects(node.get("offers")):
        yield from _of_offer(offer, where)


def _of_offer(offer: Node, where: str) -> Iterator[Notice]:
    price, currency = offer.get("price"), offer.get("priceCurrency")
    if price is not None and not re.fullmatch(r"\d+(\.\d+)?", str(price)):
        yield _notice("price that is no number", str(price), where)
    if price is not None and not re.fullmatch("[A-Z]{3}", str(currency)):
        yield _notice("price without an ISO 4217 currency", str(currency), where)
    if "url" in offer and not is_address(str(offer["url"])):
        yield _notice("offer whose url is no web address", str(offer["url"]), where)
    if "availability" in offer and _word(offer["availability"]) not in _AVAILABILITIES:
        yield _notice("availability that schema.org does not have", str(offer["availability"]), where)


def _gaps(node: Node, known: Mapping[str, Node], where: str) -> Iterator[Notice]:
    """What is recommended and missing; of offers only where there is one: what is over has none."""
    is_offered = _word(node.get("eventStatus")) not in STATUS.values() and "offers" in node
    for name in RECOMMENDED:
        if (name != "offers" or is_offered) and not _value(node, name, known):
            yield _gap(name, _name(node), where)
    offers = objects(node.get("offers"))
    for name in OF_OFFER:
        if any(not offer.get(name) and ("price" in offer or name != "priceCurrency") for offer in offers):
            yield _gap(f"offers.{name}", _name(node), where)


def _of_trail(node: Node, where: str) -> Iterator[Notice]:
    steps = objects(node.get("itemListElement"))
    if len(steps) < 2 or [step.get("position") for step in steps] != list(range(1, len(steps) + 1)):
        yield _notice("breadcrumb trail that is not two or more steps from 1", str(len(steps)), where)
    for step in steps:
        if not step.get("name") or not (is_address(str(step.get("item"))) or step is steps[-1]):
            yield _notice("step of a breadcrumb trail without name or address", str(step.get("name")), where)


def _notice(what: str, example: str, where: str) -> Notice:
    kind = NoticeKind(what, f"times: {what}", _REFUSED)
    return Notice(kind, example, f"/{page_in(where)}")


def _gap(name: str, example: str, where: str) -> Notice:
    kind = NoticeKind(
        f"performance without {name}, which Google recommends",
        f"performances without {name}, which Google recommends",
        _ADVICE.get(name, _NOT_KNOWN),
    )
    return Notice(kind, example, f"/{page_in(where)}")


def _name(node: Node) -> str:
    return str(node.get("name") or node.get("@id") or "nameless")


def _word(address: object) -> str:
    return str(address).removeprefix(f"{SCHEMA}/")


def _is_moment(value: object) -> bool:
    """Whether a value is a date, or a time with its offset."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
            return bool(date.fromisoformat(str(value)))
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False
