"""The only writer: files become the output folder, wholly or not at all.

What changed is put aside first, by as many processes as there are; then a whole new folder, in which what did not
change is linked and not copied, takes the place of the old one.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from generator.errors import Fault, SiteError
from generator.order import Written
from generator.swap import Places, files_in, replacing, swap
from generator.urls import AVAILABILITY


class Aside:
    """Where the files of a new site are put until it is whole, by this process and by those that are forked from it."""

    def __init__(self, places: Places) -> None:
        self.before = frozenset(files_in(places.target))
        self._target, self._changed = f"{places.target}/", f"{places.changed}/"
        self._folders: set[str] = set()

    def put(self, path: str, content: bytes) -> bool:
        """Put a file aside, unless the old site has the same; whether it has not. `path` is below the output.

        Raises SiteError where the path leads out of the output, OSError where it cannot be written.
        """
        _refuse_outside(path)
        if path in self.before and _is_same(self._target + path, content):
            return False
        try:
            self._make_folder(path.rpartition("/")[0])
            _write(self._changed + path, content)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            pass  # something else has been put there: who puts the new site together will see it
        return True

    def _make_folder(self, folder: str) -> None:
        """Make a folder and those above it, each once."""
        if folder not in self._folders:
            if folder:
                self._make_folder(folder.rpartition("/")[0])
            os.makedirs(self._changed + folder, exist_ok=True)
            self._folders.add(folder)


Placed = tuple[str, bool]
"""The path of a file that was put aside, and whether it is new or changed."""


def publish(
    output: Path, make: Callable[[Aside], Iterable[Placed]], then: Callable[[], None] = lambda: None
) -> Written:
    """Make the output folder hold exactly what `make` puts aside and tells; `then` is called once it does.

    Nothing is touched before the last file has come; an error on the way leaves the old site. Raises SiteError
    where a path leads out of the output or comes twice, where the folder holds what no build has put there, or while
    another build is at work in it or the file system refuses.
    """
    with replacing(output) as places:
        _refuse_foreign(places.target)
        written = _publish(places, make)
        then()
        return written


def each(files: Iterable[tuple[str, bytes]], aside: Aside) -> Iterator[Placed]:
    """Put files aside, (path, bytes) each."""
    for path, content in files:
        yield path, aside.put(path, content)


def _publish(places: Places, make: Callable[[Aside], Iterable[Placed]]) -> Written:
    aside = Aside(places)
    paths: dict[str, bool] = {}
    folders: set[str] = set()
    for path, is_changed in make(aside):
        _refuse_clash(path, paths, folders)
        paths[path] = is_changed
    changed = sum(paths.values())
    written = Written(changed, len(paths) - changed, len(aside.before - paths.keys()))
    if changed or written.removed:
        _assemble(places, paths)
        swap(places)
    return written


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


def _refuse_clash(path: str, taken: dict[str, bool], folders: set[str]) -> None:
    """Let no path come twice, or be a file where another needs a folder."""
    above = _folders_above(path)
    if path in taken or path in folders or any(folder in taken for folder in above):
        mend = "Rename one of the two: a page in content/pages, a file in content/static, or a genre."
        raise SiteError(Fault("two things would be published at this path", f"/{path}", mend))
    folders.update(above)


def _folders_above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def _is_same(file: str, content: bytes) -> bool:
    """Whether a file of the old site holds just these bytes."""
    is_now = os.lstat(file)
    if not stat.S_ISREG(is_now.st_mode) or is_now.st_size != len(content):
        return False
    with open(file, "rb", buffering=0) as opened:
        return opened.read() == content


def _write(file: str, content: bytes) -> None:
    """Write a file that is not there yet."""
    with open(file, "xb", buffering=0) as opened:
        opened.write(content)


def _assemble(places: Places, paths: dict[str, bool]) -> None:
    """The whole new site beside the old one: what changed is moved in, what did not is the same file still."""
    places.changed.mkdir(exist_ok=True)
    places.changed.rename(places.new)
    folders = {str(places.new)}
    for path in (path for path, is_changed in paths.items() if not is_changed):
        source, target = f"{places.target}/{path}", f"{places.new}/{path}"
        folder = target.rpartition("/")[0]
        if folder not in folders:
            os.makedirs(folder, exist_ok=True)
            folders.add(folder)
        try:
            os.link(source, target)
        except OSError:  # a file system without links
            shutil.copy2(source, target)
