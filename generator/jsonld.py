"""Structured data for search engines: schema.org in JSON-LD, from the same records as the page.

`Describer` is the door: it tells the nodes of a page, and `document` makes them one graph. A thing has the same `@id`
on every page. What is not known is not said: no door time, no performers.
"""

import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from generator import urls
from generator.anatomy import Struct, field
from generator.config import Settings, Venue
from generator.eventtypes import EventType, event_type
from generator.forms import decimal, iso_duration
from generator.place import Place
from generator.prices import PriceTable
from generator.programme import ListedEvent, ListedInstance
from generator.states import State
from generator.text import slug
from generator.tickets import Ticket, tickets
from generator.urls import Addresses

SCHEMA = "https://schema.org"
AVAILABILITY = {
    State.ON_SALE: "InStock",
    State.UNKNOWN: "InStock",
    State.LIMITED: "LimitedAvailability",
    State.SOLD_OUT: "SoldOut",
    State.NOT_YET_ON_SALE: "PreOrder",
    State.SALES_ENDED: "InStoreOnly",
    State.NOT_ON_SALE_ONLINE: "InStoreOnly",
}
STATUS = {State.CANCELLED: "EventCancelled", State.POSTPONED: "EventPostponed"}
RESCHEDULED, SCHEDULED = "EventRescheduled", "EventScheduled"
OF_EVENT = "#event"
Data = dict[str, Any]


def document(nodes: Iterable[Data]) -> Data:
    """The nodes of a page as one JSON-LD document."""
    return {"@context": SCHEMA, "@graph": list(nodes)}


class _OfEvent(Struct, frozen=True):
    """What all dates of an event say of it: the type of each, its place by name, and all else, in `parts`."""

    event: ListedEvent
    type: EventType
    place: Data
    parts: Data


class _OfTicket(Struct, frozen=True):
    """What all offers of a ticket say of it: `begin`, and what it costs; `brief` is that of one that has no name."""

    begin: Data
    costs: Data
    brief: Data


