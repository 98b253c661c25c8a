"""Thirty days in the life of a small venue: a feed that changes day by day, what must be published, and who builds it.

What is expected is worked out here from what the box office did, not from what any build made.
"""

import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from surfaces import properties, share_made

from generator.anatomy import replace
from generator.build import build
from generator.order import Order, Report

Files = dict[str, bytes]

FIRST_DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = 30
SETTINGS = """[site]
name = "Almanac"
url = "https://almanac.example/stage"
timezone = "Europe/London"
[source]
feed = "feed"
[spektrix]
client = "almanac"
"""
WORDS = {0: "sold_out", 4: "limited", 70: "on_sale"}
"""The states by how many of 100 seats are left."""


@dataclass(frozen=True)
class Dated:
    """A performance as the box office has it; `is_there` is false while it is missing from the feed."""

    event: int
    start: datetime
    seats: int = 70
    is_there: bool = True


@dataclass
class Month:
    """The box office, and what is expected of the calendar and the list of changes."""

    chance: random.Random
    names: dict[int, str]
    dates: dict[int, Dated]
    sequences: dict[int, int]
    first: datetime = FIRST_DAY
    client: str = "almanac"
    day: int = 0
    changes: list[tuple[int, str]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The moment of the day's build."""
        return self.first + timedelta(days=self.day)

    def next_day(self) -> str:
        """Go on by a day on which one thing happens; gives its name."""
        self.day, self.changes = self.day + 1, []
        happenings: tuple[Callable[[], None], ...] = (
            self.quiet, self.quiet, self.moved, self.vanished, self.returned, self.sold, self.renamed, self.announced,
        )  # fmt: skip
        happening = happenings[self.chance.randrange(len(happenings))]
        happening()
        return happening.__name__

    def quiet(self) -> None:
        """Nothing."""

    def moved(self) -> None:
        """A date is put later, or earlier."""
        key = self._any(is_there=True)
        start = self.dates[key].start + timedelta(days=self.chance.choice((-3, -1, 2, 9)), minutes=30)
        self._change(key, "moved", start=start)

    def vanished(self) -> None:
        """A date is taken out of the feed."""
        if len([date for date in self.dates.values() if date.is_there]) > len(self.dates) * 2 // 3:
            self._change(self._any(is_there=True), "cancelled", is_there=False)

    def returned(self) -> None:
        """A date that was taken out comes back."""
        if any(not date.is_there for date in self.dates.values()):
            self._change(self._any(is_there=False), "back", is_there=True)

    def sold(self) -> None:
        """Seats are sold, or come back."""
        key = self._any(is_there=True)
        before = self.dates[key].seats
        after = self.chance.choice([seats for seats in WORDS if seats != before])
        what = "sold_out" if after == 0 else "back" if before == 0 else "last_few" if after == 4 else ""
        self._change(key, what, seats=after)

    def renamed(self) -> None:
        """An event gets another name, and each of its dates with it."""
        event = self.chance.choice(sorted(self.names))
        self.names[event] = f"{self.names[event].partition(',')[0]}, take {self.day}"
        for key, date in self.dates.items():
            self.sequences[key] += date.event == event and date.is_there

    def announced(self) -> None:
        """A date more."""
        key = max(self.dates) + 1
        self.dates[key] = Dated(self.chance.choice(sorted(self.names)), _evening(self.chance.randrange(90)))
        self.sequences[key] = 0
        self.changes.append((key, "announced"))

    def _any(self, is_there: bool) -> int:
        return self.chance.choice([key for key, date in self.dates.items() if date.is_there == is_there])

    def _change(self, key: int, what: str, **facts: object) -> None:
        self.dates[key] = replace(self.dates[key], **facts)
        self.sequences[key] += 1
        self.changes += [(key, what)] if what else []

    def calendar(self) -> dict[str, dict[str, str]]:
        """What the calendar must say of every date: of one that vanished, what was said last."""
        return {
            f"{key}@{self.client}.spektrix": {
                "sequence": str(self.sequences[key]),
                "status": "CONFIRMED" if date.is_there else "CANCELLED",
                "start": f"{date.start:%Y%m%dT%H%M%SZ}",
            }
            for key, date in self.dates.items()
        }

    def write(self, feed: Path) -> None:
        """The feed of the day, with one small picture for all, as none need be painted here."""
        feed.mkdir(exist_ok=True)
        there = {key: date for key, date in self.dates.items() if date.is_there}
        events = "".join(
            f'<Event id="{key}"><Name>{name}</Name><Duration>100</Duration><ImageUrl>dot.png</ImageUrl>'
            "<IsOnSale>true</IsOnSale></Event>"
            for key, name in self.names.items()
        )
        instances = "".join(
            f'<Instance id="{key}"><Event id="{date.event}"/><IsOnSale>true</IsOnSale><Plan id="1"/>'
            f"<StartUtc>{date.start:%Y-%m-%dT%H:%M:%SZ}</StartUtc></Instance>"
            for key, date in there.items()
        )
        rows = "".join(
            f'<InstancePlanStatus><Plan id="1"/><Instance id="{key}"/><Name>Stage</Name>'
            f"<Available>{date.seats}</Available><Capacity>100</Capacity></InstancePlanStatus>"
            for key, date in there.items()
        )
        for name, items in (("events", events), ("instances", instances), ("instance-status", rows)):
            (feed / f"{name}.xml").write_text(f"<All>{items}</All>")
        (feed / "images").mkdir(exist_ok=True)
        Image.new("RGB", (64, 64)).save(feed / "images" / "dot.png")


def month(seed: int) -> Month:
    """A month before its first day: four events of five dates each, all of them long after it."""
    chance = random.Random(seed)  # noqa: S311  # a tale that can be told again
    names = {event: f"Play {event}" for event in range(11, 15)}
    dates = {100 + number: Dated(11 + number // 5, _evening(number)) for number in range(20)}
    return Month(chance, names, dates, dict.fromkeys(dates, 0))


def _evening(number: int) -> datetime:
    return FIRST_DAY + timedelta(days=60 + number, hours=10)


class Machine:
    """A site folder, and what is published from it."""

    def __init__(self, folder: Path, settings: str = SETTINGS) -> None:
        self.site = folder / "site"
        self.published = folder / "published"
        (self.site / "content").mkdir(parents=True)
        (self.site / "content" / "site.toml").write_text(settings)
        share_made(self.site)

    def build(self, told: Month, is_fresh: bool = False) -> Report:
        """Build and publish; a fresh machine has neither memory nor output."""
        told.write(self.site / "feed")
        if is_fresh:
            (self.site / ".sitegen" / "ledger.json").unlink(missing_ok=True)
            shutil.rmtree(self.site / "output", ignore_errors=True)
        baseline = self.published / "availability.json"
        order = Order(self.site, told.now, baseline=str(baseline) if baseline.exists() else None, allow_shrink=True)
        made = build(order, lambda _: None)
        shutil.rmtree(self.published, ignore_errors=True)
        shutil.copytree(self.site / "output", self.published)
        return made

    @property
    def files(self) -> Files:
        """What is published."""
        found = (path for path in sorted(self.published.rglob("*")) if path.is_file())
        return {path.relative_to(self.published).as_posix(): path.read_bytes() for path in found}


def entries(calendar: bytes) -> dict[str, bytes]:
    """The entries of a calendar by UID, as they stand."""
    blocks = re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", calendar, re.DOTALL)
    found = {re.search(rb"UID:(.*)\r\n", block)[1].decode(): block for block in blocks}  # type: ignore[index]
    assert len(found) == len(blocks)
    return found


def said(entry: bytes) -> dict[str, str]:
    """What an entry says."""
    return properties(entry.decode().replace("\r\n ", ""))
