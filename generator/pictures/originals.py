"""The pictures that lie beside a feed: `images/`, with an index of the addresses that a pull has fetched them from.

A folder without an index is good too: then a picture is found by the last part of its address.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from generator.anatomy import Struct, field, to_builtins

INDEX = "index.json"


class Fetched(Struct, frozen=True):
    """What a pull knows of an address: the file that it gave and what marks its version; or why it gave none.

    Where `fault` stands beside a `file`, the file is from an earlier pull.
    """

    file: str = ""
    sha256: str = ""
    etag: str = ""
    modified: str = ""
    fault: str = ""


class Originals(Struct, frozen=True, dict=True):
    """A folder of pictures, which may not be there; it is looked into once."""

    folder: Path
    index: Mapping[str, Fetched] = field(default_factory=dict)

    @cached_property
    def _files(self) -> frozenset[str]:
        with suppress(OSError), os.scandir(self.folder) as entries:
            return frozenset(entry.name for entry in entries if entry.is_file())
        return frozenset()

    def file(self, address: str) -> Path | None:
        """The file of an address; None where it is not here."""
        fetched = self.index.get(address)
        name = (fetched.file if fetched else "") or unquote(urlsplit(address).path).rstrip("/").rpartition("/")[2]
        return self.folder / name if name in self._files else None

    def fault(self, address: str) -> str:
        """Why a pull could not fetch an address; "" where it could, or was not asked to."""
        fetched = self.index.get(address)
        return fetched.fault if fetched else ""


def read(folder: Path) -> Originals:
    """The pictures of a folder. An index that cannot be read counts as none: the next pull makes it anew."""
    try:
        entries = json.loads((folder / INDEX).read_bytes())
        index = {str(address): Fetched(**about) for address, about in entries.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return Originals(folder)
    return Originals(folder, {address: about for address, about in index.items() if "/" not in about.file})


def write(folder: Path, index: Mapping[str, Fetched]) -> None:
    """Write the index of a folder."""
    entries = {
        address: {name: value for name, value in to_builtins(about).items() if value}
        for address, about in sorted(index.items())
    }
    (folder / INDEX).write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
