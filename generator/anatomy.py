"""What a record is made of, whether it is a dataclass or a Struct of msgspec."""

from dataclasses import fields, is_dataclass
from typing import Any

from msgspec import Struct


def parts_of(kind: type[Any]) -> tuple[str, ...]:
    """The names of what records of a type are made of, in order; none where it is no type of records."""
    if issubclass(kind, Struct):
        return kind.__struct_fields__
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
