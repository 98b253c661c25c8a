"""What the last build left behind in a site folder, so that the next makes only what is made from something else.

`left_in` is the door in, `leave` the door out. It lies in `.sitegen/made/`, which can be deleted at any time; what was
written by another version of the program, or is broken, counts as nothing.
"""

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from generator.errors import Notice
from generator.feeds import Listed
from generator.ical import Made
from generator.swap import put
from generator.write import Known

Kept = TypeVar("Kept")


@dataclass(slots=True)
class Unit:
    """Pages that were made together: the digest of what they are made from, their files, and what was found in them.

    `seen` are the instances that they are about, `over` those of them that are over, with their starts.
    """

    key: bytes
    files: list[str] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    over: dict[str, str] = field(default_factory=dict)
    silences: list[Notice] = field(default_factory=list)


@dataclass(slots=True)
class Before:
    """All that a build left: how each file stands, by path; its units, by name; the keys of its calendars, by path;
    its calendar entries, by instance."""

    files: Mapping[str, Known] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    calendars: Mapping[str, bytes] = field(default_factory=dict)
    entries: Mapping[int, Made] = field(default_factory=dict)


def left_in(site_folder: Path, output: Path) -> Before:
    """What the last build into an output folder left in a site folder."""
    folder, head = _folder(site_folder), _head(output)
    return Before(
        _read(folder / "files", head, dict[str, Known]),
        _read(folder / "units", head, dict[str, Unit]),
        _read(folder / "calendars", head, dict[str, bytes]),
        _read(folder / "entries", head, dict[int, Made]),
    )


def leave(site_folder: Path, output: Path, made: Before) -> None:
    """Leave it for the next build; where that cannot be written, the next build makes all."""
    folder, head = _folder(site_folder), _head(output)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(".new-*"):  # by a build that was killed
            left.unlink(missing_ok=True)
        for name in ("files", "units", "calendars", "entries"):
            put(folder / name, head + msgspec.msgpack.encode(getattr(made, name)))


def _folder(site_folder: Path) -> Path:
    return site_folder / ".sitegen" / "made"


def _read(file: Path, head: bytes, kind: type[Kept]) -> Kept:
    """What a file holds, if it begins as it should; else nothing."""
    with suppress(OSError, msgspec.MsgspecError, ValueError):
        content = file.read_bytes()
        if content.startswith(head):
            return msgspec.msgpack.decode(memoryview(content)[len(head) :], type=kind)
    return kind()


def _head(output: Path) -> bytes:
    """What tells that a file is of this program and that output: the modules whose records are kept, and the folder."""
    names = ("before.py", "errors.py", "feeds.py", "ical.py", "write.py")
    modules = b"".join((Path(__file__).parent / name).read_bytes() for name in names)
    return hashlib.sha256(modules + os.fsencode(output.resolve())).digest()
