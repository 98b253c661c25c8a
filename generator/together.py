"""Calls side by side, and a wait that ends with the first fault, whatever the others are doing.

The threads are daemons: a call that hangs on a silent server must hold up neither an error nor the end of the program.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")
TICK_SECONDS = 0.25


def together(calls: Mapping[str, Callable[[], T]], at_once: int, watch: Callable[[], None]) -> dict[str, T]:
    """What each call gives, `at_once` of them running at a time.

    Raises what the first call that fails raises, or what `watch` does; it is asked a few times a second.
    """
    futures: dict[str, Future[T]] = {name: Future() for name in calls}
    waiting: SimpleQueue[tuple[Future[T], Callable[[], T]]] = SimpleQueue()
    for name, call in calls.items():
        waiting.put((futures[name], call))
    for _ in range(min(at_once, len(calls))):
        Thread(target=_work, args=(waiting,), daemon=True).start()
    pending = set(futures.values())
    while pending:
        done, pending = wait(pending, timeout=TICK_SECONDS, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        watch()
    return {name: future.result() for name, future in futures.items()}


def _work(waiting: SimpleQueue[tuple[Future[T], Callable[[], T]]]) -> None:
    while True:
        try:
            future, call = waiting.get_nowait()
        except Empty:
            return
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - a thread hands its fault over, whatever it is
            future.set_exception(error)
