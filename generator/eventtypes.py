"""Which of schema.org's types an event is, from its genres: those the settings name, else those everybody means."""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

EventType = Literal[
    "Event", "BusinessEvent", "ChildrensEvent", "ComedyEvent", "ConferenceEvent", "CourseInstance", "DanceEvent",
    "DeliveryEvent", "EducationEvent", "ExhibitionEvent", "Festival", "FoodEvent", "Hackathon", "LiteraryEvent",
    "MusicEvent", "PerformingArtsEvent", "PublicationEvent", "SaleEvent", "ScreeningEvent", "SocialEvent",
    "SportsEvent", "TheaterEvent", "VisualArtsEvent",
]  # fmt: skip
"""Event and its subtypes in schema.org; the series of events is no type of a performance."""

EVENT_TYPES: frozenset[str] = frozenset(get_args(EventType))

_MEANT: Mapping[str, EventType] = {
    "comedy": "ComedyEvent", "stand-up": "ComedyEvent",
    "dance": "DanceEvent", "ballet": "DanceEvent",
    "music": "MusicEvent", "opera": "MusicEvent", "concert": "MusicEvent", "concerts": "MusicEvent",
    "drama": "TheaterEvent", "theatre": "TheaterEvent", "musical": "TheaterEvent", "musicals": "TheaterEvent",
    "panto": "TheaterEvent", "pantomime": "TheaterEvent", "new writing": "TheaterEvent",
    "children": "ChildrensEvent", "family": "ChildrensEvent",
    "film": "ScreeningEvent", "films": "ScreeningEvent", "cinema": "ScreeningEvent",
    "literature": "LiteraryEvent", "poetry": "LiteraryEvent", "spoken word": "LiteraryEvent",
    "food": "FoodEvent", "exhibition": "ExhibitionEvent", "exhibitions": "ExhibitionEvent",
    "workshop": "EducationEvent", "workshops": "EducationEvent", "festival": "Festival",
}  # fmt: skip


def event_type(genres: Iterable[str], chosen: Mapping[str, EventType]) -> EventType:
    """The type of an event of these genres, of which `chosen` says the types that the venue has set.

    The first genre whose type is set decides; where none is set, the first whose English name is known; else Event.
    """
    names = [genre.casefold() for genre in genres]
    own = {genre.casefold(): kind for genre, kind in chosen.items()}
    found = (table[name] for table in (own, _MEANT) for name in names if name in table)
    return next(found, "Event")
