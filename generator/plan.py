"""What a page is, what pages are made of, and the menus that lead to them.

Which pages there are is said in `pages`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from generator import urls
from generator.anatomy import Struct, field
from generator.config import Settings
from generator.content import Content
from generator.digests import EventDigests
from generator.jsonld import Data, Describer, document
from generator.ledger import Ledger
from generator.model import BookingPath
from generator.policy import Policies, policies
from generator.programme import ListedEvent, ListedInstance, Programme
from generator.urls import Addresses
from generator.wording import Language


class Link(Struct, frozen=True):
    """A place to go to: a path on the site, or an address."""

    title: str
    path: str


class Choice(Struct, frozen=True):
    """A value that a list can be filtered by: what a filter calls it, what people read, its own page."""

    value: str
    title: str
    path: str


class Facet(Struct, frozen=True):
    """A way to filter a list: `name` stands in the address, `title` is what people read."""

    name: str
    title: str
    choices: tuple[Choice, ...]


class Page(Struct, frozen=True):
    """A page: where it is, what makes it, and what its head says.

    `path` decides the file; `section` is the path of the menu entry it belongs to; `trail` leads to it from the home
    page, and ends with `crumb`, or with the title; `calendar` is the path of the calendar that goes with it, and
    `calendar_of` what that lists, "" where it is all that is on; `share` is the path of the image for those who share
    it; `image` is the picture that it shows, as search engines are told; `describe` tells the nodes of its structured
    data; `context` is for its own template.
    """

    path: str
    template: str
    title: str
    description: str = ""
    section: str = ""
    trail: tuple[Link, ...] = ()
    crumb: str = ""
    calendar: str = urls.FEED
    calendar_of: str = ""
    share: str = ""
    image: str = ""
    describe: Callable[[], Iterable[Data]] | None = None
    is_listed: bool = True
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_section(self) -> bool:
        """Whether it is the menu entry's own page, or the home page."""
        return self.path == self.section

    @property
    def data(self) -> tuple[Data, ...]:
        """Its structured data, where it has any, made for who asks: not every theme does."""
        nodes = tuple(self.describe()) if self.describe else ()
        return (document(nodes),) if nodes else ()


class About(Struct, frozen=True):
    """All of the programme that the pages of an event are made of: its record, and those of the events related to it.

    `has_namesakes` is whether other events have its title.
    """

    event: ListedEvent
    related: tuple[ListedEvent, ...]
    has_namesakes: bool


class Voice(Struct, frozen=True):
    """How things are said of an event, whatever else is on; when a date was to start before it moved, too."""

    language: Language
    addresses: Addresses
    booking: BookingPath
    describer: Describer


class Plan(Struct, frozen=True, dict=True):
    """All that pages are made of.

    `ledger` makes, once, what the site remembers with what is on now; `earlier_start` tells of an instance
    when it was to start before its date moved. `digests` tell the events apart.
    """

    programme: Programme
    content: Content
    settings: Settings
    booking: BookingPath
    addresses: Addresses
    language: Language
    ledger: Callable[[], Ledger]
    earlier_start: Callable[[ListedInstance], datetime | None]
    digests: EventDigests

    @cached_property
    def describer(self) -> Describer:
        """What says the structured data."""
        return Describer(self.settings, self.addresses, self.earlier_start)

    @cached_property
    def voice(self) -> Voice:
        """How things are said of an event."""
        return Voice(self.language, self.addresses, self.booking, self.describer)

    @cached_property
    def policies(self) -> Policies:
        """What the pages may load."""
        return policies(self.settings, self.content, self.programme, self.booking)

    @cached_property
    def changed(self) -> Mapping[str, datetime]:
        """When the facts of an instance's page last changed, by path; those of an event's page with the last of them.

        What has not changed since the memory began is not there: nobody knows when it did.
        """
        records = self.ledger().records
        began = min((record.first_seen for record in records.values()), default=None)
        known = {key: record.modified for key, record in records.items() if began and record.modified > began}
        pages: dict[str, datetime] = {}
        for event, date in self.programme.instances:
            if date.id in known:
                pages[date.path] = known[date.id]
                pages[event.path] = max(known[date.id], pages.get(event.path, known[date.id]))
        return pages

    @cached_property
    def events(self) -> Mapping[int, ListedEvent]:
        """The events of the programme by id."""
        return {event.id: event for event in self.programme.events}

    def about(self, event: ListedEvent) -> About:
        """What the pages of an event are made of."""
        related = tuple(self.events[key] for key in event.related)
        return About(event, related, self._titles[event.title] > 1)

    @cached_property
    def _titles(self) -> Counter[str]:
        return Counter(event.title for event in self.programme.events)


def menu(plan: Plan) -> tuple[Link, ...]:
    """The site's menu: the listings that hold something, then the venue's pages that have a place in it."""
    _ = plan.language.gettext
    listings = (
        (True, Link(_("What’s on"), urls.WHATS_ON)),
        (True, Link(_("Calendar"), urls.CALENDAR)),
        (bool(plan.programme.access), Link(_("Access"), urls.ACCESS)),
        (bool(plan.programme.offers), Link(_("Offers"), urls.OFFERS)),
        (bool(plan.programme.memberships), Link(_("Memberships"), urls.MEMBERSHIPS)),
    )
    own = sorted(
        (page for page in plan.content.pages if page.words.nav is not None), key=lambda page: page.words.nav or 0
    )
    return (
        *(link for is_there, link in listings if is_there),
        *(Link(page.words.title, urls.page(page.name)) for page in own),
    )


def more_pages(plan: Plan) -> tuple[Link, ...]:
    """The venue's own pages that have no place in the menu: the foot of every page leads to them."""
    rest = (page for page in plan.content.pages if page.words.nav is None and page.name != "404")
    return tuple(Link(page.words.title, urls.page(page.name)) for page in rest)


def filing(instance: ListedInstance) -> str:
    """What a list files a date under, month, venue and kinds of access: 2026-11/studio/ad+bsl."""
    access = "+".join(kind.slug for kind in instance.access)
    return f"{instance.start:%Y-%m}/{instance.venue.slug}/{access}"
