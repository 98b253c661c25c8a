"""A build makes again only what is made from something else, and is as one of a fresh folder, whatever has changed."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from increments import Venue, differing, fresh, made, run
from live import contents

from generator import calendars, manifest, rounds, website, write
from generator.anatomy import replace
from generator.errors import SiteError
from generator.plan import Page
from generator.render import Renderer

SEEDS, STEPS = 3, 8


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_build_on_top_of_another_is_as_one_of_a_fresh_folder(seed: int, tmp_path: Path) -> None:
    run(tmp_path, STEPS, 1000 + seed)


def test_what_is_done_on_large_sites_alone_makes_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "MANY", 0)
    monkeypatch.setattr(write, "MANY", 0)
    monkeypatch.setattr(manifest, "MANY", 0)
    monkeypatch.setattr(rounds, "TASKS_A_ROUND", 3)
    monkeypatch.setattr(rounds, "AT_ONCE", 3)
    run(tmp_path, STEPS, 2000)


def test_a_picture_that_stands_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = replace(fresh(tmp_path / "site"), jobs=1)
    made(order)
    pictures = sorted(path.name for path in (order.target / "assets" / "images").iterdir())
    (order.target / "assets" / "images" / pictures[0]).unlink()
    (order.site / "content" / "pages" / "more.md").write_text('+++\ntitle = "More"\n+++\nWords.\n')
    read: list[str] = []
    content = website._bytes_of

    def noted(file: Path) -> bytes:
        read.append(file.name)
        return content(file)

    monkeypatch.setattr(website, "_bytes_of", noted)
    made(order)
    assert len(pictures) > 1
    assert [name for name in read if name in pictures] == [pictures[0]]


def test_what_another_build_remembered_is_not_taken_for_what_the_last_did(tmp_path: Path) -> None:
    order = fresh(tmp_path / "site")
    events, ledger = order.site / "feed" / "events.xml", order.site / ".sitegen" / "ledger.json"
    made(order)
    earlier = ledger.read_bytes()
    events.write_text(events.read_text().replace("<Name>Macbeth<", "<Name>The Scottish Play<"))
    made(order)
    assert b"The Scottish Play" in ledger.read_bytes()
    ledger.write_bytes(earlier)
    assert differing(Venue(order, random.Random(0))) == {}  # noqa: S311  # nothing is left to it here
    assert b"The Scottish Play" in (order.target / "calendar.ics").read_bytes()


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[Page]:
    """The pages that are rendered from now on, as they are."""
    pages: list[Page] = []
    whole = Renderer.page

    def noted(own: Renderer, page: Page) -> bytes:
        pages.append(page)
        return whole(own, page)

    monkeypatch.setattr(Renderer, "page", noted)
    return pages


def test_pages_made_from_the_same_are_not_rendered_again(tmp_path: Path, rendered: list[Page]) -> None:
    order = fresh(tmp_path / "site")
    made(order)
    rendered.clear()
    status = order.site / "feed" / "instance-status.xml"
    status.write_text(status.read_text().replace("<Available>31<", "<Available>0<"))  # of date 1002, of event 101
    made(order)
    paths = {page.path for page in rendered}
    assert {path.split("/")[0] for path in paths} == {
        "", "404.html", "access", "calendar", "events", "genres", "venues", "whats-on",
    }  # fmt: skip
    assert {path for path in paths if path.startswith("events/")} == {
        "events/macbeth/",
        *(f"events/macbeth/{number}/" for number in range(1001, 1005)),
    }
    rendered.clear()
    made(replace(order, now=order.now + timedelta(minutes=1)))
    assert rendered == []


EVERY = {
    "archive.html", "calendar.html", "event.html", "frame.html", "home.html", "instance.html", "kind.html",
    "kinds.html", "memberships.html", "not_found.html", "offers.html", "page.html", "whats_on.html",
}  # fmt: skip
MADE_WITH: dict[str, set[str]] = {
    "calendar.html": {"calendar.html"},
    "base.html": EVERY,
    "_partials/months.html": {"calendar.html"},
    "_partials/prices.html": {"event.html", "instance.html"},
    "_partials/state.html": EVERY - {
        "archive.html", "frame.html", "kinds.html", "memberships.html", "offers.html", "page.html",
    },
    "_partials/nowhere.html": set(),
    "assets/site.css": EVERY,
    "assets/about.html": EVERY,
    "locale/en.po": EVERY,
}  # fmt: skip


@pytest.mark.parametrize("name", MADE_WITH)
def test_what_a_template_belongs_to_is_rendered_again(name: str, tmp_path: Path, rendered: list[Page]) -> None:
    order = fresh(tmp_path / "site")
    file = order.site / "templates" / name
    file.parent.mkdir(exist_ok=True)
    for more in ("", "/* */" if name.endswith(".css") else "# A word.\n" if name.endswith(".po") else "<!-- -->"):
        file.write_text((file.read_text("utf-8") if file.exists() else "") + more, "utf-8")
        rendered.clear()
        made(order)
    assert {page.template for page in rendered} == MADE_WITH[name]


@pytest.mark.parametrize("asked", ['"_partials/" ~ "more.html"', '"_partials/more.html"'])
def test_a_template_that_includes_what_cannot_be_told_is_rendered_again(
    asked: str, tmp_path: Path, rendered: list[Page]
) -> None:
    order = fresh(tmp_path / "site")
    templates = order.site / "templates"
    page = templates / "calendar.html"
    page.write_text(page.read_text("utf-8").replace("<h1", f"{{% include {asked} ignore missing %}}<h1", 1), "utf-8")
    made(order)
    rendered.clear()
    (templates / "_partials" / "more.html").write_text("More.")
    made(order)
    assert {page.template for page in rendered} == {"calendar.html"}
    assert b"More.<h1" in (order.target / "calendar" / "index.html").read_bytes()


def test_a_template_that_breaks_is_told_and_the_old_site_stands(tmp_path: Path) -> None:
    order = fresh(tmp_path / "site")
    made(order)
    found = contents(order.target)
    page = order.site / "templates" / "calendar.html"
    page.write_text(page.read_text("utf-8") + "{% if %}", "utf-8")
    with pytest.raises(SiteError, match=r"calendar\.html, line \d+"):
        made(order)
    assert contents(order.target) == found
