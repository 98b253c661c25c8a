"""Invented programmes that show everything a theme must cope with, whatever the venue itself has on.

`programmes` is the door: every state, the long and the short, the empty and the odd, as the records of a feed.
The studio shows them, and a check tries the templates with them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from generator.anatomy import replace
from generator.config import DEMO, Events, Images, Settings, SourceSettings, Venue
from generator.content import Content, Credit, EventWords, InstanceWords, Overlay
from generator.feedfolder import folder_of
from generator.model import (
    Band,
    BookingPath,
    Event,
    Feed,
    Instance,
    Membership,
    Offer,
    Plan,
    Price,
    PriceList,
    Status,
    TicketType,
)
from generator.sitefolder import Words
from generator.source import Source
from generator.states import State
from generator.text import Html
from generator.urls import Addresses
from generator.wording import language

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROOM = Plan(1, "Main house", True, (1, 2))
BANDS = (Band(1, "Stalls"), Band(2, "Balcony"))
TICKETS = (TicketType(1, "Full price"), TicketType(2, "Under 26"))
PRICES = PriceList(
    1,
    (
        Price(1, 1, Decimal(24), is_band_default=True),
        Price(2, 1, Decimal("16.50"), is_band_default=True),
        Price(1, 2, Decimal(10), is_band_default=False),
    ),
)
GENRES, ACCESS = ("Drama", "Music"), {"AD": "Audio described", "REL": "Relaxed"}
WITH_TWO_AUTUMN_HOURS = "Europe/London"
WORDS = (
    "A fortnight after the storm the lighthouse keeper’s daughter comes home with a suitcase, a cello and no intention "
    "of explaining either."
)
ARABIC = "تعود ابنة حارس المنارة بعد أسبوعين من العاصفة ومعها حقيبة وتشيلو، ولا تنوي أن تشرح شيئًا."
_SEATS = {State.LIMITED: 6, State.SOLD_OUT: 0}
_SAID = {
    State.CANCELLED: InstanceWords("cancelled"),
    State.POSTPONED: InstanceWords("postponed", "A new date follows."),
}


@dataclass(frozen=True, slots=True)
class Show:
    """An event with all that goes with it."""

    event: Event
    instances: tuple[Instance, ...] = ()
    statuses: tuple[Status, ...] = ()
    words: EventWords | None = None


@dataclass(frozen=True, slots=True)
class Invented:
    """A programme, and the settings that go with it; `shows` by what they show."""

    settings: Settings
    shows: Mapping[str, Show]

    @property
    def feed(self) -> Feed:
        """The programme as a source would give it."""
        shows = self.shows.values()
        return Feed(
            events=tuple(show.event for show in shows),
            instances=tuple(instance for show in shows for instance in show.instances),
            statuses=tuple(status for show in shows for status in show.statuses),
            price_lists=(PRICES,),
            plans=(ROOM,),
            bands=BANDS,
            ticket_types=TICKETS,
            offers=(Offer(1, "Bring a friend", "Two for one on Tuesdays."),) if self.shows else (),
            memberships=(Membership(1, "Friend", "Books a week before everybody else."),) if self.shows else (),
        )

    def words(self, own: Words, url: str) -> Words:
        """What the site folder says, with the invented settings and words in place of its own, for a site at `url`."""
        settings = replace(self.settings, site=replace(self.settings.site, url=url))
        spoken, _ = language(settings.site, own.folders)
        content = self._content(own.content)
        return replace(own, settings=settings, addresses=Addresses(url), language=spoken, content=content)

    def source(self, own: Words, booking: BookingPath, now: datetime) -> Source:
        """The programme as if it had been read from the demo's folder, where the pictures are."""
        demo = folder_of(replace(self.settings, source=SourceSettings(DEMO)), own.site)
        return Source(
            feed=self.feed,
            folder=demo,
            pulled_at=now,
            images=demo / "images",
            missing=(),
            booking=booking,
            namespace="invented",
            series="invented",
            is_live=False,
        )

    def _content(self, own: Content) -> Content:
        """The venue's own pages and files, with the invented words in place of its words on events."""
        overlays = {
            show.event.id: Overlay("(invented)", show.words, Html()) for show in self.shows.values() if show.words
        }
        return Content(overlays, own.pages, own.static)


