"""Work for several processes, which share all that this one has read: they are forked, so nothing is sent to them.

Where the system cannot fork, the work is sent to each process once, and what is made of it is the same.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from generator.errors import Fault, SiteError

Task = TypeVar("Task")
Made = TypeVar("Made")

_work: list[Callable[[Any], Any]] = []
"""What this process does with a task that another hands to it."""


def can_fork() -> bool:
    """Whether a process can begin with all that this one has read."""
    from multiprocessing import get_all_start_methods

    return "fork" in get_all_start_methods()


def spread(work: Callable[[Task], Made], tasks: Sequence[Task], jobs: int, what: str) -> Iterator[Made]:
    """What `work` makes of each task, in their order, by up to `jobs` processes.

    Tasks and what is made of them are pickled; the work is where it is sent. `what` says of a process what it did.
    Raises SiteError where one dies.
    """
    if jobs == 1 or len(tasks) < 2:
        yield from map(work, tasks)
        return
    from concurrent.futures import ProcessPoolExecutor  # slow to import, and not needed by who makes a page at a time
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    context = get_context("fork" if can_fork() else "spawn")
    try:
        with ProcessPoolExecutor(min(jobs, len(tasks)), context, _begin, (work,)) as workers:
            yield from workers.map(_do, tasks)
    except BrokenProcessPool as error:
        mend = "It may have run out of memory: build with --jobs 1."
        raise SiteError(Fault(f"a process that {what} was killed", "", mend)) from error


def _begin(work: Callable[[Any], Any]) -> None:
    _work.append(work)


def _do(task: Any) -> Any:
    return _work[-1](task)
