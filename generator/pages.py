"""Which pages the site has: `pages` yields each with its address, its template and what the template is given.

What exists is said here; how it looks is the templates' affair, how a context becomes bytes is `render`'s.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from itertools import chain, groupby

from generator import urls
from generator.anatomy import replace
from generator.content import ContentPage
from generator.eventpages import event_pages
from generator.jsonld import Data
from generator.months import months_of
from generator.plan import Choice, Facet, Link, Page, Plan, Voice
from generator.programme import Kind, ListedEvent, ListedInstance, Programme
from generator.wording import Language

NEW_FOR = timedelta(days=30)
Dated = tuple[ListedEvent, tuple[ListedInstance, ...]]
"""An event, and its dates to come."""


def pages(plan: Plan) -> Iterator[Page]:
    """Every page of the site."""
    for make in Groups(plan).values():
        yield from make()


class Groups(Mapping[str, Callable[[], Iterable[Page]]]):
    """Every page of the site, in groups that are made when they are asked for; `events` are those with one, by its key.

    A group's pages have addresses that begin with its key; the first group, "", holds the rest. What makes the groups
    of events is not kept: there are thousands, and the studio has need of a few.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.events = {event.path: event for event in plan.programme.events}
        self._others = _others(plan, self.events)

    def __getitem__(self, key: str) -> Callable[[], Iterable[Page]]:
        event = self.events.get(key)
        make = partial(_event_pages, self._plan, event) if event else self._others[key]
        return partial(_described, make, self._plan.voice)

    def __iter__(self) -> Iterator[str]:
        return chain(self._others, self.events)

    def __len__(self) -> int:
        return len(self._others) + len(self.events)


def _described(make: Callable[[], Iterable[Page]], voice: Voice) -> Iterator[Page]:
    """Pages with the way to each in its structured data."""
    for page in make():
        yield replace(page, describe=_with_trail(page, voice)) if page.trail else page


def _with_trail(page: Page, voice: Voice) -> Callable[[], Iterator[Data]]:
    """What tells the structured data of a page, and the way to it."""

    def describe() -> Iterator[Data]:
        home, own = Link(voice.language.gettext("Home"), urls.HOME), Link(page.crumb or page.title, page.path)
        yield from page.describe() if page.describe else ()
        yield voice.describer.breadcrumbs((link.title, link.path) for link in (home, *page.trail, own))

    return describe


def _others(plan: Plan, events: Container[str]) -> Mapping[str, Callable[[], Iterable[Page]]]:
    """The groups that are no event's."""
    _, programme = plan.language.gettext, plan.programme
    groups: dict[str, Callable[[], Iterable[Page]]] = {
        urls.HOME: lambda: _single_pages(plan, [page for page in own if is_taken(urls.page(page.name))]),
        urls.WHATS_ON: lambda: (_whats_on(plan),),
        urls.CALENDAR: lambda: _calendar(plan),
        urls.GENRES: lambda: _kinds(_("Genres"), urls.GENRES, programme.genres, plan),
        urls.ACCESS: lambda: _kinds(_("Access"), urls.ACCESS, programme.access, plan),
        urls.VENUES: lambda: _kinds(_("Venues"), urls.VENUES, programme.venues, plan),
    }

    def is_taken(path: str) -> bool:
        return path in groups or path in events

    own = [page for page in plan.content.pages if page.name != "404"]
    alone = {urls.page(page.name): partial(_own_pages, page) for page in own}
    return groups | {path: make for path, make in alone.items() if not is_taken(path)}


def _event_pages(plan: Plan, event: ListedEvent) -> Iterator[Page]:
    return event_pages(plan.about(event), plan.voice)


def _single_pages(plan: Plan, own: Iterable[ContentPage]) -> Iterator[Page]:
    """The pages that are no group, and those of the venue's own that have the address of a group's first."""
    yield _home(plan)
    yield from _lists(plan)
    yield from _frames(plan)
    yield from (_own_page(page) for page in own)
    yield _not_found(plan)


def _own_pages(page: ContentPage) -> Iterator[Page]:
    yield _own_page(page)


def _home(plan: Plan) -> Page:
    programme = plan.programme
    next_up = [(event, instance) for event, instance in programme.instances if not instance.is_over]
    first, *rest = programme.current or (None,)
    return Page(
        urls.HOME,
        "home.html",
        plan.settings.site.name,
        plan.settings.site.description,
        describe=plan.describer.home,
        context={"first": first, "events": rest[:6], "next_up": next_up[:8], "new": _new(programme)[:6]},
    )