def programmes(settings: Settings, now: datetime, picture: str) -> Mapping[str, Invented]:
    """Invented programmes around `now`, for a site with these settings; `picture` is a file's name in its feed."""
    chosen = _settings(settings)
    arabic = replace(chosen, site=replace(chosen.site, language="ar"))
    bare = replace(chosen, venue=Venue())
    inventor = _Inventor(now, chosen, picture)
    return {
        "everything": Invented(chosen, inventor.everything()),
        "right-to-left": Invented(arabic, inventor.arabic()),
        "empty-venue": Invented(bare, inventor.few()),
        "nothing-on": Invented(bare, {}),
    }


def _settings(settings: Settings) -> Settings:
    """The venue's own, with names for everything, in a zone whose autumn night has an hour twice."""
    names = settings.attributes
    zone = settings.site.timezone if _second_hour(settings, datetime(2026, 1, 1, tzinfo=UTC)) else WITH_TWO_AUTUMN_HOURS
    return replace(
        settings,
        site=replace(settings.site, timezone=zone),
        attributes=replace(
            names, genres=names.genres or GENRES, access=names.access or ACCESS, season="Season", event_note="Note",
            instance_note="Note", cancelled="", venue="",
        ),
        events=Events(),
        images=Images(),
    )  # fmt: skip


def _second_hour(settings: Settings, now: datetime) -> datetime | None:
    """When the clock next goes back, in UTC; None where it does not within 400 days."""
    first = now.replace(minute=0, second=0, microsecond=0)
    days = (first + number * DAY for number in range(400))
    day = next((day for day in days if _offset(day + DAY, settings) < _offset(day, settings)), None)
    hours = (day + number * HOUR for number in range(1, 25)) if day else ()
    return next((hour for hour in hours if _offset(hour, settings) < _offset(hour - HOUR, settings)), None)


def _offset(moment: datetime, settings: Settings) -> timedelta:
    """How far the clock of the site is ahead of UTC."""
    return moment.astimezone(settings.site.zone).utcoffset() or timedelta()


