"""Runs sitegen and notes, two hundred times a second, what it is at work at: where the time of a build goes.

    python sampled.py FOLDER build --site …

FOLDER gets a file of JSON from each process, `main.json` and one from each that it forked: seconds by part of the work,
and by module, which is at work itself or through a library. What waits counts as well: the seconds of a process add up
to its time by the clock.
"""

import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

EVERY = 0.005  # seconds
KEEP_EVERY = 0.02  # seconds; a process that is forked ends without a word, and may not last a tenth of one
OURS = "generator."
IMPORTING = "importing"
PARTS = {
    "parse": ("spektrix.snapshot", "spektrix.parse", "spektrix.markup", "spektrix.kept", "spektrix.pieces", "source"),
    "join": ("compose", "programme", "records", "prices", "tickets"),
    "pictures": ("pictures.illustrate", "pictures.renditions"),
    "memory": ("memory", "revision", "ledger", "entries", "manifest", "before", "keys", "digests", "surroundings"),
    "settings and content": ("config", "content", "catalogues"),
    "views": ("website", "pages", "eventpages", "plan", "shelves", "listing", "months", "jsonld"),
    "calendars": ("calendars", "ical"),
    "news and JSON": ("availability", "changes", "atom", "feeds", "hosting", "hostfiles", "nginx", "policy", "schemas"),
    "render": ("render", "compiling", "shortcuts", "confined"),
    "check": ("check.surfaces", "check.webpage"),
    "gate": ("gate.gate", "gate.packed", "gate.premises", "gate.forms", "gate.keys"),
    "write": ("write", "swap", "seal"),
    "waiting for other processes": ("processes",),
}
"""Parts of a build, and the modules whose work, or whose calling of others, is that part."""
PART_OF = {module: part for part, modules in PARTS.items() for module in modules}
REST = "all else"
Seconds = dict[str, float]


class Sampler:
    """Notes what is at work in this process, and in those that it forks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = "main"
        self.begin()
        os.register_at_fork(after_in_child=self.begin_in_child)

    def begin(self) -> None:
        """Begin to look."""
        self.parts: Seconds = {}
        self.modules: Seconds = {}
        self.looked = self.kept = time.perf_counter()
        signal.signal(signal.SIGALRM, self.look)
        signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)

    def begin_in_child(self) -> None:
        """Begin anew in a process that was forked."""
        self.name = str(os.getpid())
        self.begin()

    def look(self, _: int, frame: FrameType | None) -> None:
        """Give the time since the last look to what is at work; a look is late where C does not let Python run."""
        now = time.perf_counter()
        part, module = at_work(frame)
        add(self.parts, {part: now - self.looked})
        add(self.modules, {module: now - self.looked})
        self.looked = now
        if now - self.kept > KEEP_EVERY:
            self.kept = now
            self.keep()

    def keep(self) -> None:
        """Write down what was seen so far."""
        (self.folder / f"{self.name}.json").write_text(json.dumps([self.parts, self.modules]))

    def end(self) -> None:
        """Look no more."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.keep()


def at_work(frame: FrameType | None) -> tuple[str, str]:
    """The part of a build that a stack is at, told by the innermost module that tells, and the innermost of ours."""
    innermost = ""
    while frame:
        if "importlib._bootstrap" in frame.f_code.co_filename:
            return IMPORTING, IMPORTING
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(OURS):
            module = name.removeprefix(OURS)
            innermost = innermost or module
            if module in PART_OF:
                return PART_OF[module], innermost
        frame = frame.f_back
    return REST, innermost or REST


def add(to: Seconds, more: Seconds) -> None:
    """Add seconds to seconds, name by name."""
    for name, seconds in more.items():
        to[name] = to.get(name, 0) + seconds


@dataclass(frozen=True)
class Seen:
    """Seconds by what was at work: in the first process, and in all that it forked together."""

    main: Seconds
    forked: Seconds


def seen(folder: Path) -> tuple[Seen, Seen]:
    """What the files in a folder tell: by part of the work, and by module."""
    found = Seen({}, {}), Seen({}, {})
    for file in folder.glob("*.json"):
        for told, seconds in zip(found, json.loads(file.read_text()), strict=True):
            add(told.main if file.stem == "main" else told.forked, seconds)
    return found


def main() -> None:
    """Run sitegen under a sampler."""
    sampler = Sampler(Path(sys.argv[1]))
    sys.argv = ["sitegen", *sys.argv[2:]]
    try:
        from generator.cli.main import main as sitegen

        sitegen()
    finally:
        sampler.end()


if __name__ == "__main__":
    main()
