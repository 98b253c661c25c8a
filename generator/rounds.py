"""In what order several processes make the files of a large site.

After each round others are forked: of the memory that they share with the first one, all that they so much as look at
becomes their own. `in_rounds` is the door.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

TASKS_A_ROUND = 90


def in_rounds(tasks: Sequence[int], large: int) -> Iterator[Sequence[int]]:
    """Tasks, round by round; of the first, which are `large`, each round has its share.

    The others stay in their order: neighbours lie near each other in memory, and are on the same days, which each
    process says once.
    """
    rounds, others = len(tasks) // TASKS_A_ROUND + 1, tasks[large:]
    ends = [len(others) * number // rounds for number in range(rounds + 1)]
    for number, (first, end) in enumerate(pairwise(ends)):
        yield [*tasks[:large][number::rounds], *others[first:end]]
