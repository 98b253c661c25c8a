"""What a built site has to say, worked out a second time from the feed and the contract alone.

The program and this module share no line, so a rule that the program reads wrongly shows as a difference.
Its one door is `read_programme`. Only the standard library is used, and every rule quotes the page it
follows: `design.md` (§ alone) or `spektrix-api.md` (API §).
"""

import re
import tomllib
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

Settings = dict[str, Any]
Window = tuple[datetime | None, datetime | None]

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
BEST_FIRST = (
    "on_sale", "limited", "unknown", "not_yet_on_sale", "sold_out",
    "not_on_sale_online", "sales_ended", "postponed", "cancelled",
)  # fmt: skip
WITH_FRAME = {"on_sale", "limited", "unknown"}
LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}


@dataclass(frozen=True)
class Event:
    """A published event; `title` is None where neither feed nor content name it, `state` without dates."""

    id: str
    title: str | None
    slug: str
    path: str
    state: str | None
    genres: tuple[str, ...]
    related: tuple[str, ...]


@dataclass(frozen=True)
class Instance:
    """An instance of a published event, times in the site's zone, prices in the site's currency."""

    id: str
    event: str
    path: str
    start: datetime
    end: datetime | None
    is_over: bool
    state: str
    available: int | None
    capacity: int | None
    price_from: Decimal | None
    access: tuple[str, ...]
    on_sale_from: datetime | None
    on_sale_until: datetime | None
    booking_url: str | None
    uid: str


@dataclass(frozen=True)
class Programme:
    """All that is published, by id, and the ids of the events of the feed that are not."""

    site: str
    prefix: str
    events: dict[str, Event]
    instances: dict[str, Instance]
    unpublished: frozenset[str]


@dataclass(frozen=True)
class Row:
    """One status row: numbers are None where the feed has none."""

    plan: str | None
    available: int | None
    capacity: int | None
    bands: frozenset[str]
    sub_plans: frozenset[str]


@dataclass(frozen=True)
class Price:
    """One price that stands in a price list and whose band and ticket type are known."""

    band: str
    amount: Decimal
    is_band_default: bool


@dataclass(frozen=True)
class Feed:
    """The collections, each item once, as elements."""

    events: dict[str, Element]
    instances: dict[str, Element]
    rows: dict[str, tuple[Row, ...]]
    prices: dict[str, tuple[Price, ...]]
    plan_bands: dict[str, frozenset[str]]


def read_programme(site: Path, feed_folder: Path, now: datetime) -> Programme:
    """What the site folder `site` publishes of `feed_folder` at `now` (an aware time)."""
    settings = tomllib.loads((site / "content" / "site.toml").read_text("utf-8"))
    overlays = read_overlays(site / "content" / "events")
    feed = read_feed(feed_folder)
    all_events = feed.events.items()
    published = [id_ for id_, event in all_events if is_published(event, settings, overlays.get(id_, {}))]
    slugs = event_slugs({id_: text_of(feed.events[id_], "Name") or "" for id_ in published})
    address = settings["site"]["url"].rstrip("/")
    prefix = urlsplit(address).path
    paths = {id_: f"{prefix}/events/{slug}/" for id_, slug in slugs.items()}
    instances = {
        id_: read_instance(element, feed, settings, overlays.get(event, {}), paths[event], now)
        for id_, element in feed.instances.items()
        if (event := reference_of(element, "Event")) in published and moment(element, "StartUtc")
    }
    events = {
        id_: read_event(feed.events[id_], settings, overlays.get(id_, {}), slugs[id_], paths[id_], instances)
        for id_ in published
    }
    unpublished = frozenset(feed.events).difference(published)
    return Programme(address, prefix, events, instances, unpublished)


def read_overlays(folder: Path) -> dict[str, Settings]:
    """§3: "`content/events/*.md` adds the venue's own words to an event: TOML front matter"."""
    matters = [tomllib.loads(path.read_text("utf-8").split("+++")[1]) for path in sorted(folder.glob("*.md"))]
    return {str(matter["event"]): matter for matter in matters}


