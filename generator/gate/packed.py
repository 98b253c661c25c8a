"""What is packed inside a file: the members of an archive, what was compressed, the hidden texts of a picture or PDF.

`unpacked` is the door. It goes into what it finds, to a depth, a number and a size that nobody reaches by mistake;
what cannot be looked into, or is larger, is an error and not a silence.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO

from generator.anatomy import Struct

MOST_BYTES = 2**30
MOST_AT_ONCE = 2**28
MOST_MEMBERS = 10_000
DEEPEST = 4

_ZIP, _END_OF_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_GZIP, _BZIP2, _XZ = b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0"
_PNG, _PDF = b"\x89PNG\r\n\x1a\n", b"%PDF-"
_PACKED = (_ZIP, _GZIP, _BZIP2, _XZ, _PNG, _PDF)
_DEFLATED = re.compile(
    # PNG's chunks of text, and its profile
    rb"(?:[zi]TXt|iCCP)[^\x00]{1,79}\x00(?:\x00|\x01\x00[^\x00]{0,99}\x00[^\x00]{0,999}\x00)"
    rb"|\bstream\r?\n"  # PDF
)


class UnreadableError(Exception):
    """Why something packed cannot be looked into."""


class _Room(Struct):
    """How much more may be unpacked from one file."""

    left: int = MOST_BYTES
    members: int = MOST_MEMBERS

    def read(self, stream: BinaryIO) -> bytes:
        """All of a stream."""
        return self.take(stream.read(min(self.left, MOST_AT_ONCE) + 1))

    def take(self, content: bytes) -> bytes:
        """What was unpacked. Raises UnreadableError where that is too much."""
        self.left, self.members = self.left - len(content), self.members - 1
        if self.left < 0 or self.members < 0 or len(content) > MOST_AT_ONCE:
            raise UnreadableError("unpacked, it is too large")
        return content


def is_packed(content: bytes) -> bool:
    """Whether a file is of a sort that has something inside. An archive may also hang at the end of another file."""
    return content.startswith(_PACKED) or _has_end_of_zip(content)


def _has_end_of_zip(content: bytes) -> bool:
    """Whether the end of an archive is in a file. No text has one of its bytes, which is looked for far sooner."""
    return b"\x05" in content and _END_OF_ZIP in content


def unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Everything inside a file, and inside of that: its name there, "" where it has none, and its bytes.

    Raises UnreadableError.
    """
    yield from _unpacked(content, _Room(), 1)


def _unpacked(content: bytes, room: _Room, depth: int) -> Iterator[tuple[str, bytes]]:
    if depth > DEEPEST:
        raise UnreadableError("archives lie in archives, too many of them")
    for name, part in _parts(content, room):
        yield name, part
        if is_packed(part):
            yield from _unpacked(part, room, depth + 1)


def _parts(content: bytes, room: _Room) -> Iterator[tuple[str, bytes]]:
    import bz2  # these are for the few files that are packed
    import gzip
    import lzma

    openers: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {_GZIP: gzip.open, _BZIP2: bz2.open, _XZ: lzma.open}  # type: ignore[dict-item]  # to read bytes
    opener = next((opener for magic, opener in openers.items() if content.startswith(magic)), None)
    if opener:
        try:
            with opener(BytesIO(content)) as stream:
                yield "", room.read(stream)
        except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
            raise UnreadableError("it is compressed, and broken") from error
    elif content.startswith((_PNG, _PDF)):
        yield from _deflated(content, room)
    if content.startswith(_ZIP) or _has_end_of_zip(content):
        yield from _members(content, room)


def _deflated(content: bytes, room: _Room) -> Iterator[tuple[str, bytes]]:
    """What is compressed in the pieces of a PNG or PDF; what is not, stands in their bytes."""
    for place in _DEFLATED.finditer(content):
        try:
            found = zlib.decompressobj().decompress(memoryview(content)[place.end() :], MOST_AT_ONCE + 1)
        except zlib.error:  # compressed in another way, or not at all
            continue
        yield "", room.take(found)


def _members(content: bytes, room: _Room) -> Iterator[tuple[str, bytes]]:
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(BytesIO(content)) as archive:
            yield "", archive.comment
            for about in archive.infolist():
                if about.flag_bits & 1:
                    raise UnreadableError("it is a zip file with a password")
                with archive.open(about) as member:
                    yield about.filename, room.read(member)  # type: ignore[arg-type]  # a stream of bytes
    except BadZipFile as error:
        if content.startswith(_ZIP):
            raise UnreadableError("it is a zip file, and broken") from error
    except (OSError, EOFError, ValueError, zlib.error, NotImplementedError) as error:
        raise UnreadableError("it is a zip file that was packed in an unusual way, or broken") from error
