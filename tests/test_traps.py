"""A feed made of traps: what a venue or an attacker can type into Spektrix, and every number that is not one.

Each trap is named in a comment where it stands, in tests/traps/feed. The first half holds the site against
the independent reading of that feed; the second looks for what must stand in no file, whatever it says.
"""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

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
    without_free_titles,
)
from reference import Event, words
from surfaces import (
    addresses,
    availability,
    calendar_events,
    elements,
    event_pages,
    every_availability,
    every_calendar,
    every_event,
    every_jsonld,
    every_page,
    instance_pages,
    jsonld_scripts,
    one_line,
    only,
    read_page,
    redirects,
    text_in,
    texts,
)

TRAPS = Path(__file__).resolve().parent / "traps"
ADDRESS_ATTRIBUTES = {"href", "src", "action", "formaction", "data", "poster", "background", "cite", "ping"}
SCHEMES = {"", "http", "https", "mailto", "tel", "webcal"}
# Each kind has canaries in the feed; none of them may stand in any file.
NEVER_PUBLISHED = {
    "private attributes and promotion codes": "CANARY",
    "Locked, Reserved, Selected, Sold": r"\b7310[5-8]\b",
    "seat numbers without counts = true": r"\b[89]1234\b",
    "words of what is excluded, hidden or a repetition": "(?i)nowhereland",
    "ids of what is excluded or hidden": r"\b9[01]11[5-7]\b",
    "ids of what is dangling or undated": r"\b(9199[789]|9121[1-5]|555555|999999)\b",
    "ids that a description made up": r"\b6660[1-4]\b",
    "negative prices": r"66\.60",
    "prices of unknown bands and ticket types": r"13\.(37|39|41)\b",
}
FOREIGN_ELEMENTS = {"object", "embed", "applet", "base", "frame", "frameset", "plaintext", "math", "style"}


@pytest.fixture(scope="module")
def built() -> Built:
    """The site of traps, five days before the night in which 01:30 comes twice."""
    return build_and_read(TRAPS, TRAPS / "feed", "2026-10-20T12:00:00Z")


@pytest.fixture(scope="module")
def pages(built: Built) -> list[Path]:
    """Every page of the site."""
    return sorted(built.output.rglob("*.html"))


# What the site says


def test_every_instance_has_its_page(built: Built) -> None:
    expected = expected_pages(built.programme)
    assert without_free_titles(every_page(built.output), expected) == expected


def test_every_page_has_its_jsonld(built: Built) -> None:
    expected = expected_jsonld(built.programme)
    assert without_free_titles(every_jsonld(built.output), expected) == expected


def test_every_event_has_its_page_with_all_its_dates(built: Built) -> None:
    expected = expected_events(built.programme)
    assert without_free_titles(every_event(built.output), expected) == expected


def test_availability_holds_what_is_not_past_and_no_seat_numbers(built: Built) -> None:
    assert every_availability(built.output) == expected_availability(built.programme)


def test_availability_holds_the_events_of_its_instances(built: Built) -> None:
    expected = expected_availability_events(built.programme)
    events = availability(built.output)["events"].items()
    actual = {id_: {**facts, "name": one_line(facts["name"])} for id_, facts in events}
    assert without_free_titles(actual, expected) == expected


def test_the_calendar_holds_every_instance_of_the_last_month_and_after(built: Built) -> None:
    expected = expected_calendar(built, built.programme.instances.values())
    assert without_free_titles(every_calendar(built.output), expected) == expected


def test_every_event_has_its_own_calendar(built: Built) -> None:
    events = built.programme.events.values()
    actual = {event.id: set(every_calendar(built.output, calendar_of(event))) for event in events}
    assert actual == {event.id: set(expected_calendar(built, instances_of(built, event.id))) for event in events}


def calendar_of(event: Event) -> str:
    """Where the event's calendar lies."""
    return f"events/{event.slug}/calendar.ics"


