"""availability.json: what can still be had, for scripts and other sites (design.md §5)."""

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from generator.config import Settings
from generator.programme import ListedEvent, ListedInstance, Programme
from generator.urls import Addresses
from generator.wording import decimal

SCHEMA_FILE = "availability.schema.json"


def availability(programme: Programme, settings: Settings, addresses: Addresses, pulled_at: datetime | None) -> bytes:
    """The snapshot of every instance that is not over, and of their events. What is not known is left out."""
    events = [event for event in programme.current if event.upcoming]
    upcoming = [(event, instance) for event, instance in programme.instances if not instance.is_over]
    document = _known(
        version=1,
        generated_at=utc(programme.now),
        pulled_at=utc(pulled_at) if pulled_at else None,
        site=settings.site.url,
        timezone=settings.site.timezone,
        currency=settings.site.currency,
        events={str(event.id): _event(event, addresses) for event in sorted(events, key=lambda event: event.id)},
        instances={str(instance.id): _instance(instance, addresses) for _, instance in upcoming},
    )
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def schema() -> bytes:
    """The JSON Schema of availability.json."""
    return files("generator").joinpath(SCHEMA_FILE).read_bytes()


def utc(moment: datetime) -> str:
    """2014-09-01T12:00:00Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


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
