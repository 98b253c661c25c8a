"""A build makes again only what is made from something else, and is as one of a fresh folder, whatever has changed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from increments import fresh, made, run

from generator import calendars, production, write
from generator.plan import Page
from generator.render import Renderer

SEEDS, STEPS = 3, 8


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_build_on_top_of_another_is_as_one_of_a_fresh_folder(seed: int, tmp_path: Path) -> None:
    run(tmp_path, STEPS, 1000 + seed)


def test_what_is_done_on_large_sites_alone_makes_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "MANY", 0)
    monkeypatch.setattr(write, "MANY", 0)
    monkeypatch.setattr(production, "TASKS_A_ROUND", 3)
    run(tmp_path, STEPS, 2000)


def test_pages_made_from_the_same_are_not_rendered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = fresh(tmp_path / "site")
    made(order)
    rendered: list[str] = []
    whole = Renderer.page

    def noted(own: Renderer, page: Page) -> bytes:
        rendered.append(page.path)
        return whole(own, page)

    monkeypatch.setattr(Renderer, "page", noted)
    status = order.site / "feed" / "instance-status.xml"
    status.write_text(status.read_text().replace("<Available>31<", "<Available>0<"))  # of date 1002, of event 101
    made(order)
    assert {path.split("/")[0] for path in rendered} == {
        "", "404.html", "access", "calendar", "events", "genres", "venues", "whats-on",
    }  # fmt: skip
    assert {path for path in rendered if path.startswith("events/")} == {
        "events/macbeth/",
        *(f"events/macbeth/{number}/" for number in range(1001, 1005)),
    }
    rendered.clear()
    made(replace(order, now=order.now + timedelta(minutes=1)))
    assert rendered == []
