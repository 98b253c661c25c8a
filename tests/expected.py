"""What each surface has to say, as `surfaces` reads it back, worked out from a `reference.Programme`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from reference import Event, Instance, Programme, read_programme
from surfaces import Facts, build, one_line, said

Record = TypeVar("Record", bound=dict[str, object] | Facts)

# What the JSON-LD and the calendar say for a state; where nothing stands, they say it by silence.
EVENT_STATUS = {"cancelled": "EventCancelled", "postponed": "EventPostponed"}
OFFER_AVAILABILITY = {
    "on_sale": "InStock",
    "unknown": "InStock",
    "limited": "LimitedAvailability",
    "sold_out": "SoldOut",
    "not_yet_on_sale": "PreOrder",
    "sales_ended": "InStoreOnly",
    "not_on_sale_online": "InStoreOnly",
}
CALENDAR_STATUS = {"cancelled": "CANCELLED", "postponed": "TENTATIVE"}
CALENDAR_KEEPS = timedelta(days=30)


@dataclass(frozen=True)
class Built:
    """A built site, and what its feed says by the reference."""

    output: Path
    programme: Programme
    now: datetime


def build_and_read(site: Path, feed: Path, now: str) -> Built:
    """Builds the site at `now` (ISO, UTC) and reads the same feed by the reference."""
    moment = datetime.fromisoformat(now)
    return Built(build(site, feed, now), read_programme(site, feed, moment), moment)


def expected_pages(programme: Programme) -> dict[str, Facts]:
    """design.md §5: "Every instance of the feed whose event is in the feed gets a page, past ones too"."""
    return {
        instance.id: said(
            path=under_site(programme, instance.path),
            title=title_of(programme, instance),
            event=instance.event,
            state=instance.state,
            start=instance.start.isoformat(),
            price_from=price(instance.price_from),
            booking_url=instance.booking_url or "",
        )
        for instance in programme.instances.values()
    }


def expected_jsonld(programme: Programme) -> dict[str, Facts]:
    """design.md §5: "startDate (with offset), endDate if known, eventStatus, … offers"."""
    return {instance.id: instance_jsonld(programme, instance) for instance in programme.instances.values()}


def instance_jsonld(programme: Programme, instance: Instance) -> Facts:
    """One instance's JSON-LD: design.md §5, "`availability` says what the page says"."""
    has_offer = instance.state in OFFER_AVAILABILITY
    return said(
        name=title_of(programme, instance),
        url=absolute(programme, instance.path),
        start=instance.start.isoformat(),
        end=instance.end.isoformat() if instance.end else "",
        status=EVENT_STATUS.get(instance.state, "EventScheduled"),
        availability=OFFER_AVAILABILITY[instance.state] if has_offer else "",
        price_from=price(instance.price_from) if has_offer else "",
        booking_url=instance.booking_url or "",
    )


def expected_availability(programme: Programme) -> dict[str, Facts]:
    """design.md §5: "Instances that are not past … A value that is not known is left out, not guessed"."""
    return {
        instance.id: said(
            event=instance.event,
            start=instance.start.isoformat(),
            state=instance.state,
            on_sale_from=instance.on_sale_from.isoformat() if instance.on_sale_from else "",
            on_sale_until=instance.on_sale_until.isoformat() if instance.on_sale_until else "",
            price_from=price(instance.price_from),
            url=absolute(programme, instance.path),
            booking_url=instance.booking_url or "",
            access=" ".join(sorted(instance.access)),
        )
        for instance in programme.instances.values()
        if not instance.is_over
    }


def expected_availability_events(programme: Programme) -> dict[str, Facts]:
    """design.md §5: "Instances that are not past, and their events"."""
    named = {instance.event for instance in programme.instances.values() if not instance.is_over}
    return {
        event.id: said(name=one_line(event.title or ""), url=absolute(programme, event.path), state=event.state or "")
        for event in programme.events.values()
        if event.id in named
    }


