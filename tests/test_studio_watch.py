"""What is saved reaches the browser once, as what it is; what editors and git do on the side does not."""

import math
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

import pytest

from generator.studio import watch
from generator.studio.changes import Change, Folders, Follow, Stage, changed
from generator.studio.journal import Journal
from generator.studio.watch import watching

PATIENCE = 10


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A site folder with a feed in it."""
    site = tmp_path.resolve() / "site"
    for name in ("content/pages", "content/static", "templates/assets", "templates/_partials", "xml", "output", ".git"):
        (site / name).mkdir(parents=True)
    return Folders(site, (site / "templates",), site / "xml")


MEANINGS = {
    "templates/event.html": (Stage.TEMPLATES, Follow.RELOAD),
    "templates/_partials/footer.html": (Stage.TEMPLATES, Follow.RELOAD),
    "templates/assets/site.css": (Stage.TEMPLATES, Follow.STYLES),
    "templates/assets/page.js": (Stage.TEMPLATES, Follow.RELOAD),
    "templates/assets/logo.svg": (Stage.TEMPLATES, Follow.PICTURES),
    "templates/locale/cy.po": (Stage.CONTENT, Follow.RELOAD),
    "templates/assets/fonts/own.woff2": (Stage.CONTENT, Follow.RELOAD),
    "content/events/hamlet.md": (Stage.WORDS, Follow.RELOAD),
    "content/events": (Stage.CONTENT, Follow.RELOAD),
    "content/static/notes.md": (Stage.CONTENT, Follow.RELOAD),
    "content/static/images/hamlet.JPG": (Stage.CONTENT, Follow.PICTURES),
    "content/static/own.css": (Stage.CONTENT, Follow.STYLES),
    "content/static/.well-known/security.txt": (Stage.CONTENT, Follow.RELOAD),
    "content/site.toml": (Stage.SETTINGS, Follow.RELOAD),
    "xml/events.xml": (Stage.FEED, Follow.RELOAD),
}
MEANINGLESS = (
    "templates/.event.html.swp", "templates/event.html~", "templates/4913", "templates/#event.html#",
    "templates/.#event.html", "templates/event.html.tmp", "templates/event.html___jb_tmp___",
    "templates/___jb_old___", "content/pages/visit.md.sb-1a2b-c3", "content/.DS_Store",
    "content/pages/.goutputstream-X", "output/index.html", ".git/index", ".git/refs/heads/main", ".sitegen/ledger.json",
    ".output.new/index.html",
    "README.md",
)  # fmt: skip


@pytest.mark.parametrize("name", MEANINGS)
def test_each_file_has_its_meaning(folders: Folders, name: str) -> None:
    path = folders.site / name
    assert changed([path], folders) == Change(*MEANINGS[name], (str(path),))


@pytest.mark.parametrize("name", MEANINGLESS)
def test_what_editors_and_builds_write_means_nothing(folders: Folders, name: str) -> None:
    assert changed([folders.site / name], folders) is None


def test_a_burst_is_followed_as_its_greatest_change(folders: Folders) -> None:
    names = ("templates/assets/site.css", "content/events/hamlet.md", "templates/event.html~")
    change = changed([folders.site / name for name in names], folders)
    paths = (str(folders.site / names[1]), str(folders.site / names[0]))
    assert change == Change(Stage.WORDS, Follow.RELOAD, paths)


@contextmanager
def bursts(folders: Folders, is_polling: bool = False, since: float = math.inf) -> Iterator[Queue[Change]]:
    """The changes that a watched site tells."""
    told: Queue[Change] = Queue()

    def tell(paths: set[Path]) -> None:
        change = changed(paths, folders)
        if change:
            told.put(change)

    with watching(lambda: folders, tell, is_polling, since):
        yield told


def all_of(told: Queue[Change]) -> list[Change]:
    """The first change, and those that come within two seconds after."""
    found = [told.get(timeout=PATIENCE)]
    while True:
        try:
            found.append(told.get(timeout=2))
        except Empty:
            return found


@pytest.mark.parametrize("is_polling", [False, True])
def test_a_saved_file_is_told(folders: Folders, is_polling: bool) -> None:
    file = folders.site / "templates" / "event.html"
    with bursts(folders, is_polling) as told:
        file.write_text("saved")
        assert told.get(timeout=PATIENCE) == Change(Stage.TEMPLATES, Follow.RELOAD, (str(file),))


def test_what_was_saved_before_the_watch_began_is_told_if_it_was_after_the_site_was_read(folders: Folders) -> None:
    old, new = (folders.site / "content" / "pages" / name for name in ("old.md", "new.md"))
    for file in (old, new):
        file.write_text("saved")
    os.utime(old, (1, 1))
    with bursts(folders, since=new.stat().st_mtime - 0.001) as told:
        assert str(old) not in (first := told.get(timeout=PATIENCE)).paths
        assert str(new) in first.paths


def test_a_thousand_files_at_once_are_one_reload(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QUIET_WHEN_WHOLE", "QUIET", "QUIET_AFTER_MANY"):
        monkeypatch.setattr(watch, name, 1.0)  # a busy machine pauses while they are written
    with bursts(folders) as told:
        for number in range(1000):
            (folders.site / "content" / "pages" / f"{number}.md").write_text("switched")
        found = all_of(told)
    assert [(change.stage, change.follow, len(change.paths)) for change in found] == [
        (Stage.WORDS, Follow.RELOAD, 1000)
    ]


def test_a_file_that_is_saved_by_renaming_is_told_once(folders: Folders) -> None:
    file = folders.site / "templates" / "event.html"
    file.write_text("before")
    with bursts(folders) as told:
        aside = file.with_name(".event.html.new")
        aside.write_text("after")
        aside.replace(file)
        assert all_of(told) == [Change(Stage.TEMPLATES, Follow.RELOAD, (str(file),))]


def test_a_build_beside_it_is_not_told(folders: Folders) -> None:
    with bursts(folders) as told:
        for folder in ("output", ".git", ".sitegen"):
            (folders.site / folder).mkdir(exist_ok=True)
            (folders.site / folder / "written").write_text("by a build")
        (folders.site / "templates" / "last.html").write_text("saved")
        assert [change.paths for change in all_of(told)] == [(str(folders.site / "templates" / "last.html"),)]


def test_a_folder_that_is_replaced_is_watched_again(folders: Folders) -> None:
    templates = folders.site / "templates"
    with bursts(folders) as told:
        templates.rename(folders.site / "aside")
        (folders.site / "aside").rename(templates)
        all_of(told)
        (templates / "event.html").write_text("saved")
        assert told.get(timeout=PATIENCE).paths == (str(templates / "event.html"),)


def test_a_page_learns_what_it_missed_and_from_another_run_everything() -> None:
    journal = Journal("run")
    at = journal.at
    journal.add(Follow.STYLES)
    one = journal.since(at, 0)
    journal.add(Follow.RELOAD)
    assert [one, journal.since("run-1", 0), journal.since(at, 0), journal.since("run-2", 0)] == [
        ("run-1", Follow.STYLES),
        ("run-2", Follow.RELOAD),
        ("run-2", Follow.RELOAD),
        ("run-2", None),
    ]
    assert [journal.since(other, 0) for other in ("old-2", "", "run-x")] == [("run-2", Follow.RELOAD)] * 3


def test_who_waits_is_woken_by_a_change() -> None:
    journal = Journal("run")
    threading.Timer(0.05, journal.add, (Follow.PICTURES,)).start()
    assert journal.since("run-0", PATIENCE) == ("run-1", Follow.PICTURES)
