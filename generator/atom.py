"""feed.xml: what changed of late, as Atom (RFC 4287) for people's news readers.

`atom` is the door. What happened to several dates of an event at once is one entry.
"""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

from generator import changes, urls
from generator.catalogues import N_
from generator.changes import address_of, pages_of
from generator.config import Settings
from generator.forms import utc
from generator.ledger import Change, Ledger
from generator.programme import Programme
from generator.urls import Addresses
from generator.wording import Language

_ATOM = "http://www.w3.org/2005/Atom"
_TITLES = {
    changes.ANNOUNCED: N_("Announced: %(title)s"),
    changes.ON_SALE: N_("On sale: %(title)s"),
    changes.LAST_FEW: N_("Last few: %(title)s"),
    changes.SOLD_OUT: N_("Sold out: %(title)s"),
    changes.BACK: N_("Back: %(title)s"),
    changes.MOVED: N_("Moved: %(title)s"),
    changes.POSTPONED: N_("Postponed: %(title)s"),
    changes.CANCELLED: N_("Cancelled: %(title)s"),
}


def atom(ledger: Ledger, programme: Programme, settings: Settings, addresses: Addresses, language: Language) -> bytes:
    """The feed of a ledger's changes, newest first. Ids of entries stay, whatever becomes of the addresses."""
    site = settings.site.name
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": language.tag})
    _add(feed, "id", addresses.absolute(urls.NEWS))
    _add(feed, "title", language.gettext(N_("News from %(site)s")) % {"site": site})
    _add(feed, "updated", utc(ledger.changed))
    _add(ElementTree.SubElement(feed, "author"), "name", site)
    _link(feed, "self", addresses.absolute(urls.NEWS))
    _link(feed, "alternate", addresses.absolute(urls.WHATS_ON))
    pages = pages_of(ledger.changes, programme)
    groups: dict[tuple[datetime, str, int], list[Change]] = {}
    for change in ledger.changes:
        groups.setdefault((change.time, change.what, change.event_id), []).append(change)
    for found in groups.values():
        event = pages.get(urls.event_for_good(found[0].event_id), urls.WHATS_ON)
        address = address_of(found[0], pages, addresses) if len(found) == 1 else addresses.absolute(event)
        feed.append(_entry(found, address, settings, language))
    ElementTree.indent(feed, space=" ")
    document: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _entry(found: Sequence[Change], address: str, settings: Settings, language: Language) -> ElementTree.Element:
    first = found[0]
    entry = ElementTree.Element("entry")
    host = urlsplit(settings.site.url).hostname
    _add(entry, "id", f"tag:{host},{first.time:%Y-%m-%d}:{first.what}/{first.event_id}/{first.time:%Y%m%dT%H%M%SZ}")
    _add(entry, "title", language.gettext(_TITLES[first.what]) % {"title": first.title})
    _add(entry, "published", utc(first.time))
    _add(entry, "updated", utc(first.time))
    _link(entry, "alternate", address)
    ElementTree.SubElement(entry, "category", term=first.what)
    _add(entry, "content", "\n".join(_line(change, settings, language) for change in found), type="text")
    return entry


def _line(change: Change, settings: Settings, language: Language) -> str:
    """The date that is meant; of one that moved, both."""
    zone = settings.site.zone
    start = language.moment(change.start.astimezone(zone))
    if change.earlier_start is None:
        return start
    earlier = language.moment(change.earlier_start.astimezone(zone))
    return language.gettext(N_("%(moment)s (it was %(earlier)s)")) % {"moment": start, "earlier": earlier}


def _add(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = text


def _link(parent: ElementTree.Element, rel: str, address: str) -> None:
    ElementTree.SubElement(parent, "link", rel=rel, href=address)