def read_feed(folder: Path) -> Feed:
    """§4: "Files may be missing: without price-lists there are no prices, and so on"."""
    bands = by_id(items(folder, "bands", "Band"))
    ticket_types = by_id(items(folder, "ticket-types", "TicketType"))
    price_lists = by_id(items(folder, "price-lists", "PriceList"))
    return Feed(
        events=by_id(items(folder, "events", "Event")),
        instances=by_id(items(folder, "instances", "Instance")),
        rows=read_rows(items(folder, "instance-status", "InstancePlanStatus")),
        prices={id_: read_prices(list_, set(bands), set(ticket_types)) for id_, list_ in price_lists.items()},
        plan_bands={id_: band_ids(plan) for id_, plan in by_id(items(folder, "plans", "Plan")).items()},
    )


# The XML


def items(folder: Path, name: str, tag: str) -> list[Element]:
    """API §2: "ignore root name, take root's element children with expected item name"."""
    path = folder / f"{name}.xml"
    if not path.exists():
        return []
    return ElementTree.parse(path).getroot().findall(tag)  # noqa: S314 - a feed of this project's own tests


def by_id(elements: list[Element]) -> dict[str, Element]:
    """Each id once; where the feed repeats one, the first stands."""
    return {element.get("id", ""): element for element in reversed(elements)}


def text_of(element: Element, tag: str) -> str | None:
    """API §1.4: "treat as null any of absent / empty / `xsi:nil="true"`"."""
    child = element.find(tag)
    if child is None or child.get(NIL) == "true":
        return None
    return (child.text or "").strip() or None


def number(element: Element, tag: str) -> int | None:
    """A whole number, or None."""
    text = text_of(element, tag)
    return None if text is None else int(text)


def moment(element: Element, tag: str) -> datetime | None:
    """A `…Utc` field; "`0001-01-01T00:00:00`" (API §1.4) and the year 9999 mean null too."""
    text = text_of(element, tag)
    if text is None or text[:4] in ("0001", "9999"):
        return None
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def reference_of(element: Element, tag: str) -> str | None:
    """API §1.4: "references are empty elements with id"."""
    child = element.find(tag)
    return None if child is None else child.get("id")


def band_ids(element: Element) -> frozenset[str]:
    """The bands of a plan or of a status row (API §2.3, §2.5)."""
    return frozenset(band.get("id", "") for band in element.findall("Band"))


def attributes(element: Element) -> dict[str, str]:
    """API §2.10: "Trim and compare case-insensitively"."""
    pairs = [(text_of(a, "Name") or "", text_of(a, "Value") or "") for a in element.findall("Attribute")]
    return {name.lower(): value for name, value in pairs}


def is_ticked(element: Element, name: str) -> bool:
    """API §2.10: "Checkbox → "0"/"1"", and "Absent ≠ 0 in markup but equal in meaning"."""
    return bool(name) and attributes(element).get(name.strip().lower()) == "1"


def is_switched_on(element: Element) -> bool:
    """IsOnSale; an unknown one does not keep anybody from booking."""
    return text_of(element, "IsOnSale") != "false"


# Which events, under which names


def is_published(event: Element, settings: Settings, overlay: Settings) -> bool:
    """§5: "An excluded or hidden event is nowhere: no page, no feed, no JSON"."""
    rules = settings.get("events", {}).get("exclude", [])
    return not overlay.get("hidden", False) and not any(fits(event, rule) for rule in rules)


def fits(event: Element, rule: str | dict[str, str]) -> bool:
    """§3: "name patterns; also [{attribute = "…"}]"."""
    if isinstance(rule, str):
        return fnmatchcase(text_of(event, "Name") or "", rule)
    return is_ticked(event, rule["attribute"])