class Describer(Struct, frozen=True):
    """Says what is on a page in schema.org's words.

    `earlier_start` gives when an instance was to start before its date moved, None for those that never did.
    """

    settings: Settings
    addresses: Addresses
    earlier_start: Callable[[ListedInstance], datetime | None]
    _tickets: dict[int, tuple[PriceTable, tuple[_OfTicket, ...]]] = field(default_factory=dict)
    _events: dict[int, _OfEvent] = field(default_factory=dict)

    def instance(self, event: ListedEvent, instance: ListedInstance) -> Data:
        """An instance as the fitting Event type, within its series, with an offer for each ticket type."""
        told = {**self._performance(event, instance), **self._of_event(event).parts}
        if instance.state in AVAILABILITY:
            told["offers"] = self._offers(instance)
        return told

    def event(self, event: ListedEvent) -> Data:
        """An event as the series of its instances to come, each in short: its own page says all."""
        dates = event.instances
        end = dates[-1].end if dates else None
        return _known(
            **self._series(event),
            startDate=dates[0].start.isoformat() if dates else None,
            endDate=end.isoformat() if end else None,
            eventStatus=f"{SCHEMA}/{STATUS[event.state]}" if event.state in STATUS else None,
            location=self._place(event.place),
            **self._about(event),
            subEvent=[self._short(event, instance) for instance in event.upcoming] or None,
        )

    def home(self) -> tuple[Data, ...]:
        """The organisation, its house and its website."""
        site, venue = self.settings.site, self.settings.venue
        house = self._house(venue)
        organisation = _known(
            **self._organisation(),
            description=site.description or None,
            telephone=venue.telephone or None,
            email=venue.email or None,
            location={"@id": house["@id"]} if house else None,
        )
        website = _known(
            **{"@type": "WebSite", "@id": self._id("#website")},
            name=site.name,
            url=self.addresses.absolute(urls.HOME),
            description=site.description or None,
            inLanguage=site.language,
            publisher={"@id": organisation["@id"]},
        )
        return organisation, *((house,) if house else ()), website

    def breadcrumbs(self, trail: Iterable[tuple[str, str]]) -> Data:
        """The way to a page, by the names and paths of what leads to it and of itself."""
        steps = (
            {"@type": "ListItem", "position": position, "name": name, "item": self.addresses.absolute(path)}
            for position, (name, path) in enumerate(trail, start=1)
        )
        return {"@type": "BreadcrumbList", "itemListElement": list(steps)}

    def _id(self, path: str) -> str:
        return f"{self.addresses.url}/{path}"

    def _performance(self, event: ListedEvent, instance: ListedInstance) -> Data:
        previous = self.earlier_start(instance)
        status = STATUS.get(instance.state) or (RESCHEDULED if previous else SCHEDULED)
        told = {
            "@type": self._of_event(event).type,
            "@id": self._id(urls.instance_for_good(instance.id) + OF_EVENT),
            "name": event.title,
            "url": self.addresses.absolute(instance.path),
            "startDate": instance.start.isoformat(),
        }
        if instance.end:
            told["endDate"] = instance.end.isoformat()
        if previous:
            told["previousStartDate"] = previous.astimezone(self.settings.site.zone).isoformat()
        return told | {"eventStatus": f"{SCHEMA}/{status}"}

    def _of_event(self, event: ListedEvent) -> _OfEvent:
        """What all dates of an event say of it, made once: they come together."""
        known = self._events.get(id(event))
        if known is None:
            parts = _known(
                duration=iso_duration(event.duration) if event.duration else None,
                eventAttendanceMode=f"{SCHEMA}/OfflineEventAttendanceMode",
                location=self._place(event.place),
                **self._about(event),
                superEvent=self._series(event),
            )
            kind = event_type((genre.code for genre in event.genres), self.settings.attributes.types)
            self._events.clear()
            known = self._events[id(event)] = _OfEvent(event, kind, {"@id": parts["location"]["@id"]}, parts)
        return known

    def _short(self, event: ListedEvent, instance: ListedInstance) -> Data:
        told = {**self._performance(event, instance), "location": self._of_event(event).place}
        if instance.state in AVAILABILITY:
            told["offers"] = {"@type": "Offer", **self._sold(instance), **self._of_tickets(instance.prices)[0].brief}
        return told

    def _offers(self, instance: ListedInstance) -> list[Data]:
        """An offer for each ticket type."""
        begin, end = instance.on_sale_from, instance.on_sale_until
        sold = self._sold(instance)
        valid = _known(
            validFrom=begin.isoformat() if begin else None,
            validThrough=end.isoformat() if end else None,
        )
        return [{**ticket.begin, **sold, **ticket.costs, **valid} for ticket in self._of_tickets(instance.prices)]

    def _sold(self, instance: ListedInstance) -> Data:
        """Where an instance is sold, and whether it is."""
        return {
            "url": instance.booking_url or self.addresses.absolute(instance.path),
            "availability": f"{SCHEMA}/{AVAILABILITY[instance.state]}",
        }

    def _of_tickets(self, table: PriceTable) -> tuple[_OfTicket, ...]:
        """The tickets of a price table, made once: many instances have the same."""
        known = self._tickets.get(id(table))
        if known is None:
            known = self._tickets[id(table)] = table, tuple(map(self._of_ticket, tickets(table)))
        return known[1]

    def _of_ticket(self, ticket: Ticket) -> _OfTicket:
        currency = self.settings.site.currency
        price = {} if ticket.price is None else {"price": decimal(ticket.price), "priceCurrency": currency}
        begin = _known(**{"@type": "Offer"}, name=ticket.name or None)
        return _OfTicket(begin, price | _known(priceSpecification=_range(ticket, currency)), price)

    def _series(self, event: ListedEvent) -> Data:
        id_ = self._id(urls.event_for_good(event.id) + OF_EVENT)
        return {"@type": "EventSeries", "@id": id_, "name": event.title, "url": self.addresses.absolute(event.path)}

    def _about(self, event: ListedEvent) -> Data:
        image = self.addresses.absolute(event.image) if event.image else None
        return _known(image=image, description=event.summary or None, organizer=self._organisation())

    def _organisation(self) -> Data:
        name, url = self.settings.site.name, self.addresses.absolute(urls.HOME)
        return {"@type": "Organization", "@id": self._id("#organisation"), "name": name, "url": url}

    def _house(self, venue: Venue) -> Data | None:
        """The venue of the settings, as the theatre it is; None where nothing is known of it."""
        where = _where(venue)
        if not where:
            return None
        return _known(
            **{"@type": "PerformingArtsTheater", "@id": self._id("#venue")},
            name=venue.name or self.settings.site.name,
            url=self.addresses.absolute(urls.HOME),
            telephone=venue.telephone or None,
            **where,
        )

    def _place(self, place: Place) -> Data:
        where = _where(place.venue) if place.venue else {}
        address = place.address or place.name
        return {"@type": "Place", "@id": self._id(_mark(place)), "name": place.name, "address": address, **where}


def _mark(place: Place) -> str:
    """The fragment that names a place: the house, or one that only the feed knows."""
    name = place.in_full
    return "#venue" if place.venue else f"#place-{slug(name) or zlib.crc32(name.encode())}"


def _where(venue: Venue) -> Data:
    """Address and coordinates, as far as they are known."""
    address = _known(
        **{"@type": "PostalAddress"},
        streetAddress=venue.street or None,
        addressLocality=venue.locality or None,
        addressRegion=venue.region or None,
        postalCode=venue.postcode or None,
        addressCountry=venue.country or None,
    )
    has_coordinates = venue.latitude is not None and venue.longitude is not None
    coordinates = {"@type": "GeoCoordinates", "latitude": venue.latitude, "longitude": venue.longitude}
    return _known(address=address if len(address) > 1 else None, geo=coordinates if has_coordinates else None)


def _range(ticket: Ticket, currency: str) -> Data | None:
    """From the lowest price to the highest, where the bands differ."""
    if ticket.price is None or ticket.highest is None or ticket.highest <= ticket.price:
        return None
    prices = {"minPrice": decimal(ticket.price), "maxPrice": decimal(ticket.highest)}
    return {"@type": "PriceSpecification", **prices, "priceCurrency": currency}


def _known(**values: Any) -> Data:
    return {name: value for name, value in values.items() if value is not None}
