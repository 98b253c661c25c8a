"""Which calendars there are: of the site, of each event, genre, kind of access and venue, and of every single date.

`Calendars` is the door. An address at which a calendar was published stays one (design.md §5): the ledger knows them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from generator import urls
from generator.anatomy import Struct, field
from generator.config import Settings
from generator.ical import About, Made, Writer, key_of, writer
from generator.ledger import Ledger
from generator.programme import Programme
from generator.subscription import calendar_name
from generator.urls import Addresses

MANY = 1000
"""Instances of a calendar, from which on a process that was forked would copy much to look at them all."""


def folders(programme: Programme) -> dict[str, str]:
    """The folders that have a calendar today, each with the name of what is listed there."""
    events = {event.path: urls.event_for_good(event.id) for event in programme.events}
    kinds = (*programme.genres, *programme.access, *programme.venues)
    return {**events, **{kind.path: kind.path for kind in kinds}}


class Calendars(Struct, dict=True):
    """The calendars of a programme, as its ledger has them; ids of entries end in `@namespace`.

    Up to `jobs` processes make the entries; those made `before` from the same are not made again.
    """

    programme: Programme
    ledger: Ledger
    settings: Settings
    addresses: Addresses
    namespace: str
    jobs: int = 1
    before: Mapping[int, Made] = field(default_factory=dict)

    def files(self) -> Iterator[tuple[str, "CalendarFile"]]:
        """The path of every calendar, and what makes it."""
        yield urls.FEED, CalendarFile(self, self._about(urls.FEED, urls.HOME), urls.HOME)
        dates = self._dates()
        for folder, name in sorted(self.ledger.calendars.items()):
            yield folder + urls.FEED, CalendarFile(self, self._about(folder, name), name)
            for key in sorted(dates.get(name, ())):
                yield f"{folder}{key}/{urls.FEED}", CalendarFile(self, instance_id=key)

    def _about(self, folder: str, name: str) -> About:
        """What the calendar of that name says of itself; where its page moved, it leads to the page of today."""
        site = self.settings.site.name
        if name == urls.HOME:
            return About(urls.FEED, site, urls.HOME)
        today = self._pages.get(name)
        title = calendar_name(self._titles.get(name, ""), site)
        return About((today or folder) + urls.FEED, title, today or urls.WHATS_ON)

    def listed(self, name: str) -> Sequence[int]:
        """The instances that the calendar of that name lists."""
        return self._listed.get(name, ())

    @cached_property
    def entries(self) -> Mapping[int, Made]:
        """Every entry, by instance id."""
        return self.writer.entries

    @cached_property
    def writer(self) -> Writer:
        """What writes them."""
        return writer(self.ledger, self.settings, self.addresses, self.namespace, self.jobs, self.before)

    @cached_property
    def _pages(self) -> Mapping[str, str]:
        """The page of each calendar that has one, by its name."""
        return {name: folder for folder, name in folders(self.programme).items()}

    @cached_property
    def _titles(self) -> Mapping[str, str]:
        programme = self.programme
        kinds = (*programme.genres, *programme.access, *programme.venues)
        events = {urls.event_for_good(event.id): event.title for event in programme.events}
        return events | {kind.path: kind.name for kind in kinds}

    @cached_property
    def _listed(self) -> Mapping[str, list[int]]:
        """The instances that each calendar lists, by its name; the site's is "". By start, then id."""
        listed: dict[str, list[int]] = defaultdict(list)
        known = [(record.entry.start, key, record.calendars) for key, record in self.ledger.listed.items()]
        for _, key, calendars in sorted(known):
            for name in (urls.HOME, *calendars):
                listed[name].append(key)
        return listed

    def _dates(self) -> Mapping[str, set[int]]:
        """The dates of each event that have, or had, a file of their own, by the name of the event's calendar."""
        dates: dict[str, set[int]] = defaultdict(set)
        for event, instance in self.programme.instances:
            dates[urls.event_for_good(event.id)].add(instance.id)
        for key, record in self.ledger.records.items():
            dates[urls.event_for_good(record.event_id)].add(key)
        return dates


class CalendarFile(Struct, frozen=True):
    """What makes the calendar of a name, which says something of itself, or of a single instance."""

    of: Calendars
    about: About | None = None
    name: str = ""
    instance_id: int | None = None

    def __call__(self) -> bytes:
        """The calendar."""
        if self.instance_id is not None:
            return self.of.writer.single(self.instance_id)
        assert self.about  # noqa: S101  # it is of a name
        return self.of.writer.calendar(self.about, self.of.listed(self.name))

    @property
    def is_of_many(self) -> bool:
        """Whether it lists very many instances."""
        return self.instance_id is None and len(self.of.listed(self.name)) > MANY

    @property
    def key(self) -> bytes:
        """What all that it is made from is known by, save the settings and the program."""
        entries = self.of.entries
        if self.instance_id is not None:
            made = entries.get(self.instance_id)
            return made.key if made else b""
        parts = [repr(self.about).encode(), *(entries[key].key for key in self.of.listed(self.name))]
        return key_of(b"\0".join(parts))