class _Inventor:
    """Invents shows around a time, each with ids of its own."""

    def __init__(self, now: datetime, settings: Settings, picture: str) -> None:
        self.now = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        self.settings = settings
        self.picture = picture
        self._ids = count(900001)

    def everything(self) -> dict[str, Show]:
        """Shows of every sort."""
        one_each = {state.value: self._show(f"A show that is {_read(state)}", [state]) for state in State}
        return {
            "all states": self._show("Every state of a date", [state for state in State if state is not State.PAST]),
            **one_each,
            "no dates": self._show("A show whose dates are to come"),
            "long": self._long(),
            "short": self._show("M", [State.ON_SALE], words="", minutes=None),
            "no picture": self._show("A show without a picture", [State.ON_SALE], picture=""),
            "nothing known": self._unknown(),
            "autumn night": self._autumn_night(),
        }

    def few(self) -> dict[str, Show]:
        """Two shows."""
        return {
            "on_sale": self._show("A show on sale", [State.ON_SALE]),
            "sold_out": self._show("A show that is sold out", [State.SOLD_OUT]),
        }

    def arabic(self) -> dict[str, Show]:
        """Shows whose words are written from right to left."""
        return {
            "on_sale": self._show("ابنة حارس المنارة", [State.ON_SALE, State.LIMITED, State.SOLD_OUT], words=ARABIC),
            "cancelled": self._show("ليلة في Elsinore", [State.CANCELLED, State.NOT_YET_ON_SALE], words=ARABIC),
        }

    def _show(
        self,
        name: str,
        states: Iterable[State] = (),
        *,
        words: str = WORDS,
        minutes: int | None = 135,
        picture: str | None = None,
    ) -> Show:
        """An event with a date in each state, a day apart."""
        key = next(self._ids)
        html = Html(f"<p>{words}</p>" if words else "")
        image = self.picture if picture is None else picture
        boxes = dict.fromkeys(self.settings.attributes.genres[:2], "1")
        dates = {state: self._date(key, state, day) for day, state in enumerate(states)}
        said = {dates[state].id: _SAID[state] for state in dates.keys() & _SAID.keys()}
        return Show(
            Event(key, name, words, html, minutes, image, attributes=boxes),
            tuple(dates.values()),
            tuple(self._seats(date, state) for state, date in dates.items() if state is not State.UNKNOWN),
            EventWords(key, instances=said) if said else None,
        )

    def _date(self, event_id: int, state: State, day: int) -> Instance:
        start = self.now.replace(hour=19, minute=30) + (day + 3) * DAY
        return Instance(
            id=next(self._ids),
            event_id=event_id,
            start=start - 30 * DAY if state is State.PAST else start,
            start_selling=self.now + DAY if state is State.NOT_YET_ON_SALE else self.now - 60 * DAY,
            stop_selling=self.now - HOUR if state is State.SALES_ENDED else start,
            is_on_sale=state is not State.NOT_ON_SALE_ONLINE,
            plan_id=ROOM.id,
            price_list_id=PRICES.id,
            attributes={"Note": "Followed by a talk."} if state is State.LIMITED else {},
        )

    def _seats(self, date: Instance, state: State) -> Status:
        return Status(ROOM.id, date.id, ROOM.name, _SEATS.get(state, 240), 400, ROOM.band_ids)

    def _long(self) -> Show:
        """A show of which there is much of everything, with all boxes ticked on each of its 60 dates."""
        name = "The Extraordinary and Entirely True History of the Llanfairpwllgwyngyll Lighthouse, in Nine Acts"
        show = self._show(name, words=" ".join([WORDS] * 4))
        names = self.settings.attributes
        boxes = dict.fromkeys(names.access, "1") | {"Note": "Supper is served in both intervals. Please book it."}
        dates = [replace(self._date(show.event.id, State.ON_SALE, day), attributes=boxes) for day in range(0, 180, 3)]
        attributes = dict.fromkeys(names.genres, "1") | {"Season": "The Long Season of the Sea", "Note": WORDS}
        paragraphs = "".join(f"<h2>Act {number}</h2><p>{WORDS}</p>" for number in range(1, 10))
        words = EventWords(
            show.event.id,
            age="Recommended for those of 12 and over, and for patient children",
            warnings=("Haze, flashing lights, one gunshot.", "The play contains the whole of the sea."),
            credits=tuple(
                Credit(f"Lighthouse keeper {number}", "Wilhelmina Featherstonehaugh") for number in range(14)
            ),
            link="https://www.example.org/",
        )
        event = replace(show.event, attributes=attributes, html=Html(paragraphs), duration=385)
        return Show(event, tuple(dates), tuple(self._seats(date, State.ON_SALE) for date in dates), words)

    def _unknown(self) -> Show:
        """A show with a date of which only the start is known."""
        show = self._show("A show of which nothing is known", words="", minutes=None, picture="")
        date = self._date(show.event.id, State.UNKNOWN, 0)
        return replace(show, instances=(Instance(date.id, date.event_id, date.start),))

    def _autumn_night(self) -> Show:
        """Two dates at half past one of the night that has that hour twice."""
        show = self._show("Through the night the clocks go back", minutes=45)
        back = _second_hour(self.settings, self.now) or self.now
        dates = [
            replace(self._date(show.event.id, State.ON_SALE, 0), start=start, stop_selling=start)
            for start in (back - HOUR / 2, back + HOUR / 2)
        ]
        return replace(show, instances=tuple(dates), statuses=tuple(self._seats(d, State.ON_SALE) for d in dates))


def _read(state: State) -> str:
    return state.value.replace("_", " ")
