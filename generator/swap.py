"""A folder that is replaced as a whole: the new one is made beside it and takes its place in one step.

Killed at any moment, there is the old folder or the new one, and the next run clears up what was left beside it.
"""

import ctypes
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO, NamedTuple

from generator.anatomy import Struct
from generator.errors import Fault, SiteError

NOTHING: Mapping[str, "Standing"] = MappingProxyType({})
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


class Places(Struct, frozen=True):
    """A folder and its neighbours while it is being replaced."""

    target: Path

    def beside(self, word: str) -> Path:
        """The neighbour of that name."""
        return self.target.with_name(f".{self.target.name.lstrip('.')}.{word}")

    @property
    def changed(self) -> Path:
        """Where files are put before the new folder is whole."""
        return self.beside("changed")

    @property
    def new(self) -> Path:
        """The new folder."""
        return self.beside("new")

    @property
    def old(self) -> Path:
        """The old folder between two renames."""
        return self.beside("old")

    @property
    def spare(self) -> Path:
        """The folder that was replaced last: most of the next one is there already."""
        return self.beside("spare")


@contextmanager
def replacing(target: Path) -> Iterator[Places]:
    """The places for replacing a folder, for one process at a time; what is left in them at the end is removed.

    Raises SiteError while another process is at it, and where the file system refuses.
    """
    from filelock import FileLock, Timeout  # slow to import, and not needed by who only looks

    places = Places(target.resolve())
    try:
        places.target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(places.beside("lock"), timeout=0):
            _clear_up(places)
            try:
                yield places
            finally:
                _remove(places)
    except Timeout as error:
        mend = "Wait until it is done; or stop it, the lock goes with it."
        raise SiteError(Fault("another sitegen is writing here", str(places.target), mend)) from error
    except OSError as error:
        mend = "Is there room, and may sitegen write there? What was there before stands."
        where = str(error.filename or places.target)
        raise SiteError(Fault(f"cannot be written ({error.strerror or error})", where, mend)) from error


def _clear_up(places: Places) -> None:
    """Mend what a killed run left: its work goes; a folder that stood between two names comes back."""
    if places.old.is_dir() and not places.target.exists():
        places.old.rename(places.target)
    _remove(places)


def _remove(places: Places) -> None:
    for folder in (places.changed, places.new, places.old):
        shutil.rmtree(folder, ignore_errors=True)


def swap(places: Places, *, keeps_spare: bool = False) -> None:
    """The new folder takes the place of the old one, which is removed, or becomes the spare.

    That is done in one step where the system has it, else in two renames.
    """
    if not places.target.exists():
        places.new.rename(places.target)
        return
    if _exchange(places.new, places.target):
        left = places.new
    else:
        places.target.rename(places.old)
        places.new.rename(places.target)
        left = places.old
    if keeps_spare and not places.spare.exists():
        left.rename(places.spare)


def _exchange(one: Path, other: Path) -> bool:
    """Two folders trade names in one step; False where the system has no such step."""
    if sys.platform not in ("linux", "darwin"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "linux":
            return bool(library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
        return bool(library.renamex_np(*names, _RENAME_EXCHANGE) == 0)
    except AttributeError:  # an older C library
        return False


def put(file: Path, content: bytes | bytearray) -> None:
    """Write a file in one step, in a folder that is there: whoever reads meanwhile has the old one, whole."""
    with putting(file) as aside:
        aside.write(content)


@contextmanager
def putting(file: Path) -> Iterator[IO[bytes]]:
    """Write a file piece by piece, which takes its place in one step at the end."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".new-", delete=False) as aside:
        yield aside.file
    Path(aside.name).chmod(0o644)
    Path(aside.name).replace(file)


def files_in(folder: Path) -> Iterator[str]:
    """Every file below a folder, as a path with slashes; a link counts as a file."""
    return (path for path, _ in _entries(folder)) if folder.is_dir() else iter(())


class Standing(NamedTuple):
    """A file as it stands: which one it is, its size, when it was written, in nanoseconds since 1970, and its mode."""

    inode: int
    size: int
    time: int
    mode: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Standing":
        """What the system says of a file."""
        return cls(found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode)

    @property
    def is_regular(self) -> bool:
        """Whether it is a file, and no link or anything else."""
        return stat.S_ISREG(self.mode)


def standing_in(folder: Path, twins: Mapping[str, Standing] = NOTHING) -> dict[str, Standing]:
    """Every file below a folder, as a path with slashes, and how it stands; a link counts as a file.

    `twins` are the files of another folder of the same disk. One that is the same file there, under two names, stands
    as it does there; the names of a folder tell which file it is, so that the system is not asked again. Where that
    is 0, as on disks that know no such thing, it is.
    """
    found: dict[str, Standing] = {}
    for path, entry in _entries(folder) if folder.is_dir() else ():
        twin = twins.get(path)
        is_same = twin and twin.inode and twin.inode == entry.inode()
        found[path] = twin if twin and is_same else Standing.of(entry.stat(follow_symlinks=False))
    return found


def stats_in(folder: Path | str) -> Iterator[tuple[str, os.stat_result]]:
    """The same of a folder that is there, and all that the system says of each file."""
    return ((path, entry.stat(follow_symlinks=False)) for path, entry in _entries(folder))


def names_in(folder: Path, below: str) -> list[str]:
    """The paths of all that lies in a folder `below` another, "" for that itself; those of folders end with a slash."""
    with os.scandir(folder / below) as entries:
        return [f"{below}{entry.name}{'/' if entry.is_dir(follow_symlinks=False) else ''}" for entry in entries]


def stats_below(folder: Path, name: str) -> Iterator[tuple[str, os.stat_result]]:
    """The files below one of these paths, or that one itself, and all that the system says of each."""
    place = f"{folder}/{name}"
    if not name.endswith("/"):
        return iter([(name, os.lstat(place))])
    return ((name + path, found) for path, found in stats_in(place))


def _entries(folder: Path | str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Each file below a folder; one folder after the other, as a call for each within another takes twice as long."""
    folders = [(str(folder), "")]
    while folders:
        place, prefix = folders.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append((entry.path, f"{prefix}{entry.name}/"))
                else:
                    yield prefix + entry.name, entry
