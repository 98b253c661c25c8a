"""How long a build takes, beside Hugo, Eleventy and `cp -r`: `make bench`.

The same programme on all sides, small, medium and large; a first build, one where nothing has changed, and one where
one row of the feed has. Each is a whole process, from the command to its exit. All take turns, round by round, in one
run; what was made before is moved aside, and all is written to disk, before a clock starts. Nothing is removed before
the last clock has stopped: for five minutes ext4 then looks, whenever a file is made, at each that is gone, and takes
many times as long. Memory is measured in a round of its own. What cannot be run here is left out, and said.

Modules are compiled before, as pip compiles those of a sitegen that it installs: of this checkout they may not be, as
where PYTHONDONTWRITEBYTECODE is set, and every build would compile them anew.
"""

import argparse
import compileall
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from itertools import count
from pathlib import Path

import figures
from contenders import OURS, UNCHECKED, Contender, Scenario, can_leave_unchecked, contenders, prepare
from figures import Measured, Size, Tree
from peers import ELEVENTY, HUGO, version_of
from sampled import seen
from stopwatch import CAN_WATCH, FailedError, peak_of, run
from surfaces import PROJECT

COPIES = {"S": 3, "M": 33, "L": 330}
RUNS = {"L": 3}
MOST_RUNS = 5
TOOLS = ("bench", "default", "hugo", "cp")
MORE_TOOLS = ("checked", "eleventy")
DOCUMENT = PROJECT / "docs" / "performance.md"
LIBRARIES = ("jinja2", "markupsafe", "lxml", "msgspec", "icalendar")
VERSIONS = {"hugo": (HUGO, "version"), "eleventy": (ELEVENTY, "--version")}
LATE = 20_000_000  # nanoseconds by which the dates of files may be behind the clock
BUSY = 0.3  # processes that want a processor, from which on others are at work here


class Bench:
    """Contenders that take turns on one corpus, in a folder of their own, and what is seen of them."""

    def __init__(self, work: Path, running: dict[str, Contender]) -> None:
        self.work, self.running = work, running
        self.measured = {name: Measured(one.title) for name, one in running.items()}
        self.failed: list[str] = []
        self._folders = count()

    def take_turns(self, number: int) -> None:
        """One round of all scenarios, each of them by all; another begins each time. The first, 0, has no clock."""
        for scenario in Scenario:
            names = list(self.running)
            for place in range(len(names)):
                self._turn(names[(place + number) % len(names)], scenario, number)

    def _turn(self, name: str, scenario: Scenario, number: int) -> None:
        one, measured = self.running[name], self.measured[name]
        if scenario not in one.scenarios:
            return
        self.make_ready(one, scenario)
        try:
            if number == 0:
                _watch(one, measured, scenario)
            else:
                measured.runs.setdefault(scenario, []).append(run(_command(one, scenario), one.folder))
        except FailedError as error:
            self.failed.append(f"{one.title} failed where {scenario.value}: {error}")
            del self.running[name]

    def make_ready(self, one: Contender, scenario: Scenario) -> None:
        """Bring about what happens before a build, and have everything written."""
        one.make_ready(scenario, self.work / "aside" / str(next(self._folders)))
        os.sync()

    def sample(self, name: str) -> str:
        """A full build of ours, by parts of the work and by modules. Raises FailedError."""
        one = self.running[name]
        self.make_ready(one, Scenario.FULL)
        folder = Path(tempfile.mkdtemp(dir=self.work))
        python, _, _, *arguments = one.command(0)
        run((python, "-P", str(PROJECT / "tests" / "sampled.py"), str(folder), *arguments), one.folder)
        parts, modules = seen(folder)
        return f"{figures.at_work('part', parts)}\n{figures.at_work('module', modules)}"


def _watch(one: Contender, measured: Measured, scenario: Scenario) -> None:
    """See how much memory a full build takes, and what each build writes."""
    since = 0 if scenario is Scenario.FULL else time.time_ns() - LATE
    command = _command(one, scenario)
    if scenario is Scenario.FULL and CAN_WATCH:
        measured.peak = peak_of(command, one.folder)
    else:
        run(command, one.folder)
    measured.written[scenario] = tree(one.output, since)


def _command(one: Contender, scenario: Scenario) -> Sequence[str]:
    """The command for a scenario: each is a minute after the one before."""
    return one.command(list(Scenario).index(scenario))


def tree(folder: Path, since: int = 0) -> Tree:
    """The files below a folder that were written since a moment, in nanoseconds."""
    found = [(path, path.stat()) for path in folder.rglob("*") if path.is_file()]
    written = [(path, about.st_size) for path, about in found if about.st_mtime_ns >= since]
    return Tree(len(written), sum(path.suffix == ".html" for path, _ in written), sum(size for _, size in written))


def measure(name: str, copies: int, tools: Sequence[str], runs: int, work: Path) -> tuple[Size, str, list[str]]:
    """Measure a size in a new folder: what was seen, the profile of full builds, and what failed."""
    _say(f"{name}: making the sites")
    with ProcessPoolExecutor(1) as other:  # which takes with it all the memory that this needs
        found = other.submit(prepare, work, copies, tools).result()
    every = contenders(work, found.now)
    bench = Bench(work, {tool: every[tool] for tool in tools})
    for number in range(runs + 1):
        _say(f"{name}: round {number} of {runs}")
        bench.take_turns(number)
    size = Size(name, copies, found.events, found.instances, bench.measured)
    return size, "\n".join(_profile(bench)), bench.failed


