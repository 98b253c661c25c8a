"""Sees what is saved, and tells it in bursts: the only home of watchdog.

`watching` is the door. Folders may come and go; a burst ends when nothing has changed for a moment.
"""

import math
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

from generator.studio.changes import Folders
from generator.swap import files_in

QUIET_WHEN_WHOLE, QUIET, QUIET_AFTER_MANY = 0.003, 0.015, 0.25
"""Seconds without a change that end a burst: of a file that was there and was written to its end, of a few files, and
of many, as git switches."""
MANY, LONGEST = 8, 10.0
POLL_EVERY = 0.5
_TELLING: list[type[FileSystemEvent]] = [
    FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent, FileClosedEvent,
    DirCreatedEvent, DirMovedEvent, DirDeletedEvent,
]  # fmt: skip
"""What is listened for: not that a file was opened or read, as templates are all the time, nor what is in a folder that
changed."""


class Note(NamedTuple):
    """A path that changed, and how: "created", "modified", "closed", "moved" or "deleted"."""

    path: Path
    how: str


class _Notes(FileSystemEventHandler):
    """Puts every change into a queue."""

    def __init__(self, queue: "SimpleQueue[Note | None]") -> None:
        self.queue = queue

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note both ends of a move."""
        for path in (event.src_path, event.dest_path):
            if path:
                self.queue.put(Note(Path(os.fsdecode(path)), event.event_type))


class _Watcher:
    """Watches the folders that there are."""

    def __init__(self, observer: BaseObserver, handler: FileSystemEventHandler) -> None:
        self.observer = observer
        self.handler = handler
        self.watches: dict[Path, tuple[ObservedWatch, int]] = {}

    def follow(self, folders: Folders) -> None:
        """Watch the folders that there are now; one that was replaced by another of its name is watched anew."""
        wanted = {**dict.fromkeys(folders.flat, False), **dict.fromkeys(folders.deep, True)}
        there = {folder: number for folder in wanted if (number := _number(folder))}
        for folder, (watch, number) in list(self.watches.items()):
            if there.get(folder) != number:
                del self.watches[folder]
                self.observer.unschedule(watch)
        for folder in there.keys() - self.watches.keys():
            watch = self.observer.schedule(self.handler, str(folder), recursive=wanted[folder], event_filter=_TELLING)
            self.watches[folder] = watch, there[folder]


def _number(folder: Path) -> int:
    """What the file system counts a folder as; 0 where it is not there."""
    try:
        return folder.stat().st_ino if folder.is_dir() else 0
    except OSError:
        return 0


@contextmanager
def watching(
    folders: Callable[[], Folders], tell: Callable[[set[Path]], None], is_polling: bool, since: float = math.inf
) -> Iterator[None]:
    """Call `tell` with the paths of each burst, from one thread, for as long as the context lasts.

    `folders` is asked again after each burst. Polling is for file systems that tell nobody: network drives, Docker.
    What was saved after `since`, in seconds since 1970, and before the watch began, is told first.
    """
    queue: SimpleQueue[Note | None] = SimpleQueue()
    observer: BaseObserver = PollingObserver(timeout=POLL_EVERY) if is_polling else Observer()
    watcher = _Watcher(observer, _Notes(queue))
    watcher.follow(folders())
    observer.start()

    def work() -> None:
        if missed := _saved_since(folders(), since):
            tell(missed)
        for paths in _bursts(queue):
            tell(paths)
            watcher.follow(folders())

    worker = threading.Thread(target=work, name="watch", daemon=True)
    worker.start()
    try:
        yield
    finally:
        queue.put(None)
        observer.stop()
        observer.join()
        worker.join()


def _saved_since(folders: Folders, since: float) -> set[Path]:
    """The files in some folders that were saved after a moment."""
    inside = (path for folder in folders.flat if folder.is_dir() for path in folder.iterdir())
    below = (folder / path for folder in folders.deep for path in files_in(folder))
    return {path for path in (*inside, *below) if _time(path) > since}


def _time(path: Path) -> float:
    """When a file was saved; long ago where it is gone, or is none."""
    try:
        return path.stat().st_mtime if path.is_file() else -math.inf
    except OSError:
        return -math.inf


def _bursts(queue: "SimpleQueue[Note | None]") -> Iterator[set[Path]]:
    """The paths of each burst; None in the queue ends them."""
    while note := queue.get():
        paths, how = {note.path}, {note.how}
        started = time.monotonic()
        while time.monotonic() - started < LONGEST:
            try:
                following = queue.get(timeout=_quiet(len(paths), how))
            except Empty:
                break
            if following is None:
                return
            paths.add(following.path)
            how.add(following.how)
        yield paths


def _quiet(count: int, how: set[str]) -> float:
    """Seconds without a change that end a burst of so many paths, changed in these ways."""
    if count >= MANY:
        return QUIET_AFTER_MANY
    return QUIET_WHEN_WHOLE if count == 1 and "closed" in how and how <= {"modified", "closed"} else QUIET


def as_the_system_calls(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Folders by their real names, each once: what is watched comes back under them."""
    return tuple(dict.fromkeys(path.resolve() for path in paths))