def event_slugs(names: dict[str, str]) -> dict[str, str]:
    """§5: "where two events share one, both get `-{id}`; nothing left: `event-{id}`", until all differ."""
    slugs = {id_: words(name) or f"event-{id_}" for id_, name in names.items()}
    while shared := {slug for slug, count in Counter(slugs.values()).items() if count > 1}:
        slugs = {id_: f"{slug}-{id_}" if slug in shared else slug for id_, slug in slugs.items()}
    return slugs


def words(name: str) -> str:
    """§5: "the name in lower-case ASCII words, at most 60 letters"."""
    plain = unicodedata.normalize("NFKD", name).lower()
    plain = "".join(LETTERS.get(letter, letter) for letter in plain if not unicodedata.combining(letter))
    slug = re.sub(r"[^a-z0-9]+", "-", re.sub("['’]", "", plain)).strip("-")
    if len(slug) <= 60:
        return slug
    whole = slug[:61].rpartition("-")[0]
    return whole or slug[:60]


def read_event(
    event: Element,
    settings: Settings,
    overlay: Settings,
    slug: str,
    path: str,
    instances: dict[str, Instance],
) -> Event:
    """One published event, over the instances of all of them."""
    id_ = event.get("id", "")
    genres = settings.get("attributes", {}).get("genres", [])
    return Event(
        id=id_,
        title=overlay.get("title") or text_of(event, "Name"),
        slug=slug,
        path=path,
        state=event_state([instance for instance in instances.values() if instance.event == id_]),
        genres=tuple(genre for genre in genres if is_ticked(event, genre)),
        related=tuple(other.get("id", "") for other in event.findall("RelatedEvents/Event")),
    )


def event_state(instances: list[Instance]) -> str | None:
    """§4: "An event's state is that of its best upcoming instance …, or `past`"."""
    coming = {instance.state for instance in instances if not instance.is_over}
    best = next((state for state in BEST_FIRST if state in coming), None)
    return best or ("past" if instances else None)


# Instances


def read_instance(
    element: Element, feed: Feed, settings: Settings, overlay: Settings, event_path: str, now: datetime
) -> Instance:
    """One published instance, with every rule of §4 in the order of its table."""
    id_ = element.get("id", "")
    event = feed.events[reference_of(element, "Event") or ""]
    zone = ZoneInfo(settings["site"]["timezone"])
    start, end = start_and_end(element, event, zone)
    rows = used_rows(feed.rows.get(id_, ()), reference_of(element, "Plan"))
    available = total([row.available for row in rows])
    capacity = total([row.capacity for row in rows])
    is_over = (end or start) <= now
    is_on_sale = is_switched_on(event) and is_switched_on(element)
    window = moment(element, "StartSellingAtUtc"), moment(element, "StopSellingAtUtc")
    called_off = said_state(element, settings, overlay)
    limit = settings.get("availability", {}).get("limited_percent", 15)
    state = called_off or (
        "past" if is_over else sales_state(is_on_sale, window, now) or seats_state(available, capacity, limit)
    )
    boxes = settings.get("attributes", {}).get("access", {})
    return Instance(
        id=id_,
        event=event.get("id", ""),
        path=f"{event_path}{id_}/",
        start=start,
        end=end,
        is_over=is_over,
        state=state,
        available=available,
        capacity=capacity,
        price_from=from_price(element, feed, rows),
        access=tuple(code for code in boxes if is_ticked(element, code)),
        on_sale_from=window[0] and window[0].astimezone(zone),
        on_sale_until=window[1] and window[1].astimezone(zone),
        booking_url=booking_url(id_, settings["spektrix"]) if state in WITH_FRAME else None,
        uid=f"{id_}@{settings['spektrix']['client']}.spektrix",
    )


