"""Work for several processes, which share all that this one has read: they are forked, so nothing is sent to them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from generator.errors import Fault, SiteError

Task = TypeVar("Task")
Made = TypeVar("Made")

_work: list[Callable[[Any], Any]] = []
"""What the forked processes do with a task: they have it by being forked."""


def spread(work: Callable[[Task], Made], tasks: Sequence[Task], jobs: int, what: str) -> Iterator[Made]:
    """What `work` makes of each task, in their order, by up to `jobs` processes; by this one where none can be forked.

    Tasks and what is made of them are pickled. `what` says of a process what it did. Raises SiteError where one dies.
    """
    if jobs == 1 or len(tasks) < 2:
        yield from map(work, tasks)
        return
    from concurrent.futures import ProcessPoolExecutor  # slow to import, and not needed by who makes a page at a time
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_all_start_methods, get_context

    if "fork" not in get_all_start_methods():
        yield from map(work, tasks)
        return
    _work.append(work)
    try:
        with ProcessPoolExecutor(min(jobs, len(tasks)), get_context("fork")) as workers:
            yield from workers.map(_do, tasks)
    except BrokenProcessPool as error:
        mend = "It may have run out of memory: build with --jobs 1."
        raise SiteError(Fault(f"a process that {what} was killed", "", mend)) from error
    finally:
        _work.pop()


def _do(task: Any) -> Any:
    return _work[-1](task)
