"""Structured data as programs that are not ours read it: extruct and rdflib on every page, SHACL on each kind of page.

schema.org's context cannot be asked for in a test: what of it is used stands here.
"""

import json
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import extruct  # type: ignore[import-untyped]  # it has no types
import pytest
from pyshacl import validate
from rdflib import RDF, Graph, Namespace
from surfaces import PROJECT, build, jsonld_nodes, jsonld_scripts
from test_whole_sites import SITES

from generator.check.lint import lint
from generator.config import Settings, Site, Venue
from generator.eventtypes import EVENT_TYPES, event_type
from generator.jsonld import Describer
from generator.place import Place
from generator.prices import PriceRow, PriceTable
from generator.programme import Kind, ListedEvent, ListedInstance
from generator.states import State
from generator.text import Html
from generator.tickets import Ticket, tickets
from generator.urls import Addresses

pytestmark = pytest.mark.filterwarnings("ignore:::rdflib")  # its own deprecations, of itself

SCHEMA = Namespace("https://schema.org/")
SHAPES = PROJECT / "tests" / "google.shapes.ttl"
LINKS = ("url", "item", "image", "eventStatus", "eventAttendanceMode", "availability")
TIMES = ("startDate", "endDate", "previousStartDate", "validFrom", "validThrough")
CONTEXT: dict[str, Any] = {
    "@vocab": str(SCHEMA),
    **{name: {"@type": "@id"} for name in LINKS},
    **{name: {"@type": "http://www.w3.org/2001/XMLSchema#dateTime"} for name in TIMES},
}


@pytest.fixture(scope="module", params=SITES)
def output(request: pytest.FixtureRequest) -> Path:
    """The built site."""
    site, feed, now = SITES[request.param]
    if site is None:
        pytest.skip("the recorded feed is not beside this checkout: ../shared/feeds/new-wolsey")
    return build(site, feed, now)


@pytest.fixture(scope="module")
def described(output: Path) -> dict[Path, dict[str, Any]]:
    """The JSON-LD document of every page that has one."""
    pages = sorted(output.rglob("*.html"))
    return {page: json.loads(script) for page in pages for script in jsonld_scripts(page)}


def graph_of(documents: Iterable[dict[str, Any]]) -> Graph:
    """The documents as one graph, schema.org's context put in."""
    graph = Graph()
    for document in documents:
        graph.parse(data=json.dumps({**document, "@context": CONTEXT}), format="json-ld")
    return graph


def complaints(graph: Graph) -> str:
    """What the shapes say against a graph; "" where they say nothing."""
    conforms, _, text = validate(graph, shacl_graph=str(SHAPES), shacl_graph_format="turtle", inference="none")
    return "" if conforms else str(text)


def test_extruct_reads_what_stands_on_every_page(described: dict[Path, dict[str, Any]]) -> None:
    read = {page: extruct.extract(page.read_bytes(), syntaxes=["json-ld"])["json-ld"] for page in described}
    assert read == {page: [document] for page, document in described.items()}


def test_rdflib_reads_every_page_and_every_property_is_schema_orgs(described: dict[Path, dict[str, Any]]) -> None:
    graph = graph_of(described.values())
    assert {str(name) for name in graph.predicates() if name != RDF.type and not str(name).startswith(SCHEMA)} == set()
    assert len(set(graph.subjects(RDF.type, SCHEMA.BreadcrumbList))) > 10


def test_every_performance_is_one_thing_wherever_it_is_told(described: dict[Path, dict[str, Any]]) -> None:
    graph = graph_of(described.values())
    things = {subject for subject in graph.subjects(SCHEMA.startDate) if "/i/" in str(subject)}
    assert len(things) > 20
    assert {str(thing) for thing in things if len(set(graph.objects(thing, SCHEMA.startDate))) > 1} == set()
    assert {str(thing) for thing in things if len(set(graph.objects(thing, SCHEMA.url))) > 1} == set()


