"""What came out of a benchmark, as tables: medians and ranges, ratios, and whether they are what was aimed for.

Nothing here measures. A ratio is taken round by round, between runs that are near in time, and the median of those is
told: what slows the machine for a while then slows both.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from contenders import Scenario
from sampled import Seen
from stopwatch import Run

MB = 1_000_000
NOTHING = "–"
BEGIN, END = "<!-- From here on, make bench writes. -->\n", "<!-- To here. -->\n"
STARTING, ENDING = "Starting", "Saying what was done, and ending"
MOST_ROWS = 12


@dataclass(frozen=True)
class Tree:
    """The files below a folder: how many, of those how many pages, and their bytes."""

    files: int
    pages: int
    size: int


@dataclass
class Measured:
    """What was seen of one contender: the runs of each scenario, round by round.

    `written` are the files that a build has written, `peak` bytes of memory at a full build, None where none can tell.
    """

    title: str
    runs: dict[Scenario, list[Run]] = field(default_factory=dict)
    written: dict[Scenario, Tree] = field(default_factory=dict)
    peak: int | None = None

    def seconds(self, scenario: Scenario) -> list[float]:
        """How long each run took; none where there was none."""
        return [run.seconds for run in self.runs.get(scenario, [])]


@dataclass(frozen=True)
class Size:
    """A corpus and what was seen of each contender, by name."""

    name: str
    copies: int
    events: int
    instances: int
    measured: Mapping[str, Measured]


@dataclass(frozen=True)
class Aim:
    """A ratio that is aimed for: a contender's builds against another's, at most so much at each size."""

    words: str
    ours: str
    scenario: Scenario
    theirs: str
    against: Scenario
    most: Mapping[str, float]

    def found(self, size: Size) -> list[float]:
        """The ratio in each round; none where one of the two was not measured."""
        ours, theirs = (size.measured.get(name) for name in (self.ours, self.theirs))
        if not (ours and theirs):
            return []
        pairs = zip(ours.seconds(self.scenario), theirs.seconds(self.against), strict=False)
        return [one / other for one, other in pairs]

    def judged(self, size: Size) -> str:
        """What was found, and whether it is what is aimed for at a size."""
        return judged(self.found(size), self.most.get(size.name))


def _most(small: float, medium: float, large: float) -> dict[str, float]:
    return {"S": small, "M": medium, "L": large}


AIMS = (
    Aim("full build, bench theme ÷ Hugo", "bench", Scenario.FULL, "hugo", Scenario.FULL, _most(0.8, 0.5, 0.4)),
    Aim("full build, built-in theme ÷ Hugo", "default", Scenario.FULL, "hugo", Scenario.FULL, _most(1.5, 1.2, 1)),
    Aim("nothing changed, bench theme ÷ Hugo", "bench", Scenario.SAME, "hugo", Scenario.SAME, _most(0.5, 0.1, 0.05)),
    Aim("the same, built-in theme ÷ Hugo", "default", Scenario.SAME, "hugo", Scenario.SAME, _most(0.5, 0.1, 0.05)),
    Aim("one row changed, bench theme ÷ Hugo where nothing changed",
        "bench", Scenario.ROW, "hugo", Scenario.SAME, _most(0.5, 0.25, 0.2)),
    Aim("the same, built-in theme ÷ Hugo", "default", Scenario.ROW, "hugo", Scenario.SAME, _most(0.5, 0.25, 0.2)),
    Aim("one changed again, bench theme ÷ Hugo where nothing changed",
        "bench", Scenario.AGAIN, "hugo", Scenario.SAME, _most(0.5, 0.25, 0.2)),
    Aim("the same, built-in theme ÷ Hugo", "default", Scenario.AGAIN, "hugo", Scenario.SAME, _most(0.5, 0.25, 0.2)),
    Aim("full build, bench theme ÷ `cp -r`", "bench", Scenario.FULL, "cp", Scenario.FULL, _most(4, 4, 2)),
)  # fmt: skip
PEAKS = {"bench": "peak memory, bench theme, MB", "default": "peak memory, built-in theme, MB"}
MOST_MB = _most(120, 250, 700)


def short(value: float) -> str:
    """A number with about three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(values: Sequence[float]) -> str:
    """A median and, of more than one value, the range."""
    if not values:
        return NOTHING
    middle = short(median(values))
    return middle if len(values) == 1 else f"{middle} ({short(min(values))}–{short(max(values))})"


