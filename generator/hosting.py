"""What the host is told: `_redirects` and `_headers`, in the form that Netlify and Cloudflare Pages read.

The venue's own files of these names in content/static/ are kept: its redirects come before the site's, its headers
after, which is where they win.
"""

from generator import urls
from generator.programme import Programme
from generator.urls import Addresses

OWN = (urls.REDIRECTS, urls.HEADERS)
_YEAR = "public, max-age=31536000, immutable"


def redirects(programme: Programme, addresses: Addresses, own: bytes = b"") -> bytes:
    """From the addresses that stay to today's: temporary ones, as a name can change again."""
    events = sorted((event.id, urls.event_for_good(event.id), event.path) for event in programme.events)
    dates = sorted((date.id, urls.instance_for_good(date.id), date.path) for _, date in programme.instances)
    rows = (f"{addresses.href(source)} {addresses.href(target)} 302\n" for _, source, target in (*events, *dates))
    return _line_ended(own) + "".join(rows).encode()


def headers(addresses: Addresses, own: bytes = b"") -> bytes:
    """What goes with the files: names made of bytes may be kept for ever, data may be read from other sites."""
    rules = (
        ("*", ("X-Content-Type-Options: nosniff", "Referrer-Policy: strict-origin-when-cross-origin")),
        (f"{urls.ASSETS}*", (f"Cache-Control: {_YEAR}",)),
        (urls.AVAILABILITY, ("Access-Control-Allow-Origin: *", "Cache-Control: public, max-age=60")),
        (urls.FEED, ("Access-Control-Allow-Origin: *",)),
    )
    told = "".join(f"{addresses.base}{path}\n" + "".join(f"  {rule}\n" for rule in lines) for path, lines in rules)
    return told.encode() + own


def _line_ended(text: bytes) -> bytes:
    return text if not text or text.endswith(b"\n") else text + b"\n"
