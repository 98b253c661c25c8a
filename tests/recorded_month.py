"""Thirty days of the recorded feed: it is as it was recorded, until something happens to a date or an event."""

import random
import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from month import Dated, Month

NOW = datetime.fromisoformat("2014-09-01T12:00:00Z")
LONDON = ZoneInfo("Europe/London")


class RecordedMonth(Month):
    """What happens to the dates to come; none is announced, as a feed has much more to say of one."""

    recorded: Path

    def announced(self) -> None:
        """Nothing."""

    def write(self, feed: Path) -> None:
        """The feed of the day."""
        shutil.copytree(self.recorded, feed, dirs_exist_ok=True)
        self._rewrite(feed / "events.xml", self._named)
        self._rewrite(feed / "instances.xml", self._moved)
        self._rewrite(feed / "instance-status.xml", self._sold)

    def _rewrite(self, file: Path, stays: Callable[[ElementTree.Element], bool]) -> None:
        """Change each item of a document; those that do not stay are taken out."""
        root = ElementTree.parse(self.recorded / file.name).getroot()  # noqa: S314  # our own recording
        for item in [item for item in root if not stays(item)]:
            root.remove(item)
        file.write_bytes(ElementTree.tostring(root))

    def _named(self, item: ElementTree.Element) -> bool:
        key = int(item.get("id", ""))
        if key in self.names:
            _set(item, "Name", self.names[key])
        return True

    def _moved(self, item: ElementTree.Element) -> bool:
        date = self.dates.get(int(item.get("id", "")))
        if date:
            _set(item, "StartUtc", f"{date.start:%Y-%m-%dT%H:%M:%SZ}")
            _set(item, "Start", f"{date.start.astimezone(LONDON):%Y-%m-%dT%H:%M:%S}")
        return date is None or date.is_there

    def _sold(self, item: ElementTree.Element) -> bool:
        instance = item.find("Instance")
        date = self.dates.get(int(instance.get("id", "0") if instance is not None else 0))
        if date and date.seats != Dated.seats:
            _set(item, "Available", str(date.seats))
        return date is None or date.is_there


def _set(item: ElementTree.Element, name: str, text: str) -> None:
    found = item.find(name)
    (ElementTree.SubElement(item, name) if found is None else found).text = text


def recorded_month(feed: Path, seed: int) -> RecordedMonth:
    """A month of a recorded feed, before its first day."""
    events, instances = (ElementTree.parse(feed / f"{name}.xml").getroot() for name in ("events", "instances"))  # noqa: S314
    names = {int(item.get("id", "")): item.findtext("Name", "") for item in events}
    dates = {int(item.get("id", "")): (_event_of(item), item.findtext("StartUtc", "")) for item in instances}
    known = {
        key: Dated(event, datetime.fromisoformat(start))
        for key, (event, start) in dates.items()
        if event in names and start and datetime.fromisoformat(start) > NOW
    }
    chance = random.Random(seed)  # noqa: S311  # a tale that can be told again
    told = RecordedMonth(chance, names, known, dict.fromkeys(known, 0), NOW, "newwolsey")
    told.recorded = feed
    return told


def _event_of(item: ElementTree.Element) -> int:
    event = item.find("Event")
    return int(event.get("id", "0")) if event is not None else 0


def settings_of(site: Path) -> str:
    """The settings of the recorded site, for a feed beside its content."""
    return re.sub(r'^feed = ".*"$', 'feed = "feed"', (site / "content" / "site.toml").read_text("utf-8"), flags=re.M)
