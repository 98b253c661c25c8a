"""The gallery: invented programmes through the real templates, each thing that a theme must show on a page of its own.

`Gallery` is the door: its houses are whole websites, its scenes are places in them.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from generator import urls
from generator.anatomy import replace
from generator.config import DEMO, SourceSettings
from generator.feedfolder import folder_of
from generator.invented import Invented, programmes
from generator.model import BookingPath
from generator.programme import ListedInstance
from generator.states import State
from generator.studio.screens import HERE, HOUSES
from generator.studio.workshop import Workshop
from generator.website import Website

KEPT = 12
BOOKING = BookingPath(
    f"{HERE}/_studio/nothing.js", f"{HERE}/_studio/booking?", "", *[f"{HERE}/_studio/booking?frame"] * 3
)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time at which something changes; `at` is in UTC."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """A place in a house: its address below the studio, and the times that are worth a look."""

    group: str
    title: str
    address: str
    moments: tuple[Moment, ...] = ()


class Gallery:
    """The invented houses of a site, made when somebody looks, with the site's own settings and templates."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self._invented: tuple[int, Mapping[str, Invented]] = (-1, {})
        self._kept: OrderedDict[tuple[int, str, datetime | None], Website] = OrderedDict()

    def house(self, name: str, now: datetime | None) -> Website | None:
        """A house as it is at `now`, or at the studio's own time; None where there is none of that name."""
        if name not in self._programmes():
            return None
        key = (self.workshop.generation, name, now)
        if key not in self._kept:
            self._kept[key] = self._made(name, now)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]

    def scenes(self) -> Iterator[Scene]:
        """Everything there is to look at, by groups."""
        for name, invented in self._programmes().items():
            house = self.house(name, None)
            if house:
                yield from _scenes(name, invented, house)

    def _programmes(self) -> Mapping[str, Invented]:
        """The invented programmes, as the settings are now."""
        generation, found = self._invented
        if generation != self.workshop.generation:
            plan = self.workshop.website().plan
            found = programmes(plan.settings, plan.programme.now, _picture(self.workshop))
            self._invented = self.workshop.generation, found
        return found

    def _made(self, name: str, now: datetime | None) -> Website:
        real, invented = self.workshop.website(), self._programmes()[name]
        origin = urlsplit(invented.settings.site.url)
        own = invented.words(self.workshop.words, f"{origin.scheme}://{origin.netloc}/_studio/{HOUSES}{name}")
        moment = real.plan.programme.now
        return self.workshop.made(own, invented.source(own, BOOKING, moment), now or moment)


def _picture(workshop: Workshop) -> str:
    """The name of some picture of the demo's feed."""
    settings = replace(workshop.words.settings, source=SourceSettings(DEMO))
    folder = folder_of(settings, workshop.bench.site) / "images"
    return min((file.name for file in folder.glob("*.jpg")), default="")


def _scenes(name: str, invented: Invented, house: Website) -> Iterator[Scene]:
    if name != "everything":
        yield from _edges(name.replace("-", " ").capitalize(), invented, house)
        return
    events = {key: house.plan.events[show.event.id] for key, show in invented.shows.items()}
    label = house.plan.language.label
    for state in State:
        yield _date("A date", label(state), house, events[state.value].instances[0])
    yield _date("A date", "Much of everything", house, events["long"].instances[0])
    for state in (*State, None):
        yield Scene("An event", label(state), _address(house, events[state.value if state else "no dates"].path))
    for key, title in _ODD.items():
        yield Scene("An event", title, _address(house, events[key].path))
    for number, instance in enumerate(events["autumn night"].instances, start=1):
        yield _date("An event", f"Autumn night, 1.30 the {('first', 'second')[number - 1]} time", house, instance)
    yield from _lists(house)


_ODD = {
    "all states": "A date in every state",
    "long": "Much of everything",
    "short": "Hardly anything",
    "no picture": "Without a picture",
    "nothing known": "Nothing known but the start",
    "autumn night": "The autumn night",
}


def _edges(title: str, invented: Invented, house: Website) -> Iterator[Scene]:
    for path, what in ((urls.HOME, "Home"), (urls.WHATS_ON, "What’s on"), (urls.CALENDAR, "Calendar")):
        yield Scene(title, what, _address(house, path))
    for show in invented.shows.values():
        event = house.plan.events[show.event.id]
        yield Scene(title, f"Event: {event.title}", _address(house, event.path))
        yield _date(title, f"Date: {event.title}", house, event.instances[0])


def _lists(house: Website) -> Iterator[Scene]:
    """The lists, the frames, and the page for nothing."""
    shown = {"/": "Home"} | {page.path: page.title for page in house.pages if page.path.count("/") == 1}
    kinds = (*house.plan.programme.genres[:1], *house.plan.programme.access[:1])
    for path, title in (shown | {kind.path: kind.name for kind in kinds} | {urls.NOT_FOUND: "Nothing there"}).items():
        yield Scene("Lists and pages", title, _address(house, path.lstrip("/")))


def _date(group: str, title: str, house: Website, instance: ListedInstance) -> Scene:
    return Scene(group, title, _address(house, instance.path), tuple(_moments(instance)))


def _moments(instance: ListedInstance) -> Iterator[Moment]:
    """The times at which something changes for an instance, and the minute before each."""
    changes = {
        "on sale": instance.on_sale_from,
        "sales end": instance.on_sale_until,
        "start": instance.start,
        "end": instance.end,
    }
    known = {name: moment.astimezone(UTC) for name, moment in changes.items() if moment}
    for name, moment in known.items():
        yield Moment(f"before {name}", moment - MINUTE)
        yield Moment(name, moment)


def _address(house: Website, path: str) -> str:
    return house.plan.addresses.href(path)
