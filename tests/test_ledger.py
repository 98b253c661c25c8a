"""The memory of a site: what is kept, where it comes from, and that no loss of it does harm."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from folder_served import served
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event, Timezone
from month import FIRST_DAY, Machine, Month, entries, month, said

from generator.anatomy import replace
from generator.build import build
from generator.config import Settings, Site
from generator.entries import safe
from generator.errors import SiteError
from generator.ical import About, Revision, revisions, writer
from generator.ledger import Change, Entry, Ledger, Record, dumped, loaded
from generator.order import Order
from generator.states import State
from generator.urls import Addresses

SITE = Settings(Site(name="Almanac", url="https://almanac.example", timezone="Europe/London"))
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
WORDS = st.text(st.characters(codec="utf-8"), max_size=90).map(safe)
LINES = st.lists(WORDS.filter(bool), min_size=1, max_size=4).map("\n".join)
ENTRIES = st.builds(
    Entry,
    start=MOMENTS,
    end=st.none() | MOMENTS,
    title=WORDS,
    description=LINES,
    location=WORDS,
    geo=st.none() | st.tuples(st.sampled_from((-89.5, 0.0, 52.05)), st.sampled_from((-1.15, 0.0, 179.0))),
    categories=st.lists(WORDS.filter(bool).filter(lambda name: "," not in name), max_size=3).map(tuple),
    status=st.sampled_from(("CONFIRMED", "TENTATIVE", "CANCELLED")),
)
RECORDS = st.builds(
    Record,
    event_id=st.integers(1, 99),
    entry=ENTRIES,
    state=st.sampled_from(State),
    calendars=st.lists(st.sampled_from(("e/19078", "genres/drama/", "access/ad/")), unique=True).map(tuple),
    sequence=st.integers(0, 999),
    modified=MOMENTS,
    first_seen=MOMENTS,
    earlier_start=st.none() | MOMENTS,
)


def entry_made(record: Record) -> bytes:
    """The entry of instance 7."""
    ledger = Ledger("a.spektrix", record.modified, {7: record}, {})
    return writer(ledger, SITE, Addresses(SITE.site.url), "a.spektrix").entries[7].content


def entry_of_library(record: Record) -> bytes:
    """The same, as a whole component of the library writes it."""
    shown, event = record.entry, Event()
    event.add("uid", "7@a.spektrix")
    event.add("dtstamp", record.modified)
    event.add("last-modified", record.modified)
    event.add("sequence", record.sequence)
    event.add("dtstart", shown.start)
    if shown.end:
        event.add("dtend", shown.end)
    event.add("summary", shown.title)
    event.add("description", shown.description)
    event.add("location", shown.location)
    if shown.geo:
        event.add("geo", shown.geo)
    event.add("url", "https://almanac.example/i/7")
    if shown.categories:
        event.add("categories", list(shown.categories))
    event.add("status", shown.status)
    event.add("transp", "TRANSPARENT")
    made: bytes = event.to_ical()
    return made


@given(RECORDS)
def test_an_entry_is_what_the_library_makes_of_it(record: Record) -> None:
    """sitegen makes it line by line, and folds lines itself."""
    assert entry_made(record) == entry_of_library(record)


@pytest.mark.parametrize("before", range(75))
def test_lines_are_folded_as_the_library_does_it_wherever_letters_and_escapes_lie(before: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    shown = Entry(
        moment, title="x" * before + ",é^€\U0001f3ad" * 20, description="x" * before + ";\n" * 80, status="CONFIRMED"
    )
    record = Record(1, shown, State.ON_SALE, 0, moment, moment)
    assert entry_made(record) == entry_of_library(record)


def test_a_calendar_is_what_the_library_makes_of_it() -> None:
    ledger = Ledger("a.spektrix", datetime(2026, 1, 1, tzinfo=UTC), {}, {})
    about = About("events/a-tale/calendar.ics", f"{'Café, ' * 30}\\\\ & more", "events/a-tale/")
    made = writer(ledger, SITE, Addresses(SITE.site.url), "a.spektrix").calendar(about, ())
    head = Calendar()
    head.add("prodid", "-//sitegen//Almanac//EN")
    head.add("version", "2.0")
    head.add("calscale", "GREGORIAN")
    head.add("method", "PUBLISH")
    head.add("x-wr-timezone", "Europe/London")
    head.add("name", about.name)
    head.add("x-wr-calname", about.name)
    head.add("url", "https://almanac.example/events/a-tale/")
    head.add("source", "https://almanac.example/events/a-tale/calendar.ics", parameters={"VALUE": "URI"})
    head.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    head.add("x-published-ttl", "PT1H")
    head.add_component(Timezone.from_tzid("Europe/London"))
    assert made == head.to_ical()


@given(st.dictionaries(st.integers(0, 9999), RECORDS, max_size=3), MOMENTS)
def test_a_ledger_is_read_as_it_was_written(records: dict[int, Record], moment: datetime) -> None:
    change = Change("moved", moment, 7, 8, "Hamlet", moment, moment)
    ledger = Ledger("a.spektrix", moment, records, {"events/hamlet/": "e/8"}, (change,), "0f")
    assert loaded(dumped(ledger)) == ledger


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4])
def test_a_ledger_is_the_same_however_it_is_put_together(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 3, 2, 12, tzinfo=UTC)
    records = {key: Record(8, Entry(moment), State.ON_SALE, 0, moment, moment) for key in range(number)}
    ledger = Ledger("a.spektrix", moment, records, {})
    whole = dumped(ledger)
    monkeypatch.setattr("generator.ledger.RECORDS_A_PORTION", 2)
    assert (dumped(ledger), loaded(whole)) == (whole, ledger)


@given(st.dictionaries(st.integers(0, 9999), RECORDS, max_size=3), MOMENTS)
def test_a_published_calendar_tells_what_it_was_written_from(records: dict[int, Record], moment: datetime) -> None:
    ledger = Ledger("a.spektrix", moment, records, {})
    made = writer(ledger, SITE, Addresses(SITE.site.url), "a.spektrix")
    expected = {key: Revision(record.entry, record.sequence, record.modified) for key, record in records.items()}
    assert revisions(made.calendar(About("calendar.ics", "Almanac", ""), records), "a.spektrix") == expected


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"version": 2}',
        b'{"version": 1}',
        b'{"version": 1, "instances": {"x": {}}}',
        b"\xff",
    ],
)
def test_what_is_no_ledger_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loaded(document)


@pytest.fixture
def told() -> Month:
    """A month before its first day."""
    return month(5)


@pytest.fixture
def machine(tmp_path: Path, told: Month) -> Machine:
    """A site that was built once."""
    machine = Machine(tmp_path)
    machine.build(told)
    return machine


def after(told: Month, days: int = 1, **facts: object) -> None:
    """Go on by days, after which the first date has changed."""
    told.day += days
    told.dates[100] = replace(told.dates[100], **facts)


def entry_of(machine: Machine, key: int = 100, calendar: str = "calendar.ics") -> dict[str, str]:
    """What a calendar says of a date; nothing where it is not in it."""
    found = entries(machine.files[calendar])
    uid = f"{key}@almanac.spektrix"
    return said(found[uid]) if uid in found else {}


def warned(machine: Machine, told: Month) -> list[str]:
    """What a build warns of, besides what the feed has not."""
    kinds = [warning.kind.one for warning in machine.build(told).warnings]
    return [kind for kind in kinds if kind != "collection is not in the feed"]


def test_a_broken_memory_is_a_warning_and_the_published_one_is_used(machine: Machine, told: Month) -> None:
    after(told, seats=0)
    machine.build(told)
    (machine.site / ".sitegen" / "ledger.json").write_text("{")
    after(told, seats=70)
    assert (warned(machine, told), entry_of(machine)["SEQUENCE"]) == (["memory cannot be read"], "2")


def test_a_broken_memory_and_a_broken_baseline_are_warnings(machine: Machine, told: Month) -> None:
    after(told, seats=0)
    machine.build(told)
    for ledger in (machine.site / ".sitegen" / "ledger.json", machine.published / "ledger.json"):
        ledger.write_text('{"version": 9}')
    expected = (["memory cannot be read", "memory at the baseline cannot be had"], "0")
    assert (warned(machine, told), entry_of(machine)["SEQUENCE"]) == expected


def test_without_a_published_ledger_the_published_calendar_keeps_the_numbers(machine: Machine, told: Month) -> None:
    after(told, seats=0)
    machine.build(told)
    before = entries(machine.files["calendar.ics"])
    (machine.published / "ledger.json").unlink()
    after(told)
    machine.build(told, is_fresh=True)
    assert entries(machine.files["calendar.ics"]) == before
    assert json.loads(machine.files["changes.json"])["changes"] == []
    (machine.published / "ledger.json").unlink()
    after(told, is_there=False)
    machine.build(told, is_fresh=True)
    gone = entry_of(machine)
    assert (gone["SEQUENCE"], gone["STATUS"]) == ("2", "CANCELLED")
    assert entry_of(machine, calendar="events/play-11/calendar.ics") == gone


def test_another_feeds_memory_is_none(machine: Machine, told: Month) -> None:
    file = machine.site / ".sitegen" / "ledger.json"
    other = replace(loaded(file.read_bytes()), source="other.spektrix")
    for ledger in (file, machine.published / "ledger.json"):
        ledger.write_bytes(dumped(other))
    after(told, is_there=False)
    machine.build(told)
    assert entry_of(machine) == {}


def test_a_build_that_fails_leaves_the_memory(machine: Machine, told: Month) -> None:
    file = machine.site / ".sitegen" / "ledger.json"
    before = file.read_bytes()
    (machine.site / "templates").mkdir()
    (machine.site / "templates" / "home.html").write_text("{{ no_such_thing }}")
    after(told, seats=0)
    with pytest.raises(SiteError):
        machine.build(told)
    assert file.read_bytes() == before


def test_the_memory_is_what_is_published(machine: Machine) -> None:
    assert (machine.site / ".sitegen" / "ledger.json").read_bytes() == machine.files["ledger.json"]
    left = sorted(path.name for path in (machine.site / ".sitegen").iterdir() if path.is_file())
    assert left == ["ledger.json", "made", "manifest.json"]


def test_a_memory_that_cannot_be_kept_is_a_warning(tmp_path: Path, told: Month) -> None:
    machine = Machine(tmp_path)
    (machine.site / ".sitegen" / "ledger.json").mkdir(parents=True)
    assert warned(machine, told)[-1] == "memory cannot be kept"
    assert "calendar.ics" in machine.files


def test_a_vanished_date_is_cancelled_until_it_is_past(machine: Machine, told: Month) -> None:
    start = told.dates[100].start
    after(told, is_there=False)
    machine.build(told)
    gone = entry_of(machine)
    assert (gone["STATUS"], gone["SEQUENCE"]) == ("CANCELLED", "1")
    assert gone["DESCRIPTION"] == (
        "Friday 1 May 2026, 8pm\nThis performance is cancelled.\nhttps://almanac.example/stage/i/100"
    )
    assert [
        entry_of(machine, calendar=name) for name in ("events/play-11/calendar.ics", "venues/stage/calendar.ics")
    ] == [gone, gone]
    assert b"/stage/i/100 /stage/events/play-11/ 302\n" in machine.files["_redirects"]
    last = (start - FIRST_DAY).days
    after(told, days=last - told.day)
    machine.build(told)
    assert entry_of(machine) == gone
    after(told)
    machine.build(told)
    assert entry_of(machine) == {}
    assert machine.files["events/play-11/100/calendar.ics"].count(b"BEGIN:VTIMEZONE") == 1


def test_a_date_that_comes_back_after_it_was_past_goes_on_counting(machine: Machine, told: Month) -> None:
    after(told, is_there=False)
    machine.build(told)
    after(told, days=70)
    machine.build(told, is_fresh=True)
    after(told, start=told.now + timedelta(days=9), is_there=True)
    machine.build(told, is_fresh=True)
    back = entry_of(machine)
    assert (back["SEQUENCE"], back["STATUS"]) == ("2", "CONFIRMED")


def test_the_ledger_and_the_page_know_when_a_date_was_to_be(machine: Machine, told: Month) -> None:
    first = told.dates[100].start
    after(told, start=first + timedelta(days=3))
    machine.build(told)
    assert earlier_starts(machine) == {100: first}
    after(told)
    machine.build(told, is_fresh=True)
    assert earlier_starts(machine) == {100: first}
    after(told, days=130, start=first + timedelta(days=4))  # nobody is told of it any more
    machine.build(told)
    assert earlier_starts(machine) == {100: first}
    after(told, start=told.now + timedelta(days=9))
    machine.build(told)
    assert earlier_starts(machine) == {100: first + timedelta(days=3)}


def earlier_starts(machine: Machine) -> dict[int, datetime]:
    """When dates were to be, as the ledger tells it, and the pages alike."""
    ledger = loaded(machine.files["ledger.json"])
    told = {key: record.earlier_start for key, record in ledger.records.items() if record.earlier_start}
    pages = {int(path.split("/")[-2]): page for path, page in machine.files.items() if path.count("/") == 3}
    found = {key: re.search(rb'"previousStartDate":"(.*?)"', page) for key, page in pages.items()}
    assert {key: datetime.fromisoformat(one[1].decode()) for key, one in found.items() if one} == told
    return told


def test_what_is_left_out_is_nowhere_even_if_it_was_public(machine: Machine, told: Month) -> None:
    settings = machine.site / "content" / "site.toml"
    shown = settings.read_text()
    told.names |= {15: "Secret"}
    told.dates[900] = replace(told.dates[100], event=15)
    settings.write_text(f'{shown}[events]\nexclude = ["Secret", "Play 11"]\n')
    after(told)
    machine.build(told)
    said = [name for name, content in machine.files.items() if b"Secret" in content or b"Play 11" in content]
    assert (said, entry_of(machine, 900), entry_of(machine, 100)) == ([], {}, {})


def test_what_is_shown_again_goes_on_counting(machine: Machine, told: Month) -> None:
    settings = machine.site / "content" / "site.toml"
    shown = settings.read_text()
    for text in (f'{shown}[events]\nexclude = ["Play 11"]\n', shown):
        settings.write_text(text)
        after(told)
        machine.build(told)
    assert {name: entry_of(machine, 100)[name] for name in ("SEQUENCE", "STATUS")} == {
        "SEQUENCE": "1",
        "STATUS": "CONFIRMED",
    }


def test_an_old_event_keeps_its_calendar_under_its_old_name(machine: Machine, told: Month) -> None:
    told.names[11] = "Hamlet"
    after(told)
    machine.build(told)
    old, new = (machine.files[f"events/{slug}/calendar.ics"] for slug in ("play-11", "hamlet"))
    assert (old, len(entries(new))) == (new, 5)


def test_a_single_file_makes_no_new_calendar(machine: Machine) -> None:
    single = machine.files["events/play-11/100/calendar.ics"]
    assert (b"NAME" in single, entries(single)) == (
        False,
        {"100@almanac.spektrix": entries(machine.files["calendar.ics"])["100@almanac.spektrix"]},
    )


def test_the_published_memory_is_fetched_from_where_the_site_is(machine: Machine, told: Month) -> None:
    after(told, seats=0)
    machine.build(told)
    for published, sequence in ((machine.published, "2"), (None, "0")):
        (machine.site / ".sitegen" / "ledger.json").unlink()
        after(told, seats=4 if published else 70)
        told.write(machine.site / "feed")
        with served(published or machine.site / "content") as url:
            made = build(Order(machine.site, told.now, baseline=f"{url}/availability.json?x=1"), lambda _: None)
        calendar = (machine.site / "output" / "calendar.ics").read_bytes()
        assert said(entries(calendar)["100@almanac.spektrix"])["SEQUENCE"] == sequence
        assert [warning.kind.one for warning in made.warnings] == ["collection is not in the feed"]


def test_a_published_memory_out_of_reach_is_a_warning(machine: Machine, told: Month) -> None:
    (machine.site / ".sitegen" / "ledger.json").unlink()
    order = Order(machine.site, told.now, baseline="http://127.0.0.1:9/availability.json?x=1", allow_shrink=True)
    warnings = build(order, lambda _: None).warnings
    assert [warning.kind.one for warning in warnings][1:] == ["memory at the baseline cannot be had"]
    assert warnings[1].example.startswith("http://127.0.0.1:9/availability.json (")
