"""The keyboard alone reaches all there is, and always shows where it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Open, instance_in, kinds_of_page, needs_browser, until
from playwright.sync_api import Page, expect

pytestmark = needs_browser
FOCUSED = """() => {
  const element = document.activeElement;
  const outlined = [element, element.closest(".card")].filter(Boolean);
  return {
    text: element.textContent.trim(),
    href: element.href ?? "",
    tag: element.tagName,
    ring: outlined.map((one) => getComputedStyle(one))
      .some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
  };
}"""


def tab_to(page: Page, href: str = "", tag: str = "") -> None:
    """Presses Tab until the focus is on a link to that address, or on that element; it must show at every step."""
    for _ in range(150):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if tag and focused["tag"] == tag:
            return
        assert focused["ring"], f"the focus does not show on {focused}"
        if href and focused["href"].endswith(href):
            return
    raise AssertionError(f"the keyboard never came to {href or tag}")


def test_the_first_tab_skips_to_the_content(open_page: Open) -> None:
    page = open_page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_from_the_home_page_into_the_booking_frame(open_page: Open, output: Path) -> None:
    page = open_page()
    instance = instance_in(output, "on_sale")
    event = "/".join(instance.split("/")[:3]) + "/"
    page.goto("/")
    for address in ("/whats-on/", event, instance):
        tab_to(page, address)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{address}")
    booking = page.locator(".plain-link a").get_attribute("href") or ""
    page.frame_locator("#SpektrixIFrame").get_by_role("button").wait_for()
    tab_to(page, booking)
    page.keyboard.press("Tab")  # from the plain link into the frame, which another process draws
    until(page, "document.activeElement.tagName === 'IFRAME'")
    named = page.evaluate("['name', 'id', 'src', 'title'].map(name => document.activeElement.getAttribute(name))")
    script = page.locator("script[src$='integrate.js']").get_attribute("src")
    assert named[:3] == ["SpektrixIFrame", "SpektrixIFrame", booking]
    assert "Book tickets for" in named[3]
    assert script == "https://tickets.lantern.example/lantern/website/scripts/integrate.js"


def test_the_frame_says_that_it_opens_and_keeps_its_room(open_page: Open, output: Path) -> None:
    page = open_page()
    page.route("**/ChooseSeats.aspx*", lambda route: None)  # it never comes
    page.goto(instance_in(output, "on_sale"), wait_until="commit")
    expect(page.locator(".frame-wait")).to_be_visible()
    assert page.locator(".frame").evaluate("frame => frame.offsetHeight") >= 1000


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(open_page: Open) -> None:
    page = open_page(360)
    page.goto("/visit/")
    entry = page.locator("#menu").get_by_role("link", name="Calendar")
    before = entry.is_visible()
    button = page.get_by_role("button", name="Menu")
    button.focus()
    page.keyboard.press("Enter")
    expect(entry).to_be_visible()
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.closest('#menu') !== null")
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    assert (before, first, page.evaluate("document.activeElement.className")) == (False, True, "menu-button")


def test_copying_the_calendars_address_says_that_it_is_done(open_page: Open) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/events/hamlet/")
    button = page.get_by_role("button", name="Copy the address")
    button.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "https://www.lantern.example/events/hamlet/calendar.ics"


@pytest.fixture
def month(open_page: Open) -> Iterator[Page]:
    """December of the demo, the focus on its first day with an event."""
    page = open_page()
    page.goto("/calendar/2026-12/")
    page.wait_for_selector("[role=grid]")
    page.locator("td[tabindex='0']").focus()
    yield page


def walked(page: Page, *keys: str) -> list[str]:
    """The days that the keys lead to, one after the other."""
    days = []
    for key in keys:
        page.keyboard.press(key)
        days.append(page.evaluate("document.activeElement.dataset.date ?? document.activeElement.tagName"))
    return days


def test_arrows_home_and_end_walk_the_month(month: Page) -> None:
    month.locator("td[data-date='2026-12-09']").focus()
    keys = ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "Home", "End", "End")
    assert walked(month, *keys) == [
        "2026-12-10", "2026-12-17", "2026-12-16", "2026-12-09", "2026-12-07", "2026-12-13", "2026-12-13",
    ]  # fmt: skip


def test_the_month_ends_where_it_ends(month: Page) -> None:
    month.locator("td[data-date='2026-12-31']").focus()
    assert walked(month, "ArrowRight", "ArrowDown", "Home") == ["2026-12-31", "2026-12-31", "2026-12-28"]


def test_enter_goes_into_a_day_and_escape_out_of_it(month: Page) -> None:
    day = month.evaluate("document.activeElement.dataset.date")
    assert walked(month, "Enter", "Escape") == ["A", day]


def test_page_keys_turn_the_month_and_stay_in_the_grid(month: Page) -> None:
    month.keyboard.press("PageDown")
    month.wait_for_url("**/calendar/2027-01/#focus")
    month.wait_for_selector("td:focus")
    month.keyboard.press("PageUp")
    month.wait_for_url("**/calendar/2026-12/#focus")
    month.wait_for_selector("td:focus")


def test_one_day_is_in_the_order_of_tabs(month: Page) -> None:
    month.keyboard.press("ArrowRight")
    here = month.evaluate("document.activeElement.dataset.date")
    stops = month.locator("td[tabindex='0']").evaluate_all("days => days.map(day => day.dataset.date)")
    assert stops == [here]


def test_from_right_to_left_the_arrows_follow_the_eye(open_page: Open) -> None:
    page = open_page()
    page.add_init_script("document.addEventListener('readystatechange', () => (document.documentElement.dir = 'rtl'))")
    page.goto("/calendar/2026-12/")
    page.wait_for_selector("[role=grid]")
    page.locator("td[data-date='2026-12-09']").focus()
    left, right = (page.locator(f"td[data-date='2026-12-{day}']").bounding_box() for day in ("10", "09"))
    assert left and right and left["x"] < right["x"]
    assert walked(page, "ArrowLeft", "ArrowRight", "ArrowRight") == ["2026-12-10", "2026-12-09", "2026-12-08"]


def test_on_a_phone_arrows_go_through_the_list_of_days(open_page: Open) -> None:
    page = open_page(360)
    page.goto("/calendar/2026-12/")
    page.wait_for_selector("[role=grid]")
    listed = page.locator("td[data-date]:visible").evaluate_all("days => days.map(day => day.dataset.date)")
    page.locator("td[tabindex='0']").focus()
    assert walked(page, "ArrowDown", "ArrowDown", "ArrowUp") == [listed[1], listed[2], listed[1]]


def test_focus_shows_on_every_stop_of_every_kind_of_page(open_page: Open, output: Path) -> None:
    page = open_page()
    hidden = {}
    for kind in ("event", "calendar", "offers"):
        page.goto(kinds_of_page(output)[kind])
        for _ in range(25):
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            if not focused["ring"] and focused["tag"] != "BODY":
                hidden[kind] = focused
    assert hidden == {}
