"""A document in pieces that are read one by one, so that where little of it changed, little is read anew.

A piece is a run of whole items, cut where bytes look like the end of one, and read between all that stands before the
first item and all that stands after the last. Whether a cut was right is told by reading: it can only be wrong inside
of a comment, CDATA or another item, and none of them can end where the piece does and be well-formed. So items are
those of the whole document where what stands around them is well-formed and holds none, and so is every piece.
"""

import hashlib
import io
import re
from typing import BinaryIO

from generator.anatomy import Struct

SIZE = 2**17
"""Bytes of a piece, or a little more."""

Span = tuple[int, int]


class Pieces(Struct, frozen=True):
    """Where the pieces of a document are, first byte and end, each with the digest of what is read for it.

    `around` are the spans before the first item and after the last.
    """

    around: tuple[Span, Span]
    spans: tuple[Span, ...]
    digests: tuple[bytes, ...]

    @property
    def key(self) -> bytes:
        """The digest of the whole."""
        return hashlib.sha256(b"".join((*self.digests, str(self.around).encode()))).digest()

    def read(self, document: BinaryIO, number: int) -> bytes:
        """A piece, with what stands around it."""
        return _read(document, self.around[0], self.spans[number], self.around[1])

    def frame(self, document: BinaryIO) -> bytes:
        """What stands around each piece: a document without an item."""
        return _read(document, *self.around)


def pieces(document: BinaryIO, tag: str) -> Pieces:
    """The pieces of a document whose items are `tag` elements; one, which is all of it, where it is not to be cut."""
    document.seek(0)
    whole = document.read()
    before, *items, after = _cuts(whole, tag.encode())
    content = memoryview(whole)
    spans = tuple(zip((before, *items), (*items, after), strict=True))
    around = (0, before), (after, len(content))
    head, tail = (content[slice(*span)] for span in around)
    digests = []
    for span in spans:
        digest = hashlib.sha256(head)
        digest.update(content[slice(*span)])
        digest.update(tail)
        digests.append(digest.digest())
    document.seek(0)
    return Pieces(around, spans, tuple(digests))


def _cuts(content: bytes, tag: bytes) -> list[int]:
    """Where the first item begins, pieces end, and the last item ends; both ends of what is not to be cut."""
    whole, close = [0, len(content)], b"</" + tag + b">"
    first, last = re.search(rb"<" + re.escape(tag) + rb"[\s/>]", content), content.rfind(close)
    if not first or last < first.start() or not _is_of_single_bytes(content[: first.start()]):
        return whole
    cuts = [first.start()]
    while (end := content.find(close, cuts[-1] + SIZE, last)) >= 0:
        cuts.append(end + len(close))
    return [*cuts, last + len(close)]


def _is_of_single_bytes(head: bytes) -> bool:
    """Whether a byte of markup is that character, and nothing else, wherever it stands: so it is in UTF-8."""
    return b"encoding" not in head or b"utf-8" in head.lower()


def _read(document: BinaryIO, *spans: Span) -> bytes:
    content = io.BytesIO()
    for first, end in spans:
        document.seek(first)
        content.write(document.read(end - first))
    return content.getvalue()
