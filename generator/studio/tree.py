"""Any value as a tree of words, as deep and as long as people care to read.

`node` is the door.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.anatomy import parts_of
from generator.text import Html, excerpt

DEEP, MANY, LONG = 4, 12, 200


@dataclass(frozen=True, slots=True)
class Node:
    """A value: its name, its words, and what is in it."""

    name: str
    words: str
    inside: tuple["Node", ...] = ()


def node(name: str, value: Any, deep: int = DEEP) -> Node:
    """A value as a tree; what lies deeper, or after the first of many, is left out."""
    parts = list(_parts(value))
    if not parts:
        return Node(name, _words(value))
    shown = len(parts) if parts_of(type(value)) else MANY
    inside = tuple(node(key, part, deep - 1) for key, part in parts[:shown]) if deep else ()
    rest = (Node("…", f"{len(parts) - shown} more"),) if deep and len(parts) > shown else ()
    return Node(name, _title(value, len(parts)), inside + rest)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """What a value is made of, the questions it answers included."""
    if names := parts_of(type(value)):
        yield from ((name, getattr(value, name)) for name in names)
        asked = (name for name, found in vars(type(value)).items() if isinstance(found, property))
        yield from ((name, getattr(value, name)) for name in asked)
    elif isinstance(value, Mapping):
        yield from ((str(key), part) for key, part in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        yield from ((str(number), part) for number, part in enumerate(value))


def _words(value: Any) -> str:
    if value is None or value == () or value == {} or value == []:
        return "none"
    if isinstance(value, Html):
        return f"HTML: {excerpt(str(value), LONG)}"
    if isinstance(value, str) and type(value) is str:
        return f"“{excerpt(value, LONG)}”"
    return excerpt(str(value), LONG)


def _title(value: Any, count: int) -> str:
    if parts_of(type(value)):
        known = (getattr(value, name, None) for name in ("title", "name", "path", "id"))
        return f"{type(value).__name__} {next((str(word) for word in known if word), '')}".strip()
    return f"{count} in it" if isinstance(value, Mapping) else f"{count} of them"
