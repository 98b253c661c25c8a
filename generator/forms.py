"""The forms in which machines read moments, lengths and amounts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache


def utc(value: datetime) -> str:
    """A moment in UTC, to the second: 2014-09-01T12:00:00Z."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def basic_utc(value: datetime) -> str:
    """A moment in UTC, to the second, as calendars write it: 20140901T120000Z."""
    return basic(utc(value))


def basic(moment: str) -> str:
    """The moment that `utc` wrote, as calendars write it."""
    return moment.replace("-", "").replace(":", "")


def iso(value: date) -> str:
    """A day, or a time with its distance from UTC, as the element `time` wants it: 2014-09-01T13:00:00+01:00."""
    return value.isoformat()


def moment(text: str) -> datetime:
    """The moment that `utc` wrote. Raises ValueError or TypeError."""
    return datetime.fromisoformat(text).astimezone(UTC)


@lru_cache(4096)
def decimal(amount: Decimal) -> str:
    """An amount for machines, with at least two decimals and no needless ones: "12.00", "12.50", "0.125"."""
    places = max(2, -int(str(amount.normalize().as_tuple().exponent)))
    return f"{amount:.{places}f}"


def iso_duration(minutes: int) -> str:
    """PT135M, as the element `time` and schema.org want it."""
    return f"PT{minutes}M"
