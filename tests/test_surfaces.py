"""Four surfaces, one truth: page, JSON-LD, availability.json and calendar agree on every instance.

No reading of the feed stands between them. The words for a state differ, so availability.json's word is put
into each of the other languages; all else has to be the same.
"""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from expected import CALENDAR_STATUS, EVENT_STATUS, OFFER_AVAILABILITY, without_false_line_ends
from surfaces import (
    Facts,
    availability,
    build,
    every_availability,
    every_calendar,
    every_jsonld,
    every_page,
    said,
    shared_folder,
)

TRAPS = Path(__file__).resolve().parent / "traps"


@pytest.fixture(scope="module", params=["traps", "new-wolsey"])
def output(request: pytest.FixtureRequest) -> Path:
    """The built output of a site of traps and of a real one."""
    if request.param == "traps":
        return build(TRAPS, TRAPS / "feed", "2026-10-20T12:00:00Z")
    site, feed = shared_folder("sites", "new-wolsey"), shared_folder("feeds", "new-wolsey")
    if site is None or feed is None:
        pytest.skip("the recorded feed is not beside this checkout: ../shared/feeds/new-wolsey")
    return build(site, feed, "2014-09-01T12:00:00Z")


@pytest.fixture
def truth(output: Path) -> dict[str, Facts]:
    """What availability.json says of every instance that is not past."""
    return every_availability(output)


def test_there_is_something_to_compare(truth: dict[str, Facts]) -> None:
    assert len(truth) > 50


def test_the_page_says_what_availability_says(output: Path, truth: dict[str, Facts]) -> None:
    site = availability(output)["site"]
    pages = {id_: facts for id_, facts in every_page(output).items() if id_ in truth}
    actual = {id_: {**kept(facts), "url": site + facts["path"]} for id_, facts in pages.items()}
    assert actual == {id_: kept(facts) for id_, facts in truth.items()}


def kept(facts: Facts) -> Facts:
    """What the page and availability.json both say."""
    both = ("event", "state", "start", "price_from", "booking_url", "url")
    return {key: value for key, value in facts.items() if key in both}


def test_the_jsonld_says_what_availability_says(output: Path, truth: dict[str, Facts]) -> None:
    told = {id_: facts for id_, facts in every_jsonld(output).items() if id_ in truth}
    compared = ("url", "start", "status", "availability", "price_from", "booking_url")
    actual = {id_: {key: facts[key] for key in compared if key in facts} for id_, facts in told.items()}
    assert actual == {id_: in_jsonld(facts) for id_, facts in truth.items()}


def in_jsonld(facts: Facts) -> Facts:
    """What availability.json says, in the words of schema.org."""
    is_offered = facts["state"] in OFFER_AVAILABILITY
    return said(
        url=facts["url"],
        start=facts["start"],
        status=EVENT_STATUS.get(facts["state"], "EventScheduled"),
        availability=OFFER_AVAILABILITY[facts["state"]] if is_offered else "",
        price_from=facts.get("price_from", "") if is_offered else "",
        booking_url=facts.get("booking_url", ""),
    )


def test_the_calendar_says_what_availability_says(output: Path, truth: dict[str, Facts]) -> None:
    told = {id_: facts for id_, facts in every_calendar(output).items() if id_ in truth}
    actual = {id_: {key: facts[key] for key in ("start", "status", "to")} for id_, facts in told.items()}
    assert actual == {id_: in_calendar(facts) for id_, facts in truth.items()}


def in_calendar(facts: Facts) -> Facts:
    """What availability.json says, in the words of iCalendar, whose URL is redirected to the page."""
    return {
        "start": datetime.fromisoformat(facts["start"]).astimezone(UTC).isoformat(),
        "status": CALENDAR_STATUS.get(facts["state"], "CONFIRMED"),
        "to": urlsplit(facts["url"]).path,
    }


def test_titles_are_the_same_on_every_surface(output: Path, truth: dict[str, Facts]) -> None:
    events = availability(output)["events"]
    pages, nodes, entries = every_page(output), every_jsonld(output), every_calendar(output)
    actual = {id_: (pages[id_]["title"], nodes[id_]["name"], entries[id_]["summary"]) for id_ in truth}
    names = {id_: " ".join(events[facts["event"]]["name"].split()) for id_, facts in truth.items()}
    assert actual == {id_: (name, name, without_false_line_ends(name)) for id_, name in names.items()}
