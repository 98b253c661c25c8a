"""What the API v2 answers to a request: which items, and which page when it answers none.

The rules are spektrix-api.md §1.2, §1.3, §1.5 and §2. Where these leave a thing open, this is what the sandbox chose:
`all` wins over `limit` and `offset`; `offset` counts from 0; dates are days on the clock of the venue, both ends
belong, and a time behind a date is not heeded; a value that is no number, date or boolean is 400; a parameter that a
collection does not take is not heeded; an id that nobody knows is 200 with an empty root.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus

from generator.sandbox.chance import draw
from generator.sandbox.documents import ROOTS, Item
from generator.sandbox.feed import FeedFolder

PAGE = 10
XML = "application/xml; charset=utf-8"
_EVENT, _INSTANCE, _DATES = "event_id", "instance_id", ("instance_start_from", "instance_start_to")

# Documented or sent by working clients (spektrix-api.md §2).
FILTERS: dict[str, tuple[str, ...]] = {
    "events": (_EVENT, *_DATES),
    "instances": (_EVENT, _INSTANCE, *_DATES),
    "instance-status": (_EVENT, _INSTANCE, *_DATES),
    "price-lists": (_EVENT, _INSTANCE),
    "plans": (_EVENT,),
    "offers": (_INSTANCE,),
    "offers2": (_EVENT, _INSTANCE),
}
COLLECTIONS = (*ROOTS, "offers2")


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: status, body, and the headers beyond its length."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": XML})


class _BadQueryError(ValueError):
    """A parameter whose value cannot be read."""


def page(status: int, words: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An HTML page, as a server sends when it does not send the feed."""
    title = f"{status} {HTTPStatus(status).phrase}"
    html = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{escape(words)}</p>"
    return Answer(
        status, f"{html}</body></html>\n".encode(), {"Content-Type": "text/html; charset=utf-8", **(headers or {})}
    )


def answer(feed: FeedFolder, collection: str, query: Mapping[str, str], heeds_all: bool = True) -> Answer:
    """The answer to a request that has its key, for one of COLLECTIONS.

    200 with a document; 400 where a value cannot be read, or offers2 is asked for both or neither of its filters.
    Raises SourceError where the feed's document cannot be cut.
    """
    filters = {name: query[name] for name in FILTERS.get(collection, ()) if name in query}
    if collection == "offers2" and len(filters) != 1:
        return page(400, "offers2 takes either event_id or instance_id.")
    document = "offers" if collection == "offers2" else collection
    try:
        offset, limit = _count(query, "offset", 0), _count(query, "limit", PAGE)
        is_all = _is_true(query, "all") and heeds_all
        wanted = {name: _date(filters, name) if name in _DATES else str(_count(filters, name, 0)) for name in filters}
    except _BadQueryError as error:
        return page(400, f"The value of {error} cannot be read.")
    if is_all and not wanted:
        return Answer(200, feed.xml(document))
    items = _chosen(feed, document, wanted)
    return Answer(200, feed.document(document).of(items if is_all else items[offset : offset + limit]))


def _count(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not re.fullmatch("[0-9]{1,9}", text):
        raise _BadQueryError(name)
    return int(text)


def _is_true(query: Mapping[str, str], name: str) -> bool:
    text = query.get(name, "false").lower()
    if text not in ("true", "false"):
        raise _BadQueryError(name)
    return text == "true"


def _date(query: Mapping[str, str], name: str) -> str:
    """The date at the front of a value: clients also send times, with a Z that is not meant (spektrix-api.md §1.3)."""
    if not re.match(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])($|[T ])", query[name]):
        raise _BadQueryError(name)
    return query[name][:10]


def _chosen(feed: FeedFolder, collection: str, wanted: Mapping[str, str]) -> tuple[Item, ...]:
    """The items that the filters leave; what is not an instance is chosen by the instances that it belongs to."""
    items = feed.document(collection).items
    if not wanted:
        return items
    if collection == "events" and wanted.keys() == {_EVENT}:
        return tuple(item for item in items if item.id == wanted[_EVENT])
    instances = [item for item in feed.document("instances").items if _fits(item, wanted)]
    if collection == "instances":
        return tuple(instances)
    if collection == "instance-status":
        ids = {instance.id for instance in instances}
        return tuple(item for item in items if item.refs.get("Instance") in ids)
    ids = _ids_named_by(feed, collection, instances)
    return tuple(item for item in items if item.id in ids)


def _fits(instance: Item, wanted: Mapping[str, str]) -> bool:
    first, last = (wanted.get(name) for name in _DATES)
    day = instance.start[:10]
    return (
        wanted.get(_EVENT) in (None, instance.refs.get("Event"))
        and wanted.get(_INSTANCE) in (None, instance.id)
        and (not first or first <= day)
        and (not last or (day != "" and day <= last))
    )


def _ids_named_by(feed: FeedFolder, collection: str, instances: list[Item]) -> set[str]:
    """The ids of what belongs to instances; of plans also those that the status rows name, sub-plans among them."""
    if collection == "offers":
        return _offers_of({instance.refs.get("Event", "") for instance in instances}, feed)
    kind = {"events": "Event", "price-lists": "PriceList", "plans": "Plan"}[collection]
    ids = {instance.refs.get(kind, "") for instance in instances}
    if collection == "plans":
        known = {instance.id for instance in instances}
        rows = feed.document("instance-status").items
        ids |= {row.refs.get(kind, "") for row in rows if row.refs.get("Instance") in known}
    return ids


def _offers_of(events: set[str], feed: FeedFolder) -> set[str]:
    """Which offers apply no feed tells: the sandbox lets chance decide, one event in three for each offer."""
    offers = feed.document("offers").items
    return {offer.id for offer in offers for event in events if draw(feed.seed, "offer", offer.id, event) % 3 == 0}
