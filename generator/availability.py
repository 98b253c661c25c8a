"""availability.json: what can still be had, for scripts and other sites (design.md §5).

`availability` is the door. Where it would be large, availability.json leads to a file for each month instead: the
times of generation stand in it alone, so that a month in which nothing changed is the same file still.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from generator import urls
from generator.config import Settings
from generator.forms import decimal, utc
from generator.programme import ListedEvent, ListedInstance, Programme
from generator.schemas import json_of
from generator.urls import Addresses

LARGE = 250_000
"""Bytes above which availability.json is split by month."""

LEAST = 100
"""Bytes that an instance takes there at the very least."""

Upcoming = list[tuple[ListedEvent, ListedInstance]]


def availability(
    programme: Programme, settings: Settings, addresses: Addresses, pulled_at: datetime | None
) -> Iterator[tuple[str, bytes]]:
    """availability.json and what it leads to: path and bytes of each.

    It has every instance that is not over, and their events. What is not known is left out. Raises InternalError.
    """
    upcoming = [(event, instance) for event, instance in programme.instances if not instance.is_over]
    told = {instance.id: _instance(instance, addresses) for _, instance in upcoming}
    head = _known(
        version=1,
        generated_at=utc(programme.now),
        pulled_at=utc(pulled_at) if pulled_at else None,
        site=settings.site.url,
        timezone=settings.site.timezone,
        currency=settings.site.currency,
    )
    if len(told) * LEAST <= LARGE:
        whole = _json({**head, **_of(upcoming, told, addresses)}, urls.AVAILABILITY)
        if len(whole) <= LARGE:
            yield urls.AVAILABILITY, whole
            return
    shards = {
        month: _json({"version": 1, "month": month, **_of(found, told, addresses)}, urls.availability_of(month))
        for month, found in _by_month(upcoming)
    }
    yield urls.AVAILABILITY, _json({**head, "shards": _index(shards, addresses)}, urls.AVAILABILITY)
    yield from ((urls.availability_of(month), shard) for month, shard in shards.items())


def says_the_same(one: Programme, other: Programme) -> bool:
    """Whether the files say the same of two programmes of one feed and *now*. Events that are one object are one."""
    pairs = zip(one.events, other.events, strict=False)
    return len(one.events) == len(other.events) and all(a is b or _said_of(a) == _said_of(b) for a, b in pairs)


def _said_of(event: ListedEvent) -> tuple[Any, ...]:
    return event.id, event.title, event.path, event.state, event.instances


def _json(document: Any, path: str) -> bytes:
    return json_of(document, urls.AVAILABILITY_SCHEMA, path)


def _by_month(upcoming: Upcoming) -> Iterator[tuple[str, Upcoming]]:
    """The instances by the month in which they start, on the clock of the site: "2026-11"."""
    months = groupby(upcoming, key=lambda pair: (pair[1].start.year, pair[1].start.month))
    yield from ((f"{year:04}-{month:02}", list(found)) for (year, month), found in months)


def _index(shards: dict[str, bytes], addresses: Addresses) -> dict[str, Any]:
    return {
        month: {
            "url": addresses.absolute(urls.availability_of(month)),
            "sha256": hashlib.sha256(shard).hexdigest(),
        }
        for month, shard in shards.items()
    }


def _of(upcoming: Upcoming, told: Mapping[int, dict[str, Any]], addresses: Addresses) -> dict[str, Any]:
    """Some instances as they are `told` by id, and their events."""
    events = {event.id: event for event, _ in upcoming}
    return {
        "events": {str(key): _event(event, addresses) for key, event in sorted(events.items())},
        "instances": {str(instance.id): told[instance.id] for _, instance in upcoming},
    }


def _event(event: ListedEvent, addresses: Addresses) -> dict[str, Any]:
    return _known(name=event.title, url=addresses.absolute(event.path), state=event.state)


def _instance(instance: ListedInstance, addresses: Addresses) -> dict[str, Any]:
    return _known(
        event=str(instance.event_id),
        start=instance.start.isoformat(),
        state=instance.state,
        on_sale_from=instance.on_sale_from.isoformat() if instance.on_sale_from else None,
        on_sale_until=instance.on_sale_until.isoformat() if instance.on_sale_until else None,
        price_from=decimal(instance.prices.lowest) if instance.prices.lowest is not None else None,
        url=addresses.absolute(instance.path),
        booking_url=instance.booking_url,
        access=[kind.code for kind in instance.access],
        available=instance.available,
        capacity=instance.capacity,
    )


def _known(**values: Any) -> dict[str, Any]:
    """The values that are known, in the order given."""
    return {name: value for name, value in values.items() if value is not None}
