"""What a feed holds, as rows for `sitegen list`: the ids that settings and words refer to."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from generator.forms import utc
from generator.model import Feed

Row = dict[str, Any]


def table(what: str, feed: Feed) -> list[Row]:
    """The rows of "events", "instances", "offers", "attributes" or "statements"; times are in UTC."""
    return list(_TABLES[what](feed))


def _events(feed: Feed) -> Iterable[Row]:
    dates = Counter(instance.event_id for instance in feed.instances)
    for event in feed.events:
        yield {"id": event.id, "instances": dates[event.id], "on_sale": event.is_on_sale, "name": event.name}


def _instances(feed: Feed) -> Iterable[Row]:
    names = {event.id: event.name for event in feed.events}
    for instance in feed.instances:
        start = utc(instance.start) if instance.start else ""
        name = names.get(instance.event_id, "(not in the feed)")
        yield {
            "id": instance.id,
            "event": instance.event_id,
            "start": start,
            "on_sale": instance.is_on_sale,
            "name": name,
        }


def _offers(feed: Feed) -> Iterable[Row]:
    """Every offer; with the events it is for, where the snapshot knows them."""
    for offer in feed.offers:
        events = [event for event, offers in feed.event_offers.items() if any(found.id == offer.id for found in offers)]
        known = {"events": " ".join(map(str, events))} if feed.event_offers else {}
        yield {"id": offer.id, **known, "name": offer.name}


def _statements(feed: Feed) -> Iterable[Row]:
    return ({"id": statement.id, "text": statement.text} for statement in feed.statements)


def _attributes(feed: Feed) -> Iterable[Row]:
    """Each attribute, how often it says something, and an example of what."""
    for kind, records in (("event", feed.events), ("instance", feed.instances)):
        values: Mapping[str, list[str]] = {name: [] for record in records for name in record.attributes}
        for name, value in ((n, v) for record in records for n, v in record.attributes.items() if v not in ("", "0")):
            values[name].append(value)
        for name in sorted(values, key=str.casefold):
            example = " ".join(values[name][0].split())[:60] if values[name] else ""
            yield {"of": kind, "name": name, "set": len(values[name]), "example": example}


_TABLES: Mapping[str, Callable[[Feed], Iterable[Row]]] = {
    "events": _events,
    "instances": _instances,
    "offers": _offers,
    "attributes": _attributes,
    "statements": _statements,
}
