"""A digest of everything that is published but the times of generation: whether a deploy would change anything.

It is published in the ledger, so that a machine without memory knows it too.
"""

import hashlib
import re
from collections.abc import Iterable

from generator import urls
from generator.anatomy import replace
from generator.ledger import Ledger, dumped

_TIMES = re.compile(rb'^ "(?:generated_at|pulled_at)": .*\n', re.MULTILINE)


def digest(path: str, content: bytes) -> bytes:
    """The digest of a file, SHA-256, without the times of generation."""
    return hashlib.sha256(_TIMES.sub(b"", content) if path == urls.AVAILABILITY else content).digest()


def seal(files: Iterable[tuple[str, bytes]]) -> str:
    """The digest of a site, from the path and the digest of each of its files, in any order."""
    whole = hashlib.sha256()
    for path, own in sorted(files):
        whole.update(f"{path}\0".encode() + own)
    return whole.hexdigest()


def sealed(ledger: Ledger, sealed_with: str) -> bytes:
    """The file of a ledger, with the digest of all other files."""
    return dumped(replace(ledger, content=sealed_with))
