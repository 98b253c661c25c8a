"""In what order several processes make the files of a large site.

After each round others are forked: of the memory that they share with the first one, all that they so much as look at
becomes their own. `in_rounds` is the door.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

TASKS_A_ROUND = 50
AT_ONCE = 200
"""Tasks up to which one round makes them all: in less time, and in little more memory."""


def in_rounds(tasks: Sequence[int], large: int) -> Iterator[list[int]]:
    """Tasks, round by round; of the first, which are `large`, each round has its share.

    The others stay in their order: neighbours lie near each other in memory, and are on the same days, which each
    process says once.
    """
    others = iter(tasks[large:])
    rounds = 1 if len(tasks) <= AT_ONCE else len(tasks) // TASKS_A_ROUND + 1
    for number in range(rounds):
        size, share = len(tasks[number::rounds]), tasks[:large][number::rounds]
        yield [*share, *islice(others, size - len(share))]
