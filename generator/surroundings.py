"""What every page is made with, whatever it is about: digests of the program, its libraries, settings and theme."""

import hashlib
import sys
import zoneinfo
from pathlib import Path

from generator.anatomy import Struct
from generator.config import SETTINGS_FILE
from generator.libraries import libraries
from generator.order import Order
from generator.swap import files_in

_PROGRAM = Path(__file__).parent
_THEMES = ((_PROGRAM, "theme/"), (_PROGRAM.parent / "templates", ""))
"""Where the built-in theme may lie, and how the paths of its files begin there."""


class Surroundings(Struct, frozen=True):
    """The digest of all that pages are made with; and of what they share: all but templates, of which each has its own.

    Both are "" where nobody could tell.
    """

    whole: str = ""
    shared: str = ""


def surroundings(order: Order) -> Surroundings:
    """What the pages of a site are made with. Raises OSError."""
    zones = [folder.stat().st_mtime_ns for folder in map(Path, zoneinfo.TZPATH) if folder.is_dir()]
    shared = hashlib.sha256(repr((sys.version, sys.platform, libraries(), zones, order.is_unchecked)).encode())
    templates = hashlib.sha256()
    for folder, theme in (*_THEMES, (order.site / "templates", "")):
        for path in sorted(path for path in files_in(folder) if not path.endswith(".pyc")):
            of_it = templates if _is_template(path, theme) else shared
            of_it.update(f"{path}\0".encode(errors="surrogateescape"))
            of_it.update(digest_of(folder / path))
        shared.update(b"\0")
        templates.update(b"\0")
    shared.update(digest_of(order.site / SETTINGS_FILE))
    whole = hashlib.sha256(shared.digest() + templates.digest())
    return Surroundings(whole.hexdigest(), shared.hexdigest())


def _is_template(path: str, theme: str) -> bool:
    """Whether a file is for pages to be made of: what is among the assets is published as it is."""
    return path.startswith(theme) and path.endswith(".html") and not path.startswith(f"{theme}assets/")


def digest_of(file: Path) -> bytes:
    """The digest of a file's bytes. Raises OSError."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()
