"""What `make bench` tells of what it measures, and that it runs."""

import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import FunctionType
from typing import cast
from xml.etree import ElementTree

import bench
import pytest
import sampled
from contenders import Scenario
from corpora import many, middle
from figures import BEGIN, END, Aim, Measured, Size, Tree, aims, at_work, growth, inserted, profile, times, written
from sampled import IMPORTING, PARTS, REST, Seen
from stopwatch import FailedError, Run, run
from surfaces import PROJECT

from generator.spektrix.demo import FOLDER as DEMO

FULL, SAME, ROW, _ = Scenario
COPY = "cp -r of the bench theme’s output"


def runs(*seconds: float) -> list[Run]:
    return [Run(each, each * 2) for each in seconds]


def instances(feed: Path) -> list[ElementTree.Element]:
    return list(ElementTree.parse(feed / "instances.xml").getroot())  # noqa: S314  # our own


OURS = Measured(
    "ours", {FULL: runs(1, 2, 4), SAME: runs(0.1, 0.1, 0.1)}, {FULL: Tree(2000, 900, 5_000_000)}, 100_000_000
)
HUGO = Measured("Hugo", {FULL: runs(2, 5, 4), SAME: runs(1, 1, 4)}, {FULL: Tree(803, 800, 4_900_000)}, 90_000_000)
SMALL = Size("S", 3, 10, 20, {"bench": OURS, "hugo": HUGO})
LARGE = Size(
    "L",
    330,
    1000,
    2000,
    {"bench": Measured("ours", {FULL: runs(20)}, {FULL: Tree(4000, 1800, 1)}, 800_000_000)},
)


@pytest.mark.parametrize("folder", [["--folder", "/some where/else"], ["--folder=/somewhere"], []])
def test_no_place_of_a_machine_is_told(folder: list[str]) -> None:
    assert bench.command(["--runs", "3,1", *folder, "--write"]) == "python tests/bench.py --runs 3,1 --write"
    assert bench.command([*folder]) == "python tests/bench.py"


def test_aims_are_judged_by_the_median_of_the_ratios_of_each_round() -> None:
    assert aims([SMALL, LARGE]).splitlines() == [
        "|  | S | L |",
        "| --- | --- | --- |",
        "| full build, bench theme ÷ Hugo | 0.50 (0.40–1.00); met: ≤ 0.8 | – |",
        "| full build, built-in theme ÷ Hugo | – | – |",
        "| nothing changed, bench theme ÷ Hugo | 0.10 (0.03–0.10); met: ≤ 0.5 | – |",
        "| the same, built-in theme ÷ Hugo | – | – |",
        "| one row changed, bench theme ÷ Hugo where nothing changed | – | – |",
        "| the same, built-in theme ÷ Hugo | – | – |",
        "| one changed again, bench theme ÷ Hugo where nothing changed | – | – |",
        "| the same, built-in theme ÷ Hugo | – | – |",
        "| full build, bench theme ÷ `cp -r` | – | – |",
        "| peak memory, bench theme, MB | 100; met: ≤ 120 | 800; missed: ≤ 700 |",
        "| peak memory, built-in theme, MB | – | – |",
    ]


def test_a_ratio_is_missed_above_its_aim_and_only_told_at_a_size_without_one() -> None:
    aim = Aim("", "bench", FULL, "hugo", FULL, {"S": 0.49})
    assert aim.found(SMALL) == [0.5, 0.4, 1.0]
    assert aim.judged(SMALL) == "0.50 (0.40–1.00); missed: ≤ 0.49"
    assert aim.judged(Size("7", 7, 10, 20, SMALL.measured)) == "0.50 (0.40–1.00)"


def test_times_and_files_of_each_contender() -> None:
    assert times(SMALL).splitlines()[2:] == [
        "| ours | 2.00 (1.00–4.00) | 0.10 (0.10–0.10) | – | – | 4.00 (2.00–8.00) | 100 |",
        "| Hugo | 4.00 (2.00–5.00) | 1.00 (1.00–4.00) | – | – | 8.00 (4.00–10.0) | 90.0 |",
    ]
    assert written(SMALL).splitlines()[2:] == [
        "| ours | 2,000, 900 (5.0) | – | – | – |",
        "| Hugo | 803, 800 (4.9) | – | – | – |",
    ]


def test_growth_from_one_size_to_another() -> None:
    assert growth(SMALL, LARGE).splitlines() == [
        "| from S to L, times | pages | seconds | memory |",
        "| --- | --- | --- | --- |",
        "| ours | 2.00 | 10.0 | 8.00 |",
    ]


def test_stages_last_from_one_word_to_the_next_and_warnings_are_the_end() -> None:
    told = ((0.5, "Reading the feed"), (1.5, "Rendering 834 pages"), (4.0, "Warning: 9 of 10"), (4.1, "  Mend it."))
    other = ((0.5, "Reading the feed"), (1.5, "Rendering 1 pages"))
    both = [Measured("bench", {FULL: [Run(4.25, 1, told)]}), Measured("default", {FULL: [Run(2.0, 1, other)]})]
    assert profile(both).splitlines() == [
        "| seconds of a full build | bench | default |",
        "| --- | --- | --- |",
        "| Starting | 0.50 | 0.50 |",
        "| Reading the feed | 1.00 | 1.00 |",
        "| Rendering pages | 2.50 | 0.50 |",
        "| Saying what was done, and ending | 0.25 | – |",
    ]


