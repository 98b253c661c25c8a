"""The only writer: files become the output folder, wholly or not at all.

What changed is put aside first, by as many processes as there are; then a whole new folder, in which what did not
change is linked and not copied, takes the place of the old one. That one is kept as a spare, with hardly a byte of its
own: the next new folder is made of it, so that the work is as large as what changed.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, nullcontext, suppress
from functools import cache, partial
from operator import eq
from pathlib import Path
from stat import S_ISREG
from types import MappingProxyType
from typing import TypeVar

from generator.anatomy import Struct
from generator.errors import Fault, SiteError
from generator.order import Written
from generator.processes import ahead
from generator.swap import Places, Standing, replacing, standing_in, swap
from generator.urls import AVAILABILITY

Other = TypeVar("Other")

NOTHING: Mapping[str, "Known"] = MappingProxyType({})
MANY = 5_000
"""Files of an output, from which on another process looks at them, or at a part of them, beside this one."""


class Known(Struct, frozen=True):
    """A file as a build left it: its size, when it was written, in nanoseconds since 1970, its mode, and its digest."""

    size: int
    time: int
    mode: int
    digest: bytes


class Look(Struct, frozen=True):
    """What is to be told of the files of a folder beside others, as of many it is little.

    `strange` are those that have no other at their path, or stand otherwise; `gone` the paths of others likewise.
    """

    strange: Mapping[str, Standing]
    gone: frozenset[str]


class Aside:
    """Where the files of a new site are put until it is whole, by this process and by those that work for it.

    `known` are the files that the last build left; one that stands as it was left is not read to be compared.
    `look` tells how the old site stands beside them.
    """

    def __init__(self, places: Places, known: Mapping[str, Known], look: Look) -> None:
        self.known, self.look = known, look
        self._target, self._changed = f"{places.target}/", f"{places.changed}/"
        self._folders: set[str] = set()

    def stands(self, path: str) -> Known | None:
        """A file of the old site that is just as the last build left it; else None."""
        return None if path in self.look.gone else self.known.get(path)

    def put(self, path: str, content: bytes, digest: bytes) -> tuple[bool, Known]:
        """Put a file aside, unless the old site has the same: whether it has not, and how the file stands.

        `path` is below the output; a `digest` is that of files with these bytes alone. Raises SiteError where the path
        leads out of the output, OSError where it cannot be written.
        """
        _refuse_outside(path)
        stands = self.stands(path)
        if stands and stands.digest == digest:
            return False, stands
        before = stands or self.look.strange.get(path)
        is_alike = before and S_ISREG(before.mode) and before.size == len(content)
        if before and is_alike and _content(self._target + path) == content:
            return False, Known(before.size, before.time, before.mode, digest)
        try:
            self._make_folder(path.rpartition("/")[0])
            return True, Known(len(content), *_write(self._changed + path, content), digest)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            return True, Known(0, 0, 0, digest)  # something else was put there: who puts the new site together sees it

    def _make_folder(self, folder: str) -> None:
        """Make a folder and those above it, once."""
        if folder not in self._folders:
            try:
                os.mkdir(self._changed + folder)
            except FileExistsError:  # another process was sooner
                pass
            except FileNotFoundError:
                os.makedirs(self._changed + folder, exist_ok=True)
            self._folders.add(folder)


Placed = tuple[str, bool]
"""The path of a file that was put aside, and whether it is new or changed."""


@contextmanager
def publishing(output: Path, known: Mapping[str, Known] = NOTHING, keeps_most: bool = False) -> Iterator["Publication"]:
    """The output folder, for one build at a time; a large one is looked at from now on by another process.

    `known` are the files as the last build left them; `keeps_most` is whether most of them are likely to stay so.

    Nothing is touched before the last file has come; an error on the way leaves the old site. Raises SiteError where
    the folder holds what no build has put there, or while another build is at work in it or the file system refuses.
    """
    with replacing(output) as places:
        _refuse_foreign(places.target)
        look = partial(_look, places, known, keeps_most and len(known) >= MANY, cache(standing_in))
        folders = (places.target, places.spare)
        with ahead(look, folders) if len(known) >= MANY else nullcontext(map(look, folders)) as looks:
            yield Publication(places, known, looks)


class Publication(Struct, frozen=True):
    """An output folder, and where files for it are put aside; `known` and the `looks` tell what `Aside` is to know."""

    places: Places
    known: Mapping[str, Known]
    looks: Iterator[Look]

    def publish(self, make: Callable[[Aside], Iterable[Placed]]) -> Written:
        """Make the folder hold exactly what `make` puts aside and tells.

        Raises SiteError where a path leads out of the output or comes twice.
        """
        look = next(self.looks)  # not by who is forked while files are made: what one takes is gone for all others
        paths: dict[str, bool] = {}
        for path, is_changed in make(Aside(self.places, self.known, look)):
            if path in paths:
                raise _clash(path)
            paths[path] = is_changed
        before = self.known.keys() - look.gone | look.strange.keys()
        if paths.keys() != before:  # what stands in one folder does not clash
            for path in sorted(paths.keys() & _folders_of(paths)):
                raise _clash(path)
        changed = sum(paths.values())
        written = Written(changed, len(paths) - changed, len(before - paths.keys()))
        if changed or written.removed:
            _assemble(self.places, paths, before, self.looks)
            swap(self.places, keeps_spare=True)
        return written


def _look(
    places: Places,
    known: Mapping[str, Known],
    makes_spare: bool,
    standing: Callable[[Path], Mapping[str, Standing]],
    folder: Path,
) -> Look:
    """The look at an output, beside what is known of it, or at its spare folder, beside the output.

    The spare one is made of links to the output where there is none.
    """
    if folder == places.target:
        return _beside(standing(folder), known, _is_left)
    if makes_spare and not folder.exists():
        folder.mkdir()
        _each(standing(places.target), places.target, folder, _link)
        return Look({}, frozenset())
    there = standing(places.target)
    return _beside(standing_in(folder, there), there, eq)


def _beside(
    found: Mapping[str, Standing], others: Mapping[str, Other], is_like: Callable[[Standing, Other], bool]
) -> Look:
    like = {path for path, other in others.items() if path in found and is_like(found[path], other)}
    strange = {path: standing for path, standing in found.items() if path not in like}
    return Look(strange, frozenset(others.keys() - like))


def _is_left(now: Standing, known: Known) -> bool:
    """Whether a file stands as a build left it."""
    return now[1:] == (known.size, known.time, known.mode) and now.is_regular


def _refuse_foreign(output: Path) -> None:
    """Files that no build has made must not be removed as if they were an old site."""
    if output.exists() and not output.is_dir():
        raise SiteError(Fault("is a file, not a folder", str(output), "Choose another folder with --output."))
    if (output / ".git").exists():
        mend = "Choose another folder with --output, and copy the site over when it is built."
        raise SiteError(Fault("is a git work tree, which replacing the folder would break", str(output), mend))
    if output.is_dir() and any(output.iterdir()) and not (output / AVAILABILITY).is_file():
        mend = "Choose another folder with --output, or empty this one yourself."
        raise SiteError(Fault("holds files, but no site that sitegen has made; they would be lost", str(output), mend))


def _refuse_outside(path: str) -> None:
    """Let no path lead out of the output."""
    if any(part in ("", ".", "..") for part in path.split("/")) or "\0" in path or "\\" in path:
        raise SiteError(Fault("is no path inside the output folder", f'"{path}"', "Rename what is published there."))


def _clash(path: str) -> SiteError:
    """Why no site can be put together in which a path comes twice, or is a file where another needs a folder."""
    mend = "Rename one of the two: a page in content/pages, a file in content/static, or a genre."
    return SiteError(Fault("two things would be published at this path", f"/{path}", mend))


def _folders_of(paths: Iterable[str]) -> set[str]:
    """The folders that paths lie in, and all above them."""
    folders, lowest = set[str](), set(paths)
    while lowest:
        lowest = {path.rpartition("/")[0] for path in lowest} - folders - {""}
        folders |= lowest
    return folders


def _content(file: str) -> bytes:
    with open(file, "rb", buffering=0) as opened:
        return opened.read()


def _write(file: str, content: bytes) -> tuple[int, int]:
    """Write a file that is not there yet; when that was, and its mode. By the system's own calls, as for thousands."""
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(opened, left) :]
        found = os.fstat(opened)
        return found.st_mtime_ns, found.st_mode
    finally:
        os.close(opened)


