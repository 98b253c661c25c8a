"""Records: frozen values with named parts. The home of the Structs of msgspec that most of them are.

A Struct is made twenty times as soon as a frozen dataclass, and so is its class, of which every build makes a hundred;
one that keeps something for the next time it is asked has a `dict`. Dataclasses are what no build imports, what works
parts of itself out, and what must not be printed. What is said here holds for both.
"""

import dataclasses
from typing import Any, TypeVar

from msgspec import Struct as Struct
from msgspec import field as field
from msgspec import structs
from msgspec import to_builtins as to_builtins
from msgspec.structs import force_setattr as force_setattr

Record = TypeVar("Record")


def replace(record: Record, **parts: Any) -> Record:
    """The record with some of its parts others. Raises TypeError where it has no such part."""
    if isinstance(record, Struct):
        return structs.replace(record, **parts)
    return dataclasses.replace(record, **parts)  # type: ignore[type-var]  # what is no Struct is a dataclass


def parts_of(kind: type[Any]) -> tuple[str, ...]:
    """The names of what records of a type are made of, in order; none where it is no type of records."""
    if issubclass(kind, Struct):
        return kind.__struct_fields__
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()
