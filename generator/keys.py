"""The key of a page: a digest of everything that it is made from, so that one with the same key need not be made again.

The pages of an event are made of what `About` has of the programme, of when its dates were to start before they moved,
and of what is the same for all pages: `eventpages` gets nothing else. Any other page is made of its context.
"""

import hashlib
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any

import msgspec

from generator.calendars import CalendarFile
from generator.plan import About, Page, Plan, menu, more_pages
from generator.programme import ListedEvent
from generator.text import Html


class Keys:
    """The keys of a plan's pages. `surroundings` is a digest of program, settings and templates."""

    def __init__(self, plan: Plan, surroundings: str) -> None:
        everywhere = (surroundings, menu(plan), more_pages(plan), plan.programme.share, plan.booking)
        self._everywhere = _digest(_encode(everywhere))
        self._earlier_start: Callable[[int], datetime | None] = plan.earlier_start
        self._of_events: dict[int, bytes] = {}

    def of_event(self, about: About) -> bytes:
        """The key of the pages of an event and its instances."""
        moved = [self._earlier_start(instance.id) for instance in about.event.instances]
        parts = [self._everywhere, _encode(moved)]
        for part in (getattr(about, field.name) for field in fields(about)):
            if isinstance(part, ListedEvent):
                parts.append(self._record(part))
            elif isinstance(part, tuple):
                parts.append(_digest(*map(self._record, part)))
            else:
                parts.append(_encode(part))
        return _digest(*parts)

    def of_page(self, page: Page) -> bytes:
        """The key of a page by itself; b"" where its context holds what has none."""
        try:
            return _digest(self._everywhere, _encode(page))
        except TypeError:
            return b""

    def of_calendar(self, calendar: CalendarFile) -> bytes:
        """The key of a calendar."""
        return _digest(self._everywhere, calendar.key)

    def _record(self, event: ListedEvent) -> bytes:
        if event.id not in self._of_events:
            self._of_events[event.id] = _digest(_encode(event))
        return self._of_events[event.id]


def _encode(value: Any) -> bytes:
    return msgspec.msgpack.encode(value, enc_hook=_tagged)


def _tagged(value: object) -> tuple[str, str]:
    """What is not plain, with its type: markup is not the same as text."""
    if isinstance(value, Html):
        return ("html", str.__str__(value))
    raise TypeError(f"{type(value).__name__} has no key")


def _digest(*parts: bytes) -> bytes:
    """The digest of some parts, each with its length."""
    digest = hashlib.blake2b(digest_size=20)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()
