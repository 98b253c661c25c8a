"""Files made from pictures, kept: each is made once, by several processes, and found again by what it is made from.

`developed` is the door. The cache can be deleted at any time; a file in it is whole or not there. What has not been
used for a month goes.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from generator.errors import Fault, SiteError
from generator.images import IMAGES, Picture, Source, Type
from generator.pictures.frame import UnusableError, scaled, widths_of
from generator.processes import spread
from generator.swap import put

if TYPE_CHECKING:
    from generator.pictures import pixels

DAY_SECONDS = 24 * 3600
UNUSED_SECONDS = 30 * DAY_SECONDS
_TYPES: Mapping[str, Type] = {".avif": "image/avif", ".webp": "image/webp", ".jpg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Made:
    """What a task made: the size of its picture, and the bytes of each file by (ending, width)."""

    width: int
    height: int
    files: Mapping[tuple[str, int], bytes]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a task will make: the size of its picture, and (ending, width) of each file."""

    width: int
    height: int
    files: tuple[tuple[str, int], ...]


class Task(Protocol):
    """Something to be made. `key` follows from all that it is made from."""

    @property
    def key(self) -> str:
        """A word of letters and digits."""

    def shape(self) -> Shape:
        """What `make` will make, without making it. Raises UnusableError where that is known so soon."""

    def make(self) -> Made:
        """Make it. Raises UnusableError."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """What was made: the size of the picture, and its files by (ending, width), as they lie in the cache."""

    width: int
    height: int
    files: Mapping[tuple[str, int], Path] = field(hash=False)

    @property
    def jpeg(self) -> Path:
        """Its widest JPEG."""
        return self.files[".jpg", max(width for ending, width in self.files if ending == ".jpg")]

    def picture(self, is_artwork: bool = False) -> Picture:
        """The picture as a page shows it."""
        sources = (
            Source(kind, tuple((published(self.files[each]), each[1]) for each in sorted(self.files) if each[0] == end))
            for end, kind in _TYPES.items()
        )
        return Picture(published(self.jpeg), self.width, self.height, tuple(sources), is_artwork)


def published(file: Path) -> str:
    """The path on the site of a file in the cache."""
    return IMAGES + file.name


def key_of(*ingredients: str | bytes | int) -> str:
    """The key of what is made from these."""
    parts = [each if isinstance(each, bytes) else str(each).encode("utf-8", "surrogatepass") for each in ingredients]
    return hashlib.sha256(b"".join([b"%d:%b" % (len(part), part) for part in parts])).hexdigest()[:20]


def from_image(image: "pixels.Picture") -> Made:
    """Every file of a picture."""
    from generator.pictures.pixels import encoded

    files = {(ending, width): content for ending, width, content in encoded(image)}
    width = max(width for _, width in files)
    return Made(width, scaled(image.width, image.height, width), files)


def shape_of_image(width: int, height: int) -> Shape:
    """The shape of every file of a picture of that size."""
    widths = widths_of(width)
    files = tuple((ending, each) for each in reversed(widths) for ending in _TYPES)
    return Shape(widths[-1], scaled(width, height, widths[-1]), files)


def foreseen(tasks: Iterable[Task], cache: Path) -> dict[str, "Rendition | str"]:
    """What each task would make, by its key, where it will lie in the cache; or why it cannot be, where that shows."""
    return {task.key: _foreseen(task, cache) for task in tasks}


def _foreseen(task: Task, cache: Path) -> "Rendition | str":
    try:
        shape = task.shape()
    except UnusableError as error:
        return str(error)
    return Rendition(shape.width, shape.height, {each: _file(cache, task.key, each) for each in shape.files})


def _file(cache: Path, key: str, each: tuple[str, int]) -> Path:
    ending, width = each
    return cache / f"{key}-{width}{ending}"


def developed(tasks: Iterable[Task], cache: Path, jobs: int) -> dict[str, Rendition | str]:
    """What each task makes, by its key: from the cache, or made now by up to `jobs` processes; or why it cannot be.

    Raises SiteError where the file system refuses.
    """
    by_key = {task.key: task for task in tasks}
    try:
        cache.mkdir(parents=True, exist_ok=True)
        found: dict[str, Rendition | str] = {key: kept for key in by_key if (kept := _kept(cache, key))}
        missing = [task for key, task in by_key.items() if key not in found]
        return found | dict(_made(missing, cache, jobs))
    except OSError as error:
        mend = "Is there room, and may sitegen write there?"
        raise SiteError(Fault(f"cannot be written ({error.strerror or error})", str(cache), mend)) from error


def prune(cache: Path) -> None:
    """Remove what no build has used for a month, by the clock of the file system itself. Once a day is enough."""
    looked = cache / ".looked"
    with tempfile.NamedTemporaryFile(dir=cache, prefix=".now-") as marker:
        now = Path(marker.name).stat().st_mtime
        with suppress(FileNotFoundError):
            if 0 <= now - looked.stat().st_mtime < DAY_SECONDS:
                return
        looked.touch()
        with os.scandir(cache) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # what another build is putting there, or has removed
                    if now - entry.stat().st_mtime > UNUSED_SECONDS:
                        Path(entry.path).unlink()


def _kept(cache: Path, key: str) -> Rendition | None:
    """What lies in the cache under a key, marked as used; None where it is not there or not whole."""
    try:
        about = json.loads((cache / f"{key}.json").read_bytes())
        files = {(ending, width): _file(cache, key, (ending, width)) for ending, width in about["files"]}
        for file in (cache / f"{key}.json", *files.values()):
            os.utime(file)
        return Rendition(about["width"], about["height"], files)
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _made(tasks: list[Task], cache: Path, jobs: int) -> Iterable[tuple[str, Rendition | str]]:
    return spread(partial(_make, cache), tasks, jobs, "made pictures")


def _make(cache: Path, task: Task) -> tuple[str, Rendition | str]:
    """Make what a task is for and keep it; its description comes last, so that what has one is whole."""
    try:
        made = task.make()
    except UnusableError as error:
        return task.key, str(error)
    files = {each: _file(cache, task.key, each) for each in made.files}
    for each, content in made.files.items():
        put(files[each], content)
    about = {"width": made.width, "height": made.height, "files": list(made.files)}
    put(cache / f"{task.key}.json", json.dumps(about).encode())
    return task.key, Rendition(made.width, made.height, files)
