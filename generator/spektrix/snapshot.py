"""A snapshot: a folder with the collections as received, `events.xml`, `instances.xml` and so on.

`snapshot.json` beside them says when they were pulled and what each file must be; a folder of XML alone is a snapshot
too (design.md §4).
"""

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from generator.anatomy import Struct
from generator.errors import Fault, SourceError
from generator.model import Feed
from generator.spektrix import demo, parse
from generator.spektrix.kept import Kept
from generator.spektrix.markup import items

MANIFEST = "snapshot.json"
_MEND = "Pull again, or name a whole snapshot with --feed."


class Snapshot(Struct, frozen=True):
    """What a snapshot holds. `pulled_at` is in UTC; None where the folder does not say. `images` may not be there."""

    feed: Feed
    pulled_at: datetime | None
    images: Path
    missing: tuple[str, ...]


def read(
    folder: Path,
    shift: timedelta | None = None,
    called: Callable[[Path], str] = str,
    kept: Kept | None = None,
) -> Snapshot:
    """The snapshot in a folder; `shift` moves every date of the demo feed, `called` is what a file is called in errors.

    What was read of large files before is in `kept`.

    Raises SourceError where a required file is missing, a file is not what `snapshot.json` says, or is broken.
    """
    manifest = _manifest(folder)
    found = {path.stem: path for path in sorted(folder.glob("*.xml")) if _is_collection(path.stem)}
    for name in parse.REQUIRED:
        if name not in found:
            raise SourceError(Fault(f"{name}.xml is missing; nothing can be built without it", str(folder), _MEND))
    for name in manifest["files"]:
        if not (folder / name).is_file():
            raise SourceError(Fault(f"{name} is missing, though {MANIFEST} lists it", str(folder), _MEND))
    with ExitStack() as files:
        documents = {}
        for name, path in found.items():
            _check(path, manifest["files"].get(path.name))
            documents[name] = (files.enter_context(_open(path, shift)), called(path))
        feed = parse.feed(documents, kept)
    missing = tuple(name for name in parse.COLLECTIONS if name not in found)
    return Snapshot(feed, _pulled_at(folder, manifest), folder / "images", missing)


def description(folder: Path, event_id: int) -> str:
    """The HTML description of an event as it was received; "" where there is none. Raises SourceError."""
    path = folder / "events.xml"
    with _open(path, None) as document:
        found = (item for item in items(document, str(path), "Event") if item.get("id") == str(event_id))
        return next((item.findtext("HtmlDescription") or "" for item in found), "")


def describe(folder: Path, client: str, pulled_at: datetime, counts: Mapping[str, int]) -> None:
    """Write `snapshot.json` for a folder: who, when (UTC), and of each file its size, number of items and SHA-256."""
    files = {
        path.name: {"size": path.stat().st_size, "count": counts[path.stem], "sha256": _digest(path)}
        for path in sorted(folder.glob("*.xml"))
    }
    manifest = {
        "client": client,
        "pulled_at": pulled_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "files": files,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def counts(folder: Path) -> Mapping[str, int]:
    """How many items each collection had when it was pulled; empty where the folder does not say, or says nonsense."""
    try:
        files = _manifest(folder)["files"]
    except SourceError:
        return {}
    found = {name.removesuffix(".xml"): about.get("count") for name, about in files.items()}
    return {name: count for name, count in found.items() if isinstance(count, int)}


def _is_collection(name: str) -> bool:
    return name in parse.TAGS or (name.startswith("offers2-") and name.removeprefix("offers2-").isdecimal())


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
        return {"files": {}}
    except (OSError, ValueError) as error:
        raise SourceError(Fault("cannot be read as JSON", str(path), _MEND)) from error
    if not isinstance(manifest, dict):
        raise SourceError(Fault("does not hold an object", str(path), _MEND))
    files = manifest.setdefault("files", {})
    if not isinstance(files, dict):
        raise SourceError(Fault("files does not hold an object", str(path), _MEND))
    for name, about in files.items():
        if not isinstance(about, dict):
            raise SourceError(Fault(f"{name} in files does not hold an object", str(path), _MEND))
    return manifest


def _check(path: Path, expected: dict[str, Any] | None) -> None:
    if expected is None or "sha256" not in expected:
        return
    if _digest(path) != expected["sha256"]:
        raise SourceError(Fault(f"is not the file that {MANIFEST} describes: its checksum differs", str(path), _MEND))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pulled_at(folder: Path, manifest: dict[str, Any]) -> datetime | None:
    if "pulled_at" not in manifest:
        return None
    try:
        moment = datetime.fromisoformat(manifest["pulled_at"])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (TypeError, ValueError) as error:
        what = f"pulled_at is {json.dumps(manifest['pulled_at'])}, not a time such as 2026-01-05T12:00:00Z"
        raise SourceError(Fault(what, str(folder / MANIFEST), _MEND)) from error
