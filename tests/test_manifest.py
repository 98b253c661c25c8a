"""Where nothing has changed, nothing is made; and what stands then is, byte for byte, what would have been made."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from live import TINY, contents, options, site_of
from surfaces import PROJECT, share_pictures

from generator import manifest, swap, write
from generator.anatomy import replace
from generator.build import build
from generator.order import Order, Report
from generator.sandbox.server import running

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """A site folder of its own, built once."""
    site = Path(shutil.copytree(TINY, tmp_path / "site", ignore=shutil.ignore_patterns(".sitegen", "output")))
    shutil.copytree(PROJECT / "templates" / "_partials", site / "templates" / "_partials")
    share_pictures(site)
    order = Order(site, NOW)
    made(order)
    return order


def made(order: Order) -> Report:
    """A whole build."""
    return build(order, lambda _: None)


def later(order: Order, minutes: int = 1) -> Order:
    """The same, some minutes later."""
    return replace(order, now=order.now + minutes * MINUTE)


def test_what_stands_is_what_would_be_made(order: Order, tmp_path: Path) -> None:
    stands = manifest.renewed(later(order), is_strict=False)
    found = contents(order.target)
    assert stands
    assert stands == replace(made(later(order)), content_changed=False, written=stands.written)
    assert found == contents(order.target)


def test_it_is_renewed_again_and_again(order: Order) -> None:
    for minutes in range(1, 4):
        assert manifest.renewed(later(order, minutes), is_strict=False)
    said = f'"generated_at": "{NOW + 3 * MINUTE:%Y-%m-%dT%H:%M:%SZ}"'
    assert said in (order.target / "availability.json").read_text()


def append(file: Path, text: str) -> None:
    with file.open("a") as opened:
        opened.write(text)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a record": lambda site: rewrite(site / "feed" / "events.xml", "Macbeth", "Macbeth!"),
    "a status row": lambda site: rewrite(site / "feed" / "instance-status.xml", "<Available>", "<Available>1"),
    "a collection more": lambda site: (site / "feed" / "statements.xml").write_text("<Statements/>"),
    "a collection less": lambda site: (site / "feed" / "offers.xml").unlink(),
    "a picture of the feed": lambda site: put(site / "feed" / "images" / "a.jpg"),
    "words": lambda site: append(next((site / "content" / "events").glob("*.md")), "\n\nMore.\n"),
    "settings": lambda site: append(site / "content" / "site.toml", "\n# a word\n"),
    "a static file": lambda site: put(site / "content" / "static" / "new.txt"),
    "a template": lambda site: (site / "templates" / "event.html").write_text("{% extends 'base.html' %}"),
    "a partial": lambda site: append(site / "templates" / "_partials" / "footer.html", "<p>More</p>"),
    "a page of the output": lambda site: append(site / "output" / "index.html", "x"),
    "a page as long as before": lambda site: rewrite(site / "output" / "index.html", "html", "htmL"),
    "a page gone": lambda site: (site / "output" / "index.html").unlink(),
    "a page too many": lambda site: (site / "output" / "more.html").write_text("more"),
    "availability": lambda site: rewrite(site / "output" / "availability.json", "on_sale", "sold_out"),
    "the memory": lambda site: rewrite(site / ".sitegen" / "ledger.json", "2026", "2025"),
    "the memory gone": lambda site: (site / ".sitegen" / "ledger.json").unlink(),
    "the manifest": lambda site: (site / ".sitegen" / "manifest.json").write_text("{}"),
    "the manifest broken": lambda site: (site / ".sitegen" / "manifest.json").write_text("{"),
    "the manifest gone": lambda site: (site / ".sitegen" / "manifest.json").unlink(),
    "the output gone": lambda site: shutil.rmtree(site / "output"),
}


def put(file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text("new")


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_has_changed_is_built(what: str, order: Order) -> None:
    CHANGES[what](order.site)
    before = contents(order.target) if order.target.is_dir() else {}
    assert manifest.renewed(later(order), is_strict=False) is None
    assert (contents(order.target) if order.target.is_dir() else {}) == before


def test_another_feed_or_a_baseline_is_built(order: Order) -> None:
    elsewhere = Path(shutil.copytree(order.site / "feed", order.site.parent / "elsewhere"))
    assert manifest.renewed(replace(later(order), feed=elsewhere), is_strict=False) is None
    baseline = str(order.target / "availability.json")
    assert manifest.renewed(replace(later(order), baseline=baseline), is_strict=False) is None


def test_warnings_are_told_again_and_fail_a_strict_build(order: Order) -> None:
    (order.site / "content" / "events" / "gone.md").write_text("+++\nevent = 99999\n+++\n")
    warnings = made(order).warnings
    assert any("words" in str(warning) for warning in warnings)
    assert manifest.renewed(later(order), is_strict=True) is None
    stands = manifest.renewed(later(order), is_strict=False)
    assert (stands and stands.warnings) == warnings


def test_a_build_that_may_shrink_says_nothing_of_one_that_may_not(order: Order) -> None:
    made(replace(order, allow_shrink=True))
    assert manifest.renewed(later(order), is_strict=False) is None


def test_a_live_site_that_stands_takes_the_time_of_the_new_pull(tmp_path: Path) -> None:
    with running(options()) as sandbox:
        live = site_of(tmp_path / "live", sandbox)
        assert live.run("build").exit_code == 0
        before = live.standing()["output"]
        again = live.run("build", "--now", "2026-03-02T12:05:00Z")
    after = live.standing()["output"]
    told = json.loads(after["availability.json"])
    pulled_at = json.loads((live.snapshot / "snapshot.json").read_bytes())["pulled_at"]
    assert (again.exit_code, "Making the pages" in again.stderr) == (0, False)
    assert {name for name in before.keys() | after if before.get(name) != after.get(name)} == {"availability.json"}
    assert (told["generated_at"], told["pulled_at"][:19]) == ("2026-03-02T12:05:00Z", pulled_at[:19])


SLOW = ("requests", "lxml", "icalendar", "watchdog", "jinja2", "babel", "PIL", "werkzeug")


@pytest.mark.parametrize("command", [("--version",), ("--help",), ("build", "--now", "2026-03-02T12:05:00Z")])
def test_what_is_not_needed_is_not_imported(command: tuple[str, ...], order: Order) -> None:
    asked = [*command, "--site", str(order.site)] if command[0] == "build" else command
    code = "import sys; from generator.cli.main import main; sys.exit(main(standalone_mode=False))"
    told = f"import atexit, sys; atexit.register(lambda: print('IMPORTED', *sys.modules)); {code}"
    ran = subprocess.run([sys.executable, "-c", told, *asked], cwd=PROJECT, capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in ran.stdout.partition("IMPORTED")[2].split()}
    assert ("click" in imported, imported.intersection(SLOW)) == (True, set())


def test_what_is_saved_while_a_build_runs_is_built_by_the_next(order: Order) -> None:
    words = next((order.site / "content" / "events").glob("*.md"))
    append(order.site / "content" / "site.toml", "\n# something to build\n")

    def save(stage: str) -> None:
        if stage == "Making the pages":
            append(words, "\n\nSaved meanwhile.\n")

    build(later(order), save)
    assert manifest.renewed(later(order, 2), is_strict=False) is None


def test_a_copy_of_a_site_folder_goes_by_its_own_feed(order: Order) -> None:
    copy = Path(shutil.copytree(order.site, order.site.parent / "copy", symlinks=True))
    rewrite(copy / "feed" / "events.xml", "Macbeth", "Macbeth!")
    assert manifest.renewed(replace(later(order), site=copy), is_strict=False) is None


def test_time_does_not_go_back(order: Order) -> None:
    assert manifest.renewed(replace(order, now=NOW - MINUTE), is_strict=False) is None


@pytest.mark.parametrize("source", ["tiny", "traps", "demo"])
def test_until_the_next_moment_nothing_changes(source: str, tmp_path: Path) -> None:
    """From moment to moment: at some time before each, and a second before it, a build makes what stands."""
    site, start, times = {
        "tiny": (TINY, NOW, 4),
        "traps": (PROJECT / "tests" / "traps", datetime(2026, 10, 24, 12, tzinfo=UTC), 3),
        "demo": (PROJECT, datetime(2026, 11, 29, 22, tzinfo=UTC), 2),
    }[source]
    shutil.copytree(site / "content", tmp_path / "content")
    if source != "demo":
        shutil.copytree(site / "feed", tmp_path / "feed")
    share_pictures(tmp_path)
    order, chance = Order(tmp_path, start, jobs=2), random.Random(source)  # noqa: S311
    for _ in range(times):
        report = made(order)
        assert report.next_moment
        last = report.next_moment - timedelta(seconds=1)
        between = order.now + chance.random() * (last - order.now)
        for now in (between.replace(microsecond=0), last):
            asked = replace(order, now=max(now, order.now))
            stands = manifest.renewed(asked, is_strict=False)
            assert stands
            found = contents(order.target)
            (tmp_path / ".sitegen" / "manifest.json").unlink()
            assert stands == replace(made(asked), content_changed=False, written=stands.written)
            assert found == contents(order.target)
        order = replace(order, now=report.next_moment)
        assert manifest.renewed(order, is_strict=False) is None


def deep_pages(output: Path) -> dict[int, Path]:
    """A page at each depth of an output."""
    found = {len(path.relative_to(output).parts): path for path in sorted(output.rglob("*.html"))}
    assert found.keys() >= {1, 2, 3, 4}
    return found


def test_every_file_counts(order: Order) -> None:
    for minutes, path in enumerate(deep_pages(order.target).values(), start=1):
        content = path.read_bytes()
        path.write_bytes(b"somebody else's")
        assert manifest.renewed(later(order, minutes), is_strict=False) is None
        path.write_bytes(content)
        made(later(order, minutes))


@pytest.fixture
def large(order: Order, monkeypatch: pytest.MonkeyPatch) -> Order:
    """The same, whose output counts as large."""
    monkeypatch.setattr(manifest, "LOOKED_AT", 20)
    append(order.site / "content" / "site.toml", "\n# something to build\n")
    made(order)
    return order


def test_a_large_output_is_looked_at_in_turns(large: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []

    def noted(output: Path, name: str) -> list[tuple[str, os.stat_result]]:
        found = [*swap.stats_below(output, name)]
        seen[-1].update(path for path, _ in found)
        return found

    monkeypatch.setattr(manifest, "stats_below", noted)
    for minutes in range(1, 121):
        seen.append(set())
        assert manifest.renewed(later(large, minutes), is_strict=False)
    every = {*swap.files_in(large.target)}
    assert set().union(*seen) == every
    assert max(map(len, seen)) < len(every) / 2


def test_what_is_changed_deep_in_a_large_output_is_found_in_its_turn(large: Order) -> None:
    deep_pages(large.target)[4].write_bytes(b"somebody else's")
    found = {bool(manifest.renewed(later(large, minutes), is_strict=False)) for minutes in range(1, 121)}
    assert found == {True, False}


def above(output: Path) -> Path:
    """A folder in the second level of an output."""
    return deep_pages(output)[3].parent


ABOVE: dict[str, Callable[[Path], object]] = {
    "a page gone": lambda output: shutil.rmtree(above(output)),
    "a page too many": lambda output: (above(output).parent / "more.html").write_text("more"),
    "a page with another name": lambda output: above(output).rename(above(output).parent / "more"),
    "a section gone": lambda output: shutil.rmtree(above(output).parent),
    "a file at the top": lambda output: append(output / "index.html", "x"),
}


@pytest.mark.parametrize("what", ABOVE)
def test_the_upper_levels_of_a_large_output_are_looked_at_each_time(what: str, large: Order) -> None:
    ABOVE[what](large.target)
    assert not any(manifest.renewed(later(large, minutes), is_strict=False) for minutes in range(1, 31))


@pytest.mark.parametrize("many", [write.MANY, 0], ids=["", "looked at by another process"])
def test_what_is_gone_before_it_was_noted_is_made_by_the_next(
    many: int, large: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def noting_late(*what: Any) -> Any:
        shutil.rmtree(above(large.target))
        return noting(*what)

    noting = manifest.noting
    monkeypatch.setattr(manifest, "MANY", many)
    monkeypatch.setattr("generator.build.noting", noting_late)
    append(next((large.site / "content" / "events").glob("*.md")), "\n\nSomething more to build.\n")
    found = contents(large.target)
    made(large)
    assert contents(large.target) != found
    assert manifest.renewed(later(large), is_strict=False) is None
    monkeypatch.undo()
    made(later(large))
    assert contents(large.target).keys() == found.keys()
