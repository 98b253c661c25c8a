"""What the studio itself says, below `/_studio/`: its script, the news that browsers follow, its own pages.

`Desk.answer` is the door; how an answer becomes a response is the server's affair.
"""

import json
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from html import escape
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING
from urllib.parse import quote

from generator import urls
from generator.errors import SitegenError
from generator.studio import screens
from generator.studio.changes import Change, Stage
from generator.studio.journal import Journal
from generator.studio.screens import HERE, HOUSES
from generator.studio.workshop import Workshop
from generator.website import Website

if TYPE_CHECKING:
    from generator.studio.gallery import Gallery

WAIT = 15.0
ASSETS = {file.name: file for file in (screens.FOLDER / "assets").iterdir()}


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes of a type, a stream of events, or a website in which the rest of the address is looked up."""

    body: bytes | Iterator[bytes] | Website
    type: str = "text/html"


class Desk:
    """The studio's own pages and news, for one workshop. `tell` gets what a terminal should say.

    `name` tells this run from others.
    """

    def __init__(self, workshop: Workshop, name: str, tell: Callable[[str], None]) -> None:
        self.workshop = workshop
        self.journal = Journal(name)
        self._tell = tell
        self._told = ""
        self._is_closed = False

    @cached_property
    def gallery(self) -> "Gallery":
        """The invented houses; imported when they are asked for."""
        from generator.studio.gallery import Gallery

        return Gallery(self.workshop)

    def open(self) -> None:
        """Make the site for the first time."""
        self._remake(Stage.FEED)

    def follow(self, change: Change) -> None:
        """Make again what a change touches, and let the browsers know."""
        self._told = ""
        self._remake(change.stage)
        self.journal.add(change.follow)

    def _remake(self, stage: Stage) -> None:
        self.workshop.remake(stage)
        if self.workshop.error:
            self.complain(self.workshop.error)

    def complain(self, error: SitegenError) -> None:
        """Say in the terminal what is wrong, three lines for each fault; not again until something is saved."""
        words = "\n".join(map(screens.in_three_lines, error.faults))
        if words != self._told:
            self._told = words
            self._tell(words)

    def with_script(self, page: bytes) -> bytes:
        """A page with the studio's scripts before the end of its body."""
        own = f'<script src="/_studio/studio.js" data-at="{escape(self.journal.at)}" defer></script>\n'
        script = f'<script src="/_studio/idiomorph.js" defer></script>\n{own}'.encode()
        before, body, after = page.rpartition(b"</body>")
        return before + script + body + after if body else page + script

    def of_site(self, page: bytes, now: datetime, asked: str) -> bytes:
        """A page of a site made for `now`, with the studio's script, and with a clock that starts then.

        Where a time was `asked` for, the page's news of tickets is of that time too.
        """
        if asked:
            news, of_then = (f'/{urls.AVAILABILITY}{query}"' for query in ("", f"?_now={quote(asked)}"))
            page = page.replace(news.encode(), of_then.encode())
        clock = f'<head>\n<script src="/_studio/clock.js" data-now="{now.astimezone(UTC).isoformat()}"></script>'
        return self.with_script(page.replace(b"<head>", clock.encode(), 1).replace(HERE.encode(), b""))

    def answer(self, path: str, query: Mapping[str, str], now: datetime | None) -> Answer | None:
        """The answer to a path below the desk, at `now` or the studio's own time; None where there is none."""
        if path == "news":
            return Answer(self._news(query.get("at", "")))
        if path.startswith(HOUSES):
            house = self.gallery.house(path.removeprefix(HOUSES).partition("/")[0], now)
            return Answer(house) if house else None
        if path == "why":
            return Answer(self._why(query.get("path", ""), now))
        if path in _SCREENS:
            return Answer(_SCREENS[path](self))
        if path in ASSETS:
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            return Answer(ASSETS[path].read_bytes(), kind)
        return None

    def close(self) -> None:
        """End every stream of news."""
        self._is_closed = True
        self.journal.wake()

    def _news(self, at: str) -> Iterator[bytes]:
        """Server-sent events: how a page made `at` follows each change."""
        yield b": the studio\n\n"
        while not self._is_closed:
            at, follow = self.journal.since(at, WAIT)
            yield f"data: {json.dumps({'at': at, 'follow': follow})}\n\n".encode() if follow else b": still here\n\n"

    def _gallery(self) -> bytes:
        plan = self.workshop.website().plan
        site = plan.settings.site
        found = screens.screen(
            "gallery.html",
            site=site,
            home=plan.addresses.base,
            at=self.journal.at,
            now=plan.programme.now.astimezone(UTC),
            groups=[(group, list(scenes)) for group, scenes in groupby(self.gallery.scenes(), attrgetter("group"))],
        )
        return self.with_script(found)

    def _why(self, asked: str, now: datetime | None) -> bytes:
        """Why the page at an address is so."""
        from generator.studio.why import why

        inside = asked.removeprefix(f"/_studio/{HOUSES}")
        house = self.gallery.house(inside.partition("/")[0], now) if inside != asked else None
        website = house or self.workshop.website(now)
        path = asked.removeprefix(website.plan.addresses.base)
        page = website.page(urls.file(path)) or website.page(urls.NOT_FOUND)
        site = self.workshop.bench.site
        found = why(website, page, site, self.workshop.clock()) if page else None
        return screens.screen(
            "why.html",
            why=found,
            asked=asked,
            site=site,
            language=website.plan.language,
            now=website.plan.programme.now,
        )


_SCREENS: Mapping[str, Callable[[Desk], bytes]] = {
    "": Desk._gallery,
    "booking": lambda desk: screens.screen("booking.html"),
}
