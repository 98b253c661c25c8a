"""The guard: a feed that suddenly holds far less than before is more likely a fault than the truth."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from generator.errors import Fault, GuardError
from generator.programme import Programme
from generator.states import State

Counts = Mapping[str, int]
"""How many there are of each: "events", "instances", "status rows"."""

_MEND = "Look at the box office system; if it is meant, use --allow-shrink. What was published before stands."


def refuse_shrink(before: Counts, now: Counts, max_drop_percent: float, against: str) -> None:
    """Raise GuardError, with the numbers, where anything fell by more than `max_drop_percent`."""
    fallen = [name for name, count in before.items() if (count - now.get(name, 0)) * 100 > count * max_drop_percent]
    faults = (
        f"{name} fell from {before[name]} to {now.get(name, 0)}, by more than the {max_drop_percent:g} % allowed"
        for name in fallen
    )
    if fallen:
        raise GuardError(*(Fault(fault, against, _MEND) for fault in faults))


def refuse_empty(now: Counts) -> None:
    """Raise GuardError where there are no events or no instances, whatever there was before."""
    empty = [name for name in ("events", "instances") if not now.get(name, 0)]
    if empty:
        raise GuardError(
            *(Fault(f"the feed holds no {name}: publishing it would empty the site", "", _MEND) for name in empty)
        )


def counts_of_programme(programme: Programme) -> Counts:
    """What the published availability.json of a programme would hold, to compare with one that is published."""
    upcoming = [instance for _, instance in programme.instances if not instance.is_over]
    return {
        "events": len({instance.event_id for instance in upcoming}),
        "instances": len(upcoming),
        "status rows": sum(instance.state is not State.UNKNOWN for instance in upcoming),
    }


def counts_of_published(instances: Iterable[Mapping[str, Any]], now: datetime) -> Counts:
    """What a published availability.json holds of instances that are still to come at `now`.

    Raises KeyError, ValueError or TypeError where an instance is not as it should be.
    """
    upcoming = [item for item in instances if datetime.fromisoformat(item["start"]) > now]
    return {
        "events": len({item["event"] for item in upcoming}),
        "instances": len(upcoming),
        "status rows": sum(item["state"] != State.UNKNOWN for item in upcoming),
    }
