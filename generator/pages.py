"""Which pages the site has: `pages` yields each with its address, its template and what the template is given.

What exists is said here; how it looks is the templates' affair, how a context becomes bytes is `render`'s.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from generator import urls
from generator.config import Settings
from generator.content import Content, ContentPage
from generator.jsonld import Data, event_data, instance_data
from generator.model import BookingPath
from generator.months import months_of
from generator.prices import PriceTable
from generator.programme import Kind, ListedEvent, ListedInstance, Programme
from generator.text import excerpt
from generator.urls import Addresses
from generator.wording import Language


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go to: a path on the site, or an address."""

    title: str
    path: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page: where it is, what makes it, and what its head says.

    `path` decides the file; `section` is the path of the menu entry it belongs to; `trail` leads to it from the home
    page; `calendar` is the path of the calendar that goes with it; `context` is for its own template.
    """

    path: str
    template: str
    title: str
    description: str = ""
    section: str = ""
    trail: tuple[Link, ...] = ()
    calendar: str = urls.FEED
    image: str = ""
    data: tuple[Data, ...] = ()
    is_listed: bool = True
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that pages are made of."""

    programme: Programme
    content: Content
    settings: Settings
    booking: BookingPath
    addresses: Addresses
    language: Language

    @property
    def events(self) -> Mapping[int, ListedEvent]:
        """The events of the programme by id."""
        return {event.id: event for event in self.programme.events}


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


def pages(plan: Plan) -> Iterator[Page]:
    """Every page of the site."""
    yield _home(plan)
    yield _whats_on(plan)
    for event in plan.programme.events:
        yield _event(event, plan)
        yield from _instances(event, plan)
    yield from _calendar(plan)
    _ = plan.language.gettext
    yield from _kinds(_("Genres"), urls.GENRES, plan.programme.genres, plan)
    yield from _kinds(_("Access"), urls.ACCESS, plan.programme.access, plan)
    yield from _lists(plan)
    yield from _frames(plan)
    yield from (_own_page(page) for page in plan.content.pages)
    if not any(page.name == "404" for page in plan.content.pages):
        yield Page(urls.NOT_FOUND, "not_found.html", _("Page not found"), is_listed=False)


def _home(plan: Plan) -> Page:
    programme = plan.programme
    next_up = [(event, instance) for event, instance in programme.instances if not instance.is_over]
    return Page(
        urls.HOME,
        "home.html",
        plan.settings.site.name,
        plan.settings.site.description,
        context={"events": programme.current[:9], "next_up": next_up[:8]},
    )


def _whats_on(plan: Plan) -> Page:
    _, language = plan.language.gettext, plan.language
    months = tuple(
        Link(language.month(first.start), urls.month(*key)) for key, (first, *_) in _by_month(_upcoming(plan))
    )
    return Page(
        urls.WHATS_ON,
        "whats_on.html",
        _("What’s on"),
        _("Everything coming up at %(site)s.") % {"site": plan.settings.site.name},
        section=urls.WHATS_ON,
        context={
            "events": plan.programme.current,
            "months": months,
            "genres": _links(plan.programme.genres),
            "access": _links(plan.programme.access),
        },
    )


def _links(kinds: Iterable[Kind]) -> tuple[Link, ...]:
    return tuple(Link(kind.name, kind.path) for kind in kinds)


def _upcoming(plan: Plan) -> list[ListedInstance]:
    return [instance for _, instance in plan.programme.instances if not instance.is_over]


def _by_month(instances: Iterable[ListedInstance]) -> list[tuple[tuple[int, int], list[ListedInstance]]]:
    groups = groupby(instances, key=lambda instance: (instance.start.year, instance.start.month))
    return [(key, list(group)) for key, group in groups]


def _event(event: ListedEvent, plan: Plan) -> Page:
    earlier = [instance for instance in event.instances if instance.is_over]
    _, language = plan.language.gettext, plan.language
    return Page(
        event.path,
        "event.html",
        event.title,
        event.summary,
        section=urls.WHATS_ON,
        trail=(Link(_("What’s on"), urls.WHATS_ON),),
        calendar=event.path + urls.FEED,
        image=event.image,
        data=(event_data(event, plan.settings, plan.addresses),),
        context={
            "event": event,
            "months": [(language.month(group[0].start), group) for _key, group in _by_month(event.upcoming)],
            "earlier": earlier,
            "related": [plan.events[key] for key in event.related],
            "prices": _prices(event),
        },
    )


def _prices(event: ListedEvent) -> list[tuple[PriceTable, list[ListedInstance]]]:
    """The price tables of the dates to come, each once and with the dates it is for."""
    tables: dict[PriceTable, list[ListedInstance]] = {}
    for instance in event.upcoming:
        if instance.prices.rows:
            tables.setdefault(instance.prices, []).append(instance)
    return list(tables.items())


