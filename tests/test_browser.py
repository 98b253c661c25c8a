"""The demo venue in a real browser: nothing spills over, the keyboard reaches what it must, the frame is right."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright
from surfaces import PROJECT, availability, build

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
KINDS = {
    "home": "/",
    "what's on": "/whats-on/",
    "event": "/events/hamlet/",
    "calendar": "/calendar/",
    "genre": "/genres/comedy/",
    "access": "/access/",
    "offers": "/offers/",
    "memberships": "/memberships/",
    "archive": "/archive/",
    "basket": "/basket/",
    "own page": "/visit/",
    "not found": "/404.html",
}
pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium; `make browser` installs it on Debian")


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def output() -> Path:
    """The built demo."""
    return build(PROJECT, None, "2026-11-25T12:00:00Z")


@pytest.fixture(scope="module")
def address(output: Path) -> Iterator[str]:
    """Where the built demo is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(output))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def phone(browser: Browser, address: str) -> Page:
    """A page as wide as a small phone, that cannot reach other hosts."""
    return opened(browser, address, 360)


@pytest.fixture(scope="module")
def desktop(browser: Browser, address: str) -> Page:
    """A page as wide as a desktop, that cannot reach other hosts."""
    return opened(browser, address, 1280)


def opened(browser: Browser, address: str, width: int) -> Page:
    """A page of that width; other hosts answer with a button in a frame, as nothing here may reach them."""
    page = browser.new_page(viewport={"width": width, "height": 800}, base_url=address)
    page.route(lambda url: not url.startswith(address), lambda route: route.fulfill(body="<button>Seat</button>"))
    page.set_default_timeout(5000)
    return page


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_spills_over_the_edge(phone: Page, desktop: Page, kind: str) -> None:
    spills = {}
    for name, page in (("phone", phone), ("desktop", desktop)):
        page.goto(KINDS[kind])
        spills[name] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert spills == {"phone": 0, "desktop": 0}


@pytest.mark.parametrize("kind", KINDS)
def test_everything_a_page_asks_of_its_own_host_is_there(desktop: Page, address: str, kind: str) -> None:
    missing: list[str] = []
    desktop.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
    desktop.goto(KINDS[kind], wait_until="networkidle")
    assert missing == []


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"basket"}))
def test_only_pages_with_a_frame_ask_anything_of_others(desktop: Page, address: str, kind: str) -> None:
    foreign: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(address):
            foreign.append(request.url)

    desktop.on("request", note)
    desktop.goto(KINDS[kind], wait_until="networkidle")
    desktop.remove_listener("request", note)
    assert foreign == []


def test_the_first_tab_skips_to_the_content(desktop: Page) -> None:
    desktop.goto("/")
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.textContent") == "Skip to the content"
    desktop.keyboard.press("Enter")
    assert desktop.evaluate("document.activeElement.id") == "main"


def test_the_keyboard_alone_reaches_the_booking_frame(desktop: Page, output: Path) -> None:
    dates = availability(output)["instances"].items()
    booked = next(instance for _, instance in dates if "booking_url" in instance)
    desktop.goto(booked["url"].removeprefix("https://www.lantern.example"))
    desktop.frame_locator("#SpektrixIFrame").get_by_role("button").wait_for()
    for _ in range(40):
        desktop.keyboard.press("Tab")
        if desktop.evaluate("document.activeElement.href") == booked["booking_url"]:
            break
    desktop.keyboard.press("Tab")  # from the plain link into the frame, which another process draws
    desktop.wait_for_function("document.activeElement.tagName === 'IFRAME'")
    named = desktop.evaluate("['name', 'id', 'src'].map(name => [name, document.activeElement.getAttribute(name)])")
    assert dict(named) == {
        "name": "SpektrixIFrame",
        "id": "SpektrixIFrame",
        "src": booked["booking_url"],
    }


def test_colours_follow_the_visitors_scheme(browser: Browser, address: str) -> None:
    page = opened(browser, address, 1280)
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto("/")
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(251, 248, 242)", "rgb(23, 19, 15)"]
