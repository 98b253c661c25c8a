"""A snapshot: a folder with the collections as received, `events.xml`, `instances.xml` and so on.

`snapshot.json` beside them says when they were pulled and what each file must be; a folder of XML alone is a snapshot
too (design.md §4).
"""

import hashlib
import io
import json
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from generator.errors import Fault, SourceError
from generator.model import Feed
from generator.spektrix import demo, parse

MANIFEST = "snapshot.json"
_MEND = "Pull again, or name a whole snapshot with --feed."


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a snapshot holds. `pulled_at` is in UTC; None where the folder does not say. `images` may not be there."""

    feed: Feed
    pulled_at: datetime | None
    images: Path
    missing: tuple[str, ...]


def read(folder: Path, shift: timedelta | None = None) -> Snapshot:
    """The snapshot in a folder; `shift` moves every date of the demo feed.

    Raises SourceError where a required file is missing, a file is not what `snapshot.json` says, or is broken.
    """
    manifest = _manifest(folder)
    missing = tuple(name for name in parse.COLLECTIONS if not _file(folder, name).is_file())
    for name in parse.REQUIRED:
        if name in missing:
            raise SourceError(Fault(f"{name}.xml is missing; nothing can be built without it", str(folder), _MEND))
    with ExitStack() as files:
        documents = {}
        for name in (name for name in parse.COLLECTIONS if name not in missing):
            path = _file(folder, name)
            _check(path, manifest.get("files", {}).get(path.name))
            documents[name] = (files.enter_context(_open(path, shift)), str(path))
        feed = parse.feed(documents)
    return Snapshot(feed, _pulled_at(folder, manifest), folder / "images", missing)


def _file(folder: Path, collection: str) -> Path:
    return folder / f"{collection}.xml"


def _open(path: Path, shift: timedelta | None) -> BinaryIO:
    try:
        return path.open("rb") if shift is None else io.BytesIO(demo.shifted(path.read_bytes(), shift))
    except OSError as error:
        raise SourceError(Fault(f"cannot be read ({error.strerror})", str(path), _MEND)) from error


def _manifest(folder: Path) -> dict[str, Any]:
    """What `snapshot.json` says; empty where there is none."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SourceError(Fault("cannot be read as JSON", str(path), _MEND)) from error
    if not isinstance(manifest, dict):
        raise SourceError(Fault("does not hold an object", str(path), _MEND))
    return manifest


def _check(path: Path, expected: dict[str, Any] | None) -> None:
    if expected is None or "sha256" not in expected:
        return
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != expected["sha256"]:
            raise SourceError(
                Fault(f"is not the file that {MANIFEST} describes: its checksum differs", str(path), _MEND)
            )


def _pulled_at(folder: Path, manifest: dict[str, Any]) -> datetime | None:
    if "pulled_at" not in manifest:
        return None
    try:
        return datetime.fromisoformat(manifest["pulled_at"]).astimezone(UTC).replace(microsecond=0)
    except (TypeError, ValueError) as error:
        what = f"pulled_at is {json.dumps(manifest['pulled_at'])}, not a time such as 2026-01-05T12:00:00Z"
        raise SourceError(Fault(what, str(folder / MANIFEST), _MEND)) from error
