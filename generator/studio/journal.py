"""What browsers are to follow: each change has a number, and a page knows the number at which it was made."""

import threading
from collections import deque

from generator.studio.changes import Follow

KEPT = 64


class Journal:
    """The changes since the start, numbered from 1. `name` tells one run of the studio from another."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.number = 0
        self._kept: deque[tuple[int, Follow]] = deque(maxlen=KEPT)
        self._news = threading.Condition()

    @property
    def at(self) -> str:
        """Where the journal stands, as a page keeps it."""
        return f"{self.name}-{self.number}"

    def add(self, follow: Follow) -> None:
        """Note a change, and wake who waits."""
        with self._news:
            self.number += 1
            self._kept.append((self.number, follow))
            self._news.notify_all()

    def wake(self) -> None:
        """Wake who waits, as there will be no more."""
        with self._news:
            self._news.notify_all()

    def since(self, at: str, seconds: float) -> tuple[str, Follow | None]:
        """Where the journal stands, and how a page made `at` follows; waits up to some seconds for news, else None."""
        name, _, number = at.rpartition("-")
        if name != self.name or not number.isdecimal():
            return self.at, Follow.RELOAD
        with self._news:
            if self.number <= int(number):
                self._news.wait(seconds)
            new = [follow for kept, follow in self._kept if kept > int(number)]
            is_whole = len(new) == self.number - int(number)
            follow = new[0] if len(set(new)) == 1 and is_whole else Follow.RELOAD
            return self.at, follow if self.number > int(number) else None
