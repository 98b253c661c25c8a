"""The pictures of a feed, fetched to lie beside it; what an earlier pull has is kept and only asked after.

`gather` is the door. Whatever happens to pictures, a pull goes on: what failed stands in the index with its reason.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import get_ident

from generator.anatomy import replace
from generator.pictures import originals
from generator.pictures.download import Download, Downloader, FailedError
from generator.pictures.frame import MAX_BYTES, UnusableError
from generator.pictures.originals import INDEX, Fetched, Originals
from generator.pictures.pixels import suffix_of
from generator.together import together

AT_ONCE = 6
ALL_SECONDS = 90.0
GRACE_SECONDS = 5.0
ACCEPT = "image/avif, image/webp, image/jpeg, image/png, image/gif, image/*;q=0.5"
_NO_TIME = Fetched(fault="there was no time left for it")


def gather(addresses: Iterable[str], before: Path, folder: Path, tell: Callable[[str], None]) -> None:
    """Fill a new folder with the pictures of `addresses`, and with those of `before` that somebody put there by hand.

    It takes ALL_SECONDS at most; the next pull goes on from there.
    """
    known = originals.read(before)
    wanted = sorted(set(addresses))
    keep(known, folder, {about.file for about in known.index.values()} | {INDEX})
    if not wanted:
        return
    tell(f"Fetching {len(wanted)} {'picture' if len(wanted) == 1 else 'pictures'}")
    folder.mkdir(exist_ok=True)
    gathering = _Gathering(known, folder, Downloader(MAX_BYTES, time.monotonic() + ALL_SECONDS, ACCEPT))
    index = gathering.all(wanted)
    originals.write(folder, index)
    failed = sum(bool(about.fault) for about in index.values())
    if failed:
        tell(f"Pictures that could not be fetched: {failed}. What an earlier pull has of them stays")


def keep(known: Originals, folder: Path, but: Iterable[str] = ()) -> None:
    """Let a new folder have the files of an old one, save some."""
    if not known.folder.is_dir():
        return
    for file in known.folder.iterdir():
        if file.is_file() and file.name not in but:
            _link(file, folder / file.name)


@dataclass(slots=True)
class _Gathering:
    """One pull's pictures."""

    known: Originals
    folder: Path
    downloader: Downloader
    results: dict[str, Fetched] = field(default_factory=dict)

    def all(self, wanted: list[str]) -> Mapping[str, Fetched]:
        """What came of every address. A thread that hangs is left behind."""
        calls = {address: partial(self._one, address) for address in wanted}
        try:
            together(calls, AT_ONCE, self._watch)
        except _OutOfTimeError:
            self.downloader.is_cancelled.set()
        return {address: self.results.get(address) or self._kept(address, _NO_TIME.fault) for address in wanted}

    def _watch(self) -> None:
        if time.monotonic() > self.downloader.deadline + GRACE_SECONDS:
            raise _OutOfTimeError

    def _one(self, address: str) -> None:
        old = self._file(address)
        about = self.known.index.get(address, Fetched()) if old else Fetched()
        try:
            download = self.downloader.get(address, about.etag, about.modified)
            self.results[address] = self._stored(download) if download else self._kept(address, "")
        except FailedError as error:
            self.results[address] = self._kept(address, str(error))
        except UnusableError as error:
            self.results[address] = self._kept(address, f"what came {error}")

    def _file(self, address: str) -> Path | None:
        """The file that an earlier pull fetched from an address."""
        about = self.known.index.get(address)
        file = self.known.folder / about.file if about and about.file else None
        return file if file and file.is_file() else None

    def _stored(self, download: Download) -> Fetched:
        digest = hashlib.sha256(download.content).hexdigest()
        file = self.folder / f"{digest[:24]}{suffix_of(download.content)}"
        if not self.downloader.is_cancelled.is_set():
            aside = file.with_name(f".{digest[:24]}.{get_ident()}")  # what is there may be a link to an old snapshot's
            aside.write_bytes(download.content)
            aside.replace(file)
        return Fetched(file.name, digest, download.etag, download.modified)

    def _kept(self, address: str, fault: str) -> Fetched:
        """What an earlier pull knows of an address, with its file; and what went wrong this time."""
        file = self._file(address)
        if not file:
            return Fetched(fault=fault)
        _link(file, self.folder / file.name)
        return replace(self.known.index[address], fault=fault)


class _OutOfTimeError(Exception):
    """All pictures together took too long."""


def _link(file: Path, target: Path) -> None:
    """The same file in another folder."""
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(file, target)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        shutil.copy2(file, target)
