"""Every way in which a server fails its clients, on demand (spektrix-api.md §1.5)."""

import gzip
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

from generator.anatomy import replace
from generator.sandbox.answers import Answer, page

# What each kind does; `400` to `599` is that status, and `-once` behind a kind lets the next request pass.
KINDS = {
    "html": "200 with an HTML page",
    "empty": "200 with nothing",
    "truncated": "a whole response with half a document",
    "cut": "the connection ends before the promised length",
    "cut-chunked": "the connection ends before the last chunk",
    "slow": "a piece every 0.2 s, for 3 s or as in slow:30",
    "hang": "headers, then silence",
    "redirect": "302 to another host",
    "bomb": "entities that unfold to gigabytes",
    "gzip-bomb": "a small response that unfolds to 600 MB",
    "cap": "all=true is not heeded",
}
_PACE = 0.2
_MEGABYTES = 600


@dataclass(frozen=True, slots=True)
class Trouble:
    """A way to fail: a name of KINDS, or a status such as "503". `seconds` is how long a slow answer takes."""

    kind: str
    is_once: bool = False
    seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What failing takes: where a redirect leads, a number for where to cut, and the sign that the server ends."""

    elsewhere: str
    chance: int
    ending: threading.Event = field(default_factory=threading.Event)


def trouble(text: str) -> Trouble:
    """The trouble that "503-once" or "slow:30" names. Raises ValueError where it names none."""
    found = re.fullmatch(r"([a-z-]+?|[45]\d\d)(-once)?(?::(\d+(?:\.\d+)?))?", text)
    known = found and (found[1] in KINDS or found[1] in {str(status.value) for status in HTTPStatus})
    if not found or not known or (found[3] and found[1] != "slow"):
        raise ValueError(f'"{text}" is none of {", ".join(KINDS)} or a status such as 500; each can end in -once')
    return Trouble(found[1], bool(found[2]), float(found[3] or 3))


def spoilt(answer: Answer, by: Trouble, around: Surroundings) -> tuple[Answer, Iterator[bytes]]:
    """An answer gone wrong, and its body in the pieces in which it is to be sent.

    The answer's headers hold Content-Length where it is not that of the body. A piece that raises ConnectionError ends
    the connection.
    """
    bad = _otherwise(answer, by, around)
    half = bad.body[: len(bad.body) * (30 + around.chance % 60) // 100]
    promised = replace(bad, headers={**bad.headers, "Content-Length": str(len(bad.body))})
    match by.kind:
        case "cut":
            return promised, iter([half])
        case "cut-chunked":
            return bad, _broken_off(half)
        case "slow":
            return promised, _slowly(bad.body, by.seconds, around.ending)
        case "hang":
            return promised, _silence(around.ending)
        case "truncated":
            return replace(bad, headers={**bad.headers, "Content-Length": str(len(half))}), iter([half])
    return promised, iter([bad.body])


def _otherwise(answer: Answer, by: Trouble, around: Surroundings) -> Answer:
    """What is sent in place of an answer; the answer itself where only the way it is sent goes wrong."""
    if by.kind.isdecimal():
        return page(int(by.kind), "Try again later.", {"Retry-After": "1"} if by.kind in ("429", "503") else {})
    if by.kind == "html":
        return page(200, "We are making some improvements and will be back soon.")
    if by.kind == "redirect":
        return page(302, "It has moved.", {"Location": around.elsewhere})
    if by.kind == "gzip-bomb":
        return replace(answer, body=_gzip_bomb(answer.body), headers={**answer.headers, "Content-Encoding": "gzip"})
    bodies = {"empty": b"", "bomb": _bomb()}
    return replace(answer, body=bodies.get(by.kind, answer.body))


def _broken_off(start: bytes) -> Iterator[bytes]:
    yield start
    raise ConnectionAbortedError


def _slowly(body: bytes, seconds: float, ending: threading.Event) -> Iterator[bytes]:
    pieces = max(1, round(seconds / _PACE))
    size = -(-len(body) // pieces) or 1
    for place in range(0, len(body), size):
        if ending.wait(_PACE):
            raise ConnectionAbortedError
        yield body[place : place + size]


def _silence(ending: threading.Event) -> Iterator[bytes]:
    yield b""
    ending.wait()
    raise ConnectionAbortedError


def _bomb() -> bytes:
    """Ten entities of ten times the one before: 10 GB once they are unfolded."""
    entities = '<!ENTITY e0 "0123456789">' + "".join(
        f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10)
    )
    head = f'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE Events [{entities}]>'
    return f'{head}<Events><Event id="1"><Name>&e9;</Name></Event></Events>'.encode()


def _gzip_bomb(body: bytes) -> bytes:
    """The document with 600 MB of blanks after it, which XML allows; gzip files may follow one another."""
    return gzip.compress(body) + gzip.compress(b" " * 2**20) * _MEGABYTES
