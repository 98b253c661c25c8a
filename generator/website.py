"""Everything that a website is, before anybody publishes it: each page and file, made when it is asked for.

The doors, in order: `composed`, `pictured`, `website`. `build` writes all of it; the studio makes what somebody looks
at, by the same code.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache, cached_property, partial
from pathlib import Path

from generator import revision, urls
from generator.anatomy import Struct, replace
from generator.atom import atom
from generator.changes import changes_json
from generator.compose import compose
from generator.digests import NOTHING as NO_DIGESTS
from generator.digests import EventDigests, encoded
from generator.entries import entries, withdrawn
from generator.errors import Fault, Notice, NoticeKind, SiteError, Warned, tally
from generator.feeds import robots
from generator.hostfiles import HeaderRule, RedirectRule, headers_text, read_headers, read_redirects, redirects_text
from generator.hosting import OWN, header_rules, leads, redirects
from generator.ical import NOTHING as NOTHING_MADE
from generator.ical import Made, key_of
from generator.ledger import Entry, Ledger
from generator.memory import NOTHING, Memory
from generator.nginx import Nginx
from generator.pictures.illustrate import Illustrated, Studio, illustrated
from generator.pictures.looks import look
from generator.pictures.renditions import prune
from generator.plan import Page, Plan
from generator.programme import ListedInstance, Programme
from generator.render import Compiled, Renderer
from generator.schemas import schemas
from generator.seal import digest, seal, sealed
from generator.shelves import File, Keyed, Lasting, Shelves
from generator.sitefolder import Words
from generator.source import Source

MISSING = NoticeKind(
    "collection is not in the feed", "collections are not in the feed", "What they hold is not on the site."
)


def composed(words: Words, source: Source, now: datetime) -> Programme:
    """The programme of a site folder and a source at `now`, as yet without pictures."""
    return compose(source.feed, words.content, words.settings, source.booking, now)


def pictured(words: Words, source: Source, programme: Programme, jobs: int) -> Illustrated:
    """The programme with its pictures, made by up to `jobs` processes where they were not made before."""
    studio = pictures_from(words, source, jobs)
    made = illustrated(programme, studio)
    prune(studio.cache)
    return made


def pictures_from(words: Words, source: Source, jobs: int) -> Studio:
    """What the pictures of a site folder and a source are made from, and where they are kept."""
    return Studio(
        mode=words.settings.images.mode,
        images=source.images,
        static=words.content.static,
        cache=words.site / ".sitegen" / "images",
        look=look(words.folders),
        site_name=words.settings.site.name,
        jobs=jobs,
    )


def website(
    words: Words,
    source: Source,
    pictures: Illustrated,
    memory: Memory = NOTHING,
    recall: Callable[[], Memory] | None = None,
    compiled: Compiled | None = None,
    jobs: int = 1,
    made_before: Mapping[int, Made] = NOTHING_MADE,
    known: Mapping[int, bytes] = NO_DIGESTS,
) -> "Website":
    """The website of a site folder and a source, and of what the last build left in the memory.

    `recall` gives the memory when it is needed. `compiled` keeps templates for the next website.
    Up to `jobs` processes make calendar entries, but for those that were `made_before`. `known` are the digests of the
    events of which what is remembered was made, by id.
    """
    programme = pictures.programme
    digests = EventDigests(programme.events)
    remember = cache(recall or (lambda: memory))
    ledger = cache(lambda: _revised(words, source, programme, remember().ledger, digests.same(known)))

    def earlier_start(instance: ListedInstance) -> datetime | None:
        before = remember().ledger
        return revision.earlier_start(before, instance, programme) if before else None

    said = (words.content, words.settings, source.booking, words.addresses, words.language)
    plan = Plan(programme, *said, ledger, earlier_start, digests)
    missing = (Notice(MISSING, f"{name}.xml") for name in source.missing)
    notices = (*missing, *words.notices, *programme.notices, *memory.notices)
    renderer = Renderer(plan, words.folders, compiled or compiled_in(words.site))
    lasting = Lasting(plan, source, jobs, made_before)
    again = partial(website, words, source, pictures, memory)
    return Website(Shelves(plan), source, pictures, renderer, lasting, notices, again)


def compiled_in(site_folder: Path) -> Compiled:
    """Where a site folder keeps its compiled templates."""
    return Compiled(site_folder / ".sitegen" / "templates")


def _revised(words: Words, source: Source, programme: Programme, before: Ledger | None, same: Container[int]) -> Ledger:
    """The ledger with what is on now; of the events whose ids are among the `same` it says what it said before."""

    def withdraw(instance_id: int, entry: Entry) -> Entry:
        return withdrawn(instance_id, entry, programme, words.addresses, words.language)

    of_now = entries(programme, words.addresses, words.language, before.records if before else {}, same)
    return revision.revised(before, revision.Shown(programme, of_now, source.series, source.pulled_at), withdraw)


class Website(Struct, dict=True):
    """A website: its plan and all that its files are made of. `again` makes it of the same in another process."""

    shelves: Shelves
    source: Source
    pictures: Illustrated
    renderer: Renderer
    lasting: Lasting
    notices: tuple[Notice, ...]
    again: Callable[..., "Website"]

    def __reduce__(self) -> tuple[Callable[..., "Website"], tuple[()]]:
        """As it is sent to another process: what it is made of, and the calendar entries, which take long to make."""
        return partial(self.again, made_before=dict(self.lasting.entries)), ()

    @property
    def plan(self) -> Plan:
        """What the pages are made of."""
        return self.shelves.plan

    @cached_property
    def warnings(self) -> tuple[Warned, ...]:
        """What is odd about it, each kind once."""
        return tally(self.notices)

    @property
    def pages(self) -> list[Page]:
        """Every page."""
        return self.lasting.pages

    def file(self, path: str) -> bytes | None:
        """The bytes of one file, the same that a build writes; None where there is none. Raises SiteError."""
        page = self.page(path)
        if page:
            return self.renderer.page(page)
        make = self._other(path)
        return make() if make else None

    def page(self, path: str) -> Page | None:
        """The page in the file at a path; None where there is none."""
        page = self.shelves.page(path.removesuffix("index.html")) if path.endswith(".html") else None
        return page if page and urls.file(page.path) == path else None

    def has(self, path: str) -> bool:
        """Whether there is a file at a path."""
        return self.page(path) is not None or self._other(path) is not None

    def with_new_templates(self, folders: tuple[Path, ...]) -> "Website":
        """The same website with the templates as they are now."""
        return replace(self, renderer=Renderer(self.plan, folders, self.renderer.compiled))

    def others(self) -> Iterator[tuple[str, File]]:
        """The files that are neither pages nor made of them: the path of each, and what makes it."""
        yield from self.lasting.availability.items()
        yield from self.lasting.calendars.items()
        yield from self.summaries.items()
        yield from ((path, self._named(file)) for path, file in self.pictures.files.items())
        yield from self._own_files()

    def _other(self, path: str) -> File | None:
        """What makes a file that is no page; only its own sort of files is thought of."""
        if path in self.pictures.files:
            return partial(self._picture, self.pictures.files[path])
        if path.endswith(urls.FEED):
            return self.lasting.calendars.get(path)
        if path.startswith("sitemap") and path in self.lasting.sitemaps:
            return partial(bytes, self.lasting.sitemaps[path])
        return self._by_path.get(path) or (self.lasting.availability.get(path) if "availability" in path else None)

    @property
    def singles(self) -> Iterable[str]:
        """The paths of the files that are neither pages, calendars, pictures nor parts of another file."""
        return (*self._by_path, urls.SITEMAP)

    @cached_property
    def _by_path(self) -> Mapping[str, File]:
        return {**self.summaries, **dict(self._own_files())} | {urls.LEDGER: self._last}

    @cached_property
    def summaries(self) -> Mapping[str, File]:
        """The files of which there is one each, made of the whole programme, and those of the theme."""
        return dict(self._summaries())

    def _summaries(self) -> Iterator[tuple[str, File]]:
        plan = self.plan
        programme, chosen, addresses = plan.programme, plan.settings, plan.addresses
        yield urls.CHANGES, lambda: changes_json(plan.ledger(), programme, chosen, addresses)
        yield urls.NEWS, lambda: atom(plan.ledger(), programme, chosen, addresses, plan.language)
        yield from ((path, partial(bytes, content)) for path, content in schemas())
        yield urls.ROBOTS, lambda: robots(addresses)
        yield urls.REDIRECTS, Keyed(self._redirects_text, lambda: self._said_to_hosts)
        yield urls.HEADERS, lambda: headers_text(self._headers).encode() + self._own(urls.HEADERS)
        yield urls.NGINX_MAPS, Keyed(lambda: self._nginx.maps(), lambda: self._said_to_hosts)
        yield urls.NGINX_SERVER, Keyed(lambda: self._nginx.server(), lambda: self._said_to_hosts)
        for asset in self.renderer.assets.values():
            yield asset.path, partial(bytes, asset.content)

    @cached_property
    def _headers(self) -> tuple[HeaderRule, ...]:
        """What goes with the files; kept, as the studio looks there for every one of them."""
        plan = self.plan
        return tuple(header_rules(plan.policies, plan.content, plan.addresses, self._own(urls.HEADERS)))

    @cached_property
    def _leads(self) -> list[tuple[str, str]]:
        """Where the paths that stay lead."""
        return leads(self.plan.programme, self.plan.ledger())

    @cached_property
    def _redirects(self) -> tuple[RedirectRule, ...]:
        """The same, as rules."""
        return tuple(redirects(self._leads, self.plan.addresses))

    def _redirects_text(self) -> bytes:
        return _line_ended(self._own(urls.REDIRECTS)) + redirects_text(self._redirects).encode()

    @cached_property
    def _said_to_hosts(self) -> bytes:
        """The key of what hosts are told: a digest of all that it is made of, save the settings and the program."""
        headers = [(rule.path, rule.headers) for rule in self._headers]
        return key_of(encoded((self._leads, headers, self._own(urls.REDIRECTS), self._own(urls.HEADERS))))

    @cached_property
    def _nginx(self) -> Nginx:
        """The same for nginx, and the venue's own rules, as it does not read their files."""
        headers = self._headers + read_headers(self._own(urls.HEADERS))
        return Nginx(self.plan.addresses, headers, (*read_redirects(self._own(urls.REDIRECTS)), *self._redirects))

    def _own_files(self) -> Iterator[tuple[str, File]]:
        own = ((path, file) for path, file in self.plan.content.static.items() if path not in OWN)
        return ((path, partial(_bytes_of, file)) for path, file in own)

    def _last(self) -> bytes:
        """The file that a build makes last, of all the others."""
        files = ((path, digest(path, content)) for path, content in self._all_but_last())
        return sealed(self.plan.ledger(), seal(files))

    def _all_but_last(self) -> Iterator[tuple[str, bytes]]:
        yield from ((path, make()) for path, make in self.others())
        yield from self.lasting.sitemaps.items()
        yield from ((urls.file(page.path), self.renderer.page(page)) for page in self.pages)

    def _named(self, file: Path) -> Keyed:
        """A picture, whose name is a digest of all that it is made from."""
        return Keyed(partial(self._picture, file), file.name.encode)

    def _picture(self, file: Path) -> bytes:
        self.pictures.ready(file)
        return _bytes_of(file)

    def _own(self, path: str) -> bytes:
        """What the venue has in its own file of that name."""
        file = self.plan.content.static.get(path)
        return _bytes_of(file) if file else b""


def _line_ended(text: bytes) -> bytes:
    return text if not text or text.endswith(b"\n") else text + b"\n"


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SiteError(Fault(f"cannot be read ({error.strerror})", str(file), "May sitegen read it?")) from error
