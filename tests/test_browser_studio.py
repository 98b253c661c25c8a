"""The studio in a real browser: what is saved is seen, and what is wrong, until it is mended."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from studio import Asked, copy_of_demo

from generator.studio.changes import changed
from generator.studio.server import Studio, listening, serving
from generator.studio.watch import watching

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
# While a page is being loaded, there may be nothing in it yet: what waits for an element asks whether it is there.
IS_RELOADED = "(performance.getEntriesByType('navigation')[0].type === 'reload')"
HAS = "words => document.body?.textContent.includes(words)"
# Notes in the open page that words have come, and whether what was hidden there is so still.
SEES = """words => {
    const hidden = document.querySelector('h1');
    hidden.hidden = true;
    new MutationObserver(() => {
        if (!document.body.textContent.includes(words)) return;
        sessionStorage.setItem('seen', hidden.isConnected && hidden.hidden);
    }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
}"""
pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium; `make browser` installs it on Debian")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, to be edited."""
    return copy_of_demo(tmp_path_factory.mktemp("site").resolve())


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the demo is served, and watched."""
    desk = Asked(site).desk

    def follow(paths: set[Path]) -> None:
        change = changed(paths, desk.workshop.folders)
        if change:
            desk.follow(change)

    with (
        listening("127.0.0.1", 0, 1) as listener,
        serving(Studio(desk, ()), listener),
        watching(lambda: desk.workshop.folders, follow, is_polling=False),
    ):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    """A page that reaches no other host."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=address, bypass_csp=True)  # as what waits for a page is evaluated in it
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())
        yield page
        browser.close()


def test_a_stylesheet_is_swapped_without_a_reload(page: Page, site: Path) -> None:
    page.goto("/visit/")
    page.evaluate("window.isStillHere = true")
    file = site / "templates" / "assets" / "site.css"
    file.write_text(file.read_text() + "\nh1 { outline: 7px solid }")
    page.wait_for_function("(h1 => h1 && getComputedStyle(h1).outlineWidth)(document.querySelector('h1')) === '7px'")
    assert page.evaluate("window.isStillHere")


def test_words_are_shown_and_the_place_is_kept(page: Page, site: Path) -> None:
    page.goto("/visit/")
    page.evaluate("scrollTo({ top: 300, behavior: 'instant' })")
    file = site / "content" / "pages" / "visit.md"
    file.write_text(file.read_text() + "\n\nSaved a moment ago.\n")
    page.wait_for_function(HAS, arg="Saved a moment ago.")
    page.wait_for_function(f"{IS_RELOADED} && scrollY === 300")


def test_words_are_in_the_open_page_before_it_is_loaded_anew(page: Page, site: Path) -> None:
    page.goto("/visit/")
    page.evaluate(SEES, "Saved just now.")
    file = site / "content" / "pages" / "visit.md"
    file.write_text(file.read_text() + "\n\nSaved just now.\n")
    page.wait_for_function(f"{IS_RELOADED} && sessionStorage.getItem('seen')")
    assert page.evaluate("sessionStorage.getItem('seen')") == "true"
    page.wait_for_function("document.querySelector('h1')?.hidden === false")


def test_what_is_wrong_is_shown_and_goes_away(page: Page, site: Path) -> None:
    page.goto("/visit/")
    file = site / "templates" / "page.html"
    before = file.read_text()
    file.write_text(before.replace("{{ body }}", "{{ bodi }}"))
    page.wait_for_function(HAS, arg="Did you mean body?")
    page.wait_for_function("window.isStillHere = true")  # again, if the page is loaded anew just then
    file.write_text(before)
    page.wait_for_function(f"words => !window.isStillHere && ({HAS})(words)", arg="Saved a moment ago.")


def test_the_panel_opens_at_a_key_and_shuts(page: Page) -> None:
    page.goto("/events/hamlet/43128/")
    page.keyboard.press("?")
    panel = page.frame_locator("sitegen-why iframe")
    panel.get_by_text("The words on this date say cancelled").wait_for()
    panel.get_by_role("button", name="Shut").click()
    page.wait_for_function("!document.querySelector('sitegen-why')")


def test_the_gallery_makes_a_scene_dark_narrow_and_later(page: Page) -> None:
    page.goto("/_studio/")
    for button in ("Phone", "Dark", "before on sale"):
        page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_function("document.querySelector('iframe')?.contentDocument?.querySelector('main')?.dataset.state")
    page.wait_for_function("document.querySelector('iframe')?.src.includes('_now=')")
    page.wait_for_function(
        "document.querySelector('iframe')?.contentDocument?.querySelector('main')?.dataset.state === 'not_yet_on_sale'",
    )
    assert page.evaluate("document.querySelector('iframe').clientWidth") == 360
    page.wait_for_function(
        "document.querySelector('iframe')?.contentDocument?.documentElement?.dataset.scheme === 'dark'"
    )
