"""availability.json and changes.json as other sites read them: whole or by month, and always as their schemas say."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.anatomy import replace
from generator.availability import LARGE, LEAST, availability
from generator.baseline import read_baseline
from generator.calendars import Calendars
from generator.compose import compose
from generator.config import Settings, Site, Spektrix
from generator.content import Content
from generator.entries import entries
from generator.errors import InternalError, SourceError
from generator.guard import counts_of_programme
from generator.model import Event, Feed, Instance, Status
from generator.programme import Programme
from generator.revision import Shown, revised
from generator.schemas import json_of, schemas
from generator.spektrix.iframe import booking_path
from generator.urls import Addresses
from generator.wording import language

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
SETTINGS = Settings(
    Site(name="Dome", url="https://dome.example/now", timezone="Australia/Adelaide"), spektrix=Spektrix(client="dome")
)
ADDRESSES = Addresses(SETTINGS.site.url)


def programme(count: int, now: datetime = NOW) -> Programme:
    """A programme of that many dates, one every two hours, of an event each hundred."""
    events = tuple(Event(number, f"Show {number}") for number in range(1, count // 100 + 2))
    dates = tuple(
        Instance(1000 + number, number // 100 + 1, NOW + timedelta(hours=2 * number + 1)) for number in range(count)
    )
    rows = tuple(Status(1, date.id, "Dome", date.id % 50, 100) for date in dates)
    return compose(Feed(events, dates, rows), Content({}, (), {}), SETTINGS, booking_path(SETTINGS.spektrix), now)


def published(count: int, now: datetime = NOW) -> dict[str, bytes]:
    """What is published of such a programme."""
    return dict(availability(programme(count, now), SETTINGS, ADDRESSES, now))


@cache
def validator() -> jsonschema.Draft202012Validator:
    """The published schema, in another library than the build's."""
    schema = json.loads(dict(schemas())["availability.schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def faults(document: Any) -> list[str]:
    """What the schema says against a document."""
    return [error.message for error in validator().iter_errors(document)]


def test_a_small_site_stands_in_one_file() -> None:
    files = published(100)
    document = json.loads(files["availability.json"])
    assert (list(files), len(document["instances"]), faults(document)) == (["availability.json"], 100, [])


def test_an_instance_of_which_little_is_known_takes_no_less_than_reckoned() -> None:
    feed = Feed((Event(1, "A"),), tuple(Instance(number, 1, NOW + timedelta(days=number)) for number in (1, 2)))
    chosen = Settings(Site(name="A", url="http://a.b", timezone="UTC"))
    booking = booking_path(chosen.spektrix)
    sizes = []
    for some in (feed, replace(feed, instances=feed.instances[:1])):
        made = compose(some, Content({}, (), {}), chosen, booking, NOW)
        sizes.append(len(dict(availability(made, chosen, Addresses("http://a.b"), None))["availability.json"]))
    assert sizes[0] - sizes[1] >= LEAST


def test_a_large_site_stands_in_a_file_for_each_month_of_the_venues_clock() -> None:
    files = published(1000)
    index = json.loads(files["availability.json"])
    shards = {name: json.loads(content) for name, content in files.items() if name != "availability.json"}
    assert [fault for document in (index, *shards.values()) for fault in faults(document)] == []
    assert index["shards"] == {
        shard["month"]: {
            "url": f"https://dome.example/now/{name}",
            "sha256": hashlib.sha256(files[name]).hexdigest(),
        }
        for name, shard in shards.items()
    }
    assert list(shards) == [f"availability/{month}.json" for month in ("2026-10", "2026-11", "2026-12")]
    assert {
        name: {instance["start"][:7] for instance in shard["instances"].values()} for name, shard in shards.items()
    } == {name: {shard["month"]} for name, shard in shards.items()}
    assert all(len(content) <= LARGE for content in files.values())


def test_split_or_not_it_says_the_same() -> None:
    files = published(1000)
    shards = [json.loads(content) for name, content in files.items() if name != "availability.json"]
    instances = {key: value for shard in shards for key, value in shard["instances"].items()}
    events = {key: value for shard in shards for key, value in shard["events"].items()}
    starts = {str(date.id): date.start.isoformat() for _, date in programme(1000).instances}
    assert {key: instance["start"] for key, instance in instances.items()} == starts
    assert {key: event["name"] for key, event in events.items()} == {str(n): f"Show {n}" for n in range(1, 11)}


def test_a_later_build_changes_the_index_and_no_month() -> None:
    first, later = published(1000), published(1000, NOW + timedelta(minutes=5))
    assert [name for name in first if first[name] != later[name]] == ["availability.json"]


@pytest.mark.parametrize("count", [100, 1000])
def test_the_guard_reads_either_form(tmp_path: Path, count: int) -> None:
    for name, content in published(count).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert read_baseline(str(tmp_path / "availability.json"), NOW) == counts_of_programme(programme(count))


def test_an_index_without_its_months_is_no_baseline(tmp_path: Path) -> None:
    (tmp_path / "availability.json").write_bytes(published(1000)["availability.json"])
    with pytest.raises(SourceError):
        read_baseline(str(tmp_path / "availability.json"), NOW)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", 2),
        ("generated_at", "2026-10-01T12:00:00+01:00"),
        ("generated_at", "yesterday"),
        ("currency", "pounds"),
        ("seats", 5),
        ("events", {"x": {"name": "Show", "url": "https://dome.example", "state": "on_sale"}}),
        ("events", {"1": {"name": "", "url": "https://dome.example", "state": "on_sale"}}),
        ("events", {"1": {"name": "Show", "url": "https://dome.example", "state": "past"}}),
        ("instances", {"1": {"event": "1", "start": "2026-10-01", "state": "unknown", "url": "https://x.example"}}),
        ("shards", {"2026-13": {"url": "https://x.example", "sha256": "0" * 64}}),
    ],
)
def test_what_does_not_fit_the_schema_is_not_published(key: str, value: Any) -> None:
    document = json.loads(published(10)["availability.json"]) | {key: value}
    assert faults(document) != []
    with pytest.raises(InternalError, match=r"availability\.json: "):
        json_of(document, "availability.schema.json", "availability.json")


def test_the_calendar_of_a_thousand_wordy_dates_stays_under_a_megabyte() -> None:
    words = "Ας υποθέσουμε ότι κάποιος γράφει πολλά " * 9  # two bytes a letter, cut at 160 letters
    events = tuple(Event(number, f"Ο Βυσσινόκηπος, μέρος {number}", description=words) for number in range(1, 11))
    dates = tuple(Instance(10_000 + n, n % 10 + 1, NOW + timedelta(hours=n + 1)) for n in range(1000))
    feed = Feed(events, dates, tuple(Status(1, date.id, "Main House", 50, 100) for date in dates))
    composed = compose(feed, Content({}, (), {}), SETTINGS, booking_path(SETTINGS.spektrix), NOW)
    english = language(SETTINGS.site, ())[0]
    ledger = revised(None, Shown(composed, entries(composed, ADDRESSES, english), "dome", None), lambda _, entry: entry)
    files = dict(Calendars(composed, ledger, SETTINGS, ADDRESSES, "dome").files())
    calendar = files["calendar.ics"]()
    assert (calendar.count(b"BEGIN:VEVENT"), len(calendar) < 1_000_000) == (1000, True), len(calendar)