def test_what_was_at_work_longest_comes_first() -> None:
    seen = Seen({"write": 2.0, "parse": 1.0, "join": 0.25, "views": 0.25}, {"render": 2.5, "parse": 0.25})
    assert at_work("part", seen, 2).splitlines() == [
        "| part | first process, s | those it forked, together, s |",
        "| --- | --- | --- |",
        "| render | 0.00 | 2.50 |",
        "| write | 2.00 | 0.00 |",
        "| all others | 1.50 | 0.25 |",
    ]


def test_parts_of_a_build_are_those_of_modules_that_exist() -> None:
    modules = [name for names in PARTS.values() for name in names]
    assert [name for name in modules if not (PROJECT / "generator" / f"{name.replace('.', '/')}.py").is_file()] == []
    assert max(Counter(modules).values()) == 1


def look(stack: tuple[str, ...]) -> tuple[str, str]:
    """What a look tells where modules of these names call one another, the first the others."""
    if not stack:
        return sampled.at_work(sys._getframe())
    within = FunctionType(look.__code__, globals() | {"__name__": stack[0]})
    return cast("tuple[str, str]", within(stack[1:]))


@pytest.mark.parametrize(
    ("stack", "part", "module"),
    [
        (("generator.write", "pathlib"), "write", "write"),
        (("generator.render", "generator.text"), "render", "text"),
        (("generator.production", "generator.write", "generator.swap"), "write", "swap"),
        (("json",), REST, REST),
    ],
)
def test_a_look_tells_the_innermost_part_and_module(stack: tuple[str, ...], part: str, module: str) -> None:
    assert look(stack) == (part, module)


def test_tables_take_the_place_of_earlier_ones() -> None:
    document = f"# Fast\n\n{BEGIN}{END}\nMore.\n"
    once = inserted(document, "one")
    assert once == f"# Fast\n\n{BEGIN}\none\n\n{END}\nMore.\n"
    assert inserted(once, "two") == once.replace("one", "two")
    with pytest.raises(ValueError, match="no place"):
        inserted("# Fast\n", "one")


def test_copies_of_a_feed_are_a_week_apart_on_the_clock_of_the_venue(tmp_path: Path) -> None:
    many(DEMO, tmp_path / "feed", 14)
    found = instances(tmp_path / "feed")
    starts = {item.get("id"): (item.findtext("Start"), item.findtext("StartUtc"), item.find("Event")) for item in found}
    assert len(starts) == len(found) == len(instances(DEMO)) * 14
    # 14:30 in winter, and twelve weeks later in summer
    first = next(id_ for id_, said in starts.items() if said[0] == "2026-01-10T14:30:00")
    start, start_utc, event = starts[str(int(first or 0) + 1_200_000)]
    assert (start, start_utc) == ("2026-04-04T14:30:00", "2026-04-04T13:30:00Z")
    assert event is not None
    assert int(event.get("id", "0")) // 100_000 == 12


def test_half_of_a_corpus_is_past_at_its_middle(tmp_path: Path) -> None:
    many(DEMO, tmp_path / "feed", 3)
    now = middle(tmp_path / "feed")
    starts = [datetime.fromisoformat(item.findtext("StartUtc", "")) for item in instances(tmp_path / "feed")]
    assert now.astimezone(UTC).hour == 3
    assert abs(sum(start < now for start in starts) / len(starts) - 0.5) < 0.02


def test_a_command_that_fails_is_no_time() -> None:
    failing = (sys.executable, "-c", "import sys; sys.exit('no such feed')")
    with pytest.raises(FailedError, match=r"ended with 1: no such feed"):
        run(failing, PROJECT)


def test_the_bench_runs_and_every_build_writes_what_it_should() -> None:
    command = (sys.executable, PROJECT / "tests" / "bench.py", "--sizes", "1", "--runs", "1", "--tools", "bench,cp")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
    timed, files = ([row[1:] for row in rows if row[0] == name] for name in ("sitegen, bench theme", COPY))
    assert all(float(cell) > 0 for cell in timed[0])
    full, same, row, again = (tuple(map(int, re.findall(r"(\d+),? ", cell))) for cell in timed[1])
    assert full[0] > full[1] > 48 + 218  # events and instances
    assert same == (1, 0)
    assert row[0] > row[1] > 1  # the page of the date, and that of the event
    assert again == row
    assert files[1] == [timed[1][0], "–", "–", "–"]
    parts = {row[0]: float(row[1]) + float(row[2]) for row in rows if row[0] in {*PARTS, IMPORTING}}
    # the parts that last; a shorter one may fall between two looks
    assert all(parts[part] > 0 for part in (IMPORTING, "render"))
