"""The pages of an event and of its dates.

`event_pages` is the door. They are made of what `About` and `Voice` have, and of nothing else of the site: that is what
their keys are made of, so that an event of which all that is the same need not be made again.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby

from generator import urls
from generator.jsonld import Data
from generator.plan import About, Link, Page, Voice
from generator.prices import PriceTable
from generator.programme import ListedEvent, ListedInstance
from generator.states import State
from generator.subscription import EntryLinks
from generator.text import excerpt

EVENT, INSTANCE = TEMPLATES = "event.html", "instance.html"


def event_pages(about: About, voice: Voice) -> Iterator[Page]:
    """An event, and its dates. One with a namesake is told from it by its dates, where only the title is seen."""
    event = about.event
    title = f"{event.title}, {voice.language.when(event)}" if about.has_namesakes else event.title
    yield _event(about, title, voice)
    yield from _instances(event, voice)


def _event(about: About, title: str, voice: Voice) -> Page:
    _, language, event = voice.language.gettext, voice.language, about.event
    by_month = groupby(event.upcoming, key=lambda instance: language.month(instance.start))
    return Page(
        event.path,
        EVENT,
        title,
        event.summary,
        section=urls.WHATS_ON,
        trail=(Link(_("What’s on"), urls.WHATS_ON),),
        crumb=event.title,
        calendar=event.path + urls.FEED,
        calendar_of=event.title,
        share=event.share,
        image=event.image,
        describe=lambda: (voice.describer.event(event),),
        context={
            "event": event,
            "months": [(month, list(group)) for month, group in by_month],
            "earlier": [instance for instance in event.instances if instance.is_over],
            "related": list(about.related),
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


def _instances(event: ListedEvent, voice: Voice) -> Iterator[Page]:
    dates = event.instances
    _, language = voice.language.gettext, voice.language
    at_once = Counter(instance.start.timestamp() for instance in dates)
    for previous, instance, following in zip((None, *dates), dates, (*dates[1:], None), strict=False):
        moment = language.moment(instance.start)
        is_one_of_several = at_once[instance.start.timestamp()] > 1
        yield Page(
            instance.path,
            INSTANCE,
            f"{event.title}, {moment}" + (f", {instance.space or instance.venue.name}" if is_one_of_several else ""),
            excerpt(f"{moment}, {event.place.name}. {event.summary}", 160),
            section=urls.WHATS_ON,
            trail=(Link(_("What’s on"), urls.WHATS_ON), Link(event.title, event.path)),
            crumb=moment,
            calendar=event.path + urls.FEED,
            calendar_of=event.title,
            share=event.share,
            describe=_described(event, instance, voice),
            context={
                "event": event,
                "instance": instance,
                "previous": previous,
                "following": following,
                "entry": EntryLinks(event, instance, voice.addresses),
                "booking_later": _booking_later(instance, voice),
            },
        )


def _described(event: ListedEvent, instance: ListedInstance, voice: Voice) -> Callable[[], tuple[Data, ...]]:
    """What tells the structured data of an instance."""
    return lambda: (voice.describer.instance(event, instance),)


def _booking_later(instance: ListedInstance, voice: Voice) -> str:
    """Where seats will be chosen if an instance goes on sale, or on sale again, while its page is open; else ""."""
    never = (State.PAST, State.CANCELLED, State.POSTPONED)
    return "" if instance.booking_url or instance.state in never else voice.booking.seats(instance.id)
