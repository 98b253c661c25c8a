"""What benchmarks build: a feed many times over, a week apart, and the programme that a feed makes."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

from generator import source
from generator.programme import Programme
from generator.sitefolder import read_words
from generator.spektrix.demo import shifted
from generator.website import composed
from generator.wording import Language

REPEATED = ("events", "instances", "instance-status")
QUIET = timedelta(hours=3)  # after midnight: nothing begins, and no sale opens


def many(feed: Path, to: Path, times: int) -> None:
    """A feed many times over: ids of their own, each copy a week after the one before, by the clock of the venue."""
    to.mkdir(parents=True)
    for file in feed.glob("*.xml"):
        if file.stem in REPEATED:
            _repeat(file, to / file.name, times)
        else:
            shutil.copyfile(file, to / file.name)


def _repeat(file: Path, to: Path, times: int) -> None:
    document = file.read_bytes()
    with to.open("wb") as out:
        for number in range(times):
            root = ElementTree.fromstring(shifted(document, timedelta(weeks=number)))  # noqa: S314  # our own recording
            for element in root.iter():
                if element.tag in ("Event", "Instance") and element.get("id"):
                    element.set("id", str(int(element.get("id", "0")) + number * 100_000))
            if number == 0:
                out.write(f"<{root.tag}>".encode())
            out.writelines(map(ElementTree.tostring, root))
        out.write(f"</{root.tag}>".encode())


def middle(feed: Path) -> datetime:
    """The quietest hour of the day, in UTC, before which half of a feed's instances begin."""
    found = ElementTree.parse(feed / "instances.xml").iter("StartUtc")  # noqa: S314  # our own
    starts = sorted(datetime.fromisoformat(start.text or "") for start in found)
    day = starts[len(starts) // 2].replace(hour=0, minute=0, second=0, tzinfo=UTC)
    return day + QUIET


def programme_of(site: Path, feed: Path | None, now: datetime) -> tuple[Programme, Language]:
    """The programme as sitegen composes it for a site folder, and how it is said; None is the site's own feed."""
    words = read_words(site)
    return composed(words, source.load(words.settings, site, now, feed), now), words.language
