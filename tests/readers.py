"""Programs that are not ours, and what each finds in a calendar.

`make readers` installs them where there is none; a reader that is not there is skipped with its reason.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject
from surfaces import PROJECT, calendar_events

Entries = list[dict[str, Any]]
"""The entries of a calendar by UID: their times in seconds since 1970, and what they say."""

SCRIPTS = Path(__file__).parent / "calendar_readers"
NODE_MODULES = PROJECT / ".venv" / "readers"
SYSTEM_PYTHON = "/usr/bin/python3"
FIELDS = ("uid", "start", "end", "title", "description", "place", "state", "sequence")


def by_script(*command: str | Path, needs: Callable[[], str]) -> Callable[[list[Path]], dict[Path, Entries]]:
    """A reader in a process of its own, started once for all calendars, on a machine whose clock changes, too."""

    def read(paths: list[Path]) -> dict[Path, Entries]:
        if missing := needs():
            pytest.skip(f"{missing}; `make readers` installs it")
        told = subprocess.run(
            [str(part) for part in command],
            input="\n".join(map(str, paths)),
            env=os.environ | {"TZ": "America/New_York"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert told.returncode == 0, told.stderr
        return {Path(path): entries for path, entries in json.loads(told.stdout).items()}

    return read


def node_lacks(module: str) -> str:
    """What is missing for a reader of npm's."""
    if not shutil.which("node"):
        return "there is no node"
    return "" if (NODE_MODULES / "node_modules" / module).is_dir() else f"{module} is not installed"


def php_lacks() -> str:
    """What is missing for sabre/vobject."""
    if not shutil.which("php"):
        return "there is no php"
    return "" if Path("/usr/share/php/Sabre/VObject").is_dir() else "php-sabre-vobject is not installed"


def python_lacks() -> str:
    """What is missing for libical."""
    asked = "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"
    if not Path(SYSTEM_PYTHON).exists():
        return "there is no Python of the system's"
    done = subprocess.run([SYSTEM_PYTHON, "-c", asked], capture_output=True, check=False)
    return "libical's gir1.2-ical-3.0 or python3-gi is not installed" if done.returncode else ""


def by_calcurse(paths: list[Path]) -> dict[Path, Entries]:
    """Calcurse, which imports one calendar at a time, on a clock without summer: it stores no zones."""
    if not shutil.which("calcurse"):
        pytest.skip("calcurse is not installed; `make readers` installs it")
    with ThreadPoolExecutor(2) as workers:
        return dict(zip(paths, workers.map(imported_by_calcurse, paths), strict=True))


def imported_by_calcurse(path: Path) -> Entries:
    """A calendar as calcurse stores it, which keeps neither UID nor state."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["calcurse", "-D", folder, "-q", "-i", str(path)]
        subprocess.run(command, env=os.environ | {"TZ": "UTC"}, capture_output=True, check=True)
        lines = (Path(folder) / "apts").read_text("utf-8").splitlines()
        return [calcurse_entry(line, Path(folder) / "notes") for line in lines]


def calcurse_entry(line: str, notes: Path) -> dict[str, Any]:
    """An entry of calcurse's: `10/27/2026 @ 19:30 -> 10/27/2026 @ 20:55>note |Title`."""
    found = re.fullmatch(r"(.{10} @ .{5}) -> (.{10} @ .{5})>(\w+) \|(.*)", line)
    assert found, line
    start, end = (datetime.strptime(f"{text}Z", "%m/%d/%Y @ %H:%M%z").timestamp() for text in found.group(1, 2))
    description, _, place = (notes / found[3]).read_text("utf-8").rpartition("\n-- \nLocation: ")
    entry = {"start": start, "end": None if end == start else end, "title": found[4]}
    return entry | {"description": description, "place": place.removesuffix("\n")}


def by_vobject(paths: list[Path]) -> dict[Path, Entries]:
    """vobject, which Radicale reads calendars with."""
    return {path: [vobject_entry(event) for event in vobject_events(path)] for path in paths}


