"""How much a phone must load before it shows an event: the limits, and what goes beyond them.

`too_heavy` is the door. Sizes are in bytes as a host sends them, compressed by gzip; fonts are compressed already.
"""

import gzip
from collections.abc import Iterator, Mapping

from generator.errors import Notice, NoticeKind

KILOBYTE = 1024
EVENT, STYLES, SCRIPTS, FONT = 12 * KILOBYTE, 14 * KILOBYTE, 8 * KILOBYTE, 40 * KILOBYTE
HEAVY_EVENT = NoticeKind(
    f"page of an event of more than {EVENT // KILOBYTE} KB",
    f"pages of events of more than {EVENT // KILOBYTE} KB",
    "A phone waits for it. Is its description very long, or has a template of yours grown?",
)
HEAVY_FONT = NoticeKind(
    f"font of more than {FONT // KILOBYTE} KB",
    f"fonts of more than {FONT // KILOBYTE} KB",
    "A phone waits for it. Have it made anew with no more letters than the languages of the site need.",
)


def compressed(content: bytes) -> int:
    """The size of a file as it is sent."""
    return len(gzip.compress(content, 9))


def too_heavy(events: Mapping[str, int], loaded: Mapping[str, int]) -> Iterator[Notice]:
    """What is too much, of the pages of events by address, and of the files that pages load by path."""
    yield from (Notice(HEAVY_EVENT, shown(size), where) for where, size in events.items() if size > EVENT)
    for what, ending, limit in (("style sheets", ".css", STYLES), ("scripts", ".js", SCRIPTS)):
        files = {path: size for path, size in loaded.items() if path.endswith(ending)}
        if sum(files.values()) > limit:
            yield Notice(_together(what, limit), shown(sum(files.values())), f"/{max(files, key=files.__getitem__)}")
    fonts = {path: size for path, size in loaded.items() if path.endswith(".woff2")}
    yield from (Notice(HEAVY_FONT, shown(size), f"/{path}") for path, size in fonts.items() if size > FONT)


def shown(size: int) -> str:
    """A size as people read it: 12.3 KB."""
    return f"{size / KILOBYTE:.1f} KB"


def _together(what: str, limit: int) -> NoticeKind:
    words = f"{what} of more than {limit // KILOBYTE} KB together"
    return NoticeKind(words, words, "A phone waits for them. This is the largest: take out of it what no page needs.")
