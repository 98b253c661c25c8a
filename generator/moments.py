"""When a site changes by itself, though nothing that it is made from does: time is an input like any other.

A moment too many costs a build that changes nothing; one too few would leave a page stale. So every place that asks for
*now* has its moments here.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from generator.entries import KEPT_FOR
from generator.ledger import Ledger, Record
from generator.pages import NEW_FOR
from generator.programme import ListedInstance, Programme
from generator.revision import REMEMBERED_FOR

SECOND = timedelta(seconds=1)


def next_moment(programme: Programme, ledger: Ledger, feed_moves_at: datetime | None) -> datetime | None:
    """The first moment after *now*, in UTC, at which a page, a calendar or the ledger may change; None: there is none.

    `feed_moves_at` is when the feed itself will say something else, as the demo's does every week.
    """
    moments = [*_of_months(programme.now), *([feed_moves_at] if feed_moves_at else [])]
    for _, instance in programme.instances:
        moments += _of_instance(instance)
    there = {instance.id for _, instance in programme.instances}
    for vanished in ledger.records.keys() - there:
        moments += _of_vanished(ledger.records[vanished])
    now = programme.now.astimezone(UTC)
    return min((moment for moment in (m.astimezone(UTC) for m in moments) if moment > now), default=None)


def _of_instance(instance: ListedInstance) -> Iterator[datetime]:
    """Its sale opens and closes, it is over, it is no longer new, and no calendar keeps it.

    Of one that is over nothing else changes: it is past, whatever its sale does, and among the new no more.
    """
    over = (instance.end or instance.start).astimezone(UTC)
    yield over + KEPT_FOR + SECOND
    if instance.is_over:
        return
    yield over
    if instance.on_sale_from:
        yield instance.on_sale_from
        yield instance.on_sale_from + NEW_FOR  # on the clock of the site, as the list of what is new counts
        yield instance.on_sale_from.astimezone(UTC) + NEW_FOR
    if instance.on_sale_until:
        yield instance.on_sale_until


def _of_vanished(record: Record) -> Iterator[datetime]:
    """It is over, and forgotten."""
    yield record.over
    yield record.over + REMEMBERED_FOR


def _of_months(now: datetime) -> Iterator[datetime]:
    """A month begins, on the clock of the site."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    yield first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
