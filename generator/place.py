"""Where something is on: the venue of the settings, or the one that an attribute of the event names."""

from generator.anatomy import Struct
from generator.config import Venue
from generator.text import one_line


class Place(Struct, frozen=True):
    """A place. One that only the feed names has its address as the words of `address`, and no coordinates."""

    name: str
    address: str
    venue: Venue | None

    @property
    def in_full(self) -> str:
        """Name and address in one line."""
        return ", ".join(part for part in (self.name, self.address) if part)

    @property
    def coordinates(self) -> tuple[float, float] | None:
        """Latitude and longitude; None where they are not known."""
        if self.venue is None or self.venue.latitude is None or self.venue.longitude is None:
            return None
        return self.venue.latitude, self.venue.longitude


def place_of(words: str, venue: Venue, site_name: str) -> Place:
    """The place that an attribute's words name ("Studio, St Georges Street, Ipswich, IP1 3NF"), else the venue."""
    name, _, address = (part.strip() for part in one_line(words).partition(","))
    default = venue.name or site_name
    if name and name.casefold() != default.casefold():
        return Place(name, address, None)
    parts = (venue.street, venue.locality, venue.region, venue.postcode)
    return Place(default, ", ".join(part for part in parts if part), venue)
