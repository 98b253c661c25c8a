"""How people take a calendar along: the addresses that the calendars of the world open.

`subscription` is the door for a calendar that keeps itself up to date, `entry` for a single date that does not.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from generator.forms import basic_utc, utc
from generator.programme import ListedEvent, ListedInstance
from generator.urls import FEED, Addresses

_PLAIN = re.compile(r"[A-Za-z0-9._~/:-]*")
_GOOGLE = "https://calendar.google.com/calendar/render"
_OUTLOOK = "https://outlook.live.com/calendar/0"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A calendar to subscribe to: its address, and the links that open it in a program, in Google's and in Outlook."""

    address: str
    webcal: str
    google: str
    outlook: str


@dataclass(frozen=True, slots=True)
class EntryLinks:
    """A date to write down: the path of its file, and the links that open it in Google's calendar and in Outlook."""

    path: str
    google: str
    outlook: str


def subscription(path: str, name: str, addresses: Addresses) -> Subscription:
    """The links for the calendar at `path`."""
    address = addresses.absolute(path)
    webcal = re.sub("^https?:", "webcal:", address)
    outlook = f"{_OUTLOOK}/addfromweb?{_query(url=address, name=name)}"
    return Subscription(address, webcal, f"{_GOOGLE}?{_query(cid=webcal)}", outlook)


def entry(event: ListedEvent, instance: ListedInstance, addresses: Addresses) -> EntryLinks:
    """The links for one date; one of unknown length ends when it starts, as both programs ask for an end."""
    start, end = instance.start, instance.end or instance.start
    page, place = addresses.absolute(instance.path), event.place.in_full
    google = _query(
        action="TEMPLATE", text=event.title, dates=f"{basic_utc(start)}/{basic_utc(end)}", details=page, location=place
    )
    outlook = _query(rru="addevent", subject=event.title, startdt=utc(start), enddt=utc(end), body=page, location=place)
    return EntryLinks(instance.path + FEED, f"{_GOOGLE}?{google}", f"{_OUTLOOK}/action/compose?{outlook}")


def _query(**values: str) -> str:
    return "&".join([f"{name}={_quote(value)}" for name, value in values.items()])


def _quote(value: str) -> str:
    """A value in an address. An address and a time are soon quoted, and come once; names come again and again."""
    return value.replace("/", "%2F").replace(":", "%3A") if _PLAIN.fullmatch(value) else _quoted(value)


@lru_cache(maxsize=1000)
def _quoted(value: str) -> str:
    return quote(value, safe="")
