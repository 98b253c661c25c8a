"""What the host is told: where old addresses lead, and which headers go with which paths.

The rules are told here once. `_redirects` and `_headers` say them to Netlify and Cloudflare Pages, `nginx` to nginx.
Hosts do not agree on a header that two rules give to one path: it may come twice, or only from the narrower rule. So no
path gets a header from two rules: each kind of path is named by itself, and a file at any other address has what its
host gives it by default. Netlify takes `/a/*` to be `/ab`, too, so that parts of a path are named instead.

The venue's own files of these names in content/static/ are kept: its redirects come before the site's, its headers
after them and in their stead.
"""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from generator import urls
from generator.content import Content
from generator.hostfiles import HeaderRule, RedirectRule, read_headers
from generator.ledger import Ledger
from generator.policy import Policies
from generator.programme import Programme
from generator.urls import Addresses

Header = tuple[str, str]
"""Name and value."""

OWN = (urls.REDIRECTS, urls.HEADERS)
REVALIDATED = ("Cache-Control", "public, max-age=0, must-revalidate")
_LASTING = ("Cache-Control", "public, max-age=31536000, immutable")
_BRIEF = ("Cache-Control", "public, max-age=60")
_ANYBODY = ("Access-Control-Allow-Origin", "*")
_TYPE = "Content-Type"
_POLICY = "Content-Security-Policy"
_NO_DEVICES = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer",
               "microphone", "midi", "serial", "usb")  # fmt: skip
# No Strict-Transport-Security: it binds the whole host for a year, so that is for who keeps its certificates.
_EVERYWHERE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", ", ".join(f"{device}=()" for device in _NO_DEVICES)),
)
_EVENT, _DATE = urls.event(":event"), f"{urls.event(':event')}:date/"
_FRAMED = (_DATE, urls.BASKET, urls.CHECKOUT, urls.ACCOUNT)
_KINDS = tuple(f"{listing}:kind/" for listing in (urls.GENRES, urls.ACCESS, urls.VENUES))
_PLAIN = (
    urls.HOME, urls.WHATS_ON, _EVENT, urls.CALENDAR, f"{urls.CALENDAR}:month/", urls.GENRES, urls.ACCESS, urls.VENUES,
    *_KINDS, urls.OFFERS, urls.MEMBERSHIPS, urls.ARCHIVE,
)  # fmt: skip
_CALENDARS = tuple(f"{folder}{urls.FEED}" for folder in ("", _EVENT, _DATE, *_KINDS))
_ASSETS = tuple(f"{urls.ASSETS}{folders}:file" for folders in ("", ":folder/", ":folder/:inner/"))
_SCHEMAS = (urls.AVAILABILITY_SCHEMA, urls.CHANGES_SCHEMA)
_FILES = (
    *((path, (_LASTING,)) for path in _ASSETS),
    *((path, (_ANYBODY, _BRIEF)) for path in (urls.AVAILABILITY, f"{urls.AVAILABILITY_MONTHS}:file")),
    *((path, ((_TYPE, "text/calendar; charset=utf-8"), _ANYBODY)) for path in _CALENDARS),
    (urls.CHANGES, (_ANYBODY,)),
    *((path, ((_TYPE, "application/schema+json"), _ANYBODY)) for path in _SCHEMAS),
    (urls.NEWS, ((_TYPE, "application/atom+xml; charset=utf-8"), _ANYBODY)),
)  # fmt: skip


def header_rules(policies: Policies, content: Content, addresses: Addresses, own: bytes = b"") -> Iterator[HeaderRule]:
    """The site's rules for headers, without what the venue's `own` file says of the same paths, or of all."""
    taken = {(rule.path, name.casefold()) for rule in read_headers(own) for name, _ in rule.headers}
    everything = ("/*", f"{addresses.base}*")
    for path, headers in _rules(policies, content):
        pattern = addresses.base + path
        places = {pattern, *everything}
        left = tuple(
            header for header in headers if not any((place, header[0].casefold()) in taken for place in places)
        )
        if left:
            yield HeaderRule(pattern, left)


def _rules(policies: Policies, content: Content) -> Iterator[tuple[str, tuple[Header, ...]]]:
    """Each pattern of paths below the site's own, and its headers.

    The venue's pages come last: Cloudflare Pages reads a hundred rules.
    """
    yield "*", _EVERYWHERE
    yield from _FILES
    yield from ((path, (REVALIDATED, (_POLICY, policies.booking))) for path in _FRAMED)
    own_pages = (quote(urls.page(page.name)) for page in content.pages)
    plain = (*_PLAIN, *(path for path in own_pages if path != urls.NOT_FOUND))
    yield from ((path, (REVALIDATED, (_POLICY, policies.page))) for path in plain)


def leads(programme: Programme, ledger: Ledger) -> list[tuple[str, str]]:
    """The paths that stay, each with that of today.

    A date that vanished and is still in the calendars leads to its event, or to what is on.
    """
    events = {event.id: event.path for event in programme.events}
    dates = {date.id: date.path for _, date in programme.instances}
    listed = ledger.listed.items()
    gone = {key: events.get(record.event_id, urls.WHATS_ON) for key, record in listed if key not in dates}
    stay = [(urls.event_for_good(key), path) for key, path in sorted(events.items())]
    return stay + [(urls.instance_for_good(key), path) for key, path in sorted({**dates, **gone}.items())]


def redirects(leading: Iterable[tuple[str, str]], addresses: Addresses) -> Iterator[RedirectRule]:
    """From the addresses that stay to today's: temporary ones, as a name can change again."""
    return (RedirectRule(addresses.href(path), addresses.href(target)) for path, target in leading)
