"""The only writer: files become the output folder, wholly or not at all.

What changed is put aside first; then a whole new folder, in which what did not change is linked and not copied, takes
the place of the old one.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from generator.errors import Fault, SiteError
from generator.order import Written
from generator.swap import Places, files_in, replacing, swap
from generator.urls import AVAILABILITY


def publish(output: Path, files: Iterable[tuple[str, bytes]], then: Callable[[], None] = lambda: None) -> Written:
    """Make the output folder hold exactly `files`, (path below the output, bytes) each; `then` is called once it does.

    Nothing is touched before the last of `files` has come; an error on the way leaves the old site. Raises SiteError
    where a path leads out of the output or comes twice, where the folder holds what no build has put there, or while
    another build is at work in it or the file system refuses.
    """
    with replacing(output) as places:
        _refuse_foreign(places.target)
        written = _publish(places, files)
        then()
        return written


def _publish(places: Places, files: Iterable[tuple[str, bytes]]) -> Written:
    before = set(files_in(places.target))
    paths: dict[str, bool] = {}
    folders: set[str] = set()
    for path, content in files:
        _check(path, paths, folders)
        paths[path] = path not in before or not _is_same(places.target / path, content)
        if paths[path]:
            _put(places.changed / path, content)
    changed = sum(paths.values())
    written = Written(changed, len(paths) - changed, len(before - paths.keys()))
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


def _assemble(places: Places, paths: dict[str, bool]) -> None:
    """The whole new site beside the old one: what changed is moved in, what did not is the same file still."""
    places.changed.mkdir(exist_ok=True)
    places.changed.rename(places.new)
    for path in (path for path, is_changed in paths.items() if not is_changed):
        target = places.new / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(places.target / path, target)
        except OSError:  # a file system without links
            shutil.copy2(places.target / path, target)
