"""The JSON that other sites read, each held to its published JSON Schema before anybody sees it.

`json_of` is the door: a document becomes bytes only if it fits.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from generator import urls
from generator.errors import Fault, InternalError

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

_SCHEMAS = (urls.AVAILABILITY_SCHEMA, urls.CHANGES_SCHEMA)


def json_of(document: Any, schema: str, path: str) -> bytes:
    """The document as JSON, keys in the order given. Raises InternalError where it does not fit its schema."""
    if wrong := misfit(document, schema):
        mend = f"This is a fault of sitegen. {schema} says what may stand there."
        raise InternalError(Fault(wrong, path, mend))
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def misfit(document: Any, schema: str) -> str:
    """Where a document does not fit a schema, and why; "" where it fits."""
    wrong = next(_validator(schema).iter_errors(document), None)
    return f"{wrong.message} at {'/'.join(map(str, wrong.instance_path)) or 'the top'}" if wrong else ""


def schemas() -> Iterator[tuple[str, bytes]]:
    """The schemas as they are published: path and bytes."""
    yield from ((name, _bytes_of(name)) for name in _SCHEMAS)


def _bytes_of(name: str) -> bytes:
    return Path(__file__).with_name(name).read_bytes()


@cache
def _validator(name: str) -> "Draft202012Validator":
    from jsonschema_rs import Draft202012Validator  # slow to import, and not needed by who makes a page at a time

    return Draft202012Validator(json.loads(_bytes_of(name)), validate_formats=True, offline=True)
