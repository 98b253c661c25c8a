"""What a saved file means: which stage of the site is to be made again, and how a browser follows.

`changed` is the door; `Folders` says where everything is. Files that editors make for themselves mean nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path

from generator.config import SETTINGS_FILE

_PICTURES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".ico"}
_FONTS = {".woff2", ".woff", ".ttf", ".otf"}
_EDITORS_OWN = re.compile(
    r"~$|^#.*#$|^\.|^4913$|\.(?:tmp|temp|part|swp|swx|bak|orig|rej)$|_{2,3}jb_|\.sb-", re.IGNORECASE
)


class Stage(IntEnum):
    """The stages of a site, the last first: to make one again means to make again those before it in this list.

    WORDS are the venue's Markdown alone, CONTENT also its files, the theme's language and fonts.
    """

    NOTHING = 0
    TEMPLATES = 1
    WORDS = 2
    CONTENT = 3
    SETTINGS = 4
    FEED = 5


class Follow(StrEnum):
    """How a browser shows a change."""

    STYLES = "styles"
    PICTURES = "pictures"
    RELOAD = "reload"


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed: the first stage to make again, how browsers follow, and the files, for people."""

    stage: Stage
    follow: Follow
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a site is made from, each folder as the file system calls it: `feed` is where its XML lies."""

    site: Path
    templates: tuple[Path, ...]
    feed: Path

    @property
    def deep(self) -> tuple[Path, ...]:
        """The folders of which every file counts."""
        return (self.site / "content", *self.templates, self.feed)

    @property
    def flat(self) -> tuple[Path, ...]:
        """The folders in which one of the others can come and go."""
        return tuple(dict.fromkeys((self.site, self.feed.parent)))


def changed(paths: Iterable[Path], folders: Folders) -> Change | None:
    """What a burst of changed files means as a whole; None where it means nothing."""
    found = {path: change for path in paths if (change := _meaning(path, folders))}
    if not found:
        return None
    follows = {change.follow for change in found.values()}
    follow = follows.pop() if len(follows) == 1 else Follow.RELOAD
    return Change(max(change.stage for change in found.values()), follow, tuple(sorted(map(str, found))))


def _meaning(path: Path, folders: Folders) -> Change | None:
    """What one changed file, or a folder that came or went, means."""
    if path.is_relative_to(folders.feed):
        return None if _is_editors_own(path, folders.feed) else Change(Stage.FEED, Follow.RELOAD)
    if path == folders.site / SETTINGS_FILE:
        return Change(Stage.SETTINGS, Follow.RELOAD)
    content = folders.site / "content"
    if path.is_relative_to(content):
        is_words = path.suffix == ".md" and path.parent in (content / "events", content / "pages")
        stage = Stage.WORDS if is_words else Stage.CONTENT
        return None if _is_editors_own(path, content) else Change(stage, _follow(path, content / "static"))
    for folder in folders.templates:
        if path.is_relative_to(folder):
            return None if _is_editors_own(path, folder) else _meaning_in_templates(path, folder)
    return None


def _meaning_in_templates(path: Path, folder: Path) -> Change:
    if path.is_relative_to(folder / "locale") or path.suffix.lower() in _FONTS:
        return Change(Stage.CONTENT, Follow.RELOAD)
    return Change(Stage.TEMPLATES, _follow(path, folder / "assets"))


def _follow(path: Path, served_as_they_are: Path) -> Follow:
    if not path.is_relative_to(served_as_they_are):
        return Follow.RELOAD
    suffix = path.suffix.lower()
    return Follow.STYLES if suffix == ".css" else Follow.PICTURES if suffix in _PICTURES else Follow.RELOAD


def _is_editors_own(path: Path, folder: Path) -> bool:
    """Whether a file is an editor's or a system's own: hidden, a swap file, a copy kept aside."""
    parts = path.relative_to(folder).parts
    return any(_EDITORS_OWN.search(part) for part in parts if part != ".well-known")
