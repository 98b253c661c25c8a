"""Moments as machines read them: in UTC, to the second."""

from datetime import UTC, datetime


def utc(value: datetime) -> str:
    """2014-09-01T12:00:00Z."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def moment(text: str) -> datetime:
    """The moment that `utc` wrote. Raises ValueError or TypeError."""
    return datetime.fromisoformat(text).astimezone(UTC)
