"""TOML tables as typed, frozen records: the settings and the front matter of content read through this one door.

`read` takes a Struct as the description of a table: its field names are the keys, its annotations the types, its
defaults what may be left out, and what goes with a type in `Annotated` is the check that a value must also pass. All
faults of a file are found in one go, each with its line and, for a key that does not exist, the nearest name that does.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from generator.anatomy import Struct
from generator.errors import Fault, SiteError
from generator.text import one_line

T = TypeVar("T")
Table = Mapping[str, Any]
Check = Callable[[Any], str]
"""Takes a value of the right type; gives what is wrong with it, or ""."""

_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def some_text(value: str) -> str:
    """The check of a text that must not be empty."""
    return "" if value.strip() else "it must not be empty"


def load(text: str, where: str, first_line: int = 1) -> Table:
    """The table in a TOML text, each text in it one line without control characters.

    Raises SiteError with the line where it is not TOML.
    """
    try:
        table: Table = _cleaned(tomllib.loads(text))
        return table
    except ValueError as error:  # tomllib's own, and Python's for a number without end
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = int(place[1]) + first_line - 1 if place else first_line + text.count("\n")
        what = str(error).split(" (at ")[0]
        raise SiteError(
            Fault(f"not TOML: {what}", f"{where}, line {line}", "Quotes around text? A = after the key? Each key once?")
        ) from error


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return {key: _cleaned(item) for key, item in value.items()} if isinstance(value, dict) else value


def objection(cls: Any, name: str, value: str) -> str:
    """What the check of a field says of a text; "" where it is good, or any text is."""
    check = _keys(cls)[name].check
    return check(value) if check else ""


class _Reading(Struct):
    """One file being read: where it is, its text (to find lines) and the faults so far."""

    where: str
    text: str
    first_line: int
    faults: list[Fault]

    def fault(self, path: tuple[str, ...], what: str, mend: str = "") -> None:
        line = _line_of(self.text, path)
        place = f"{self.where}, line {line + self.first_line - 1}" if line else self.where
        self.faults.append(Fault(what, place, mend))


def read(cls: type[T], table: Table, where: str, text: str = "", first_line: int = 1) -> T:
    """A record of `cls` from a table. Raises SiteError with every fault of the table."""
    reading = _Reading(where, text, first_line, [])
    record = _record(reading, cls, table, ())
    if reading.faults:
        raise SiteError(*reading.faults)
    return record  # type: ignore[no-any-return]  # without faults it is a whole record of cls


class _Key(NamedTuple):
    """A key that a table may have: the type of its value, what else is asked of that, and whether it must be there."""

    hint: Any
    check: Check | None
    is_needed: bool


@cache
def _keys(cls: Any) -> Mapping[str, _Key]:
    """The keys of a table, by name."""
    hints, needed = get_type_hints(cls, include_extras=True), len(cls.__struct_fields__) - len(cls.__struct_defaults__)
    parts = [
        get_args(hints[name]) if get_origin(hints[name]) is Annotated else (hints[name], None)
        for name in cls.__struct_fields__
    ]
    return {
        name: _Key(hint, check, number < needed)
        for number, (name, (hint, check)) in enumerate(zip(cls.__struct_fields__, parts, strict=True))
    }


def _is_table(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct)


def _record(reading: _Reading, cls: Any, table: object, path: tuple[str, ...]) -> Any:
    if not isinstance(table, Mapping):
        reading.fault(
            path, f"{_key(path)} is {_show(table)}, not a table", f"Write [{'.'.join(path)}] and its keys below."
        )
        return None
    known = _keys(cls)
    for name in [name for name in table if name not in known]:
        reading.fault((*path, name), f"{_key((*path, name))} is not known", nearest(name, known))
    values = {}
    for name, key in known.items():
        if name in table:
            values[name] = _checked_value(reading, key, table[name], (*path, name))
        elif key.is_needed:
            reading.fault(path, f"{_key((*path, name))} is missing", "It is required.")
    return None if reading.faults else cls(**values)


def _checked_value(reading: _Reading, key: _Key, value: object, path: tuple[str, ...]) -> Any:
    before = len(reading.faults)
    result = _value(reading, key.hint, value, path)
    if key.check and len(reading.faults) == before and (wrong := key.check(result)):
        reading.fault(path, f"{_key(path)} is {_show(value)}: {wrong}")
    return result


def _value(reading: _Reading, hint: Any, value: object, path: tuple[str, ...]) -> Any:
    """`value` as the annotation `hint` wants it; what does not fit becomes a fault."""
    origin, args = get_origin(hint), get_args(hint)
    if _is_table(hint):
        return _record(reading, hint, value, path)
    if origin is Literal:
        return _one_of(reading, args, value, path)
    if origin is tuple:
        return _list(reading, args[0], value, path)
    if origin is Mapping:
        return _mapping(reading, args, value, path)
    if args:  # a union: the first that fits by kind
        hint = next((arg for arg in args if _is_table(arg) is isinstance(value, Mapping)), args[0])
        return _value(reading, hint, value, path)
    return _scalar(reading, hint, value, path)


def _scalar(reading: _Reading, hint: Any, value: object, path: tuple[str, ...]) -> Any:
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        reading.fault(path, f"{_key(path)} is {_show(value)}, not {_NAMES[hint]}")
    return value


def _one_of(reading: _Reading, choices: tuple[Any, ...], value: object, path: tuple[str, ...]) -> Any:
    if value not in choices:
        shown = [_show(choice) for choice in choices if choice]
        few = f"It can be {' or '.join(shown)}."
        reading.fault(path, f"{_key(path)} is {_show(value)}", few if len(shown) < 5 else nearest(_show(value), shown))
    return value


def _list(reading: _Reading, hint: Any, value: object, path: tuple[str, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        reading.fault(path, f"{_key(path)} is {_show(value)}, not a list", "Write it in square brackets: [ … ]")
        return ()
    return tuple(_value(reading, hint, item, path) for item in value)


def _mapping(reading: _Reading, hints: tuple[Any, ...], value: object, path: tuple[str, ...]) -> Mapping[Any, Any]:
    key_hint, value_hint = hints
    if not isinstance(value, Mapping):
        reading.fault(
            path, f"{_key(path)} is {_show(value)}, not a table", f"Write [{'.'.join(path)}] and its keys below."
        )
        return {}
    result = {}
    for key, item in value.items():
        if key_hint is int and not re.fullmatch("[0-9]{1,18}", key):
            reading.fault((*path, key), f"{_key((*path, key))} is not known", "The name must be an id, a whole number.")
            continue
        result[key_hint(key)] = _value(reading, value_hint, item, (*path, key))
    return result


def nearest(name: str, known: Iterable[str]) -> str:
    """Advice on a name that is not known: the nearest that is, else all of them."""
    known = tuple(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else f"Known here: {', '.join(known)}."


def _key(path: tuple[str, ...]) -> str:
    """`[site] naem` of ("site", "naem")."""
    return f"[{'.'.join(path[:-1])}] {path[-1]}" if len(path) > 1 else (path[-1] if path else "the file")


def _show(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping | list):
        return "a list" if isinstance(value, list) else "a table"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _line_of(text: str, path: tuple[str, ...]) -> int:
    """The line where a key, or failing that its table, stands in a TOML text; 0 where it is not found."""
    current: tuple[str, ...] = ()
    table_line = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line):
            current = tuple(part.strip(" \"'") for part in header[1].split("."))
            if current == path:
                return number
            table_line = number if current == path[: len(current)] else table_line
        elif (key := re.match(r"""\s*["']?([\w. -]+?)["']?\s*=""", line)) and (*current, *key[1].split(".")) == path:
            return number
    return table_line
