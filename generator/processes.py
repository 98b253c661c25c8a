"""Work for several processes, which share all that this one has read: they are forked, so nothing is sent to them.

Where the system cannot fork, the work is sent to each process once, and what is made of it is the same.
"""

import traceback
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
        raise _killed(what) from error


def _killed(what: str) -> SiteError:
    return SiteError(
        Fault(f"a process that {what} was killed", "", "It may have run out of memory: build with --jobs 1.")
    )


@contextmanager
def beside(work: Callable[[Callable[[], bool]], Made], jobs: int, what: str) -> Iterator[Callable[[], Made]]:
    """Have a forked process at work while this one goes on; gives what ends that, and tells what was made by then.

    `work` asks again and again whether it was long enough. Where none can be forked, or `jobs` is 1, it is from the
    beginning, and the work is done when it is asked for. Raises what the work raises, and SiteError where it dies.
    """
    if jobs == 1 or not can_fork():
        yield lambda: work(lambda: True)
        return
    with _forked(_do_beside, work) as ours:

        def made() -> Made:
            with suppress(OSError):  # it is done, or dead
                ours.send(None)
            try:
                is_made, told = ours.recv()
            except (EOFError, OSError) as error:
                raise _killed(what) from error
            if not is_made:
                raise told
            return told  # type: ignore[no-any-return]  # it was pickled

        yield made


def _do_beside(work: Callable[[Callable[[], bool]], Any], told: "Connection") -> None:
    try:
        made = True, work(told.poll)
    except Exception as error:  # noqa: BLE001 - it is handed over, whatever it is
        error.add_note(traceback.format_exc())
        made = False, error
    told.send(made)


@contextmanager
def _forked(do: Callable[..., None], *arguments: Any) -> Iterator["Connection"]:
    """A forked process that does something, and this end of what connects it with this one."""
    from multiprocessing import get_context

    context = get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_begun, args=(ours, do, *arguments, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join()


def _begun(unused: "Connection", do: Callable[..., None], *arguments: Any) -> None:
    """Do something in a forked process, as long as somebody is there to take it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for this one ends it
    unused.close()
    with suppress(OSError):
        do(*arguments)


@contextmanager
def ahead(work: Callable[[Task], Made], tasks: Sequence[Task]) -> Iterator[Iterator[Made]]:
    """What `work` makes of each task, in their order, by a forked process that does not wait to be asked for it.

    What it cannot tell, as where it dies, is made when it is asked for; so is everything where none can be forked.
    """
    if not can_fork():
        yield map(work, tasks)
        return
    with _forked(_tell, work, tasks) as ours:
        yield (_told(ours, work, task) for task in tasks)


def _tell(work: Callable[[Task], Made], tasks: Sequence[Task], told: "Connection") -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as teller:  # who goes on meanwhile, as much is not taken before it is asked for
        for task in tasks:
            teller.submit(told.send, work(task))


def _told(told: "Connection", work: Callable[[Task], Made], task: Task) -> Made:
    with suppress(EOFError, OSError):
        made: Made = told.recv()
        return made
    return work(task)


def _begin(work: Callable[[Any], Any]) -> None:
    _work.append(work)


def _do(task: Any) -> Any:
    return _work[-1](task)
