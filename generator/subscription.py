"""How people take a calendar along: the addresses that the calendars of the world open.

`subscription` is the door for a calendar that keeps itself up to date, `EntryLinks` for a single date that does not;
`calendar_name` tells what a calendar is called.
"""

import re
from functools import cached_property, lru_cache
from urllib.parse import quote

from generator.anatomy import Struct
from generator.forms import basic, utc
from generator.programme import ListedEvent, ListedInstance
from generator.urls import FEED, Addresses

_PLAIN = re.compile(r"[A-Za-z0-9._~/:-]*")
_GOOGLE = "https://calendar.google.com/calendar/render"
_OUTLOOK = "https://outlook.live.com/calendar/0"


class Subscription(Struct, frozen=True):
    """A calendar to subscribe to: its address, and the links that open it in a program, in Google's and in Outlook."""

    address: str
    webcal: str
    google: str
    outlook: str


class EntryLinks(Struct, frozen=True, dict=True):
    """A date to write down: the path of its file, and the links that open it in Google's calendar and in Outlook.

    Both programs ask for an end: a date of unknown length ends when it starts. Links are made for who asks for them.
    """

    _event: ListedEvent
    _instance: ListedInstance
    _addresses: Addresses

    @property
    def path(self) -> str:
        """The path of its file."""
        return self._instance.path + FEED

    @property
    def google(self) -> str:
        """The link that opens it in Google's calendar."""
        name, page, place = self._told
        times = "%2F".join(map(basic, self._times))
        return f"{_GOOGLE}?action=TEMPLATE&text={name}&dates={times}&details={page}&location={place}"

    @property
    def outlook(self) -> str:
        """The link that opens it in Outlook."""
        name, page, place = self._told
        start, end = map(_quote, self._times)
        said = f"rru=addevent&subject={name}&startdt={start}&enddt={end}&body={page}&location={place}"
        return f"{_OUTLOOK}/action/compose?{said}"

    @cached_property
    def _told(self) -> tuple[str, str, str]:
        """What it is called, the address of its page, and where it is, as they stand in addresses."""
        page = self._addresses.absolute(self._instance.path)
        return _quote(self._event.title), _quote(page), _quote(self._event.place.in_full)

    @cached_property
    def _times(self) -> tuple[str, str]:
        return utc(self._instance.start), utc(self._instance.end or self._instance.start)


def calendar_name(listed: str, site_name: str) -> str:
    """What a calendar is called that lists this, "" for all that is on: in itself, and where people take it along."""
    return f"{listed} · {site_name}" if listed else site_name


def subscription(path: str, name: str, addresses: Addresses) -> Subscription:
    """The links for the calendar at `path`."""
    address = addresses.absolute(path)
    webcal = re.sub("^https?:", "webcal:", address)
    outlook = f"{_OUTLOOK}/addfromweb?{_query(url=address, name=name)}"
    return Subscription(address, webcal, f"{_GOOGLE}?{_query(cid=webcal)}", outlook)


def _query(**values: str) -> str:
    return "&".join([f"{name}={_quote(value)}" for name, value in values.items()])


def _quote(value: str) -> str:
    """A value in an address. An address and a time are soon quoted, and come once; names come again and again."""
    return value.replace("/", "%2F").replace(":", "%3A") if _PLAIN.fullmatch(value) else _quoted(value)


@lru_cache(maxsize=1000)
def _quoted(value: str) -> str:
    return quote(value, safe="")
