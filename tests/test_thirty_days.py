"""Thirty days of changes, with and without a memory: revision numbers only rise, and a quiet day changes nothing."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from month import DAYS, Files, Machine, Month, entries, month, said
from readers import FIELDS, READERS, expected, found_by, seconds
from recorded_month import recorded_month, settings_of
from surfaces import shared_folder

TIMES = re.compile(rb'^ "(generated_at|pulled_at)": .*\n', re.MULTILINE)


@dataclass(frozen=True)
class Day:
    """A day: what happened, what was expected at its end, and what was published the day before and on it."""

    what: str
    now: datetime
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
        yield Day(what, told.now, told.calendar(), told.changes, before, files, made.content_changed)
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


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_finds_each_day_what_happened(reader: str, days: list[Day], tmp_path: Path) -> None:
    calendars = {tmp_path / f"{number:02}.ics": day for number, day in enumerate(days)}
    for path, day in calendars.items():
        path.write_bytes(day.files["calendar.ics"])
    found = found_by(reader, [*calendars])
    assert found == expected(reader, [*calendars])
    starts = {
        str(path): sorted(seconds(date["start"]) for date in day.expected.values()) for path, day in calendars.items()
    }
    assert {path: sorted(entry[FIELDS.index("start")] for entry in rows) for path, rows in found.items()} == starts


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


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> list[Day]:
    """The days of a month of the recorded feed."""
    feed, site = shared_folder("feeds", "new-wolsey"), shared_folder("sites", "new-wolsey")
    if feed is None or site is None:
        pytest.skip("the recorded feed is not beside this checkout: ../shared/feeds/new-wolsey")
    told = recorded_month(feed, seed=5)
    machine = Machine(tmp_path_factory.mktemp("recorded"), settings_of(site))
    machine.build(told, is_fresh=True)
    return list(through(told, machine))


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_agrees_on_each_day_of_the_recorded_feed(reader: str, recorded: list[Day], tmp_path: Path) -> None:
    calendars = [tmp_path / f"{number:02}.ics" for number, _ in enumerate(recorded)]
    for path, day in zip(calendars, recorded, strict=True):
        path.write_bytes(day.files["calendar.ics"])
    assert found_by(reader, calendars) == expected(reader, calendars)


def test_of_the_recorded_feed_no_date_is_lost_and_no_revision_falls(recorded: list[Day]) -> None:
    for day in recorded:
        before, after = (
            {uid: said(entry) for uid, entry in entries(files["calendar.ics"]).items()}
            for files in (day.before, day.files)
        )
        shown = day.expected.keys() & after  # some events are left out by the settings
        starts = {uid: (after[uid]["DTSTART"], after[uid]["STATUS"] == "CANCELLED") for uid in shown}
        happened = {uid: (day.expected[uid]["start"], day.expected[uid]["status"] == "CANCELLED") for uid in shown}
        fell = {uid for uid in before.keys() & after if int(before[uid]["SEQUENCE"]) > int(after[uid]["SEQUENCE"])}
        lost = {uid for uid in before.keys() - after if before[uid]["DTSTART"] > f"{day.now:%Y%m%dT%H%M%SZ}"}
        assert (len(shown) > 50, starts, fell, lost) == (True, happened, set(), set())
