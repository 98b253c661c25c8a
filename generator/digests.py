"""What records are known by: a digest of all that they say, so that two that say the same have the same one.

`EventDigests` are those of a programme's events, of which keys are made and what is remembered is told to be as it was.
"""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from generator.programme import ListedEvent
from generator.text import Html

NOTHING: Mapping[int, bytes] = MappingProxyType({})


class EventDigests:
    """The digests of events with their instances, each made once."""

    def __init__(self, events: Sequence[ListedEvent]) -> None:
        self.events = events
        self._made: dict[int, tuple[ListedEvent, bytes]] = {}

    def of(self, event: ListedEvent) -> bytes:
        """The digest of an event."""
        known = self._made.get(id(event))
        if known is None:
            known = self._made[id(event)] = event, digest(encoded(event))
        return known[1]

    def make(self) -> None:
        """Make those of all events, before others are forked who ask for them."""
        for event in self.events:
            self.of(event)

    def by_id(self) -> dict[int, bytes]:
        """Those of all events, by id."""
        return {event.id: self.of(event) for event in self.events}

    def same(self, known: Mapping[int, bytes]) -> frozenset[int]:
        """The ids of the events that are as they were when their digests were these."""
        return frozenset(event.id for event in self.events if event.id in known and known[event.id] == self.of(event))


def encoded(value: Any) -> bytes:
    """A value in bytes. Raises TypeError where it holds what is neither plain nor a Struct."""
    return msgspec.msgpack.encode(value, enc_hook=_tagged)


def digest(*parts: bytes) -> bytes:
    """The digest of some parts, each with its length."""
    own = hashlib.blake2b(digest_size=20)
    for part in parts:
        own.update(len(part).to_bytes(8, "big") + part)
    return own.digest()


def _tagged(value: object) -> tuple[str, str]:
    """What is not plain, with its type: markup is not the same as text."""
    if isinstance(value, Html):
        return ("html", str.__str__(value))
    raise TypeError(f"{type(value).__name__} has no key")