def _assemble(places: Places, paths: dict[str, bool], before: Set[str], looks: Iterator[Look]) -> None:
    """The whole new site beside the old one: what changed is moved in, what did not is the same file still.

    `before` are the files of the old one. The next of the `looks` is that at the spare folder.
    """
    places.changed.mkdir(exist_ok=True)
    kept = {path for path, is_changed in paths.items() if not is_changed}
    spare = next(looks)
    there = kept - spare.gone
    if len(there) > len(paths) // 2:
        places.spare.rename(places.new)
        _remove(places.new, spare.strange.keys() | before - spare.gone - there)
        changed = (path for path, is_changed in paths.items() if is_changed)
        _each(changed, places.changed, places.new, os.rename)
    else:
        shutil.rmtree(places.spare, ignore_errors=True)
        places.changed.rename(places.new)
        there = set()
    _each(kept - there, places.target, places.new, _link)


def _remove(folder: Path, paths: Iterable[str]) -> None:
    """Remove files from a folder, and the folders that they leave empty, but not that one."""
    for path in paths:
        os.unlink(f"{folder}/{path}")
        with suppress(OSError):  # the folder holds more
            os.removedirs(f"{folder}/{path}".rpartition("/")[0])
    folder.mkdir(exist_ok=True)


def _each(paths: Iterable[str], source: Path, target: Path, do: Callable[[str, str], None]) -> None:
    """Link or move files from folder to folder, whose own folders are made, each once."""
    folders = {str(target)}
    for path in paths:
        folder = f"{target}/{path}".rpartition("/")[0]
        if folder not in folders:
            os.makedirs(folder, exist_ok=True)
            folders.add(folder)
        do(f"{source}/{path}", f"{target}/{path}")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copy2(source, target)