def one_of_each_kind(output: Path, described: dict[Path, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The home page; the page of a listing; for each status and availability a page of an instance, and its event's."""
    yield described[output / "index.html"]
    yield described[next(page for page in described if page.parent.parent.name == "genres")]
    kinds: dict[tuple[str, ...], Path] = {}
    for page in described:
        node = next((node for node in jsonld_nodes(page) if "startDate" in node), {})
        offers = node.get("offers") or [{}]
        if "superEvent" in node:
            kinds.setdefault((node["eventStatus"], offers[0].get("availability", ""), node["@type"]), page)
    for page in kinds.values():
        yield from (described[page], described[page.parent.parent / "index.html"])


def test_shacl_finds_nothing(output: Path, described: dict[Path, dict[str, Any]]) -> None:
    sample = list(one_of_each_kind(output, described))
    assert len(sample) > 6
    assert complaints(graph_of(sample)) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", None), ("startDate", None), ("location", None), ("eventStatus", "https://schema.org/Invented"),
     ("startDate", "soon"), ("performer", "Somebody")],
)  # fmt: skip
def test_shacl_would_find_something(name: str, value: str | None) -> None:
    (page, *_) = sorted(build(*TINY).glob("events/macbeth/1*/index.html"))
    document = deepcopy(json.loads(jsonld_scripts(page)[0]))
    document["@graph"][0][name] = value
    assert complaints(graph_of([document]))


TINY = (PROJECT / "tests" / "tiny", PROJECT / "tests" / "tiny" / "feed", "2026-02-20T12:00:00Z")


# The parts


def test_the_types_a_venue_sets_come_before_what_everybody_means() -> None:
    assert event_type(["Family", "Panto"], {"PANTO": "TheaterEvent"}) == "TheaterEvent"


def test_a_genre_nobody_set_is_known_by_its_english_name_else_it_is_an_event() -> None:
    assert [event_type([genre], {}) for genre in ("Comedy", "PANTO", "Clog dancing")] == [
        "ComedyEvent", "TheaterEvent", "Event",
    ]  # fmt: skip


def test_a_series_is_no_type_of_a_performance() -> None:
    assert "EventSeries" not in EVENT_TYPES


def table(lowest: str | None, **rows: tuple[str, ...]) -> PriceTable:
    """A price table of those ticket types, with the prices in each band."""
    made = (PriceRow(name, tuple(map(Decimal, amounts))) for name, amounts in rows.items())
    return PriceTable(("A", "B"), tuple(made), Decimal(lowest) if lowest else None)


def test_each_ticket_type_is_a_ticket_at_its_lowest_price_the_from_price_first() -> None:
    priced = table("15", Under_26=("9", "8"), Adult=("20", "15"), Companion=("0", "0"))
    assert tickets(priced) == (
        Ticket("Adult", Decimal("15"), Decimal("20")),
        Ticket("Under_26", Decimal("8"), Decimal("9")),
    )


def test_where_nothing_costs_anything_it_is_said() -> None:
    assert tickets(table(None, Everybody=("0",))) == (Ticket("Everybody", Decimal(0), Decimal(0)),)


@pytest.mark.parametrize("priced", [table(None), table(None, Concession=("5",))])
def test_without_a_full_price_no_price_is_said(priced: PriceTable) -> None:
    assert tickets(priced) == (Ticket("", None, None),)


START = datetime(2026, 2, 27, 19, 30, tzinfo=ZoneInfo("Europe/London"))
VENUE = Kind("Main", "Main", "venues/main/")


def instance(state: State = State.ON_SALE) -> ListedInstance:
    """An instance with a duration that nobody knows."""
    return ListedInstance(
        1001, 101, "events/macbeth/1001/", START, None, None, None, state, False, "", VENUE, (), "",
        table("15", Adult=("20", "15")), None, None, "https://tickets.example/book?resize=true",
    )  # fmt: skip


