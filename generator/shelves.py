"""The pages of a plan, and its files that no template has a part in, each made once, when somebody asks for it."""

from collections.abc import Callable, Container, Iterator, Mapping
from functools import cached_property, partial
from threading import Lock

from generator import urls
from generator.anatomy import Struct, field
from generator.availability import availability, says_the_same
from generator.calendars import Calendars
from generator.feeds import listed, sitemaps
from generator.ical import Made
from generator.pages import Groups, pages
from generator.plan import Page, Plan
from generator.programme import ListedEvent
from generator.source import Source

PAGES_A_BATCH = 64
File = Callable[[], bytes]


class Keyed(Struct, frozen=True):
    """A file that is known by a key: a digest of all that it is made from, save the settings and the program."""

    make: File
    key_of: Callable[[], bytes]

    def __call__(self) -> bytes:
        """The file."""
        return self.make()

    @property
    def key(self) -> bytes:
        """Its key."""
        return self.key_of()


class Shelves:
    """The pages of a plan, each made when it is asked for, with those that come before it in its group."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._groups = Groups(plan)
        self._to_make: dict[str, Iterator[Page]] = {}
        self._made: dict[str, Page] = {}
        self._making = Lock()

    def batches(self, without: Container[str] = ()) -> tuple[tuple[str, ...], ...]:
        """The keys of all groups but some events', in portions for several processes; the large pages come first."""
        batches = [[key] for key in self._groups if key not in self.events]
        left = 0
        for key, event in ((key, event) for key, event in self.events.items() if key not in without):
            if left <= 0:
                batches.append([])
                left = PAGES_A_BATCH
            batches[-1].append(key)
            left -= 1 + len(event.instances)
        return tuple(map(tuple, batches))

    @property
    def events(self) -> Mapping[str, ListedEvent]:
        """The events by their paths, which are the keys of their groups."""
        return self._groups.events

    def fresh(self, key: str) -> Iterator[Page]:
        """The pages of a group, made anew and not kept."""
        return iter(self._groups[key]())

    def page(self, path: str) -> Page | None:
        """The page at a path; None where there is none."""
        if path not in self._made:
            key = next((key for key in _beginnings(path) if key in self._groups), urls.HOME)
            with self._making:
                self._make(key, path)
        return self._made.get(path)

    def _make(self, key: str, path: str) -> None:
        """Make the pages of a group up to the one at a path; where one cannot be made, begin again the next time."""
        making = self._to_make.pop(key, None) or iter(self._groups[key]())
        for page in making:
            self._made[page.path] = page
            if page.path == path:
                break
        self._to_make[key] = making


def _beginnings(path: str) -> Iterator[str]:
    """The folders that a path lies in, itself included, the longest first: "events/hamlet/", "events/", "" ."""
    parts = path.split("/")
    return ("".join(f"{part}/" for part in parts[:length]) for length in range(len(parts), -1, -1))


class Lasting(Struct, dict=True):
    """The list of pages, and the files that templates have no part in: each made once, when it is asked for.

    Up to `jobs` processes make the entries of calendars; those made `before` from the same are not made again.
    """

    plan: Plan
    source: Source
    jobs: int = 1
    before: Mapping[int, Made] = field(default_factory=dict)

    @cached_property
    def pages(self) -> list[Page]:
        """Every page."""
        return list(pages(self.plan))

    @cached_property
    def calendars(self) -> Mapping[str, File]:
        """Every calendar."""
        return dict(self._calendars.files())

    @property
    def entries(self) -> Mapping[int, Made]:
        """Every calendar entry, by instance id."""
        return self._calendars.entries

    @cached_property
    def _calendars(self) -> Calendars:
        plan, work = self.plan, (self.source.namespace, self.jobs, self.before)
        return Calendars(plan.programme, plan.ledger(), plan.settings, plan.addresses, *work)

    @cached_property
    def availability(self) -> Mapping[str, File]:
        """availability.json, and its months."""
        plan = self.plan
        made = availability(plan.programme, plan.settings, plan.addresses, self.source.pulled_at)
        return {path: partial(bytes, content) for path, content in made}

    @cached_property
    def sitemaps(self) -> Mapping[str, bytes]:
        """The sitemap, and its parts."""
        return sitemaps(listed(self.pages), self.plan.addresses, self.plan.changed)

    def take_over(self, before: "Lasting") -> None:
        """Take what was made before, of the same feed, settings and *now*, where new words change nothing in it."""
        if "availability" in before.__dict__ and says_the_same(before.plan.programme, self.plan.programme):
            self.availability = before.availability