def _instances(event: ListedEvent, plan: Plan) -> Iterator[Page]:
    dates = event.instances
    _, language = plan.language.gettext, plan.language
    for previous, instance, following in zip((None, *dates), dates, (*dates[1:], None), strict=False):
        yield Page(
            instance.path,
            "instance.html",
            f"{event.title}, {language.moment(instance.start)}",
            excerpt(f"{language.moment(instance.start)}, {event.place.name}. {event.summary}", 160),
            section=urls.WHATS_ON,
            trail=(Link(_("What’s on"), urls.WHATS_ON), Link(event.title, event.path)),
            calendar=event.path + urls.FEED,
            image=event.image,
            data=(instance_data(event, instance, plan.settings, plan.addresses),),
            context={"event": event, "instance": instance, "previous": previous, "following": following},
        )


def _calendar(plan: Plan) -> Iterator[Page]:
    """A page a month that has dates, and this month at the calendar's own address."""
    months = months_of(plan.programme, plan.language.first_weekday)
    _, language = plan.language.gettext, plan.language
    for shown in months:
        paths = [urls.month(shown.first.year, shown.first.month)]
        if (shown.first.year, shown.first.month) == (plan.programme.now.year, plan.programme.now.month):
            paths.append(urls.CALENDAR)
        for path in paths:
            yield Page(
                path,
                "calendar.html",
                _("Calendar, %(month)s") % {"month": language.month(shown.first)}
                if path != urls.CALENDAR
                else _("Calendar"),
                _("What is on at %(site)s in %(month)s, day by day.")
                % {"site": plan.settings.site.name, "month": language.month(shown.first)},
                section=urls.CALENDAR,
                trail=() if path == urls.CALENDAR else (Link(_("Calendar"), urls.CALENDAR),),
                context={"month": shown},
            )


def _kinds(title: str, path: str, kinds: tuple[Kind, ...], plan: Plan) -> Iterator[Page]:
    """A listing of kinds (genres, or access), and a page for each with all that is to come of it."""
    rows = [(kind, _events_of(kind, plan)) for kind in kinds]
    _, name = plan.language.gettext, plan.settings.site.name
    yield Page(
        path,
        "kinds.html",
        title,
        _("%(kind)s at %(site)s.") % {"kind": title, "site": name},
        section=path,
        context={"kinds": rows},
    )
    for kind, found in rows:
        yield Page(
            kind.path,
            "kind.html",
            kind.name,
            _("%(kind)s at %(site)s: what is coming up.") % {"kind": kind.name, "site": name},
            section=path,
            trail=(Link(title, path),),
            calendar=kind.path + urls.FEED,
            context={"kind": kind, "found": found},
        )


def _events_of(kind: Kind, plan: Plan) -> list[tuple[ListedEvent, tuple[ListedInstance, ...]]]:
    """The current events of a kind, each with those of its dates to come that are of the kind."""
    found = ((event, instances_of(kind, event)) for event in plan.programme.current)
    return [(event, dates) for event, dates in found if dates or kind in event.genres]


def instances_of(kind: Kind, event: ListedEvent, with_past: bool = False) -> tuple[ListedInstance, ...]:
    """The instances of an event that are of a genre or have a kind of access; those that are over only if asked for."""
    dates = event.instances if with_past else event.upcoming
    return tuple(instance for instance in dates if kind in event.genres or kind in instance.access)


def _lists(plan: Plan) -> Iterator[Page]:
    _, site = plan.language.gettext, {"site": plan.settings.site.name}
    years = groupby(plan.programme.past, key=lambda event: event.instances[-1].start.year)
    archive = [(year, list(events)) for year, events in years]
    yield Page(
        urls.OFFERS, "offers.html", _("Offers"), _("Ways to pay less at %(site)s.") % site, section=urls.OFFERS,
        context={"offers": plan.programme.offers},
    )  # fmt: skip
    yield Page(
        urls.MEMBERSHIPS, "memberships.html", _("Memberships"), _("Become a member of %(site)s.") % site,
        section=urls.MEMBERSHIPS, context={"memberships": plan.programme.memberships},
    )  # fmt: skip
    yield Page(
        urls.ARCHIVE, "archive.html", _("Archive"), _("What was on at %(site)s.") % site, section=urls.WHATS_ON,
        trail=(Link(_("What’s on"), urls.WHATS_ON),), context={"years": archive},
    )  # fmt: skip


def _frames(plan: Plan) -> Iterator[Page]:
    """The pages that hold a frame of the booking path; their addresses are registered with the source for good."""
    _ = plan.language.gettext
    frames = (
        (urls.BASKET, _("Basket"), plan.booking.basket),
        (urls.CHECKOUT, _("Checkout"), plan.booking.checkout),
        (urls.ACCOUNT, _("Your account"), plan.booking.account),
    )
    for path, title, address in frames:
        yield Page(path, "frame.html", title, section=path, is_listed=False, context={"address": address})


def _own_page(page: ContentPage) -> Page:
    path = urls.page(page.name)
    return Page(
        path,
        "page.html",
        page.words.title,
        page.words.description,
        section=path,
        is_listed=path != urls.NOT_FOUND,
        context={"body": page.body},
    )