def event(*dates: ListedInstance) -> ListedEvent:
    """An event of which little is known."""
    return ListedEvent(
        101, "Macbeth", "events/macbeth/", State.ON_SALE, "", Html(), Html(), "", None, (), "", "",
        Place("The Thimble", "", Venue()), "", "", "", (), (), "", (), (), dates,
    )  # fmt: skip


def describer(moved: datetime | None = None) -> Describer:
    """What describes the site of which little is known."""
    chosen = Settings(Site("The Thimble", "https://thimble.example/x", "Europe/London"))
    return Describer(chosen, Addresses(chosen.site.url), lambda _: moved)


def test_an_instance_of_which_little_is_known_says_no_more() -> None:
    assert describer().instance(event(instance()), instance()) == {
        "@type": "Event",
        "@id": "https://thimble.example/x/i/1001#event",
        "name": "Macbeth",
        "url": "https://thimble.example/x/events/macbeth/1001/",
        "startDate": "2026-02-27T19:30:00+00:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "@id": "https://thimble.example/x/#venue",
            "name": "The Thimble",
            "address": "The Thimble",
        },
        "organizer": {
            "@type": "Organization",
            "@id": "https://thimble.example/x/#organisation",
            "name": "The Thimble",
            "url": "https://thimble.example/x/",
        },
        "superEvent": {
            "@type": "EventSeries",
            "@id": "https://thimble.example/x/e/101#event",
            "name": "Macbeth",
            "url": "https://thimble.example/x/events/macbeth/",
        },
        "offers": [
            {
                "@type": "Offer",
                "name": "Adult",
                "url": "https://tickets.example/book?resize=true",
                "availability": "https://schema.org/InStock",
                "price": "15.00",
                "priceCurrency": "GBP",
                "priceSpecification": {
                    "@type": "PriceSpecification",
                    "minPrice": "15.00",
                    "maxPrice": "20.00",
                    "priceCurrency": "GBP",
                },
            }
        ],
    }


def moved_facts(state: State) -> dict[str, Any]:
    """What is said of the time of an instance whose date has moved by a day."""
    before = (START - timedelta(days=1)).astimezone(UTC)
    node = describer(before).instance(event(instance(state)), instance(state))
    return {name: node.get(name) for name in ("startDate", "previousStartDate", "eventStatus")}


def test_a_date_that_moved_is_rescheduled_and_says_from_when_in_the_sites_zone() -> None:
    assert moved_facts(State.ON_SALE) == {
        "startDate": "2026-02-27T19:30:00+00:00",
        "previousStartDate": "2026-02-26T19:30:00+00:00",
        "eventStatus": "https://schema.org/EventRescheduled",
    }


def test_what_is_cancelled_is_cancelled_even_if_it_had_moved() -> None:
    assert moved_facts(State.CANCELLED)["eventStatus"] == "https://schema.org/EventCancelled"


def test_an_event_tells_its_dates_in_short_and_each_meets_what_google_requires() -> None:
    series = describer().event(event(instance()))
    assert list(series["subEvent"][0]) == [
        "@type",
        "@id",
        "name",
        "url",
        "startDate",
        "eventStatus",
        "location",
        "offers",
    ]
    assert lint([series], "events/macbeth/").faults == ()


def test_the_home_page_is_of_an_organisation_in_its_house_with_a_website() -> None:
    site = Site("The Thimble", "https://thimble.example", "Europe/London", description="Small.")
    venue = Venue("The Thimble", "High Street", telephone="01632 960000", email="box@thimble.example")
    nodes = Describer(Settings(site, venue), Addresses(site.url), lambda _: None).home()
    assert [(node["@type"], node["@id"]) for node in nodes] == [
        ("Organization", "https://thimble.example/#organisation"),
        ("PerformingArtsTheater", "https://thimble.example/#venue"),
        ("WebSite", "https://thimble.example/#website"),
    ]
