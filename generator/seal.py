"""A digest of everything that is published but the times of generation: whether a deploy would change anything.

`sealed` is the door. The digest is published in the ledger, so that a machine without memory knows it too.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from generator import urls
from generator.ledger import Ledger, dumped

_TIMES = re.compile(rb'^ "(?:generated_at|pulled_at)": .*\n', re.MULTILINE)


class Digest(Protocol):
    """One of hashlib's."""

    def update(self, content: bytes, /) -> None:
        """Take in some bytes."""

    def hexdigest(self) -> str:
        """The digest of all bytes taken in."""


def sealed(files: Iterable[tuple[str, bytes]], ledger: Ledger, digest: Digest) -> Iterator[tuple[str, bytes]]:
    """The files as they come, (path, bytes) each, and after the last the ledger with the digest of them all."""
    for path, content in files:
        counted = _TIMES.sub(b"", content) if path == urls.AVAILABILITY else content
        digest.update(f"{path}\0{len(counted)}\0".encode())
        digest.update(counted)
        yield path, content
    yield urls.LEDGER, dumped(replace(ledger, content=digest.hexdigest()))
