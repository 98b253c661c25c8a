"""What a site remembers after a build: the ledger that was, held against what is on now.

`revised` is the door; `earlier_start` tells one thing of it before all is made. An entry gets a new revision number
when something in it changed, and only then; an instance that vanished before its date is cancelled, and one that comes
back goes on counting (design.md §5). What is hidden or excluded is nowhere; only its numbers are kept.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from generator.anatomy import Struct, replace
from generator.calendars import folders
from generator.changes import MOVED, happened, kept
from generator.entries import CANCELLED, calendars_of, is_shown
from generator.ledger import Change, Entry, Ledger, Record
from generator.programme import ListedEvent, ListedInstance, Programme
from generator.states import State

REMEMBERED_FOR = timedelta(days=400)

Withdraw = Callable[[int, Entry], Entry]
"""Makes the entry of an instance that vanished from the one that was last shown."""


class Shown(Struct, frozen=True):
    """What a build shows: the entries by instance id, of the feeds of `series`, pulled at `pulled_at`."""

    programme: Programme
    entries: Mapping[int, Entry]
    series: str
    pulled_at: datetime | None


def revised(before: Ledger | None, shown: Shown, withdraw: Withdraw) -> Ledger:
    """The ledger of what is shown. Without one before it, every entry is new and nothing counts as a change."""
    was = before or Ledger(shown.series, _first(shown), {}, {})
    records = dict(_listed(was.records, shown)) | dict(_vanished(was.records, shown, withdraw))
    new = tuple(_changes(was.records, records, shown)) if before else ()
    told = (change for change in was.changes if change.event_id not in shown.programme.left_out)
    changes = kept((*new, *told))
    return Ledger(
        source=shown.series,
        changed=changes[0].time if new else was.changed,
        records=records,
        calendars={**was.calendars, **folders(shown.programme)},
        changes=changes,
    )


def earlier_start(before: Ledger, instance: ListedInstance, programme: Programme) -> datetime | None:
    """When an instance was to start before its date moved, as the ledger will have it; None where it never did."""
    record = before.records.get(instance.id)
    if record is None:
        return None
    if record.entry.start == instance.start:  # as of most, of which no more needs to be found out
        return record.earlier_start
    return _earlier(record, instance.start.astimezone(UTC)) if is_shown(instance, programme) else record.earlier_start


def _earlier(before: Record, start: datetime) -> datetime | None:
    return before.earlier_start if start == before.entry.start else before.entry.start


def _first(shown: Shown) -> datetime:
    """The moment that stands on what was never seen before."""
    return (shown.pulled_at or shown.programme.now).astimezone(UTC)


def _next(record: Record, shown: Shown) -> datetime:
    """The moment that stands on what changed; it never goes back."""
    return max(shown.programme.now.astimezone(UTC), record.modified)


def _listed(known: Mapping[int, Record], shown: Shown) -> Iterator[tuple[int, Record]]:
    """The records of what is on; of what was over long ago only the numbers are kept, where there are any."""
    for event, instance in shown.programme.instances:
        before, entry = known.get(instance.id), shown.entries.get(instance.id)
        if entry:
            yield instance.id, _record(before, entry, event, instance, shown)
        elif before:
            yield instance.id, before.without_words


def _record(before: Record | None, entry: Entry, event: ListedEvent, instance: ListedInstance, shown: Shown) -> Record:
    if before is None:
        first = _first(shown)
        return Record(event.id, entry, instance.state, 0, first, first, calendars_of(event, instance))
    if entry is before.entry:  # it was taken from there, as nothing about its event has changed
        return before
    is_same = entry == before.entry
    return Record(
        event_id=event.id,
        entry=entry,
        state=instance.state,
        calendars=calendars_of(event, instance),
        sequence=before.sequence + (not is_same),
        modified=before.modified if is_same else _next(before, shown),
        first_seen=before.first_seen,
        earlier_start=_earlier(before, entry.start),
    )


def _vanished(known: Mapping[int, Record], shown: Shown, withdraw: Withdraw) -> Iterator[tuple[int, Record]]:
    """The records of what is in the feed no more: cancelled until its date is past, then numbers alone for a year."""
    now = shown.programme.now
    for key in known.keys() - {instance.id for _, instance in shown.programme.instances}:
        record = known[key]
        if record.event_id in shown.programme.left_out:  # hidden or excluded: nowhere, and no tombstone either
            yield key, record.without_words
        elif record.over <= now:
            if record.over > now - REMEMBERED_FOR:
                yield key, record.without_words
        elif record.entry.status == CANCELLED:
            yield key, record
        else:
            yield key, _cancelled(key, record, shown, withdraw)


def _cancelled(key: int, record: Record, shown: Shown, withdraw: Withdraw) -> Record:
    return replace(
        record,
        entry=withdraw(key, record.entry),
        state=State.CANCELLED,
        sequence=record.sequence + 1,
        modified=_next(record, shown),
    )


def _changes(known: Mapping[int, Record], records: Mapping[int, Record], shown: Shown) -> Iterator[Change]:
    """What happened to what is still to come, by date."""
    now = shown.programme.now.astimezone(UTC)
    new = ((key, record) for key, record in records.items() if record is not known.get(key))
    for key, after in sorted(new, key=lambda row: (row[1].entry.start, row[0])):
        if after.over <= now or not after.entry.status:
            continue
        before = known.get(key)
        for what in happened(before, after):
            earlier = before.entry.start if before and what == MOVED else None
            yield Change(what, now, key, after.event_id, after.entry.title, after.entry.start, earlier)
