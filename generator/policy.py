"""What the pages may load, and from where: the Content-Security-Policy, made from the settings and the programme.

A page may use what is the site's own, pictures from where they lie, and what the settings name under `[security]`;
only a page with a booking frame may use the box office. Nothing inline runs, and nothing is evaluated.
https://www.w3.org/TR/CSP3/
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from generator.anatomy import Struct
from generator.config import Settings
from generator.content import Content
from generator.model import BookingPath
from generator.programme import Programme

_OWN = "'self'"
_NONE = "'none'"
_ONLY_IN_HEADERS = ("frame-ancestors",)
_MANY = 20  # Cloudflare Pages reads 2,000 characters of a line
_IMAGE = re.compile(r'<img src="(https?:[^"]+)"')  # as `content.markdown` writes it
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?")

Sources = Mapping[str, tuple[str, ...]]
"""The sources of each directive."""


class Policies(Struct, frozen=True):
    """The policies of a site: of most pages, and of those with a booking frame."""

    page: str
    booking: str
    in_markup: str
    """That of a page which says it itself, as no header can be given to it."""


def policies(settings: Settings, content: Content, programme: Programme, booking: BookingPath) -> Policies:
    """The policies that a site needs."""
    page = _page(settings, tuple(_pictures(content, programme)))
    frames = (booking.seats_before_id, booking.basket, booking.checkout, booking.account)
    with_frame = {
        **page,
        "script-src": (*page["script-src"], *_origins([booking.script])),
        "frame-src": (*page["frame-src"], *_origins(frames)),
    }
    own_words = {name: sources for name, sources in page.items() if name not in _ONLY_IN_HEADERS}
    return Policies(_said(page), _said(with_frame), _said(own_words))


def _page(settings: Settings, pictures: tuple[str, ...]) -> Sources:
    """What a page without a frame may load."""
    others = settings.security
    return {
        "default-src": (),
        "script-src": (_OWN, *others.scripts),
        "style-src": (_OWN, *others.styles),
        "img-src": (_OWN, *pictures, *others.images),
        "font-src": (_OWN, *others.fonts),
        "media-src": (_OWN, *others.media),
        "manifest-src": (_OWN,),
        "connect-src": (_OWN, *others.connections),
        "frame-src": others.frames,
        "form-action": (_OWN, *others.forms),
        "frame-ancestors": (_OWN,),
        "base-uri": (),
        "object-src": (),
    }


def _said(sources: Sources) -> str:
    return "; ".join(f"{name} {' '.join(dict.fromkeys(found)) or _NONE}" for name, found in sources.items())


def _pictures(content: Content, programme: Programme) -> Iterable[str]:
    """Where pictures lie that are shown from elsewhere; if that is almost everywhere, anywhere."""
    found = _origins(_picture_addresses(content, programme))
    return found if len(found) <= _MANY else ("https:", "http:")


def _picture_addresses(content: Content, programme: Programme) -> Iterator[str]:
    yield from (event.picture.src for event in programme.events)
    for words in (*(event.words for event in programme.events), *(page.body for page in content.pages)):
        yield from _IMAGE.findall(words)


def _origins(addresses: Iterable[str]) -> list[str]:
    """Scheme and host of whole addresses, each once; what is none, or has an odd host, is left out."""
    parts = (urlsplit(address) for address in addresses if address.startswith(("https:", "http:")))
    found = {f"{part.scheme}://{part.netloc}".lower() for part in parts}
    return sorted(origin for origin in found if _ORIGIN.fullmatch(origin))
