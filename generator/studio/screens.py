"""The studio's own pages: what is broken, and where. They are rendered from `screens/`, apart from any theme."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from generator.errors import Fault

FOLDER = Path(__file__).parent
HOUSES = "sites/"  # where the gallery's websites lie, below the studio's own address
HERE = "https://studio.invalid"  # stands for the studio's own server where an address must be whole
AROUND = 5
_PLACE = re.compile(r"(?P<file>.+?), line (?P<line>\d+)(?:, .*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file."""

    number: int
    text: str
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A fault, with the lines around it where it names a file."""

    fault: Fault
    lines: Sequence[Line]


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(FOLDER / "screens")), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def screen(name: str, **context: Any) -> bytes:
    """A page of the studio."""
    return _environment().get_template(name).render(**context).encode()


def broken(faults: Sequence[Fault], path: str) -> bytes:
    """The page that stands where something is wrong."""
    return screen("broken.html", shown=[Shown(fault, list(_lines(fault))) for fault in faults], path=path)


def in_three_lines(fault: Fault) -> str:
    """What a terminal says of a fault: what, where, how to mend it."""
    return "\n".join((fault.what, f"  in {fault.where}" if fault.where else "  ", f"  {fault.mend}"))


def _lines(fault: Fault) -> Iterator[Line]:
    """The lines around the one that a fault names; none where it names no file that can be read."""
    place = _PLACE.fullmatch(fault.where)
    if not place:
        return
    try:
        lines = Path(place["file"]).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    wrong = int(place["line"])
    for number in range(max(1, wrong - AROUND), min(len(lines), wrong + AROUND) + 1):
        yield Line(number, lines[number - 1], number == wrong)
