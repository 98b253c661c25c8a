"""Who builds what in `make bench`: sites of sitegen and of its peers with one programme, and what happens to them.

`prepare` makes the sites in a folder, `contenders` says how each is built.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from corpora import many, middle, programme_of
from peers import ELEVENTY, HUGO, PEERS, eleventy_content, eleventy_site, hugo_content, hugo_site, put_text
from peers import sitegen_theme as bench_theme
from surfaces import PROJECT, share_pictures

from generator.programme import Programme
from generator.spektrix.demo import FOLDER as DEMO
from generator.states import State
from generator.wording import Language

PLAYHOUSE = PEERS / "playhouse"
PICTURES = "images"  # what of a memory stays when the rest is taken away
STATUS = "instance-status.xml"
UNCHECKED = "--no-check"
OURS = ("bench", "default", "checked")
Content = Callable[[Programme, Language], Iterable[tuple[str, str]]]


class Scenario(Enum):
    """What happened before a build."""

    FULL = "full build"
    SAME = "nothing changed"
    ROW = "one status row changed"
    AGAIN = "one changed again"


@dataclass(frozen=True)
class Contender:
    """What builds a site: the folder in which it is called, where the site goes, and the command.

    `needed` must be there. `command` is asked for with the minutes since the first build. `memory` is a folder in which
    the builder keeps what may help it the next time. What changes in `input` between builds are the files in
    `versions`, whose folders 0 and 1 are the two states of them; what has none is only built anew.
    """

    title: str
    needed: Path
    folder: Path
    output: Path
    command: Callable[[int], Sequence[str]]
    memory: Path | None = None
    input: Path = Path()
    versions: Path | None = None

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """What can happen to it."""
        return tuple(Scenario) if self.versions else (Scenario.FULL,)

    def make_ready(self, scenario: Scenario, aside: Path) -> None:
        """Bring about what happens before a build. What must be gone is moved to `aside`: removing it takes long."""
        if scenario is Scenario.FULL:
            aside.mkdir(parents=True)
            for number, path in enumerate(self._made()):
                path.rename(aside / str(number))
            self.output.parent.mkdir(exist_ok=True)
        elif scenario in (Scenario.ROW, Scenario.AGAIN) and self.versions:
            version = "1" if scenario is Scenario.ROW else "0"  # as the round began
            shutil.copytree(self.versions / version, self.input, dirs_exist_ok=True, copy_function=shutil.copyfile)

    def _made(self) -> list[Path]:
        """What earlier builds have made, but for pictures."""
        kept = self.memory.iterdir() if self.memory and self.memory.is_dir() else ()
        spare = self.output.with_name(f".{self.output.name}.spare")
        return [path for path in (self.output, spare, *kept) if path.exists() and path.name != PICTURES]


def contenders(work: Path, now: datetime) -> dict[str, Contender]:
    """Everything that builds, by its name, on the sites that `prepare` makes in a folder."""
    hugo, eleventy = work / "hugo", work / "eleventy"
    return {
        "bench": _sitegen("sitegen, bench theme", work, "bench", now),
        "default": _sitegen("sitegen, built-in theme", work, "default", now),
        "checked": _sitegen("sitegen, built-in theme, surfaces compared", work, "checked", now, is_checked=True),
        "hugo": Contender(
            title="Hugo",
            needed=HUGO,
            folder=hugo / "site",
            output=hugo / "output",
            command=lambda _: (str(HUGO), "--destination", str(hugo / "output"), "--cacheDir", str(hugo / "memory")),
            memory=hugo / "memory",
            input=hugo / "site",
            versions=hugo / "versions",
        ),
        "eleventy": Contender(
            title="Eleventy",
            needed=ELEVENTY,
            folder=eleventy / "site",
            output=eleventy / "output",
            command=lambda _: (str(ELEVENTY), "--quiet", "--output=../output"),
            input=eleventy / "site",
            versions=eleventy / "versions",
        ),
        "cp": Contender(
            title="cp -r of the bench theme’s output",
            needed=work / "bench",
            folder=work,
            output=work / "cp" / "output",
            command=lambda _: ("cp", "-r", str(work / "bench" / "output"), str(work / "cp" / "output")),
        ),
    }


def _sitegen(title: str, work: Path, name: str, now: datetime, is_checked: bool = False) -> Contender:
    site, output, feed = (work / name / folder for folder in ("site", "output", "feed"))
    unchecked = () if is_checked or not can_leave_unchecked() else (UNCHECKED,)

    def command(minutes: int) -> Sequence[str]:
        return build_command(site, feed, output, now + timedelta(minutes=minutes), *unchecked)

    return Contender(title, site, PROJECT, output, command, site / ".sitegen", feed, work / "versions")


def build_command(site: Path, feed: Path, output: Path, now: datetime, *more: str) -> tuple[str, ...]:
    """The command that builds a site of sitegen."""
    options = ("--site", str(site), "--feed", str(feed), "--output", str(output), "--now", now.isoformat())
    return (sys.executable, "-m", "generator", "build", *options, *more)


@cache
def can_leave_unchecked() -> bool:
    """Whether this sitegen can build without comparing its surfaces."""
    command = (sys.executable, "-m", "generator", "build", "--help")
    return UNCHECKED in subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout


@dataclass(frozen=True)
class Prepared:
    """What sites were made from: events and instances that have a page, and when all is built."""

    events: int
    instances: int
    now: datetime


def prepare(work: Path, copies: int, names: Sequence[str]) -> Prepared:
    """Make the sites of some contenders in a folder, from the demo's feed so many times over.

    Every picture is made here, and kept: nobody else makes any.
    """
    feed = work / "feed"
    many(DEMO, feed, copies)
    shutil.copytree(DEMO / "images", feed / "images")
    now = middle(feed)
    for name in {"bench", *names} & set(OURS):
        _site_of_ours(work / name / "site", is_plain=name == "bench")
    programme, _ = programme_of(work / "bench" / "site", feed, now)
    _last_seat(feed, programme, copies // 2, work / "versions")
    _use(work, 0)
    for name in {"bench", *names} & set(OURS):
        shutil.copytree(feed, work / name / "feed")
    _pictures(work, names, now)
    _sites_of_peers(work, names, now)
    return Prepared(len(programme.events), len(programme.instances), now)


def _site_of_ours(site: Path, is_plain: bool) -> None:
    shutil.copytree((PLAYHOUSE if is_plain else PROJECT) / "content", site / "content")
    share_pictures(site)
    if is_plain:
        bench_theme(site)


def _pictures(work: Path, names: Sequence[str], now: datetime) -> None:
    """Have sitegen make its pictures: the copies of an event share them, but for the first, which the venue words."""
    feed = work / "pictures" / "feed"
    many(DEMO, feed, 2)
    shutil.copytree(DEMO / "images", feed / "images")
    for name in {"bench", *names} & set(OURS):
        command = build_command(work / name / "site", feed, work / "pictures" / name, now)
        subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)


def _last_seat(feed: Path, programme: Programme, copy: int, versions: Path) -> None:
    """Write two versions of the status rows: in 0 an instance of a copy has one seat left, in 1 it has none."""
    rows = ElementTree.parse(feed / STATUS)  # noqa: S314  # our own
    by_instance: dict[str, list[ElementTree.Element]] = {}
    for row in rows.getroot():
        by_instance.setdefault(row.find("Instance").get("id", ""), []).append(row)  # type: ignore[union-attr]
    chosen = next(
        instance.id
        for _, instance in programme.instances
        if instance.state is State.ON_SALE
        and instance.id // 100_000 == copy
        and len(by_instance[str(instance.id)]) == 1
    )
    for version, seats in enumerate("10"):
        by_instance[str(chosen)][0].find("Available").text = seats  # type: ignore[union-attr]
        (versions / str(version)).mkdir(parents=True)
        rows.write(versions / str(version) / STATUS)


def _use(work: Path, version: int) -> None:
    shutil.copyfile(work / "versions" / str(version) / STATUS, work / "feed" / STATUS)


def _sites_of_peers(work: Path, names: Sequence[str], now: datetime) -> None:
    """Write the peers' sites in version 0, and of both versions the files in which they differ."""
    makers = {"hugo": (hugo_site, hugo_content), "eleventy": (eleventy_site, eleventy_content)}
    chosen = {name: makers[name] for name in makers if name in names}
    before, language = programme_of(work / "bench" / "site", work / "feed", now)
    _use(work, 1)
    after, _ = programme_of(work / "bench" / "site", work / "feed", now)
    _use(work, 0)
    for name, (write_site, content) in chosen.items():
        write_site(before, language, work / name / "site")
        for version, path, text in _differences(content(before, language), content(after, language)):
            put_text(work / name / "versions" / str(version) / path, text)


def _differences(before: Iterable[tuple[str, str]], after: Iterable[tuple[str, str]]) -> Iterator[tuple[int, str, str]]:
    """The files that differ, of both versions: which version, the path, and the text."""
    for old, new in zip(before, after, strict=True):
        if old != new:
            yield 0, *old
            yield 1, *new
