"""What the host is told: `_redirects` and `_headers`, in the form that Netlify and Cloudflare Pages read.

The venue's own files of these names in content/static/ are kept: its redirects come before the site's, its headers
after, which is where they win.
"""

from generator import urls
from generator.ledger import Ledger
from generator.programme import Programme
from generator.urls import Addresses

OWN = (urls.REDIRECTS, urls.HEADERS)
_ANYBODY = "Access-Control-Allow-Origin: *"
_YEAR = "public, max-age=31536000, immutable"


def redirects(programme: Programme, ledger: Ledger, addresses: Addresses, own: bytes = b"") -> bytes:
    """From the addresses that stay to today's: temporary ones, as a name can change again.

    A date that vanished and is still in the calendars leads to its event, or to what is on.
    """
    events = {event.id: event.path for event in programme.events}
    dates = {date.id: date.path for _, date in programme.instances}
    listed = ledger.listed.items()
    gone = {key: events.get(record.event_id, urls.WHATS_ON) for key, record in listed if key not in dates}
    stay = [(urls.event_for_good(key), path) for key, path in sorted(events.items())]
    stay += [(urls.instance_for_good(key), path) for key, path in sorted({**dates, **gone}.items())]
    rows = (f"{addresses.href(source)} {addresses.href(target)} 302\n" for source, target in stay)
    return _line_ended(own) + "".join(rows).encode()


def headers(addresses: Addresses, own: bytes = b"") -> bytes:
    """What goes with the files: names made of bytes may be kept for ever, data may be read from other sites."""
    rules = (
        ("*", ("X-Content-Type-Options: nosniff", "Referrer-Policy: strict-origin-when-cross-origin")),
        (f"{urls.ASSETS}*", (f"Cache-Control: {_YEAR}",)),
        (urls.AVAILABILITY, (_ANYBODY, "Cache-Control: public, max-age=60")),
        (f"{urls.AVAILABILITY_MONTHS}*", (_ANYBODY, "Cache-Control: public, max-age=60")),
        *((path, (_ANYBODY,)) for path in (urls.FEED, urls.CHANGES, urls.NEWS)),
    )
    told = "".join(f"{addresses.base}{path}\n" + "".join(f"  {rule}\n" for rule in lines) for path, lines in rules)
    return told.encode() + own


def _line_ended(text: bytes) -> bytes:
    return text if not text or text.endswith(b"\n") else text + b"\n"