def judged(values: Sequence[float], most: float | None) -> str:
    """A median and its range, and whether the median is at most so much."""
    if not values or most is None:
        return spread(values)
    return f"{spread(values)}; {'met' if median(values) <= most else 'missed'}: ≤ {most:g}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ["---"] * len(head), *rows))


def times(size: Size) -> str:
    """How long each contender took in each scenario, and what a full build takes of processors and memory."""
    head = ["seconds", *(each.value for each in Scenario), "processor time of a full build", "peak memory, MB"]
    return table(head, map(_times, size.measured.values()))


def _times(one: Measured) -> list[str]:
    processors = [run.cpu for run in one.runs.get(Scenario.FULL, [])]
    peak = [one.peak / MB] if one.peak else []
    return [one.title, *(spread(one.seconds(each)) for each in Scenario), spread(processors), spread(peak)]


def written(size: Size) -> str:
    """How many files each contender wrote in each scenario, pages among them, and their bytes."""
    head = ["files written, pages of them (MB)", *(each.value for each in Scenario)]
    every = size.measured.values()
    return table(head, ([one.title, *(_tree(one.written.get(each)) for each in Scenario)] for one in every))


def _tree(tree: Tree | None) -> str:
    return f"{tree.files:,}, {tree.pages:,} ({tree.size / MB:.1f})" if tree else NOTHING


def aims(sizes: Sequence[Size]) -> str:
    """What was reached of what is aimed for."""
    rows = [[aim.words, *map(aim.judged, sizes)] for aim in AIMS]
    for name, words in PEAKS.items():
        rows.append([words, *(judged(_peak(size, name), MOST_MB.get(size.name)) for size in sizes)])
    return table(["", *(size.name for size in sizes)], rows)


def _peak(size: Size, name: str) -> list[float]:
    one = size.measured.get(name)
    return [one.peak / MB] if one and one.peak else []


def growth(small: Size, large: Size) -> str:
    """How time and memory of full builds grow with the pages, contender by contender."""
    head = [f"from {small.name} to {large.name}, times", "pages", "seconds", "memory"]
    both = [(one, large.measured[name]) for name, one in small.measured.items() if name in large.measured]
    return table(head, (_growth(*pair) for pair in both))


def _growth(small: Measured, large: Measured) -> list[str]:
    pairs = zip(_extent(large), _extent(small), strict=True)
    return [small.title, *(short(much / little) if much and little else NOTHING for much, little in pairs)]


def _extent(one: Measured) -> tuple[float, float, float]:
    """Pages, seconds and memory of a full build; 0 for what was not measured."""
    tree, seconds = one.written.get(Scenario.FULL), one.seconds(Scenario.FULL)
    return tree.pages if tree else 0, median(seconds) if seconds else 0, one.peak or 0


def stages(run: Run) -> dict[str, float]:
    """Seconds of each stage that a run of sitegen tells, by its words without numbers; warnings come at its end."""
    points = [(0.0, STARTING)]
    for second, line in run.told:
        if line.startswith(("Warning:", " ")):
            points.append((second, ENDING))
            break
        points.append((second, re.sub(r"\d+ ", "", line)))
    points.append((run.seconds, ""))
    return {words: end - start for (start, words), (end, _) in pairwise(points)}


def profile(measured: Sequence[Measured]) -> str:
    """The stages of full builds of sitegen, side by side."""
    found = [[stages(run) for run in one.runs.get(Scenario.FULL, [])] for one in measured]
    names = dict.fromkeys(name for runs in found for run in runs for name in run)
    rows = ([name, *(spread([run[name] for run in runs if name in run]) for runs in found)] for name in names)
    return table(["seconds of a full build", *(one.title for one in measured)], rows)


def at_work(words: str, seen: Seen, most: int = MOST_ROWS) -> str:
    """Where the time of a build goes, that with the most seconds first; `words` head what it is told by."""
    names = sorted(seen.main | seen.forked, key=lambda name: -seen.main.get(name, 0) - seen.forked.get(name, 0))
    rows = [[name, *(spread([found.get(name, 0)]) for found in (seen.main, seen.forked))] for name in names[:most]]
    if rest := names[most:]:
        both = ([found.get(name, 0) for name in rest] for found in (seen.main, seen.forked))
        rows.append(["all others", *(spread([sum(seconds)]) for seconds in both)])
    return table([words, "first process, s", "those it forked, together, s"], rows)


def inserted(document: str, text: str) -> str:
    """A document with a text in place of what an earlier run has written into it. Raises ValueError without a place."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"there is no place for the tables: no line {BEGIN.strip()} before a line {END.strip()}")
    return f"{before}{BEGIN}\n{text.strip()}\n\n{END}{after}"
