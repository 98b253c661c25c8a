"""What counts as a change, and how it is told: in changes.json to programs, in feed.xml to people."""

import json
from datetime import UTC, datetime, timedelta

import feedparser  # type: ignore[import-untyped]  # it has none
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_published_json import ADDRESSES, NOW, SETTINGS, programme

from generator.anatomy import replace
from generator.atom import atom
from generator.changes import WHAT, changes_json, happened, kept
from generator.ledger import Change, Entry, Ledger, Record
from generator.schemas import schemas
from generator.states import State
from generator.wording import Language, language

START = datetime(2026, 11, 5, 19, 30, tzinfo=UTC)
LATER = START + timedelta(days=7)


@pytest.fixture(scope="module")
def english() -> Language:
    """The language of the site."""
    return language(SETTINGS.site, ())[0]


def record(state: State, start: datetime = START) -> Record:
    """What is remembered of an instance in that state."""
    return Record(7, Entry(start, title="Show", status="CONFIRMED"), state, 0, NOW, NOW)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (State.NOT_YET_ON_SALE, State.ON_SALE, ("on_sale",)),
        (State.NOT_YET_ON_SALE, State.LIMITED, ("on_sale",)),
        (State.NOT_ON_SALE_ONLINE, State.UNKNOWN, ("on_sale",)),
        (State.SALES_ENDED, State.ON_SALE, ("on_sale",)),
        (State.ON_SALE, State.LIMITED, ("last_few",)),
        (State.UNKNOWN, State.LIMITED, ("last_few",)),
        (State.LIMITED, State.SOLD_OUT, ("sold_out",)),
        (State.SOLD_OUT, State.ON_SALE, ("back",)),
        (State.SOLD_OUT, State.LIMITED, ("back",)),
        (State.LIMITED, State.ON_SALE, ()),
        (State.ON_SALE, State.UNKNOWN, ()),
        (State.UNKNOWN, State.ON_SALE, ()),
        (State.ON_SALE, State.SALES_ENDED, ()),
        (State.ON_SALE, State.CANCELLED, ("cancelled",)),
        (State.CANCELLED, State.ON_SALE, ("back",)),
        (State.CANCELLED, State.CANCELLED, ()),
        (State.ON_SALE, State.POSTPONED, ("postponed",)),
        (State.POSTPONED, State.ON_SALE, ("back",)),
    ],
)
def test_a_change_of_state_is_told_in_a_word(before: State, after: State, what: tuple[str, ...]) -> None:
    assert happened(record(before), record(after)) == what


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (State.ON_SALE, State.ON_SALE, ("moved",)),
        (State.ON_SALE, State.SOLD_OUT, ("moved", "sold_out")),
        (State.POSTPONED, State.ON_SALE, ("moved",)),
        (State.ON_SALE, State.CANCELLED, ("cancelled",)),
        (State.CANCELLED, State.ON_SALE, ("back",)),
    ],
)
def test_a_date_that_moved_is_told(before: State, after: State, what: tuple[str, ...]) -> None:
    assert happened(record(before), record(after, LATER)) == what


def test_a_date_that_nobody_knew_is_announced_unless_it_is_cancelled() -> None:
    assert (happened(None, record(State.SOLD_OUT)), happened(None, record(State.CANCELLED))) == (("announced",), ())


@given(st.sampled_from(State), st.sampled_from(State), st.booleans())
def test_every_change_has_a_word_that_the_schema_knows(before: State, after: State, is_moved: bool) -> None:
    schema = json.loads(dict(schemas())["changes.schema.json"])
    known = schema["properties"]["changes"]["items"]["properties"]["change"]["enum"]
    assert known == list(WHAT)
    assert set(happened(record(before), record(after, LATER if is_moved else START))) <= set(WHAT)


