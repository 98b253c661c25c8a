"""What was read from large documents, kept for the next time: reading them takes longer than all that follows.

What was read is found again by the bytes it was read from and by the program that read it, never by a date, and it is
found in pieces: where a row changed, the piece that it is in is read. `Kept` is the door. The folder can be deleted at
any time; what cannot be kept is read anew.
"""

import hashlib
import io
import os
import threading
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from generator.anatomy import Struct
from generator.errors import SitegenError
from generator.libraries import libraries
from generator.spektrix.pieces import Pieces, pieces
from generator.swap import put
from generator.text import Html

LARGE = 2**16
WORTH_FORKING = 2**23
"""Bytes in all, of which a core reads some 20 MB in a second: it takes 0.1 s to begin with several processes."""

PORTION = 8
"""Pieces that a process reads at a time."""

BATCH = 1000
DIGEST = hashlib.sha256().digest_size
_READERS = ("text.py", "model.py", *(f"spektrix/{name}.py" for name in ("kept", "fields", "markup", "parse", "pieces")))

Records = tuple[bytes | memoryview, ...]
"""What was read, encoded, in batches."""


class Reading(Struct, frozen=True):
    """A collection to read: its name, its document, the tag of its items, the type of its records, and what reads them
    from a document."""

    name: str
    document: BinaryIO
    tag: str
    kind: Any
    records: Callable[[BinaryIO], Iterator[Any]]

    def size(self) -> int:
        """The bytes of the document."""
        size = self.document.seek(0, os.SEEK_END)
        self.document.seek(0)
        return size


class _Portion(Struct, frozen=True):
    """Pieces of a document that are to be read, by their numbers."""

    reading: Reading
    cut: Pieces
    numbers: Sequence[int]

    def size(self) -> int:
        """The bytes of the pieces."""
        return sum(end - first for first, end in (self.cut.spans[number] for number in self.numbers))


class Kept(Struct, frozen=True):
    """A folder of collections as they were read; it need not be there."""

    folder: Path

    def read(self, readings: Sequence[Reading]) -> dict[str, tuple[Any, ...]]:
        """The records of each by its name: as they were kept, or read now; those of large files are then kept.

        Where much is to be read, several processes read it. Raises SourceError for the first that is broken.
        """
        cut = {one.name: pieces(one.document, one.tag) for one in readings if one.size() >= LARGE}
        known = {name: self._digests(name) for name in cut}
        missing = [
            portion
            for one in readings
            if one.name in cut and cut[one.name].key not in known[one.name]
            for portion in _portions(one, cut[one.name], known[one.name])
        ]
        found = {}
        with closing(_read(missing)) as read:
            for one in readings:
                if one.name in cut:
                    new = islice(read, sum(portion.reading is one for portion in missing))
                    found[one.name] = self._records(one, cut[one.name], self._known(one.name), new)
                    deque(new, 0)
                else:
                    found[one.name] = tuple(one.records(one.document))
        return found

    def _records(
        self,
        reading: Reading,
        cut: Pieces,
        known: Mapping[bytes, Records],
        new: Iterator[Mapping[bytes, Records] | None],
    ) -> tuple[Any, ...]:
        """The records of a collection, of what is known of its pieces, and of new ones. Raises SourceError."""
        with suppress(msgspec.MsgspecError):
            found = self._joined(reading, (cut.key,) if cut.key in known else cut.digests, known, new)
            if found is not None:
                return found
        reading.document.seek(0)
        whole = tuple(_encoded(reading.records(reading.document)))
        return self._joined(reading, (cut.key,), {}, iter([{cut.key: whole}])) or ()

    def _joined(
        self,
        reading: Reading,
        keys: Sequence[bytes],
        known: Mapping[bytes, Records],
        new: Iterator[Mapping[bytes, Records] | None],
    ) -> tuple[Any, ...] | None:
        """The records of pieces in order, each known or the next of the new ones; they are then kept. None where one is
        missing. What is new is held no longer than it takes: the rest of memory would come to lie between."""
        found: list[Any] = []
        fresh: Mapping[bytes, Records] = {}
        content = None if all(key in known for key in keys) else bytearray(_beginning(keys))
        encoder, decoder = msgspec.msgpack.Encoder(), _decoder(reading.kind)
        for key in keys:
            if key not in known and key not in fresh:
                told = next(new, None)
                fresh = told or {}
            records = known[key] if key in known else fresh.get(key)
            if records is None:
                return None
            for batch in records:
                found += decoder.decode(batch)
            if content is not None:
                encoder.encode_into(records, content, -1)
        if content is not None:
            self._put(reading.name, content)
        return tuple(found)

    def _digests(self, name: str) -> frozenset[bytes]:
        """Of what the records of a collection are kept."""
        with suppress(OSError), self._file(name).open("rb") as file:
            return frozenset(_keys_of(file))
        return frozenset()

    def _known(self, name: str) -> Mapping[bytes, Records]:
        """What is kept of a collection: the records of pieces, or of the whole, by the digest of what was read."""
        with suppress(OSError, ValueError, msgspec.MsgspecError):
            file = io.BytesIO(self._file(name).read_bytes())
            keys = _keys_of(file)
            kept = msgspec.msgpack.decode(file.getbuffer()[file.tell() :], type=tuple[tuple[memoryview, ...], ...])
            return dict(zip(keys, kept, strict=True))
        return {}

    def _put(self, name: str, content: bytearray) -> None:
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            put(self._file(name), content)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.msgpack"