def test_every_genre_has_its_own_calendar(built: Built) -> None:
    genres = instances_by_genre(built)
    actual = {genre: set(every_calendar(built.output, f"genres/{words(genre)}/calendar.ics")) for genre in genres}
    assert actual == {genre: set(expected_calendar(built, instances)) for genre, instances in genres.items()}


def test_every_kind_of_access_has_its_own_calendar(built: Built) -> None:
    calendars = [path.relative_to(built.output) for path in built.output.glob("access/*/calendar.ics")]
    actual = [sorted(every_calendar(built.output, str(path))) for path in calendars]
    expected = [sorted(expected_calendar(built, held)) for held in instances_by_access(built).values()]
    assert sorted(filter(None, actual)) == sorted(filter(None, expected))


def test_redirects_lead_from_ids_to_todays_addresses(built: Built) -> None:
    expected = expected_redirects(built.programme)
    by_id = {source: to for source, to in redirects(built.output).items() if re.search(r"/[ei]/[^/]+$", source)}
    assert by_id == expected


def test_slugs_are_unique_and_say_the_name_or_the_id(built: Built) -> None:
    chosen = ["102", "103", "104", "105", "106", "107", "110", "111", "112", "113", "119", "1120"]
    assert {id_: event_pages(built.output)[id_].parent.name for id_ in chosen} == {
        "102": "event-102-102",
        "103": "event-103",
        "104": "event-104",
        "105": "hamlet-105-105",
        "106": "hamlet-106",
        "107": "hamlet-107",
        "110": "the-tragicall-and-lamentable-historie-of-the-two-italian-110",
        "111": "the-tragicall-and-lamentable-historie-of-the-two-italian-111",
        "112": "aaaaaaaaaa-bbbbbbbbb-ccccccccc-ddddddddd-eeeeeeeee-fffffffff",
        "113": "strasse-lete-dlodz-aeroskobing-oeuvre-thorrs-fin-dd",
        "119": "macbeth",
        "1120": "llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochtw",
    }


def test_both_half_past_ones_of_the_autumn_night_are_told_apart(built: Built) -> None:
    page, calendar = every_page(built.output), every_calendar(built.output)
    actual = {id_: (page[id_]["start"], calendar[id_]["start"]) for id_ in ("1221", "1222")}
    assert actual == {
        "1221": ("2026-10-25T01:30:00+01:00", "2026-10-25T00:30:00+00:00"),
        "1222": ("2026-10-25T01:30:00+00:00", "2026-10-25T01:30:00+00:00"),
    }


def test_a_month_begins_with_the_sites_clock(built: Built) -> None:
    coming = {i.start.strftime("%Y-%m") for i in built.programme.instances.values() if not i.is_over}
    assert "2027-04" in coming
    assert coming - {path.parent.name for path in built.output.glob("calendar/*/index.html")} == set()


def test_whats_on_lists_what_is_to_come_and_the_dateless_last(built: Built) -> None:
    listed = events_linked(built, built.output / "whats-on" / "index.html")
    events = built.programme.events.values()
    dateless = {event.id for event in events if event.state is None}
    coming = {instance.event for instance in built.programme.instances.values() if not instance.is_over}
    assert set(listed) == coming | dateless
    assert set(listed[-len(dateless) :]) == dateless


def test_the_archive_lists_what_is_past(built: Built) -> None:
    past = {event.id for event in built.programme.events.values() if event.state == "past"}
    assert past - set(events_linked(built, built.output / "archive" / "index.html")) == set()


def test_related_events_are_linked_where_they_are_published(built: Built) -> None:
    linked = events_linked(built, event_pages(built.output)["136"])
    assert sorted(set(linked) - {"136"}) == ["122"]


