"""The booking path: addresses of the frames that Spektrix serves and the site embeds (spektrix-api.md §3)."""

from urllib.parse import quote

from generator.config import Spektrix
from generator.model import BookingPath


def booking_path(settings: Spektrix) -> BookingPath:
    """The frames of a venue. `resize=true` is always the last argument: what follows it is swallowed."""
    website = f"https://{settings.domain}/{settings.client}/website"
    chosen = [("stylesheet", settings.stylesheet), ("culture", settings.culture)]
    looks = "".join(f"{name}={quote(value, safe='')}&" for name, value in chosen if value)
    return BookingPath(
        script=f"{website}/scripts/integrate.js",
        seats_before_id=f"{website}/ChooseSeats.aspx?EventInstanceId=",
        seats_after_id=f"&{looks}resize=true",
        basket=f"{website}/Basket2.aspx?{looks}resize=true",
        checkout=f"{website}/secure/Checkout.aspx?{looks}resize=true",
        account=f"{website}/secure/MyAccount.aspx?{looks}resize=true",
    )
