"""A real feed, built as a user builds it, instance by instance against an independent reading of the XML."""

import json
from pathlib import Path

import jsonschema
import pytest
from expected import (
    Built,
    build_and_read,
    expected_availability,
    expected_availability_events,
    expected_calendar,
    expected_events,
    expected_jsonld,
    expected_pages,
    expected_redirects,
    instances_by_access,
    instances_by_genre,
    instances_of,
    under_site,
)
from reference import words
from surfaces import (
    addresses,
    availability,
    every_availability,
    every_calendar,
    every_event,
    every_jsonld,
    every_page,
    instance_pages,
    jsonld_nodes,
    only,
    read_page,
    redirects,
    shared_folder,
)

SITE = shared_folder("sites", "new-wolsey")
FEED = shared_folder("feeds", "new-wolsey")

# Before the recorded season, and in its midst: some over, one in its interval.
MOMENTS = ["2014-09-01T12:00:00Z", "2014-10-25T14:00:00Z"]


@pytest.fixture(scope="module", params=MOMENTS)
def built(request: pytest.FixtureRequest) -> Built:
    """The site built at each of the moments."""
    if SITE is None or FEED is None:
        pytest.skip("the recorded feed is not beside this checkout: ../shared/feeds/new-wolsey")
    return build_and_read(SITE, FEED, request.param)


def test_every_instance_has_its_page(built: Built) -> None:
    assert every_page(built.output) == expected_pages(built.programme)


def test_every_page_has_its_jsonld(built: Built) -> None:
    assert every_jsonld(built.output) == expected_jsonld(built.programme)


def test_every_event_has_its_page_with_all_its_dates(built: Built) -> None:
    assert every_event(built.output) == expected_events(built.programme)


def test_availability_holds_what_is_not_past(built: Built) -> None:
    assert every_availability(built.output) == expected_availability(built.programme)


def test_availability_holds_the_events_of_its_instances(built: Built) -> None:
    assert availability(built.output)["events"] == expected_availability_events(built.programme)


def test_availability_says_when_and_of_what_it_is(built: Built) -> None:
    facts = availability(built.output).items()
    document = {key: value for key, value in facts if key not in ("events", "instances")}
    expected = {
        "version": 1,
        "generated_at": built.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "site": "https://whatson.example.org",
        "timezone": "Europe/London",
        "currency": "GBP",
    }
    assert document == expected


def test_availability_fits_its_published_schema(built: Built) -> None:
    schema = json.loads((built.output / "availability.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(availability(built.output), schema)


def test_the_calendar_holds_every_instance_of_the_last_month_and_after(built: Built) -> None:
    assert every_calendar(built.output) == expected_calendar(built, built.programme.instances.values())


def test_every_event_has_its_own_calendar(built: Built) -> None:
    events = built.programme.events.values()
    actual = {event.id: every_calendar(built.output, f"events/{event.slug}/calendar.ics") for event in events}
    assert actual == {event.id: expected_calendar(built, instances_of(built, event.id)) for event in events}


def test_every_genre_has_its_own_calendar(built: Built) -> None:
    genres = instances_by_genre(built)
    actual = {genre: every_calendar(built.output, f"genres/{words(genre)}/calendar.ics") for genre in genres}
    assert actual == {genre: expected_calendar(built, instances) for genre, instances in genres.items()}


def test_every_kind_of_access_has_its_own_calendar(built: Built) -> None:
    """How these folders are called is free, so what they hold is compared."""
    calendars = [path.relative_to(built.output) for path in built.output.glob("access/*/calendar.ics")]
    actual = [sorted(every_calendar(built.output, str(path))) for path in calendars]
    expected = [sorted(expected_calendar(built, held)) for held in instances_by_access(built).values()]
    assert sorted(filter(None, actual)) == sorted(filter(None, expected))


def test_redirects_lead_from_ids_to_todays_addresses(built: Built) -> None:
    by_id = {source: to for source, to in redirects(built.output).items() if source.startswith(("/e/", "/i/"))}
    assert by_id == expected_redirects(built.programme)


def test_a_page_with_a_frame_has_all_that_the_frame_needs(built: Built) -> None:
    bookable = {id_: facts for id_, facts in every_page(built.output).items() if "booking_url" in facts}
    actual = {id_: frame_of(instance_pages(built.output)[id_]) for id_ in bookable}
    script = "https://tickets.example.org/newwolsey/website/scripts/integrate.js"
    expected = {
        id_: {"name": "SpektrixIFrame", "titled": True, "linked": True, "scripts": [script]} for id_ in bookable
    }
    assert actual == expected


def frame_of(page: Path) -> dict[str, object]:
    """What stands on a page around its booking frame."""
    frame = only(read_page(page), "iframe")
    scripts = [script.get("src", "") for script in read_page(page).iter("script")]
    return {
        "name": frame.get("name"),
        "titled": bool(frame.get("title")),
        "linked": frame.get("src") in addresses(only(read_page(page), "main")),
        "scripts": [script for script in scripts if "integrate.js" in script],
    }


def test_the_jsonld_has_what_search_engines_require(built: Built) -> None:
    pages = instance_pages(built.output)
    assert {id_: missing_in_jsonld(page) for id_, page in pages.items()} == {id_: [] for id_ in pages}


def missing_in_jsonld(page: Path) -> list[str]:
    """The properties that Google requires of an event, or design.md names, and the page's JSON-LD lacks."""
    node = next(node for node in jsonld_nodes(page) if "startDate" in node)
    place = {f"location.{key}": value for key, value in node.get("location", {}).items()}
    required = ("@type", "name", "startDate", "location.name", "location.address", "organizer", "superEvent")
    return [key for key in required if not {**node, **place}.get(key)]


def test_an_event_to_come_is_a_series_of_its_dates(built: Built) -> None:
    coming = {instance.event for instance in built.programme.instances.values() if not instance.is_over}
    unlisted = {id_: dates_to_come(built, id_) - dates_in_series(built, id_) for id_ in coming}
    assert unlisted == {id_: set() for id_ in coming}


def dates_to_come(built: Built, event_id: str) -> set[str]:
    """The addresses of the event's instances that are not over."""
    instances = [i for i in built.programme.instances.values() if i.event == event_id and not i.is_over]
    return {built.programme.site + under_site(built.programme, instance.path) for instance in instances}


def dates_in_series(built: Built, event_id: str) -> set[str]:
    """The addresses under subEvent of the EventSeries on the event's page."""
    slug = built.programme.events[event_id].slug
    nodes = jsonld_nodes(built.output / "events" / slug / "index.html")
    series = next(node for node in nodes if node.get("@type") == "EventSeries")
    return {event.get("url", event.get("@id")) for event in series["subEvent"]}


def test_every_month_with_something_to_come_has_its_page(built: Built) -> None:
    coming = {i.start.strftime("%Y-%m") for i in built.programme.instances.values() if not i.is_over}
    assert coming - {path.parent.name for path in built.output.glob("calendar/*/index.html")} == set()
