"""What was read from large documents, kept for the next time: reading them takes longer than all that follows.

A collection is found again by the bytes it was read from and by the program that read it, never by a date. `Kept` is
the door. The folder can be deleted at any time; what cannot be kept is read anew.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from generator.errors import SitegenError
from generator.swap import put
from generator.text import Html

LARGE = 2**20
WORTH_FORKING = 8 * LARGE
"""Bytes in all, of which a core reads some 20 MB in a second: it takes 0.1 s to begin with several processes."""

BATCH = 1000
_READERS = ("text.py", "model.py", *(f"spektrix/{name}.py" for name in ("kept", "fields", "markup", "parse")))
_LIBRARIES = ("lxml", "nh3", "msgspec")


@dataclass(frozen=True, slots=True)
class Reading:
    """A collection to read: its name, its document, the type of its records, and what reads them from a document."""

    name: str
    document: BinaryIO
    kind: Any
    records: Callable[[BinaryIO], Iterator[Any]]

    def size(self) -> int:
        """The bytes of the document."""
        size = self.document.seek(0, os.SEEK_END)
        self.document.seek(0)
        return size

    def key(self) -> bytes:
        """What the records are found again by: the bytes they are read from, and who reads them."""
        digest = hashlib.file_digest(self.document, "sha256").digest()  # type: ignore[arg-type]  # a file in bytes
        self.document.seek(0)
        return digest + _reader()


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of collections as they were read; it need not be there."""

    folder: Path

    def read(self, readings: Sequence[Reading]) -> dict[str, tuple[Any, ...]]:
        """The records of each by its name: as they were kept, or read now; those of large files are then kept.

        Where much is to be read, several processes read it. Raises SourceError for the first that is broken.
        """
        keys = {reading.name: reading.key() for reading in readings if reading.size() >= LARGE}
        missing = {
            reading.name: reading
            for reading in readings
            if reading.name in keys and not self._has(reading.name, keys[reading.name])
        }
        found = {}
        with self._read_ahead(missing) as ahead:
            for reading in readings:
                if reading.name in missing:
                    next(ahead, None)
                found[reading.name] = self._records(reading, keys.get(reading.name))
        return found

    @contextmanager
    def _read_ahead(self, missing: Mapping[str, Reading]) -> Iterator[Iterator[None]]:
        """Have files read and kept by other processes, each of which is waited for in order.

        Their errors are not raised: what is not kept is read again, and fails again, in its turn. Nothing is done
        where this process has several threads, as what is forked from it may then wait for ever, or where it cannot
        be forked.
        """
        is_much = sum(reading.size() for reading in missing.values()) >= (WORTH_FORKING if len(missing) > 1 else LARGE)
        if is_much and threading.active_count() == 1 and self._is_writable():
            from generator.processes import ahead, can_fork, spread  # needed only here, and seldom

            def keep(name: str) -> None:
                self._keep(missing[name])

            if can_fork():
                several = spread(keep, [*missing], os.cpu_count() or 1, "read a feed")
                with closing(_until_one_dies(several)) if len(missing) > 1 else ahead(keep, [*missing]) as done:
                    yield done
                return
        yield iter(())

    def _keep(self, reading: Reading) -> None:
        """Read and keep a file, in a forked process: opened anew, as its place in an open one is its parent's, too."""
        with suppress(OSError, SitegenError), Path(reading.document.name).open("rb") as document:
            own = replace(reading, document=document)
            self._read(own, own.key())

    def _records(self, reading: Reading, key: bytes | None) -> tuple[Any, ...]:
        if key is None:
            return tuple(reading.records(reading.document))
        found = self._found(reading, key)
        return _decoded(self._read(reading, key), key, reading.kind) if found is None else found

    def _read(self, reading: Reading, key: bytes) -> bytearray:
        """The content of a file that keeps what is read now, and that is written if it can be. Few records at a time.

        Raises SourceError.
        """
        records, batches = reading.records(reading.document), []
        encoder = msgspec.msgpack.Encoder(enc_hook=str)
        while batch := tuple(islice(records, BATCH)):
            batches.append(encoder.encode(batch))
        content = bytearray(key)
        encoder.encode_into(batches, content, -1)
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            put(self._file(reading.name), content)
        return content

    def _found(self, reading: Reading, key: bytes) -> tuple[Any, ...] | None:
        """The records that are kept under a key; None where there are none."""
        with suppress(OSError, msgspec.MsgspecError):
            content = self._file(reading.name).read_bytes()
            return _decoded(content, key, reading.kind) if content.startswith(key) else None
        return None

    def _has(self, name: str, key: bytes) -> bool:
        with suppress(OSError), self._file(name).open("rb") as file:
            return file.read(len(key)) == key
        return False

    def _is_writable(self) -> bool:
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder.is_dir() and os.access(self.folder, os.W_OK)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.msgpack"


def _until_one_dies(several: Iterator[None]) -> Generator[None, None, None]:
    with suppress(OSError, SitegenError):
        yield from several


@cache
def _reader() -> bytes:
    """What tells this program from another that would read the same bytes otherwise."""
    package = Path(__file__).parent.parent
    made_of = [(package / name).read_bytes() for name in _READERS]
    made_of += [f"{name} {version(name)}".encode() for name in _LIBRARIES]
    return hashlib.sha256(b"\0".join(made_of)).digest()


def _decoded(content: bytes | bytearray, key: bytes, kind: Any) -> tuple[Any, ...]:
    """The records in what begins with a key. Raises MsgspecError where they are damaged."""
    batches = msgspec.msgpack.decode(memoryview(content)[len(key) :], type=tuple[memoryview, ...])
    decoder = msgspec.msgpack.Decoder(tuple[kind, ...], dec_hook=_text)
    return tuple(chain.from_iterable(map(decoder.decode, batches)))


def _text(kind: type, value: Any) -> Any:
    """A text of a kind of its own."""
    return kind(value) if kind is Html and isinstance(value, str) else value