def _profile(bench: Bench) -> Iterator[str]:
    """Where the time of full builds of ours goes."""
    ours = [name for name in OURS if name in bench.running]
    if ours:
        yield figures.profile([bench.measured[name] for name in ours])
    for name in ours:
        yield f"{bench.measured[name].title}:\n\n{bench.sample(name)}"


def report(sizes: Sequence[Size], profile: str, about: str, said: Sequence[str]) -> str:
    """All that came out, in Markdown."""
    parts = [about, *(f"{note}\n" for note in said), figures.aims(sizes)]
    if len(sizes) > 1:
        parts.append(figures.growth(sizes[0], sizes[-1]))
    for size in sizes:
        made_of = f"{size.copies} × the demo, {size.events:,} events and {size.instances:,} instances"
        parts += [f"### {size.name}: {made_of}\n", figures.times(size), figures.written(size)]
    if profile:
        parts += [f"### Where the time of a full build of {sizes[-1].name} goes\n", profile]
    return "\n".join(parts)


def machine(folder: Path, tools: Sequence[str]) -> str:
    """The machine, the versions of all that is measured, and the command."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    told = subprocess.run(["df", "--output=fstype", str(folder)], capture_output=True, text=True, check=False)  # noqa: S607
    disk = "".join(told.stdout.split()[1:]) or "an unknown file system"
    versions = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in LIBRARIES)]
    versions += [f"{name} {version_of(*VERSIONS[name])}" for name in tools if name in VERSIONS]
    kernel = ".".join(platform.release().split(".")[:2])
    where = f"{os.cpu_count()} processors, {memory:.0f} GB of memory, {disk}, {platform.system()} {kernel}"
    return f"{where}; {', '.join(versions)}; `{command(sys.argv[1:])}`.\n"


def command(arguments: Sequence[str]) -> str:
    """The command, but for where sites were built: such a place is of one machine alone."""
    told = re.sub(r"(^|\0)--fo\w*(=|\0)[^\0]*", "", "\0".join(arguments))
    return shlex.join(["python", "tests/bench.py", *filter(None, told.split("\0"))])


def left_out(tools: Sequence[str]) -> dict[str, str]:
    """Those of some tools that cannot be run here, each with the reason."""
    needs = {"hugo": HUGO, "eleventy": ELEVENTY}
    why = {name: "it is not installed" for name, needed in needs.items() if name in tools and not needed.exists()}
    if "cp" in tools and not (shutil.which("cp") and "bench" in tools):
        why["cp"] = "it copies what the bench theme makes, and there is none or no such command"
    if "checked" in tools and not can_leave_unchecked():
        why["checked"] = f"this sitegen has no {UNCHECKED}: it compares its surfaces in every build"
    return why


def notes(missing: dict[str, str]) -> Iterator[str]:
    """What must be known of a run beside its figures."""
    yield from (f"`{name}` was not measured: {why}." for name, why in missing.items())
    if not can_leave_unchecked():
        yield f"This sitegen has no `{UNCHECKED}`: all its builds compare the surfaces."
    if not CAN_WATCH:
        yield "Memory was not measured: this system does not tell it."
    if os.getloadavg()[0] > BUSY:
        yield f"Others were at work on the machine before this began: its load was {os.getloadavg()[0]:.1f}."


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How long a build takes, beside others.")
    parser.add_argument("--sizes", default=",".join(COPIES), help="some of these, or numbers of copies of the demo")
    known = (*TOOLS, *MORE_TOOLS)
    parser.add_argument("--tools", default=",".join(TOOLS), help=f"some of {', '.join(known)}")
    parser.add_argument(
        "--runs", default="", help="rounds, of each size if there are several; without it 5, and 3 of L"
    )
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument("--folder", type=Path, help="where sites are built: the disk that is to be measured")
    chosen = parser.parse_args()
    chosen.sizes, chosen.tools = chosen.sizes.split(","), chosen.tools.split(",")
    rounds = [int(number) for number in chosen.runs.split(",") if number.isdecimal()]
    chosen.runs = rounds * len(chosen.sizes) if len(rounds) == 1 else rounds
    if chosen.runs and len(chosen.runs) != len(chosen.sizes):
        parser.error("--runs names one number, or one for each size")
    if wrong := [name for name in chosen.sizes if name not in COPIES and not name.isdecimal()]:
        parser.error(f"no such size: {', '.join(wrong)}")
    if wrong := [name for name in chosen.tools if name not in known]:
        parser.error(f"no such tool: {', '.join(wrong)}")
    return chosen


def main() -> None:
    """Measure the sizes that are asked for, one after the other, and print the tables."""
    chosen = _arguments()
    missing = left_out(chosen.tools)
    tools = [name for name in chosen.tools if name not in missing]
    said, sizes, profile = list(notes(missing)), list[Size](), ""
    about = machine(chosen.folder or Path(tempfile.gettempdir()), tools)
    compileall.compile_dir(PROJECT / "generator", quiet=1)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=chosen.folder) as work:
        for number, name in enumerate(chosen.sizes):
            runs = chosen.runs[number] if chosen.runs else RUNS.get(name, MOST_RUNS)
            size, profile, failed = measure(name, COPIES.get(name) or int(name), tools, runs, Path(work, name))
            _say(figures.times(size))
            sizes.append(size)
            said += failed
        text = report(sizes, profile, about, said)
        print(text, flush=True)  # noqa: T201
        if chosen.write:
            DOCUMENT.write_text(figures.inserted(DOCUMENT.read_text("utf-8"), text), encoding="utf-8")
        _say("Removing what was built")


if __name__ == "__main__":
    main()
