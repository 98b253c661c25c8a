"""What was read from large documents, kept for the next time: reading them takes longer than all that follows.

A collection is found again by the bytes it was read from and by the program that read it, never by a date. `Kept` is
the door. The folder can be deleted at any time; what cannot be kept is read anew.
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

from generator.swap import put
from generator.text import Html

T = TypeVar("T")
LARGE = 2**20
_READERS = ("text.py", "model.py", *(f"spektrix/{name}.py" for name in ("kept", "fields", "markup", "parse")))
_LIBRARIES = ("lxml", "nh3", "msgspec")


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of collections as they were read; it need not be there."""

    folder: Path

    def records(self, name: str, document: BinaryIO, kind: type[T], read: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        """The records of a document, as they were kept or else as `read` gives them; those of a large one are kept."""
        size = document.seek(0, os.SEEK_END)
        document.seek(0)
        if size < LARGE:
            return read()
        key = _digest(document) + _reader()
        document.seek(0)
        file = self.folder / f"{name}.msgpack"
        found = _loaded(file, key, kind)
        if found is None:
            found = read()
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                put(file, key + msgspec.msgpack.encode(found, enc_hook=str))
        return found


def _digest(document: BinaryIO) -> bytes:
    return hashlib.file_digest(document, "sha256").digest()  # type: ignore[arg-type]  # a file in bytes


@cache
def _reader() -> bytes:
    """What tells this program from another that would read the same bytes otherwise."""
    package = Path(__file__).parent.parent
    made_of = [(package / name).read_bytes() for name in _READERS]
    made_of += [f"{name} {version(name)}".encode() for name in _LIBRARIES]
    return hashlib.sha256(b"\0".join(made_of)).digest()


def _loaded(file: Path, key: bytes, kind: type[T]) -> tuple[T, ...] | None:
    """The records in a file that begins with a key; None where there are none."""
    try:
        content = file.read_bytes()
        if not content.startswith(key):
            return None
        return msgspec.msgpack.decode(memoryview(content)[len(key) :], type=tuple[kind, ...], dec_hook=_text)  # type: ignore[valid-type]
    except (OSError, msgspec.MsgspecError):
        return None


def _text(kind: type, value: Any) -> Any:
    """A text of a kind of its own."""
    return kind(value) if kind is Html and isinstance(value, str) else value
