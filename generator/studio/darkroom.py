"""Pictures that are made when somebody looks at them: a page knows their names and sizes before.

`Darkroom` is the door. What it foresees is what a build makes, save for a picture of which only the making shows that
it cannot be used: that is remembered, and raised once, so that the site can be made again without it.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from generator.anatomy import replace
from generator.errors import Fault, SiteError
from generator.pictures.illustrate import Illustrated, Studio, illustrated
from generator.pictures.renditions import Rendition, Task, developed, foreseen
from generator.programme import ListedEvent, Programme


class UnforeseenError(SiteError):
    """A picture that pages show cannot be used: made again, they will not show it."""


@dataclass
class _Tasks:
    """What is still to be made, by the name of its file; and why what cannot be is `unusable`, by its key."""

    cache: Path
    unusable: dict[str, str]
    by_name: dict[str, Task] = field(default_factory=dict)
    locks: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    def foresee(self, tasks: Iterable[Task], cache: Path, jobs: int) -> dict[str, Rendition | str]:
        """What the tasks will make; they are kept until somebody wants it."""
        by_key = {task.key: task for task in tasks}
        usable = (task for key, task in by_key.items() if key not in self.unusable)
        found = foreseen(usable, cache) | {key: self.unusable[key] for key in by_key.keys() & self.unusable}
        made = ((key, made) for key, made in found.items() if isinstance(made, Rendition))
        self.by_name |= {file.name: by_key[key] for key, rendition in made for file in rendition.files.values()}
        return found

    def ready(self, file: Path) -> None:
        """Make a file where it is not there yet, and first what it is made from.

        Raises UnforeseenError where it turns out that it cannot be made, SiteError where that is known.
        """
        task = self.by_name.get(file.name)
        if task is None or file.is_file():
            return
        picture = getattr(task, "picture", None)
        if isinstance(picture, Path):
            self.ready(picture)
        with self.locks[task.key]:
            made = developed([task], self.cache, 1)[task.key]
            is_news = task.key not in self.unusable
            if isinstance(made, str):
                self.unusable[task.key] = made
        if isinstance(made, str):
            fault = Fault(f"this picture {made}", str(getattr(task, "file", "")), "Save it anew.")
            raise UnforeseenError(fault) if is_news else SiteError(fault)


@dataclass
class _Kept:
    """What was illustrated last: of each event what it was, and what it became."""

    studio: Studio
    tasks: _Tasks
    events: dict[int, tuple[ListedEvent, ListedEvent]]
    files: dict[str, Path]
    share: str


class Darkroom:
    """Illustrates programmes without making pictures; `unusable` says why some cannot be used, by their keys."""

    def __init__(self, unusable: dict[str, str] | None = None) -> None:
        self.unusable: dict[str, str] = {} if unusable is None else unusable
        self._kept: _Kept | None = None

    def illustrated(self, programme: Programme, studio: Studio, *, is_same: bool) -> Illustrated:
        """A programme with its pictures; `is_same` says that no picture has changed since the last one."""
        kept = self._kept
        if not is_same or kept is None or replace(kept.studio, static=studio.static) != studio:
            return self._anew(programme, studio)
        new = tuple(event for event in programme.events if kept.events.get(event.id, (None,))[0] is not event)
        if new:
            made = illustrated(replace(programme, events=new), replace(studio, develop=kept.tasks.foresee))
            self._keep(new, made.programme.events)
            kept.files.update(made.files)
        events = tuple(kept.events[event.id][1] for event in programme.events)
        whole = replace(programme, events=events, share=kept.share)
        return Illustrated(whole, kept.files, kept.tasks.ready)

    def _anew(self, programme: Programme, studio: Studio) -> Illustrated:
        tasks = _Tasks(studio.cache, self.unusable)
        made = illustrated(programme, replace(studio, develop=tasks.foresee))
        self._kept = _Kept(studio, tasks, {}, dict(made.files), made.programme.share)
        self._keep(programme.events, made.programme.events)
        return replace(made, files=self._kept.files, ready=tasks.ready)

    def _keep(self, plain: Iterable[ListedEvent], done: Iterable[ListedEvent]) -> None:
        assert self._kept  # noqa: S101  # made before
        self._kept.events |= {before.id: (before, after) for before, after in zip(plain, done, strict=True)}