def change(what: str, days_ago: int, instance_id: int = 1000, title: str = "Show & <Tell>") -> Change:
    """A change some days before now."""
    earlier = START if what == "moved" else None
    return Change(what, NOW - timedelta(days=days_ago), instance_id, 1, title, LATER, earlier)


def test_thirty_days_before_the_newest_are_kept_whatever_the_clock_says() -> None:
    changes = [change("back", days) for days in (90, 40, 31, 10)]
    assert kept(changes) == (changes[3], changes[2])


def test_changes_json_tells_programs() -> None:
    told = (change("moved", 1), change("sold_out", 2, instance_id=99))
    ledger = Ledger("dome.spektrix", told[0].time, {}, {}, told)
    document = json.loads(changes_json(ledger, programme(10), SETTINGS, ADDRESSES))
    jsonschema.Draft202012Validator(json.loads(dict(schemas())["changes.schema.json"])).validate(document)
    assert document == {
        "version": 1,
        "updated": "2026-09-30T12:00:00Z",
        "site": "https://dome.example/now",
        "timezone": "Australia/Adelaide",
        "changes": [
            {
                "change": "moved",
                "time": "2026-09-30T12:00:00Z",
                "instance": "1000",
                "event": "1",
                "name": "Show & <Tell>",
                "start": "2026-11-13T06:00:00+10:30",
                "earlier_start": "2026-11-06T06:00:00+10:30",
                "url": "https://dome.example/now/events/show-1/1000/",
            },
            {
                "change": "sold_out",
                "time": "2026-09-29T12:00:00Z",
                "instance": "99",
                "event": "1",
                "name": "Show & <Tell>",
                "start": "2026-11-13T06:00:00+10:30",
                "url": "https://dome.example/now/events/show-1/",
            },
        ],
    }


def test_feed_xml_tells_people_in_one_entry_for_each_event_and_thing(english: Language) -> None:
    told = (
        change("moved", 1),
        change("sold_out", 2),
        replace(change("sold_out", 2), instance_id=1001, start=LATER + timedelta(days=1)),
    )
    ledger = Ledger("dome.spektrix", told[0].time, {}, {}, told)
    feed = feedparser.parse(atom(ledger, programme(10), SETTINGS, ADDRESSES, english))
    assert (feed.bozo, feed.version, feed.feed.id, feed.feed.updated) == (
        False,
        "atom10",
        "https://dome.example/now/feed.xml",
        "2026-09-30T12:00:00Z",
    )
    assert [(entry.id, entry.title, entry.updated, entry.link, entry.content[0].value) for entry in feed.entries] == [
        (
            "tag:dome.example,2026-09-30:moved/1/20260930T120000Z",
            "Moved: Show & <Tell>",
            "2026-09-30T12:00:00Z",
            "https://dome.example/now/events/show-1/1000/",
            "Friday 13 November 2026, 6am (it was Friday 6 November 2026, 6am)",
        ),
        (
            "tag:dome.example,2026-09-29:sold_out/1/20260929T120000Z",
            "Sold out: Show & <Tell>",
            "2026-09-29T12:00:00Z",
            "https://dome.example/now/events/show-1/",
            "Friday 13 November 2026, 6am\nSaturday 14 November 2026, 6am",
        ),
    ]


@pytest.mark.parametrize("what", WHAT)
def test_every_change_has_a_title(what: str, english: Language) -> None:
    ledger = Ledger("dome.spektrix", NOW, {}, {}, (change(what, 0, title="Hamlet"),))
    (entry,) = feedparser.parse(atom(ledger, programme(10), SETTINGS, ADDRESSES, english)).entries
    assert entry.title == f"{what.replace('_', ' ').capitalize()}: Hamlet"


def test_a_feed_without_news_is_a_feed(english: Language) -> None:
    feed = feedparser.parse(atom(Ledger("dome.spektrix", NOW, {}, {}), programme(10), SETTINGS, ADDRESSES, english))
    assert (feed.bozo, feed.entries, feed.feed.title) == (False, [], "News from Dome")
