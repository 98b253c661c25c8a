"""What the last build left behind in a site folder, so that the next makes only what is made from something else.

`left_in` is the door in, `leave` the door out. It lies in `.sitegen/made`, which can be deleted at any time; what was
written by another version of the program, or is broken, counts as nothing. It is one file, as what stands and what that
was made from must be of one build.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from generator import urls
from generator.anatomy import Struct, field
from generator.errors import Notice
from generator.feeds import Listed
from generator.ical import Made
from generator.swap import putting
from generator.write import Known


class Unit(Struct):
    """Pages that were made together: the digest of what they are made from, their files, and what was found in them.

    `seen` are the instances that they are about, `over` those of them that are over, with their starts.
    """

    key: bytes
    files: list[str] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    over: dict[str, str] = field(default_factory=dict)
    silences: list[Notice] = field(default_factory=list)


class Before(Struct):
    """All that a build left: how each file stands, by path; its units, by name; the keys of files that are no pages, by
    path; its calendar entries, by instance; the digests of its events, by id, and of its templates with all that belong
    to them, by name; those of all that its pages were made with, and its other files, as `Surroundings` has them."""

    files: Mapping[str, Known] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    keyed: Mapping[str, bytes] = field(default_factory=dict)
    entries: Mapping[int, Made] = field(default_factory=dict)
    events: Mapping[int, bytes] = field(default_factory=dict)
    templates: Mapping[str, bytes] = field(default_factory=dict)
    surroundings: str = ""
    shared: str = ""

    def events_of(self, ledger: bytes, shared: str) -> Mapping[int, bytes]:
        """The digests of the events that a ledger, by the digest of its file, was made of as it would be now."""
        known = self.files.get(urls.LEDGER)
        return self.events if known and known.digest == ledger and self.shared == shared else {}


def left_in(site_folder: Path, output: Path) -> Before:
    """What the last build into an output folder left in a site folder."""
    head = _head(output)
    with suppress(OSError, msgspec.MsgspecError, ValueError):
        content = _file(site_folder).read_bytes()
        if content.startswith(head):
            return msgspec.msgpack.decode(memoryview(content)[len(head) :], type=Before)
    return Before()


def leave(site_folder: Path, output: Path, made: Before) -> None:
    """Leave it for the next build, whole or not at all; where that cannot be written, the next build makes all."""
    file = _file(site_folder)
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        with putting(file) as aside:
            aside.write(_head(output))
            aside.writelines(_encoded(made))


def _encoded(made: Before) -> Iterator[bytes]:
    """What a build left, as MessagePack has it, part by part: as a whole it would take much memory of a large site."""
    encode = msgspec.msgpack.Encoder().encode
    parts = made.__struct_fields__
    yield bytes([0x80 + len(parts)])  # a map of so many
    for name in parts:
        yield encode(name) + encode(getattr(made, name))


def _file(site_folder: Path) -> Path:
    return site_folder / ".sitegen" / "made"


def _head(output: Path) -> bytes:
    """What tells that a file is of this program and that output: the modules whose records are kept, and the folder."""
    names = ("before.py", "errors.py", "feeds.py", "ical.py", "write.py")
    modules = b"".join((Path(__file__).parent / name).read_bytes() for name in names)
    return hashlib.sha256(modules + os.fsencode(output.resolve())).digest()
