"""Pictures: which address each name in the feed or in the venue's words stands for, and which files that takes.

In mode "link" a bare name is an address below the files of the source; in mode "mirror" it is a file in the folder
`images/` beside the feed, and the site serves it under a name made of its bytes.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from generator.config import Settings
from generator.errors import Notice, NoticeKind
from generator.model import Event
from generator.urls import ASSETS, is_address

NOT_PULLED = NoticeKind(
    "image is not in the snapshot",
    "images are not in the snapshot",
    'Put them into its folder images/, or set [images] mode = "link".',
)
NOT_AN_IMAGE = NoticeKind(
    "image has no usable address",
    "images have no usable address",
    "They are left out; mend them in the box office system.",
)
SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")


@dataclass(frozen=True, slots=True)
class Pictures:
    """`places`: name in the feed → path on the site, or address. `files`: path on the site → the file to serve."""

    places: Mapping[str, str]
    files: Mapping[str, Path]
    notices: tuple[Notice, ...]

    def place(self, feed_name: str, own_name: str) -> str:
        """Where an event's picture is: the venue's own choice, else the feed's; "" where there is none."""
        if not own_name:
            return self.places.get(feed_name, "")
        return own_name if is_address(own_name) else own_name.lstrip("/")


def pictures_of(events: Iterable[Event], settings: Settings, folder: Path) -> Pictures:
    """The pictures of a feed; `folder` is where mirrored ones lie, and may not be there."""
    places: dict[str, str] = {}
    files: dict[str, Path] = {}
    notices: list[Notice] = []
    for event in (event for event in events if event.image and event.image not in places):
        address = _address(event.image, settings)
        if not address:
            notices.append(Notice(NOT_AN_IMAGE, f'{event.id}, "{event.image}"'))
        elif settings.images.mode == "link":
            places[event.image] = address
        elif (file := folder / Path(urlsplit(address).path).name).is_file() and file.suffix.lower() in SUFFIXES:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
            places[event.image] = f"{ASSETS}images/{digest}{file.suffix.lower()}"
            files[places[event.image]] = file
        else:
            notices.append(Notice(NOT_PULLED, f"{event.id}, {event.image}"))
    return Pictures(places, files, tuple(notices))


def _address(name: str, settings: Settings) -> str:
    """The whole address of a picture; "" where the name is neither one nor a file name."""
    if is_address(name):
        return quote(name, safe="%/:=&?~#+!$,;'@()*[]")
    if ".." in name or not re.fullmatch(r"[\w(][\w ./()&,+-]*", name):
        return ""
    return settings.image_base + quote(name)