def _new(programme: Programme) -> list[ListedEvent]:
    """The events whose first date to come went on sale within 30 days, or will: the newest first."""
    opened = [(event.on_sale_from, event) for event in programme.current if event.on_sale_from]
    new = [(moment, event) for moment, event in opened if moment > programme.now - NEW_FOR]
    return [event for _, event in sorted(new, key=lambda pair: (-pair[0].timestamp(), pair[1].id))]


def _whats_on(plan: Plan) -> Page:
    _, programme = plan.language.gettext, plan.programme
    current = _dated(programme)
    months = sorted({month for event in programme.current for month in event.months})
    facets = (
        Facet("genre", _("Genre"), _choices(programme.genres)),
        Facet("month", _("Month"), tuple(_month_choice(month, plan.language) for month in months)),
        Facet("access", _("Access"), _choices(programme.access)),
        Facet("venue", _("Venue"), _choices(kind for kind in programme.venues if _events_of(kind, current))),
    )
    return Page(
        urls.WHATS_ON,
        "whats_on.html",
        _("What’s on"),
        _("Everything coming up at %(site)s.") % {"site": plan.settings.site.name},
        section=urls.WHATS_ON,
        context={
            "events": programme.current,
            "facets": [facet for facet in facets if len(facet.choices) > 1],
            "counted": plan.language.counted("%(count)s event", "%(count)s events", len(programme.current)),
        },
    )


def _choices(kinds: Iterable[Kind]) -> tuple[Choice, ...]:
    return tuple(Choice(kind.slug, kind.name, kind.path) for kind in kinds)


def _month_choice(month: date, language: Language) -> Choice:
    return Choice(f"{month:%Y-%m}", language.month(month), urls.month(month.year, month.month))


def _calendar(plan: Plan) -> Iterator[Page]:
    """A page a month that has dates, and this month at the calendar's own address."""
    _, language = plan.language.gettext, plan.language
    now, site = plan.programme.now, plan.settings.site.name
    for shown in months_of(plan.programme, language.first_weekday):
        name = language.month(shown.first)
        own = Page(
            urls.month(shown.first.year, shown.first.month),
            "calendar.html",
            _("Calendar, %(month)s") % {"month": name},
            _("What is on at %(site)s in %(month)s, day by day.") % {"site": site, "month": name},
            section=urls.CALENDAR,
            trail=(Link(_("Calendar"), urls.CALENDAR),),
            crumb=name,
            context={"month": shown},
        )
        yield own
        if (shown.first.year, shown.first.month) == (now.year, now.month):
            about = _("The calendar of %(site)s, month by month.") % {"site": site}
            yield replace(own, path=urls.CALENDAR, title=_("Calendar"), description=about, trail=())


def _kinds(title: str, path: str, kinds: tuple[Kind, ...], plan: Plan) -> Iterator[Page]:
    """A listing of kinds (genres, access, venues), and a page for each with all that is to come of it."""
    current = _dated(plan.programme)
    rows = [(kind, _events_of(kind, current)) for kind in kinds]
    _, name = plan.language.gettext, plan.settings.site.name
    about = _("%(kind)s at %(site)s.") % {"kind": title, "site": name}
    yield Page(path, "kinds.html", title, about, section=path, context={"kinds": rows})
    for kind, found in rows:
        yield Page(
            kind.path,
            "kind.html",
            kind.name,
            _("%(kind)s at %(site)s: what is coming up.") % {"kind": kind.name, "site": name},
            section=path,
            trail=(Link(title, path),),
            calendar=kind.path + urls.FEED,
            calendar_of=kind.name,
            context={"kind": kind, "found": found},
        )


def _dated(programme: Programme) -> list[Dated]:
    """The current events, each with its dates to come."""
    return [(event, event.upcoming) for event in programme.current]


def _events_of(kind: Kind, current: Iterable[Dated]) -> list[Dated]:
    """Those of the current events that are of a kind, each with those of its dates to come that are."""
    found = ((event, dates if kind in event.genres else _of_kind(kind, dates)) for event, dates in current)
    return [(event, dates) for event, dates in found if dates or kind in event.genres]


def _of_kind(kind: Kind, dates: Iterable[ListedInstance]) -> tuple[ListedInstance, ...]:
    return tuple(instance for instance in dates if kind == instance.venue or kind in instance.access)


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
        path, "page.html", page.words.title, page.words.description, section=path, context={"body": page.body}
    )  # fmt: skip


def _not_found(plan: Plan) -> Page:
    """The page for addresses that lead nowhere: in the venue's words, if it has any, and with what is on next."""
    own = next((page for page in plan.content.pages if page.name == "404"), None)
    title = own.words.title if own else plan.language.gettext("Page not found")
    policy = plan.policies.in_markup
    context = {"body": own.body if own else None, "events": plan.programme.current[:3], "policy": policy}
    return Page(urls.NOT_FOUND, "not_found.html", title, is_listed=False, context=context)
