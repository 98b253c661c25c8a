"""Single values at the edges of what a feed or a person can say, each with the one thing that must come of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator import tables
from generator.compose import compose
from generator.config import Settings, settings
from generator.content import Content, EventWords
from generator.errors import SiteError, SourceError
from generator.model import Event, Feed, Instance, Status
from generator.spektrix import parse
from generator.spektrix.iframe import booking_path
from generator.spektrix.markup import rich_text
from generator.states import Seats, State, seats_of
from generator.text import plain, slug


def feed_of(folder: Path, **documents: str) -> Feed:
    """The feed of some documents' items, in roots of no name in particular."""
    files = {"events": "", "instances": "", **{name.replace("_", "-"): xml for name, xml in documents.items()}}
    opened = {}
    for name, xml in files.items():
        (folder / name).write_text(f"<All>{xml}</All>", "utf-8")
        opened[name] = ((folder / name).open("rb"), f"{name}.xml")
    return parse.feed(opened)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Hamlet—Prince", "hamlet-prince"),
        ("10×10", "10-10"),
        ("mother‑in‑law", "mother-in-law"),
        ("STRAẞE", "strasse"),
        ("soft­ly", "softly"),
        ("Déjà Vu, Again", "deja-vu-again"),
        ("Duke’s", "dukes"),
    ],
)
def test_a_slug_parts_words_where_a_reader_does(name: str, words: str) -> None:
    assert slug(name) == words


def test_seats_of_which_some_row_is_silent_are_not_known() -> None:
    rows = [Status(1, 9, "Stalls", 5, 100), Status(2, 9, "Circle", 5, None)]
    assert seats_of(rows, None) == Seats("", 10, None, ())


@pytest.mark.parametrize(
    "capacity", ["", "<Capacity/>", '<Capacity xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>']
)
def test_a_capacity_that_is_not_told_is_not_nought(tmp_path: Path, capacity: str) -> None:
    row = f'<InstancePlanStatus><Plan id="1"/><Instance id="2"/><Available>6</Available>{capacity}</InstancePlanStatus>'
    assert feed_of(tmp_path, instance_status=row).statuses == (Status(1, 2, "", 6, None),)


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00Z", "1753-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_the_ends_of_a_calendar_are_no_time(tmp_path: Path, moment: str) -> None:
    item = f'<Instance id="1"><Event id="2"/><StartSellingAtUtc>{moment}</StartSellingAtUtc></Instance>'
    assert feed_of(tmp_path, instances=item).instances[0].start_selling is None


def test_a_local_start_is_the_wall_clock_whatever_zone_it_names(tmp_path: Path) -> None:
    item = '<Instance id="1"><Event id="2"/><Start>2014-06-14T17:45:00+01:00</Start></Instance>'
    assert feed_of(tmp_path, instances=item).instances[0].local_start == datetime(2014, 6, 14, 17, 45)


def test_of_several_attributes_of_one_name_the_first_counts(tmp_path: Path) -> None:
    boxes = [("A ", " 1\n"), ("B", ""), ("A", "2"), ("", "3")]
    xml = "".join(f"<Attribute><Value>{value}</Value><Name>{name}</Name></Attribute>" for name, value in boxes)
    more = "<Attribute><Name>C</Name><Value>4</Value><Name>D</Name><Value>5</Value><X><Name>E</Name></X></Attribute>"
    found = feed_of(tmp_path, events=f'<Event id="1">{xml}{more}<Attribute/></Event>').events[0].attributes
    assert found == {"A": "1", "B": "", "C": "4", "": "3"}


def test_every_control_character_goes_and_every_line_end_is_one() -> None:
    numbers = [number for number in range(0x110000) if chr(number) != "|"]
    together = dict(zip(numbers, plain("|".join(f"a{chr(number)}b" for number in numbers)).split("|"), strict=True))
    no_signs = {
        *range(0xFDD0, 0xFDF0),
        *(plane + end for plane in range(0, 0x110000, 2**16) for end in (0xFFFE, 0xFFFF)),
    }
    alone = {number: plain(f"a{chr(number)}b") for number in (*range(0x10000), *no_signs)}
    line_ends = {*b"\n\x0b\x0c\r\x85", 0x2028, 0x2029}
    for told in (together, alone):
        gone, ends = ({number for number, text in told.items() if text == short} for short in ("ab", "a\nb"))
        assert (gone, ends) == (({*range(0x20), *range(0x7F, 0xA0)} | no_signs) - line_ends - {*b"\t"}, line_ends)


def test_two_line_ends_are_two_lines() -> None:
    assert plain("a\r\r\nb\r\nc\n\rd") == "a\n\nb\nc\n\nd"


def test_an_id_below_zero_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match='its id is "-5", below zero'):
        feed_of(tmp_path, events='<Event id="-5"><Name>Show</Name></Event>')


def test_a_deep_description_keeps_its_words() -> None:
    html, says_more = rich_text(f"<p>intro</p>{'<div>' * 400}deep{'</div>' * 400}<p>tail</p>")
    assert (" ".join(html.replace("<p>", " ").replace("</p>", " ").split()), says_more) == ("intro deep tail", True)


@pytest.mark.parametrize("html", ['<a href="https://a.example"> </a>words', '<a href="https://a.example"></a>words'])
def test_a_link_without_words_goes(html: str) -> None:
    assert rich_text(html)[0].strip() == "words"


def test_words_of_the_venue_hold_no_control_characters() -> None:
    table = tables.load('event = 1\ntitle = "  a\\u0007b \\n c "\nsummary = "   "', "x.md")
    assert tables.read(EventWords, table, "x.md") == EventWords(1, title="ab c")


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("site", 'url = "https://v.example/a b"', "url"),
        ("attributes", 'genres = [""]', "genres"),
        ("attributes", 'access = {AD = ""}', "access"),
        ("spektrix", 'api = "http://api.example"', "api"),
    ],
)
def test_a_setting_that_would_break_an_address_is_refused(tmp_path: Path, key: str, value: str, fault: str) -> None:
    base = 'name = "V"\ntimezone = "Europe/London"\n' + ("" if fault == "url" else 'url = "https://v.example"\n')
    text = f"[site]\n{base}" + (value if key == "site" else f"[{key}]\n{value}")
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "site.toml").write_text(text)
    with pytest.raises(SiteError, match=rf"\] {fault} is "):
        settings(tmp_path)


@pytest.mark.parametrize(("percent", "capacity", "available"), [(4.6, 1500, 69), (9.2, 750, 69), (2.5, 40, 1)])
def test_a_share_of_seats_is_counted_exactly(percent: float, capacity: int, available: int) -> None:
    shown = [state_at(percent, capacity, seats) for seats in (available, available + 1)]
    assert shown == [State.LIMITED, State.ON_SALE]


def state_at(percent: float, capacity: int, available: int) -> State:
    """The state of a performance tomorrow, by way of settings and feed."""
    text = (
        f'site = {{name = "V", url = "https://v.example", timezone = "UTC"}}\navailability.limited_percent = {percent}'
    )
    chosen = tables.read(Settings, tables.load(text, "s"), "s")
    feed = Feed(
        (Event(1, "Show"),), (Instance(2, 1, NOW + timedelta(days=1)),), (Status(3, 2, "", available, capacity),)
    )
    booking = booking_path(chosen.spektrix)
    programme = compose(feed, Content({}, (), {}), chosen, booking, NOW)
    return programme.instances[0][1].state


NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
