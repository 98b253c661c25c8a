"""A venue whose clock changes while it plays: dates every half hour through the nights when summer begins and ends."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

NOW = "2026-03-01T12:00:00Z"
HALF_HOUR = timedelta(minutes=30)
LENGTHS = (0, 45, 90, 26 * 60)
"""In minutes; 0 is unknown, and 26 hours end on the other side of the night."""

NIGHTS = {
    "Europe/London": (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "Australia/Adelaide": (datetime(2026, 4, 4, 16, 30, tzinfo=UTC), datetime(2026, 10, 3, 16, 30, tzinfo=UTC)),
    "Asia/Kolkata": (datetime(2026, 3, 28, 20, 30, tzinfo=UTC), datetime(2026, 10, 24, 20, 30, tzinfo=UTC)),
}
"""The moments at which the clocks change; in Kolkata, where they do not, those nights as they are in London."""


@dataclass(frozen=True)
class Date:
    """One date of the feed, in UTC; `end` is None where the length is unknown."""

    id: int
    title: str
    start: datetime
    end: datetime | None


def dates(zone: str) -> list[Date]:
    """Half-hourly from four hours before to four hours after each change of the clocks, in every length."""
    starts = [night + HALF_HOUR * step for night in NIGHTS[zone] for step in range(-8, 9)]
    rows = [(start, minutes) for start in starts for minutes in LENGTHS]
    return [
        Date(5001 + number, title(minutes), start, start + timedelta(minutes=minutes) if minutes else None)
        for number, (start, minutes) in enumerate(rows)
    ]


def title(minutes: int) -> str:
    """An event for each length, with what calendars have to escape."""
    return f"Night; watch, {minutes} minutes" if minutes else "Night watch: the long/night"


def typed(minutes: int) -> str:
    """The same as somebody typed it, with what some readers stumble over, however it is escaped."""
    return title(minutes).replace(": the ", ":\u2028the\u0085").replace("/n", "\\n")


def write_site(folder: Path, zone: str) -> Path:
    """A site folder with the feed in it."""
    (folder / "content").mkdir(parents=True)
    settings = f'[site]\nname = "Tower"\nurl = "https://tower.example"\ntimezone = "{zone}"\n'
    settings += '[source]\nfeed = "feed"\n[spektrix]\nclient = "tower"\n'
    (folder / "content" / "site.toml").write_text(settings)
    (folder / "feed").mkdir()
    events = "".join(
        f'<Event id="{701 + number}"><Name>{typed(minutes)}</Name><Duration>{minutes}</Duration></Event>'
        for number, minutes in enumerate(LENGTHS)
    )
    (folder / "feed" / "events.xml").write_text(f"<Events>{events}</Events>", "utf-8")
    instances = "".join(_instance(date, ZoneInfo(zone)) for date in dates(zone))
    (folder / "feed" / "instances.xml").write_text(f"<Instances>{instances}</Instances>")
    return folder


def _instance(date: Date, zone: ZoneInfo) -> str:
    event = 701 + [title(minutes) for minutes in LENGTHS].index(date.title)
    local, utc = date.start.astimezone(zone), date.start
    return (
        f'<Instance id="{date.id}"><Event id="{event}"/><IsOnSale>true</IsOnSale>'
        f"<Start>{local:%Y-%m-%dT%H:%M:%S}</Start><StartUtc>{utc:%Y-%m-%dT%H:%M:%SZ}</StartUtc></Instance>"
    )
