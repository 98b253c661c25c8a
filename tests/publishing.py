"""A process of its own that publishes, for tests of what happens beside it or when it is killed.

`python -m tests.publishing turns OUTPUT` lets two large sites take turns in the output until it is killed;
`python -m tests.publishing hold OUTPUT` stops in the middle of its files until its input ends. Each says "ready" first.
"""

import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import cycle
from pathlib import Path

from generator.order import Written
from generator.write import Aside, Placed, publishing

Files = dict[str, bytes]


def put(output: Path, files: Iterable[tuple[str, bytes]]) -> Written:
    """Publish files, (path, bytes) each."""

    def make(aside: Aside) -> Iterator[Placed]:
        return ((path, aside.put(path, content, sha256(content).digest())[0]) for path, content in files)

    with publishing(output, keeps_most=True) as publication:
        return publication.publish(make)


def large(word: str) -> Files:
    """A site of 60 files in folders; of two with different words, 21 files differ and 14 stand in one alone."""
    same = {f"events/{number % 7}/{number}/index.html": b"<p>" * 400 + b"%d" % number for number in range(25)}
    differ = {f"calendar/{number}/index.html": word.encode() * 500 for number in range(20)}
    alone = {f"{word}/{number % 5}/{number}.txt": word.encode() * 300 for number in range(14)}
    return {"availability.json": word.encode(), **same, **differ, **alone}


def held() -> Iterator[tuple[str, bytes]]:
    """Two files; the second comes when the input ends."""
    yield "availability.json", b"held"
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    yield "index.html", b"held"


def take_turns(output: Path) -> None:
    """Publish one site and the other, for ever."""
    sites = cycle([large("even"), large("odd")])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for site in sites:
        put(output, site.items())


if __name__ == "__main__":
    if sys.argv[1] == "turns":
        take_turns(Path(sys.argv[2]))
    else:
        put(Path(sys.argv[2]), held())
