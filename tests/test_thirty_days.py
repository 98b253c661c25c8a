"""Thirty days of changes, with and without a memory: revision numbers only rise, and a quiet day changes nothing."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from month import DAYS, Files, Machine, Month, entries, month, said

TIMES = re.compile(rb'^ "(generated_at|pulled_at)": .*\n', re.MULTILINE)


@dataclass(frozen=True)
class Day:
    """A day: what happened, what was expected at its end, and what was published the day before and on it."""

    what: str
    expected: dict[str, dict[str, str]]
    changes: list[tuple[int, str]]
    before: Files
    files: Files
    content_changed: bool


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> list[Day]:
    """The days of a month after its first, every third of them on a fresh machine."""
    told, machine = month(seed=1), Machine(tmp_path_factory.mktemp("month"))
    machine.build(told, is_fresh=True)
    return list(through(told, machine))


def through(told: Month, machine: Machine) -> Iterator[Day]:
    """Each day in turn."""
    before = machine.files
    for _ in range(DAYS):
        what = told.next_day()
        made = machine.build(told, is_fresh=told.day % 3 == 0)
        files = machine.files
        yield Day(what, told.calendar(), told.changes, before, files, made.content_changed)
        before = files


def test_something_of_everything_happened(days: list[Day]) -> None:
    assert {day.what for day in days} == {"quiet", "moved", "vanished", "returned", "sold", "renamed", "announced"}


def test_every_entry_is_revised_when_its_facts_change_and_only_then(days: list[Day]) -> None:
    names = {"sequence": "SEQUENCE", "status": "STATUS", "start": "DTSTART"}
    for day in days:
        facts = {uid: said(entry) for uid, entry in entries(day.files["calendar.ics"]).items()}
        assert {uid: {name: f[key] for name, key in names.items()} for uid, f in facts.items()} == day.expected


def test_no_byte_of_an_entry_changes_without_its_revision(days: list[Day]) -> None:
    for day in days:
        before, after = entries(day.before["calendar.ics"]), entries(day.files["calendar.ics"])
        changed = {uid for uid in after if before.get(uid) != after[uid]}
        moved = {uid: differing(before[uid], after[uid]) for uid in before}
        assert set(moved.values()) <= {(), ("DTSTAMP", "LAST-MODIFIED", "SEQUENCE")}
        assert changed == {uid for uid in after if uid not in before or moved[uid]}


def differing(before: bytes, after: bytes) -> tuple[str, ...]:
    """Which parts of an entry's revision differ."""
    was, is_now = said(before), said(after)
    return tuple(name for name in ("DTSTAMP", "LAST-MODIFIED", "SEQUENCE") if was[name] != is_now[name])


def test_a_quiet_day_changes_the_times_of_generation_and_nothing_else(days: list[Day]) -> None:
    for day in days:
        names = {name for name in day.before.keys() | day.files.keys() if day.before.get(name) != day.files.get(name)}
        is_quiet = {TIMES.sub(b"", files["availability.json"]) for files in (day.before, day.files)}
        assert (names == {"availability.json"} and len(is_quiet) == 1) == (not day.content_changed)
        assert day.content_changed == (
            day.what not in ("quiet",) and bool(day.changes or day.what in ("sold", "renamed"))
        )


def test_the_changes_of_a_day_are_told_once(days: list[Day]) -> None:
    for day in days:
        old, new = (json.loads(files["changes.json"])["changes"] for files in (day.before, day.files))
        fresh = [row for row in new if row not in old and row["time"] > (old[0]["time"] if old else "")]
        assert [(int(row["instance"]), row["change"]) for row in fresh] == day.changes


def test_a_calendar_that_was_published_stays_and_is_never_empty(days: list[Day]) -> None:
    seen: set[str] = set()
    for day in days:
        calendars = {name for name in day.files if name.endswith(".ics")}
        assert seen - calendars == set()
        assert [name for name in calendars if day.files[name].count(b"BEGIN:V") < 2] == []
        seen |= calendars


def test_an_entry_is_the_same_bytes_in_every_calendar(days: list[Day]) -> None:
    for day in days:
        whole = entries(day.files["calendar.ics"])
        for name in (name for name in day.files if name.endswith(".ics")):
            assert entries(day.files[name]).items() <= whole.items()


def test_a_fresh_machine_builds_what_one_with_a_memory_builds(tmp_path: Path) -> None:
    made = []
    for is_fresh in (False, True):
        told, machine = month(3), Machine(tmp_path / str(is_fresh))
        machine.build(told, is_fresh=True)
        files = []
        for _ in range(8):
            told.next_day()
            machine.build(told, is_fresh)
            files.append(machine.files)
        made.append(files)
    assert made[0] == made[1]
