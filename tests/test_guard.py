"""The guard: a feed that suddenly holds far less than before is not published, unless it is meant."""

from pathlib import Path

import pytest
from folder_served import served
from live import Outcome, contents, copied, keep, options, pulled, refused, site_of

from generator.sandbox.server import running

IF_MEANT = "Look at the box office system; if it is meant, use --allow-shrink. What was published before stands."


def shrank(where: str, *falls: str) -> str:
    """What the guard says."""
    errors = (f"Error: {where}: {fall}, by more than the 50 % allowed\n  {IF_MEANT}\n" for fall in falls)
    return f"Asking Spektrix\nReading what came\n{''.join(errors)}"


@pytest.mark.parametrize(
    ("first", "fall"),
    [
        ({"events": 2}, ""),
        ({"events": 1}, "events fell from 3 to 1"),
        ({"instances": 3}, ""),
        ({"instances": 2}, "instances fell from 6 to 2"),
        ({"instance_status": 4}, ""),
        ({"instance_status": 3}, "status rows fell from 7 to 3"),
    ],
)
def test_a_feed_that_shrank_is_refused(tmp_path: Path, first: dict[str, int], fall: str) -> None:
    with pulled(tmp_path) as (live, feed):
        keep(feed, **first)
        before = live.standing()
        outcome = live.run("build")
    assert outcome.exit_code == (4 if fall else 0)
    if fall:
        assert (outcome, live.standing()) == (Outcome(4, "", shrank("against the last snapshot", fall)), before)


def test_a_feed_that_shrank_is_taken_where_it_is_meant(tmp_path: Path) -> None:
    with pulled(tmp_path) as (live, feed):
        keep(feed, events=1, instances=1, instance_status=1)
        assert live.run("build", "--allow-shrink").exit_code == 0
        assert live.run("build").exit_code == 0
    assert contents(feed).items() <= contents(live.snapshot).items()


@pytest.mark.parametrize("collection", ["events", "instances"])
def test_an_empty_feed_is_refused_without_any_memory(tmp_path: Path, collection: str) -> None:
    feed = copied(tmp_path)
    keep(feed, **{collection: 0})
    with running(options(feed=feed)) as sandbox:
        live = site_of(tmp_path / "a", sandbox)
        outcome = live.run("build")
    what = f"the feed holds no {collection}: publishing it would empty the site"
    assert outcome == Outcome(4, "", f"Asking Spektrix\nReading what came\nError: {what}\n  {IF_MEANT}\n")
    assert live.standing() == {"output": {}, "snapshot": {}}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a site whose dates are all to come."""
    folder = tmp_path_factory.mktemp("published")
    with running(options(feed=to_come(copied(folder)))) as sandbox:
        live = site_of(folder / "a", sandbox)
        assert live.run("build").exit_code == 0
    return live.site / "output"


def to_come(feed: Path) -> Path:
    """The feed with its dates in a year that is far ahead."""
    path = feed / "instances.xml"
    path.write_bytes(path.read_bytes().replace(b"2026-", b"2099-"))
    return feed


def fresh(folder: Path, baseline: str, instances: int = 2) -> Outcome:
    """A pull on a machine without memory, of a feed with only some instances."""
    feed = to_come(copied(folder))
    keep(feed, instances=instances)
    with running(options(feed=feed)) as sandbox:
        return site_of(folder / "a", sandbox).run("pull", "--baseline", baseline)


FALLS = ("events fell from 3 to 1", "instances fell from 6 to 2", "status rows fell from 6 to 2")


def test_without_memory_a_published_file_is_the_measure(tmp_path: Path, published: Path) -> None:
    baseline = str(published / "availability.json")
    assert fresh(tmp_path, baseline) == Outcome(4, "", shrank(baseline, *FALLS))


def test_without_memory_the_published_address_is_the_measure(tmp_path: Path, published: Path) -> None:
    with served(published) as url:
        assert fresh(tmp_path, f"{url}/availability.json") == Outcome(4, "", shrank(f"{url}/availability.json", *FALLS))


def test_a_feed_that_did_not_shrink_against_what_is_published_is_taken(tmp_path: Path, published: Path) -> None:
    assert fresh(tmp_path, str(published / "availability.json"), instances=5).exit_code == 0


def test_where_nothing_is_published_yet_anything_is_taken(tmp_path: Path) -> None:
    with served(tmp_path) as url:
        assert fresh(tmp_path, f"{url}/availability.json").exit_code == 0


def test_a_baseline_that_is_something_else_is_refused_without_its_query(tmp_path: Path, published: Path) -> None:
    with served(published) as url:
        outcome = fresh(tmp_path, f"{url}/index.html?token=secret")
    what, mend = "is no availability.json that sitegen has written", "Name the availability.json of the published site"
    told = "Asking Spektrix\nReading what came\n"
    assert outcome == Outcome(3, "", refused(f"{url}/index.html", what, f"{mend} with --baseline.", told))