def start_and_end(element: Element, event: Element, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    """§4: "`StartUtc` is the truth, shown in the site's zone" and "Duration 0 = unknown"."""
    start = moment(element, "StartUtc")
    assert start is not None
    minutes = number(event, "Duration") or 0
    end = start + timedelta(minutes=minutes) if minutes > 0 else None
    return start.astimezone(zone), end and end.astimezone(zone)


def said_state(element: Element, settings: Settings, overlay: Settings) -> str | None:
    """§4: "content or the cancelled attribute says so"; those about one instance first."""
    own = overlay.get("instances", {}).get(element.get("id"), {}).get("status")
    by_box = is_ticked(element, settings.get("attributes", {}).get("cancelled", ""))
    said: str | None = own or overlay.get("status") or ("cancelled" if by_box else None)
    return said


def sales_state(is_on_sale: bool, window: Window, now: datetime) -> str | None:
    """§4, the rows of the table on the switch and the selling window; None when it is open."""
    opens, closes = window
    if not is_on_sale:
        return "not_on_sale_online"
    if opens and now < opens:
        return "not_yet_on_sale"
    return "sales_ended" if closes and now >= closes else None


def seats_state(available: int | None, capacity: int | None, limited_percent: int) -> str:
    """§4, the last four rows of the table; a number the feed does not give is no row."""
    if available is None:
        return "unknown"
    if available <= 0:
        return "sold_out"
    is_limited = capacity is not None and available * 100 <= capacity * limited_percent
    return "limited" if is_limited else "on_sale"


def read_rows(elements: list[Element]) -> dict[str, tuple[Row, ...]]:
    """The rows of each instance, in the feed's order; of two for one plan the first stands."""
    rows: dict[str, dict[str | None, Row]] = {}
    for element in elements:
        row = Row(
            plan=reference_of(element, "Plan"),
            available=number(element, "Available"),
            capacity=number(element, "Capacity"),
            bands=band_ids(element),
            sub_plans=frozenset(plan.get("id", "") for plan in element.findall("SubPlans/Plan")),
        )
        rows.setdefault(reference_of(element, "Instance") or "", {}).setdefault(row.plan, row)
    return {instance: tuple(of_plans.values()) for instance, of_plans in rows.items()}


def used_rows(rows: tuple[Row, ...], plan: str | None) -> tuple[Row, ...]:
    """§4: "the status row whose Plan is the instance's Plan, else the rows that no other row lists"."""
    own = tuple(row for row in rows if plan is not None and row.plan == plan)
    return own or tuple(
        row for row in rows if not any(row.plan in other.sub_plans for other in rows if other is not row)
    )


def total(numbers: list[int | None]) -> int | None:
    """§4: "added up. … No row = unknown"; a sum with an unknown part is unknown."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known and len(known) == len(numbers) else None


def read_prices(price_list: Element, bands: set[str], ticket_types: set[str]) -> tuple[Price, ...]:
    """§4: "a price whose band or ticket type is unknown: skipped"; Price stands within Price (API §2.4)."""
    return tuple(
        Price(band, Decimal(amount), text_of(price, "IsBandDefault") == "true")
        for price in price_list.findall("Price")
        if (band := reference_of(price, "Band")) in bands
        and band is not None
        and reference_of(price, "TicketType") in ticket_types
        and (amount := text_of(price, "Price")) is not None
    )


def from_price(element: Element, feed: Feed, rows: tuple[Row, ...]) -> Decimal | None:
    """§4: "the lowest `IsBandDefault` price above 0": of the row's bands, else of the plan's, else of all."""
    of_rows: frozenset[str] = frozenset().union(*(row.bands for row in rows))
    bands = of_rows or feed.plan_bands.get(reference_of(element, "Plan") or "", frozenset())
    prices = feed.prices.get(reference_of(element, "PriceList") or "", ())
    fitting = [price for price in prices if price.is_band_default and (not bands or price.band in bands)]
    return min((price.amount for price in fitting if price.amount > 0), default=None)


def booking_url(instance_id: str, spektrix: Settings) -> str:
    """§4: "Booking address, `resize=true` always last"."""
    page = f"https://{spektrix['domain']}/{spektrix['client']}/website/ChooseSeats.aspx"
    extras = [f"{key}={quote(spektrix[key])}" for key in ("stylesheet", "culture") if spektrix.get(key)]
    return f"{page}?{'&'.join([f'EventInstanceId={instance_id}', *extras, 'resize=true'])}"