def _portions(reading: Reading, cut: Pieces, known: Collection[bytes]) -> Iterator[_Portion]:
    """What is not known of a document; nothing where its pieces cannot be told to be right."""
    numbers = [number for number, digest in enumerate(cut.digests) if digest not in known]
    if numbers and (len(cut.digests) == 1 or _is_empty(reading, cut.frame(reading.document))):
        for first in range(0, len(numbers), PORTION):
            yield _Portion(reading, cut, numbers[first : first + PORTION])


def _is_empty(reading: Reading, document: bytes) -> bool:
    """Whether a document is one, and without an item."""
    with suppress(SitegenError):
        return not any(True for _ in reading.records(io.BytesIO(document)))
    return False


def _read(portions: Sequence[_Portion]) -> Generator[dict[bytes, Records] | None, None, None]:
    """What each portion holds, in order; None where it is broken, as is told when the whole is read.

    Several processes read them where that is worth it, but not where this one has several threads, as what is forked
    from it may then wait for ever, or where it cannot be forked. What one that died did not tell is left out.
    """
    is_much = sum(portion.size() for portion in portions) >= WORTH_FORKING
    if is_much and threading.active_count() == 1:
        from generator.processes import can_fork, spread  # needed only here, and seldom

        if can_fork():
            several = spread(
                lambda one: _pieces_of(portions[one]), range(len(portions)), os.cpu_count() or 1, "read a feed"
            )
            with suppress(OSError, SitegenError):
                yield from several
            return
    yield from map(_pieces_of, portions)


def _pieces_of(portion: _Portion) -> dict[bytes, Records] | None:
    """The records of the pieces of a portion, by their digests."""
    reading, cut = portion.reading, portion.cut
    found: dict[bytes, Records] = {}
    with suppress(OSError, SitegenError), _opened(reading.document) as document:
        for number in portion.numbers:
            content = cut.read(document, number)
            found[hashlib.sha256(content).digest()] = tuple(_encoded(reading.records(io.BytesIO(content))))
        return found
    return None


def _opened(document: BinaryIO) -> AbstractContextManager[BinaryIO]:
    """A document opened anew: in a forked process, its place in an open file is its parent's, too."""
    name = getattr(document, "name", None)
    return Path(name).open("rb") if name else nullcontext(document)


def _encoded(records: Iterator[Any]) -> Iterator[bytes]:
    """Records, few at a time."""
    encoder = msgspec.msgpack.Encoder(enc_hook=str)
    while batch := tuple(islice(records, BATCH)):
        yield encoder.encode(batch)


@cache
def _reader() -> bytes:
    """What tells this program from another that would read the same bytes otherwise."""
    package = Path(__file__).parent.parent
    made_of = [(package / name).read_bytes() for name in _READERS]
    return hashlib.sha256(b"\0".join((*made_of, libraries()))).digest()


def _decoder(kind: Any) -> msgspec.msgpack.Decoder[tuple[Any, ...]]:
    """Decodes batches of records of a type. Raises MsgspecError where they are damaged."""
    return msgspec.msgpack.Decoder(tuple[kind, ...], dec_hook=_text)


def _beginning(keys: Sequence[bytes]) -> bytes:
    """How a file that keeps records begins: who read them, the number of keys, the keys, and that number as MessagePack
    begins an array."""
    number = len(keys).to_bytes(4)
    return b"".join((_reader(), number, *keys, b"\xdd", number))


def _keys_of(file: BinaryIO) -> list[bytes]:
    """The keys of a file that keeps records, which is read to their end; none where another program has read those."""
    if file.read(DIGEST) != _reader():
        return []
    number = int.from_bytes(file.read(4))
    return [*islice(iter(partial(file.read, DIGEST), b""), number)]  # of a damaged file no more than there are


def _text(kind: type, value: Any) -> Any:
    """A text of a kind of its own."""
    return kind(value) if kind is Html and isinstance(value, str) else value
