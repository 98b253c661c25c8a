"""Work for several processes, which share all that this one has read: they are forked, so nothing is sent to them.

Where the system cannot fork, the work is sent to each process once, and what is made of it is the same.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from generator.errors import Fault, SiteError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

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


@contextmanager
def ahead(work: Callable[[Task], Made], tasks: Sequence[Task]) -> Iterator[Iterator[Made]]:
    """What `work` makes of each task, in their order, by a forked process that does not wait to be asked for it.

    What it cannot tell, as where it dies, is made when it is asked for; so is everything where none can be forked.
    """
    if not can_fork():
        yield map(work, tasks)
        return
    from multiprocessing import get_context

    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(work, tasks, theirs, ours), daemon=True)
    process.start()
    theirs.close()
    try:
        yield (_told(ours, work, task) for task in tasks)
    finally:
        ours.close()
        process.join()


def _tell(work: Callable[[Task], Made], tasks: Sequence[Task], told: "Connection", unused: "Connection") -> None:
    """Make what there is to make, as long as somebody is there to take it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for this one ends it
    unused.close()
    with suppress(OSError):
        for task in tasks:
            told.send(work(task))


def _told(told: "Connection", work: Callable[[Task], Made], task: Task) -> Made:
    with suppress(EOFError, OSError):
        made: Made = told.recv()
        return made
    return work(task)


def _begin(work: Callable[[Any], Any]) -> None:
    _work.append(work)


def _do(task: Any) -> Any:
    return _work[-1](task)
