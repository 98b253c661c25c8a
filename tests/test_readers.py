"""Programs that are not ours read every calendar, and each finds in it what stands there."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pytest
import torture
from readers import READERS, expected, found_by
from surfaces import PROJECT, build, shared_folder


def recorded() -> Path:
    """The site of the recorded feed."""
    site, feed = shared_folder("sites", "new-wolsey"), shared_folder("feeds", "new-wolsey")
    if site is None or feed is None:
        pytest.skip("the recorded feed is not beside this checkout: ../shared/feeds/new-wolsey")
    return build(site, feed, "2014-09-01T12:00:00Z")


@cache
def tortured(zone: str) -> Path:
    """The site of a venue in that zone."""
    work = Path(tempfile.mkdtemp(prefix="sitegen-test-"))
    atexit.register(shutil.rmtree, work, ignore_errors=True)
    site = torture.write_site(work / "site", zone)
    return build(site, site / "feed", torture.NOW)


SITES: dict[str, Callable[[], Path]] = {
    "demo": lambda: build(PROJECT, None, "2026-11-25T12:00:00Z"),
    "traps": lambda: build(PROJECT / "tests" / "traps", PROJECT / "tests" / "traps" / "feed", "2026-10-20T12:00:00Z"),
    "recorded": recorded,
    **{zone: partial(tortured, zone) for zone in torture.NIGHTS},
}


@pytest.fixture(scope="module", params=SITES)
def output(request: pytest.FixtureRequest) -> Path:
    """The built site."""
    return SITES[request.param]()


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_finds_in_every_calendar_what_stands_there(reader: str, output: Path) -> None:
    paths = sorted(output.rglob("*.ics"))
    assert found_by(reader, paths) == expected(reader, paths)


@pytest.mark.parametrize("zone", torture.NIGHTS)
@pytest.mark.parametrize("reader", READERS)
def test_no_reader_loses_an_hour_when_the_clocks_change(reader: str, zone: str) -> None:
    output = tortured(zone)
    (entries,) = READERS[reader]([output / "calendar.ics"]).values()
    found = [(entry["start"], entry["end"] or 0, entry["title"]) for entry in entries]
    known = [
        (date.start.timestamp(), date.end.timestamp() if date.end else 0, date.title) for date in torture.dates(zone)
    ]
    assert sorted(found) == sorted(known)
