"""Collections of garbage, kept away from what was read: each would walk through all of it.

In a process that was forked such a walk would also copy all the memory that it shares with the first one.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """No collection of garbage meanwhile, nor in processes that are forked then; none later of what is there by then,
    such as when the program ends."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


@contextmanager
def reading_much() -> Iterator[None]:
    """The same, again and again: what was read before, and is used no more, is looked for."""
    with undisturbed():
        yield
        if gc.get_freeze_count():
            gc.unfreeze()
            gc.collect()
