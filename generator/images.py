"""Pictures as pages know them, and which address each name in the feed or in the venue's words stands for.

A bare name of the feed is an address below the files of the source. How the files are made is the affair of
`renditions`.
"""

import re
from typing import Literal
from urllib.parse import quote

from generator.anatomy import Struct
from generator.config import Settings
from generator.errors import NoticeKind
from generator.urls import is_address

NOT_AN_IMAGE = NoticeKind(
    "image has no usable address",
    "images have no usable address",
    "Artwork stands in their place; mend them in the box office system.",
)
IMAGES = "assets/images/"
NOMINAL = (1200, 800)
SHARE_SIZE = (1200, 630)
Type = Literal["image/avif", "image/webp", "image/jpeg"]


class Source(Struct, frozen=True):
    """One format of a picture, for a source element: of each file its path on the site and its width in pixels."""

    type: Type
    files: tuple[tuple[str, int], ...]


class Picture(Struct, frozen=True):
    """A picture as a page shows it: `src` is its widest JPEG, or an address elsewhere, which has no `sources`.

    `width` and `height` are those of `src`, or a likely box where they are not known. The sources are best first.
    Artwork is decoration: it shows nothing that would need words.
    """

    src: str
    width: int
    height: int
    sources: tuple[Source, ...] = ()
    is_artwork: bool = False


NO_PICTURE = Picture("", *NOMINAL)


def address_of(name: str, settings: Settings) -> str:
    """The whole address of a picture of the feed; "" where the name is neither one nor a file name."""
    if is_address(name):
        return quote(name, safe="%/:=&?~#+!$,;'@()*[]")
    if ".." in name or not re.fullmatch(r"[\w(][\w ./()&,+-]*", name):
        return ""
    return settings.image_base + quote(name)


def original_of(feed_name: str, own_name: str, settings: Settings) -> str:
    """Where an event's picture comes from: an address, or a file of content/static; "" where there is none.

    The venue's own choice comes before the feed's.
    """
    if own_name:
        return address_of(own_name, settings) if is_address(own_name) else own_name.lstrip("/")
    return address_of(feed_name, settings) if feed_name else ""