def events_linked(built: Built, page: Path) -> list[str]:
    """The ids of the events whose pages are linked in a page's main element, in order of first mention."""
    by_path = {event.path: event.id for event in built.programme.events.values()}
    links = dict.fromkeys(urlsplit(address).path for address in addresses(only(read_page(page), "main")))
    return [by_path[link] for link in links if link in by_path]


def test_a_description_keeps_its_meaning(built: Built) -> None:
    main = only(read_page(event_pages(built.output)["101"]), "main")
    strong = [text_in(element) for element in main.iter() if element.tag in ("strong", "b")]
    stressed = [text_in(element) for element in main.iter() if element.tag in ("em", "i")]
    assert "in bold" in strong
    assert {"in italics", "stressed"} <= set(stressed)


def test_an_empty_description_gives_way_to_the_plain_one(built: Built) -> None:
    texts = [text_in(only(read_page(event_pages(built.output)[id_]), "main")) for id_ in ("137", "138")]
    assert "Taken from the plain <b>words</b>." in texts[0]
    assert "Taken from plain words too." in texts[1]


def test_a_price_of_nothing_is_free(built: Built) -> None:
    assert "Free" in text_in(only(read_page(instance_pages(built.output)["1334"]), "main"))


def test_the_place_of_the_feed_reaches_the_calendar_in_one_line(built: Built) -> None:
    event = calendar_events(built.output / "calendar.ics")["1391@traps.spektrix"]
    assert event["LOCATION"] == "House, Hall; one, \\two/n"


# What stands in no file


def test_no_hostile_text_becomes_markup(pages: list[Path]) -> None:
    faults = [(page.parent.name, fault) for page in pages for e in elements(page) for fault in faults_of(e)]
    assert faults == []


DATA_BLOCKS = ("application/ld+json", "application/json")


def faults_of(element: Element) -> list[str]:
    """What of an element can only come from hostile text."""
    faults = [f"<{element.tag}>"] if element.tag in FOREIGN_ELEMENTS else []
    if element.tag == "script" and "src" not in element.attrib and element.get("type") not in DATA_BLOCKS:
        faults.append(f"inline script: {text_in(element)[:60]}")
    if element.get("http-equiv", "").lower() == "refresh":
        faults.append("refresh")
    faults += [f"{name}={value}" for name, value in element.attrib.items() if is_hostile(name, value)]
    return faults


def is_hostile(name: str, value: str) -> bool:
    """Whether an attribute runs or loads something, or leads where only hostile text would."""
    if name.startswith("on") or name in ("style", "srcdoc"):
        return True
    if re.split("[:}]", name)[-1] not in ADDRESS_ATTRIBUTES:
        return False
    address = urlsplit(re.sub(r"[\x00-\x20]", "", value))
    return address.scheme not in SCHEMES or address.netloc.endswith("evil.example")


def test_frames_are_the_box_offices(pages: list[Path]) -> None:
    frames = [element for page in pages for element in elements(page) if element.tag == "iframe"]
    assert {urlsplit(frame.get("src", "")).netloc for frame in frames} == {"tickets.traps.example"}


def test_every_jsonld_script_is_json_and_cannot_end_early(pages: list[Path]) -> None:
    scripts = [script for page in pages for script in jsonld_scripts(page)]
    assert [script for script in scripts if "</script" in script.lower() or "<!--" in script] == []
    assert all(json.loads(script) for script in scripts)


def test_no_calendar_is_empty_or_has_a_smuggled_event(built: Built) -> None:
    calendars = sorted(built.output.rglob("*.ics"))
    assert [str(path) for path in calendars if b"BEGIN:V" not in path.read_bytes()[15:]] == []
    uids = {uid for path in calendars for uid in calendar_events(path)}
    assert uids == {facts["uid"] for facts in every_calendar(built.output).values()}


@pytest.mark.parametrize("kind", NEVER_PUBLISHED)
def test_what_is_never_published(built: Built, kind: str) -> None:
    assert [name for name, text in texts(built.output) if re.search(NEVER_PUBLISHED[kind], text)] == []
