"""In what order several processes make the files of a large site.

After each round others are forked: of the memory that they share with the first one, all that they so much as look at
becomes their own. `in_rounds` is the door.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

TASKS_A_ROUND = 90
"""About how many; where there are not twice as many, one round makes them all, sooner and in little more memory."""


def in_rounds(tasks: Sequence[int], large: int) -> Iterator[list[int]]:
    """Tasks, round by round; of the first, which are `large`, each round has its share.

    The others stay in their order: neighbours lie near each other in memory, and are on the same days, which each
    process says once.
    """
    rounds, others = max(len(tasks) // TASKS_A_ROUND, 1), iter(tasks[large:])
    for number in range(rounds):
        size, share = len(tasks[number::rounds]), tasks[:large][number::rounds]
        yield [*share, *islice(others, size - len(share))]
