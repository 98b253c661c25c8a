"""Where everything on the site lives. A path decides an address, and the file follows from the path.

Paths are site-relative, without a slash before: "" is the home page, "events/hamlet/" a page, "calendar.ics" a file.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote, urlsplit

_PLAIN = re.compile(r"[A-Za-z0-9_.~/-]*")
HOME = ""
WHATS_ON = "whats-on/"
CALENDAR = "calendar/"
GENRES = "genres/"
ACCESS = "access/"
VENUES = "venues/"
OFFERS = "offers/"
MEMBERSHIPS = "memberships/"
ARCHIVE = "archive/"
BASKET = "basket/"
CHECKOUT = "checkout/"
ACCOUNT = "account/"
ASSETS = "assets/"
NOT_FOUND = "404.html"
FEED = "calendar.ics"
AVAILABILITY = "availability.json"
AVAILABILITY_MONTHS = "availability/"
AVAILABILITY_SCHEMA = "availability.schema.json"
CHANGES = "changes.json"
CHANGES_SCHEMA = "changes.schema.json"
NEWS = "feed.xml"
LEDGER = "ledger.json"
SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"
REDIRECTS = "_redirects"
HEADERS = "_headers"
NGINX = "_nginx/"
NGINX_MAPS = "_nginx/maps.conf"
NGINX_SERVER = "_nginx/server.conf"


def event(slug: str) -> str:
    """The page of an event."""
    return f"events/{slug}/"


def instance(slug: str, instance_id: int) -> str:
    """The page of an instance."""
    return f"events/{slug}/{instance_id}/"


def event_for_good(event_id: int) -> str:
    """The address of an event that stays when its name changes; `_redirects` knows where it leads."""
    return f"e/{event_id}"


def instance_for_good(instance_id: int) -> str:
    """The address of an instance that stays; the calendars use it."""
    return f"i/{instance_id}"


def genre(slug: str) -> str:
    """The page of a genre."""
    return f"{GENRES}{slug}/"


def access(slug: str) -> str:
    """The page of a kind of access."""
    return f"{ACCESS}{slug}/"


def venue(slug: str) -> str:
    """The page of a venue, or of a space in one."""
    return f"{VENUES}{slug}/"


def month(year: int, number: int) -> str:
    """The page of a month in the calendar."""
    return f"{CALENDAR}{year:04}-{number:02}/"


def availability_of(month: str) -> str:
    """The availability of one month ("2026-11") of a large site."""
    return f"{AVAILABILITY_MONTHS}{month}.json"


def sitemap_part(number: int) -> str:
    """One of the sitemaps that sitemap.xml leads to where one is not enough."""
    return f"sitemap-{number}.xml"


def page(name: str) -> str:
    """A page of the venue's own, from the name of its file."""
    return NOT_FOUND if name == "404" else f"{name}/"


def file(path: str) -> str:
    """The file that answers for a path, from the output folder."""
    return f"{path}index.html" if path == HOME or path.endswith("/") else path


def page_in(file: str) -> str:
    """The path that a file answers for: what `file` made it from."""
    return file.removesuffix("index.html")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of a site at `url`, which has no slash at its end and may have a path.

    `base` is the path below which the site lives; it begins and ends with a slash. `root` is the address of the home
    page.
    """

    url: str
    base: str = field(init=False)
    root: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "base", f"{urlsplit(self.url).path}/")
        object.__setattr__(self, "root", f"{self.url}/")

    def href(self, path: str) -> str:
        """A link from any page of the site; a whole address stays as it is."""
        return _below(self.base, path)

    def absolute(self, path: str) -> str:
        """A link from anywhere; a whole address stays as it is."""
        return _below(self.root, path)


@lru_cache(1024)
def _below(root: str, path: str) -> str:
    """The address of a path below a root, for who asks for the same ones again and again."""
    return path if is_address(path) else root + quoted(path)


def quoted(path: str, safe: str = "/") -> str:
    """A path as it stands in an address; most need nothing, and looking is quicker than quoting."""
    return path if _PLAIN.fullmatch(path) else quote(path, safe)


@lru_cache(4096)
def is_address(text: str) -> bool:
    """Whether a text is a whole address on the web, rather than a path."""
    if not text.startswith(("https://", "http://")):
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:  # a bracket where none belongs
        return False
