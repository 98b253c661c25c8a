"""Everything that a website is, before anybody publishes it: each page and file, made when it is asked for.

The doors, in order: `read_words`, `composed`, `pictured`, `website`. `build` writes all of it; the studio makes what
somebody looks at, by the same code.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

from generator import urls
from generator.atom import atom
from generator.availability import availability
from generator.calendars import Calendars
from generator.changes import changes_json
from generator.compose import compose
from generator.config import Settings, settings
from generator.content import Content, read_content
from generator.entries import entries, withdrawn
from generator.errors import Fault, Notice, NoticeKind, SiteError, Warned, tally
from generator.feeds import robots, sitemaps
from generator.hosting import OWN, headers, redirects
from generator.ledger import Entry, Ledger
from generator.memory import NOTHING, Memory
from generator.pages import pages, shelves
from generator.pictures.illustrate import Illustrated, Studio, illustrated
from generator.pictures.share import look
from generator.plan import Page, Plan
from generator.programme import Programme
from generator.render import Renderer, render, theme_folders
from generator.revision import Shown, revised
from generator.schemas import schemas
from generator.source import Source
from generator.urls import Addresses
from generator.wording import Language, language

MISSING = NoticeKind(
    "collection is not in the feed", "collections are not in the feed", "What they hold is not on the site."
)
File = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Words:
    """All that the site folder says. `folders` are those of its templates, the first winning."""

    site: Path
    settings: Settings
    addresses: Addresses
    folders: tuple[Path, ...]
    language: Language
    content: Content
    notices: tuple[Notice, ...]


def read_words(site_folder: Path) -> Words:
    """Settings and content of a site folder, and where its templates are. Raises SiteError."""
    chosen = settings(site_folder)
    addresses = Addresses(chosen.site.url)
    folders = theme_folders(site_folder)
    spoken, unspoken = language(chosen.site, folders)
    return Words(site_folder, chosen, addresses, folders, spoken, read_content(site_folder, addresses.base), unspoken)


def composed(words: Words, source: Source, now: datetime) -> Programme:
    """The programme of a site folder and a source at `now`, as yet without pictures."""
    return compose(source.feed, words.content, words.settings, source.booking, now)


def pictured(words: Words, source: Source, programme: Programme, jobs: int) -> Illustrated:
    """The programme with its pictures, made by up to `jobs` processes where they were not made before."""
    cache = words.site / ".sitegen" / "images"
    chosen = words.settings
    studio = Studio(
        chosen.images.mode, source.images, words.content.static, cache, look(words.folders), chosen.site.name, jobs
    )
    return illustrated(programme, studio)


def website(words: Words, source: Source, pictures: Illustrated, memory: Memory = NOTHING) -> "Website":
    """The website of a site folder and a source, and of what the last build left in the memory."""
    programme = pictures.programme
    ledger = _revised(words, source, programme, memory.ledger)
    plan = Plan(programme, words.content, words.settings, source.booking, words.addresses, words.language, ledger)
    missing = (Notice(MISSING, f"{name}.xml") for name in source.missing)
    warnings = tally((*missing, *words.notices, *programme.notices, *memory.notices))
    return Website(Shelves(plan), source, pictures, Renderer(plan, words.folders), warnings)


def _revised(words: Words, source: Source, programme: Programme, before: Ledger | None) -> Ledger:
    """The ledger with what is on now."""

    def withdraw(instance_id: int, entry: Entry) -> Entry:
        return withdrawn(instance_id, entry, programme, words.addresses, words.language)

    of_now = entries(programme, words.addresses, words.language)
    return revised(before, Shown(programme, of_now, source.series, source.pulled_at), withdraw)


class Shelves:
    """The pages of a plan, a group of them made when one is asked for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._to_make = shelves(plan)
        self._made: dict[str, dict[str, Page]] = {}

    def page(self, path: str) -> Page | None:
        """The page at a path; None where there is none."""
        key = next((key for key in _beginnings(path) if key in self._to_make), urls.HOME)
        return self._shelf(key).get(path)

    def _shelf(self, key: str) -> dict[str, Page]:
        if key not in self._made:
            self._made[key] = {page.path: page for page in self._to_make[key]()}
        return self._made[key]


def _beginnings(path: str) -> Iterator[str]:
    """The folders that a path lies in, itself included, the longest first: "events/hamlet/", "events/", "" ."""
    parts = path.split("/")
    return ("".join(f"{part}/" for part in parts[:length]) for length in range(len(parts), -1, -1))


@dataclass
class Website:
    """A website: its plan and all that its files are made of."""

    shelves: Shelves
    source: Source
    pictures: Illustrated
    renderer: Renderer
    warnings: tuple[Warned, ...]

    @property
    def plan(self) -> Plan:
        """What the pages are made of."""
        return self.shelves.plan

    @cached_property
    def pages(self) -> list[Page]:
        """Every page."""
        return list(pages(self.plan))

    def files(self, jobs: int) -> Iterator[tuple[str, bytes]]:
        """Every file, once: its path below the output, and its bytes; up to `jobs` processes make the pages.

        The pages come last: what they are compared with is there before them.
        """
        yield from ((path, make()) for path, make in self._others())
        yield from ((path, content) for path, content in self._sitemaps.items() if path != urls.SITEMAP)
        yield from render(self.renderer, self.pages, jobs)

    def file(self, path: str) -> bytes | None:
        """The bytes of one file, the same that `files` gives; None where there is none. Raises SiteError."""
        if path in self.others:
            return self.others[path]()
        page = self.shelves.page(path.removesuffix("index.html"))
        return self.renderer.page(page) if page and urls.file(page.path) == path else None

    @cached_property
    def others(self) -> Mapping[str, File]:
        """The files that are no pages: the path of each, and what makes it."""
        return dict(self._others())

    def _others(self) -> Iterator[tuple[str, File]]:
        plan, ledger = self.plan, self.plan.ledger
        programme, chosen, addresses = plan.programme, plan.settings, plan.addresses
        yield from Calendars(programme, ledger, chosen, addresses, self.source.namespace).files()
        available = availability(programme, chosen, addresses, self.source.pulled_at)
        yield from ((path, partial(bytes, content)) for path, content in available)
        yield urls.CHANGES, lambda: changes_json(ledger, programme, chosen, addresses)
        yield urls.NEWS, lambda: atom(ledger, programme, chosen, addresses, plan.language)
        yield from ((path, partial(bytes, content)) for path, content in schemas())
        yield urls.SITEMAP, lambda: self._sitemaps[urls.SITEMAP]
        yield urls.ROBOTS, lambda: robots(addresses)
        yield urls.REDIRECTS, lambda: redirects(programme, ledger, addresses, self._own(urls.REDIRECTS))
        yield urls.HEADERS, lambda: headers(addresses, self._own(urls.HEADERS))
        for asset in self.renderer.assets.values():
            yield asset.path, partial(bytes, asset.content)
        copied = (
            *self.pictures.files.items(),
            *((path, file) for path, file in plan.content.static.items() if path not in OWN),
        )
        yield from ((path, partial(_bytes_of, file)) for path, file in copied)

    @cached_property
    def _sitemaps(self) -> Mapping[str, bytes]:
        return sitemaps(self.pages, self.plan.addresses, self.plan.changed)

    def _own(self, path: str) -> bytes:
        """What the venue has in its own file of that name."""
        file = self.plan.content.static.get(path)
        return _bytes_of(file) if file else b""


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SiteError(Fault(f"cannot be read ({error.strerror})", str(file), "May sitegen read it?")) from error
