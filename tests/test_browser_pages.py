"""Every kind of page in a real browser, on a phone and a desk: nothing spills, jumps, fails or shuts anybody out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Look, Open, kinds_of_page, look, needs_browser, new_page
from playwright.sync_api import Browser

pytestmark = needs_browser
FRAMED = ("basket", "on sale", "limited")
AN_HOUR_AND_A_HALF_LATER = "2026-11-25T13:30:00Z"
Looks = dict[str, Look]


@pytest.fixture(scope="module")
def looks(browser: Browser, address: str, output: Path) -> Iterator[Looks]:
    """Every kind of page: on the smallest phone with old news, in the dark, and at a desk with fresh, in light."""
    phone = new_page(browser, address, 320, AN_HOUR_AND_A_HALF_LATER, color_scheme="dark")
    desk = new_page(browser, address, 1280)
    yield {
        f"{kind}, {name}": look(page, address, path)
        for name, page in (("phone", phone), ("desk", desk))
        for kind, path in kinds_of_page(output).items()
    }
    phone.context.close()
    desk.context.close()


def test_nothing_spills_over_the_edge(looks: Looks) -> None:
    assert {kind: found.spills for kind, found in looks.items() if found.spills} == {}


def test_nothing_jumps_while_pictures_and_news_come(looks: Looks) -> None:
    a_word_wider = 0.001  # a state that is said in more letters moves its neighbour on the line
    assert {kind: found.shift for kind, found in looks.items() if found.shift >= a_word_wider} == {}


def test_a_finger_can_hit_what_is_not_part_of_a_sentence(looks: Looks) -> None:
    assert {kind: found.small for kind, found in looks.items() if found.small} == {}


def test_everything_a_page_asks_of_its_own_host_is_there_and_no_script_fails(looks: Looks) -> None:
    assert {kind: found.failures for kind, found in looks.items() if found.failures} == {}


def test_only_pages_with_a_frame_ask_anything_of_others(looks: Looks) -> None:
    asking = {kind.partition(",")[0] for kind, found in looks.items() if found.foreign}
    assert asking == set(FRAMED)


def test_the_policy_of_a_page_refuses_nothing_that_it_needs(looks: Looks) -> None:
    assert {kind: found.refused for kind, found in looks.items() if found.refused} == {}


def test_axe_finds_nothing_in_light_or_dark(looks: Looks) -> None:
    assert {kind: found.axe for kind, found in looks.items() if found.axe} == {}


def test_colours_follow_the_visitors_scheme(open_page: Open) -> None:
    page = open_page()
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto("/")
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(19, 18, 16)"]


def test_who_wants_no_motion_gets_none(open_page: Open, output: Path) -> None:
    page = open_page(reduced_motion="reduce")
    page.goto(kinds_of_page(output)["on sale"])
    moving = """[...document.querySelectorAll("*")]
      .flatMap((element) => ["", "::before", "::after"].map((part) => getComputedStyle(element, part)))
      .filter((style) => style.animationName !== "none" || style.transitionDuration !== "0s"
        || style.scrollBehavior === "smooth").length"""
    assert page.evaluate(moving) == 0


def test_paper_has_the_title_and_the_dates_and_no_way_around(open_page: Open, output: Path) -> None:
    page = open_page()
    shown = {}
    for kind in ("event", "on sale"):
        page.goto(kinds_of_page(output)[kind])
        page.emulate_media(media="print")
        wanted = ("h1", "main time", "nav", "iframe", ".calendars", ".button", ".skip")
        visible = "(name) => [...document.querySelectorAll(name)].some((element) => element.checkVisibility())"
        shown[kind] = [name for name in wanted if page.evaluate(visible, name)]
        assert page.pdf().startswith(b"%PDF")
        page.emulate_media(media="screen")
    assert shown == {"event": ["h1", "main time"], "on sale": ["h1", "main time"]}
