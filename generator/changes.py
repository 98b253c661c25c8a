"""What happened to an instance from one build to the next: `happened` compares, `changes_json` publishes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from generator import urls
from generator.config import Settings
from generator.forms import utc
from generator.ledger import Change, Ledger, Record
from generator.programme import Programme
from generator.schemas import json_of
from generator.states import State
from generator.urls import Addresses

KEPT_FOR = timedelta(days=30)
ANNOUNCED = "announced"
ON_SALE = "on_sale"
LAST_FEW = "last_few"
SOLD_OUT = "sold_out"
BACK = "back"
MOVED = "moved"
POSTPONED = "postponed"
CANCELLED = "cancelled"
WHAT = (ANNOUNCED, ON_SALE, LAST_FEW, SOLD_OUT, BACK, MOVED, POSTPONED, CANCELLED)
_NOT_SOLD = (State.NOT_YET_ON_SALE, State.NOT_ON_SALE_ONLINE, State.SALES_ENDED)
_OUTRIGHT = {State.CANCELLED: CANCELLED, State.POSTPONED: POSTPONED}


def happened(before: Record | None, after: Record) -> tuple[str, ...]:
    """What became of an instance that is still to come; of one that nobody knew, only that it is announced."""
    if before is None:
        return () if after.state is State.CANCELLED else (ANNOUNCED,)
    was, is_now = before.state, after.state
    if is_now in _OUTRIGHT:
        return () if was is is_now else (_OUTRIGHT[is_now],)
    if was is State.CANCELLED:
        return (BACK,)
    tickets = _of_tickets(was, is_now)
    if before.entry.start != after.entry.start:
        return (MOVED, tickets) if tickets else (MOVED,)
    if was is State.POSTPONED:
        return (BACK,)
    return (tickets,) if tickets else ()


def _of_tickets(was: State, is_now: State) -> str:
    """What became of the tickets. That nobody knows how many are left is no news."""
    rules = (
        (is_now is was, ""),
        (is_now is State.SOLD_OUT, SOLD_OUT),
        (not is_now.is_bookable, ""),
        (was in _NOT_SOLD, ON_SALE),
        (is_now is State.UNKNOWN, ""),
        (was is State.SOLD_OUT, BACK),
        (is_now is State.LIMITED, LAST_FEW),
    )
    return next((what for fits, what in rules if fits), "")


def kept(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Those of the 30 days before the newest: by that and not by the clock, so that a quiet day drops none."""
    newest_first = sorted(changes, key=lambda change: change.time, reverse=True)
    return tuple(change for change in newest_first if change.time > newest_first[0].time - KEPT_FOR)


def address_of(change: Change, pages: Mapping[str, str], addresses: Addresses) -> str:
    """Where to read more: the page of the instance; if it is gone that of its event, else what is on."""
    event = pages.get(urls.event_for_good(change.event_id), urls.WHATS_ON)
    return addresses.absolute(pages.get(urls.instance_for_good(change.instance_id), event))


def pages_of(changes: Sequence[Change], programme: Programme) -> Mapping[str, str]:
    """The pages of the events and instances that changes are about, by the addresses that stay."""
    events, dates = {change.event_id for change in changes}, {change.instance_id for change in changes}
    pages = {urls.event_for_good(event.id): event.path for event in programme.events if event.id in events}
    found = (date for _, date in programme.instances if date.id in dates)
    return pages | {urls.instance_for_good(date.id): date.path for date in found}


def changes_json(ledger: Ledger, programme: Programme, settings: Settings, addresses: Addresses) -> bytes:
    """changes.json: what changed of late, newest first. Raises InternalError."""
    pages = pages_of(ledger.changes, programme)
    document = {
        "version": 1,
        "updated": utc(ledger.changed),
        "site": settings.site.url,
        "timezone": settings.site.timezone,
        "changes": [dict(_row(change, pages, settings, addresses)) for change in ledger.changes],
    }
    return json_of(document, urls.CHANGES_SCHEMA, urls.CHANGES)


def _row(
    change: Change, pages: Mapping[str, str], settings: Settings, addresses: Addresses
) -> Iterator[tuple[str, Any]]:
    yield "change", change.what
    yield "time", utc(change.time)
    yield "instance", str(change.instance_id)
    yield "event", str(change.event_id)
    yield "name", change.title
    yield "start", change.start.astimezone(settings.site.zone).isoformat()
    if change.earlier_start:
        yield "earlier_start", change.earlier_start.astimezone(settings.site.zone).isoformat()
    yield "url", address_of(change, pages, addresses)