def vobject_events(path: Path) -> Iterable[Any]:
    """The entries of a calendar."""
    events: list[Any] = vobject.readOne(path.read_bytes().decode()).contents.get("vevent", [])
    return events


def vobject_entry(event: Any) -> dict[str, Any]:
    """An entry."""
    return {
        "uid": event.uid.value,
        "start": event.dtstart.value.timestamp(),
        "end": event.dtend.value.timestamp() if "dtend" in event.contents else None,
        "title": event.summary.value,
        "description": event.description.value,
        "place": event.location.value,
        "state": event.status.value,
        "sequence": int(event.sequence.value),
    }


def by_icalendar(paths: list[Path]) -> dict[Path, Entries]:
    """Icalendar, which writes them."""
    return {path: [icalendar_entry(event) for event in icalendar_events(path)] for path in paths}


def icalendar_events(path: Path) -> Iterable[Any]:
    """The entries of a calendar."""
    return icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")


def icalendar_entry(event: Any) -> dict[str, Any]:
    """An entry."""
    return {
        "uid": str(event["UID"]),
        "start": event["DTSTART"].dt.timestamp(),
        "end": event["DTEND"].dt.timestamp() if "DTEND" in event else None,
        "title": str(event["SUMMARY"]),
        "description": str(event["DESCRIPTION"]),
        "place": str(event["LOCATION"]),
        "state": str(event["STATUS"]),
        "sequence": int(event["SEQUENCE"]),
    }


READERS: dict[str, Callable[[list[Path]], dict[Path, Entries]]] = {
    "ical.js": by_script("node", SCRIPTS / "ical_js.mjs", NODE_MODULES, needs=partial(node_lacks, "ical.js")),
    "node-ical": by_script("node", SCRIPTS / "node_ical.mjs", NODE_MODULES, needs=partial(node_lacks, "node-ical")),
    "sabre": by_script("php", SCRIPTS / "sabre.php", needs=php_lacks),
    "libical": by_script(SYSTEM_PYTHON, SCRIPTS / "libical.py", needs=python_lacks),
    "calcurse": by_calcurse,
    "vobject": by_vobject,
    "icalendar": by_icalendar,
}


def written(path: Path) -> Entries:
    """The entries of a calendar by the rules of RFC 5545, read without any library."""
    return [
        {
            "uid": uid,
            "start": seconds(event["DTSTART"]),
            "end": seconds(event["DTEND"]) if "DTEND" in event else None,
            "title": event["SUMMARY"],
            "description": event["DESCRIPTION"],
            "place": event["LOCATION"],
            "state": event["STATUS"],
            "sequence": int(event["SEQUENCE"]),
        }
        for uid, event in calendar_events(path).items()
    ]


def seconds(text: str) -> float:
    """20260328T193000Z in seconds since 1970."""
    return datetime.strptime(text, "%Y%m%dT%H%M%S%z").timestamp()


def alike(expected: Entries, reader: str) -> Entries:
    """What is expected of a reader: calcurse keeps neither UID nor state, and whole minutes only."""
    if reader != "calcurse":
        return expected
    kept = [{name: entry[name] for name in ("title", "description", "place")} for entry in expected]
    times = [{name: entry[name] and entry[name] // 60 * 60 for name in ("start", "end")} for entry in expected]
    return [entry | when for entry, when in zip(kept, times, strict=True)]


def in_order(entries: Entries) -> list[list[Any]]:
    """Entries as rows, in an order that hangs on nothing but what they say."""
    return sorted([[entry.get(name) for name in FIELDS] for entry in entries], key=str)


def found_by(reader: str, paths: list[Path]) -> dict[str, list[list[Any]]]:
    """What a reader finds in each calendar."""
    return {str(path): in_order(entries) for path, entries in READERS[reader](paths).items()}


def expected(reader: str, paths: list[Path]) -> dict[str, list[list[Any]]]:
    """What a reader must find in each calendar."""
    return {str(path): in_order(alike(written(path), reader)) for path in paths}
