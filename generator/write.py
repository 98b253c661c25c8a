"""The only writer: files become the output folder, wholly or not at all.

What changed is put aside first; then a whole new folder (what did not change is linked, not copied) takes the place of
the old one in one step of the file system. A build killed at any moment leaves the old site or the new one.
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from generator.errors import Fault, SiteError
from generator.urls import AVAILABILITY

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


@dataclass(frozen=True, slots=True)
class Written:
    """How many files of the site are new or changed, as they were, and gone."""

    changed: int
    unchanged: int
    removed: int


@dataclass(frozen=True, slots=True)
class _Places:
    """The output folder, and its neighbours while a build is at work."""

    output: Path

    def _beside(self, word: str) -> Path:
        return self.output.with_name(f".{self.output.name.lstrip('.')}.{word}")

    @property
    def lock(self) -> Path:
        return self._beside("lock")

    @property
    def changed(self) -> Path:
        return self._beside("changed")

    @property
    def new(self) -> Path:
        return self._beside("new")

    @property
    def old(self) -> Path:
        return self._beside("old")


def publish(output: Path, files: Iterable[tuple[str, bytes]]) -> Written:
    """Make the output folder hold exactly `files`, (path below the output, bytes) each.

    Nothing is touched before the last of `files` has come; an error on the way leaves the old site. Raises SiteError
    where a path leads out of the output or comes twice, where the folder holds what no build has put there, or while
    another build is at work in it.
    """
    places = _Places(output.resolve())
    places.output.parent.mkdir(parents=True, exist_ok=True)
    with _locked(places):
        _clear_up(places)
        _refuse_foreign(places.output)
        try:
            return _publish(places, files)
        except OSError as error:
            mend = "Is there room, and may sitegen write there? What was published before stands."
            raise SiteError(
                Fault(f"cannot be written ({error.strerror})", error.filename or str(output), mend)
            ) from error
        finally:
            _remove(places.changed, places.new, places.old)


def _publish(places: _Places, files: Iterable[tuple[str, bytes]]) -> Written:
    before = set(_files_in(places.output))
    paths: dict[str, bool] = {}
    folders: set[str] = set()
    for path, content in files:
        _check(path, paths, folders)
        paths[path] = path not in before or not _is_same(places.output / path, content)
        if paths[path]:
            _put(places.changed / path, content)
    changed = sum(paths.values())
    written = Written(changed, len(paths) - changed, len(before - paths.keys()))
    if changed or written.removed:
        _assemble(places, paths)
        _swap(places)
    return written


@contextmanager
def _locked(places: _Places) -> Iterator[None]:
    try:
        with FileLock(places.lock, timeout=0):
            yield
    except Timeout as error:
        mend = "Wait until it is done; or stop it, the lock goes with it."
        raise SiteError(Fault("another build is writing here", str(places.output), mend)) from error


def _clear_up(places: _Places) -> None:
    """Mend what a killed build left: its files aside go; a site that stood between two names comes back."""
    if places.old.is_dir() and not places.output.exists():
        places.old.rename(places.output)
    _remove(places.changed, places.new, places.old)


def _remove(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_foreign(output: Path) -> None:
    """Files that no build has made must not be removed as if they were an old site."""
    if output.exists() and not output.is_dir():
        raise SiteError(Fault("is a file, not a folder", str(output), "Choose another folder with --output."))
    if output.is_dir() and any(output.iterdir()) and not (output / AVAILABILITY).is_file():
        mend = "Choose another folder with --output, or empty this one yourself."
        raise SiteError(Fault("holds files, but no site that sitegen has made; they would be lost", str(output), mend))


def _files_in(folder: Path, prefix: str = "") -> Iterator[str]:
    """Every file below a folder, as a path with slashes; a link counts as a file."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files_in(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name


def _check(path: str, taken: dict[str, bool], folders: set[str]) -> None:
    """Let no path lead out of the output, come twice, or be a file where another needs a folder."""
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in path or "\\" in path:
        raise SiteError(Fault("is no path inside the output folder", f'"{path}"', "Rename what is published there."))
    above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
    if path in taken or path in folders or any(folder in taken for folder in above):
        mend = "Rename one of the two: a page in content/pages, a file in content/static, or a genre."
        raise SiteError(Fault("two things would be published at this path", f"/{path}", mend))
    folders.update(above)


def _is_same(file: Path, content: bytes) -> bool:
    return not file.is_symlink() and file.stat().st_size == len(content) and file.read_bytes() == content


def _put(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _assemble(places: _Places, paths: dict[str, bool]) -> None:
    """The whole new site beside the old one: what changed is moved in, what did not is the same file still."""
    places.changed.mkdir(exist_ok=True)
    places.changed.rename(places.new)
    for path in (path for path, is_changed in paths.items() if not is_changed):
        target = places.new / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(places.output / path, target)
        except OSError:  # a file system without links
            shutil.copy2(places.output / path, target)


def _swap(places: _Places) -> None:
    """The new folder takes the place of the old one: in one step where the system has it, else in two renames."""
    if not places.output.exists():
        places.new.rename(places.output)
    elif not _exchange(places.new, places.output):
        places.output.rename(places.old)
        places.new.rename(places.output)


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
