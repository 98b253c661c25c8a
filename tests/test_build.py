"""The build as a whole: the same bytes whatever the machine does, nothing written twice, the demo always current."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from surfaces import PROJECT, availability, build, share_pictures

NOW = "2026-11-25T12:00:00Z"
EVERY_STATE = {
    "on_sale", "limited", "unknown", "not_yet_on_sale", "sold_out", "not_on_sale_online", "sales_ended",
    "postponed", "cancelled",
}  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Which file each path is, and when it was last written."""
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*")}


def sitegen(*options: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, on the demo."""
    command = [sys.executable, "-m", "generator", *map(str, options)]
    return subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, check=True, env=os.environ | environment
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo in a folder of its own, which has nothing to remember from elsewhere but pictures."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(PROJECT / "content", folder / "content")
    share_pictures(folder)
    return folder


@pytest.mark.parametrize(("jobs", "seed"), [("1", "1"), ("2", "2"), ("7", "3")])
def test_the_bytes_depend_on_neither_jobs_nor_hash_seed(tmp_path: Path, site: Path, jobs: str, seed: str) -> None:
    sitegen("build", "--site", site, "--output", tmp_path / "out", "--now", NOW, "--jobs", jobs, PYTHONHASHSEED=seed)
    assert contents(tmp_path / "out") == contents(build(PROJECT, None, NOW))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_without_a_check_the_bytes_are_the_same(jobs: str) -> None:
    tiny, now = PROJECT / "tests" / "tiny", "2026-02-20T12:00:00Z"
    built = build(tiny, tiny / "feed", now, "--no-check", "--jobs", jobs)
    assert contents(built) == contents(build(tiny, tiny / "feed", now))


def test_a_second_build_writes_nothing(tmp_path: Path, site: Path) -> None:
    report = tmp_path / "report.json"
    options = ("build", "--site", site, "--output", tmp_path / "out", "--now", NOW, "--report", report)
    sitegen(*options)
    before = stamps(tmp_path / "out")
    sitegen(*options)
    assert stamps(tmp_path / "out") == before
    told = json.loads(report.read_text())
    assert told["content_changed"] is False
    assert told["files"] == {
        "changed": 0,
        "unchanged": len(contents(tmp_path / "out")),
        "removed": 0,
    }


def test_source_date_epoch_is_the_time(tmp_path: Path, site: Path) -> None:
    sitegen("build", "--site", site, "--output", tmp_path / "out", SOURCE_DATE_EPOCH="1795608000")
    assert contents(tmp_path / "out") == contents(build(PROJECT, None, "2026-11-25T12:00:00Z"))


@pytest.mark.parametrize("now", [NOW, "2026-03-29T00:30:00Z", "2027-06-20T22:59:00Z", "2027-10-31T01:30:00Z"])
def test_the_demo_shows_every_state_at_any_time(now: str) -> None:
    states = {instance["state"] for instance in availability(build(PROJECT, None, now))["instances"].values()}
    assert states == EVERY_STATE


def test_the_demo_plays_at_the_same_hours_in_every_season() -> None:
    hours = [
        sorted(instance["start"][11:16] for instance in availability(build(PROJECT, None, now))["instances"].values())
        for now in (NOW, "2027-06-23T11:00:00Z")
    ]
    assert hours[0] == hours[1]


def test_list_names_what_the_settings_refer_to() -> None:
    rows = json.loads(sitegen("list", "attributes", "--now", NOW, "--json").stdout)
    names = {row["name"] for row in rows}
    assert {"Drama", "Venue", "EventInfo", "AD", "InstanceInfo"} <= names


def test_list_tells_events_in_columns() -> None:
    lines = sitegen("list", "offers", "--now", NOW).stdout.splitlines()
    rows = json.loads(sitegen("list", "offers", "--now", NOW, "--json").stdout)
    assert [line.split(maxsplit=1) for line in lines] == [
        ["id", "name"],
        *([str(row["id"]), row["name"]] for row in rows),
    ]


def test_private_attributes_of_the_demo_are_nowhere() -> None:
    private = (b"WRASSE-", b"Quernstone", b"Oakumfold")
    found = {
        path
        for path, content in contents(build(PROJECT, None, NOW)).items()
        if any(word in content for word in private)
    }
    assert found == set()