def expected_calendar(built: Built, instances: Iterable[Instance]) -> dict[str, Facts]:
    """design.md §5: "One VEVENT per instance … Instances of the last 30 days stay in; older ones go"."""
    programme = built.programme
    return {
        instance.id: said(
            uid=instance.uid,
            summary=without_false_line_ends(title_of(programme, instance)),
            status=CALENDAR_STATUS.get(instance.state, "CONFIRMED"),
            start=instance.start.astimezone(UTC).isoformat(),
            end=instance.end.astimezone(UTC).isoformat() if instance.end else "",
            url=f"{programme.site}/i/{instance.id}",
            to=instance.path,
        )
        for instance in instances
        if (instance.end or instance.start) >= built.now - CALENDAR_KEEPS
    }


def instances_of(built: Built, event_id: str) -> list[Instance]:
    """The instances of an event."""
    return [instance for instance in built.programme.instances.values() if instance.event == event_id]


def instances_by_genre(built: Built) -> dict[str, list[Instance]]:
    """The instances whose event has the genre, by genre, of the genres that occur."""
    events, instances = built.programme.events, built.programme.instances.values()
    genres = sorted({genre for event in events.values() for genre in event.genres})
    return {genre: [i for i in instances if genre in events[i.event].genres] for genre in genres}


def instances_by_access(built: Built) -> dict[str, list[Instance]]:
    """The instances with the access code, by code, of the codes that occur."""
    instances = built.programme.instances.values()
    codes = sorted({code for instance in instances for code in instance.access})
    return {code: [instance for instance in instances if code in instance.access] for code in codes}


def expected_events(programme: Programme) -> dict[str, dict[str, object]]:
    """design.md §5: "an event, its dates", every one of them, each linked to its own page."""
    return {event.id: event_page(programme, event) for event in programme.events.values()}


def event_page(programme: Programme, event: Event) -> dict[str, object]:
    """One event's page; without dates it has no state."""
    instances = [instance for instance in programme.instances.values() if instance.event == event.id]
    dates = {instance.id: (instance.state, instance.start.isoformat()) for instance in instances}
    named: dict[str, object] = {"title": one_line(event.title)} if event.title else {}
    path = under_site(programme, event.path)
    return {**named, "path": path, "state": event.state, "dates": dates, "linked": True}


def expected_redirects(programme: Programme) -> dict[str, str]:
    """design.md §5: "`_redirects` sends `/e/{event-id}` and `/i/{instance-id}` to today's address"."""
    prefix = programme.prefix
    of_events = {f"{prefix}/e/{event.id}": event.path for event in programme.events.values()}
    of_instances = {f"{prefix}/i/{instance.id}": instance.path for instance in programme.instances.values()}
    return of_events | of_instances


def without_free_titles(actual: dict[str, Record], expected: dict[str, Record]) -> dict[str, Record]:
    """`actual` without the titles that neither feed nor content give: its name is free then."""
    for id_, facts in actual.items():
        for key in {"title", "name", "summary"} & facts.keys() - expected.get(id_, {}).keys():
            assert facts.pop(key), f"{id_} has an empty {key}"
    return actual


def title_of(programme: Programme, instance: Instance) -> str:
    """The title of the instance's event, empty where it has none."""
    return one_line(programme.events[instance.event].title or "")


def without_false_line_ends(text: str) -> str:
    """A calendar avoids a backslash before an n: two readers take it for a line end, however it is escaped."""
    return re.sub(r"\\(?=[nN])", "/", text)


def price(amount: Decimal | None) -> str:
    """design.md §5: "Prices are decimal strings"."""
    return "" if amount is None else f"{amount:.2f}"


def absolute(programme: Programme, path: str) -> str:
    """The address of a path, which holds the path of the site's address already."""
    return programme.site + under_site(programme, path)


def under_site(programme: Programme, path: str) -> str:
    """The path as it lies in the output folder."""
    return path.removeprefix(programme.prefix)
