"""Structured data for search engines: schema.org events in JSON-LD, from the same records as the page."""

from typing import Any

from generator.config import Settings
from generator.place import Place
from generator.programme import ListedEvent, ListedInstance
from generator.states import State
from generator.urls import Addresses
from generator.wording import decimal

SCHEMA = "https://schema.org"
_TYPES = {
    "comedy": "ComedyEvent", "dance": "DanceEvent", "ballet": "DanceEvent", "music": "MusicEvent",
    "opera": "MusicEvent", "concert": "MusicEvent",
    "drama": "TheaterEvent", "theatre": "TheaterEvent", "musical": "TheaterEvent",
    "panto": "TheaterEvent", "pantomime": "TheaterEvent", "new writing": "TheaterEvent", "children": "ChildrensEvent",
    "family": "ChildrensEvent", "film": "ScreeningEvent", "cinema": "ScreeningEvent", "literature": "LiteraryEvent",
    "poetry": "LiteraryEvent", "spoken word": "LiteraryEvent", "food": "FoodEvent", "exhibition": "ExhibitionEvent",
    "workshop": "EducationEvent", "festival": "Festival",
}  # fmt: skip
_AVAILABILITY = {
    State.ON_SALE: "InStock",
    State.UNKNOWN: "InStock",
    State.LIMITED: "LimitedAvailability",
    State.SOLD_OUT: "SoldOut",
    State.NOT_YET_ON_SALE: "PreOrder",
    State.SALES_ENDED: "InStoreOnly",
    State.NOT_ON_SALE_ONLINE: "InStoreOnly",
}
_STATUS = {State.CANCELLED: "EventCancelled", State.POSTPONED: "EventPostponed"}
Data = dict[str, Any]


def instance_data(event: ListedEvent, instance: ListedInstance, settings: Settings, addresses: Addresses) -> Data:
    """An instance as the fitting Event type, within its series."""
    series = {"@type": "EventSeries", "name": event.title, "url": addresses.absolute(event.path)}
    return {"@context": SCHEMA, **_performance(event, instance, settings, addresses), "superEvent": series}


def event_data(event: ListedEvent, settings: Settings, addresses: Addresses) -> Data:
    """An event as an EventSeries of its instances to come."""
    return _known(
        **{"@context": SCHEMA, "@type": "EventSeries"},
        name=event.title,
        url=addresses.absolute(event.path),
        **_about(event, settings, addresses),
        startDate=event.upcoming[0].start.isoformat() if event.upcoming else None,
        subEvent=[_performance(event, instance, settings, addresses, brief=True) for instance in event.upcoming]
        or None,
    )


def _performance(
    event: ListedEvent, instance: ListedInstance, settings: Settings, addresses: Addresses, brief: bool = False
) -> Data:
    about = {"location": _place(event.place)} if brief else _about(event, settings, addresses)
    return _known(
        **{"@type": _type(event)},
        name=event.title,
        url=addresses.absolute(instance.path),
        startDate=instance.start.isoformat(),
        endDate=instance.end.isoformat() if instance.end else None,
        eventStatus=f"{SCHEMA}/{_STATUS.get(instance.state, 'EventScheduled')}",
        eventAttendanceMode=f"{SCHEMA}/OfflineEventAttendanceMode",
        **about,
        offers=_offer(instance, settings, addresses),
    )


def _about(event: ListedEvent, settings: Settings, addresses: Addresses) -> Data:
    organiser = {"@type": "Organization", "name": settings.site.name, "url": addresses.absolute("")}
    image = addresses.absolute(event.image) if event.image else None
    return _known(location=_place(event.place), image=image, description=event.summary or None, organizer=organiser)


def _type(event: ListedEvent) -> str:
    return next((_TYPES[genre.name.casefold()] for genre in event.genres if genre.name.casefold() in _TYPES), "Event")


def _place(place: Place) -> Data:
    venue = place.venue
    if venue is None:
        return _known(**{"@type": "Place"}, name=place.name, address=place.address or place.name)
    address = _known(
        **{"@type": "PostalAddress"},
        streetAddress=venue.street or None,
        addressLocality=venue.locality or None,
        addressRegion=venue.region or None,
        postalCode=venue.postcode or None,
        addressCountry=venue.country or None,
    )
    has_coordinates = venue.latitude is not None and venue.longitude is not None
    geo = (
        {"@type": "GeoCoordinates", "latitude": venue.latitude, "longitude": venue.longitude}
        if has_coordinates
        else None
    )
    return _known(**{"@type": "Place"}, name=place.name, address=address if len(address) > 1 else place.name, geo=geo)


def _offer(instance: ListedInstance, settings: Settings, addresses: Addresses) -> Data | None:
    """The cheapest full-price ticket; None where none can be bought any more."""
    if instance.state not in _AVAILABILITY:
        return None
    lowest = instance.prices.lowest
    return _known(
        **{"@type": "Offer"},
        url=instance.booking_url or addresses.absolute(instance.path),
        availability=f"{SCHEMA}/{_AVAILABILITY[instance.state]}",
        price=decimal(lowest) if lowest is not None else None,
        priceCurrency=settings.site.currency if lowest is not None else None,
        validFrom=instance.on_sale_from.isoformat() if instance.on_sale_from else None,
    )


def _known(**values: Any) -> Data:
    return {name: value for name, value in values.items() if value is not None}
