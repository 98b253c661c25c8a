"""A real browser on a built site, its fixtures and what is measured of a page.

`look` is the door: a page opened as a visitor does, scrolled to its end, with slow pictures, and what came of it.
A fixture lasts for a module, as a process can drive one browser at a time.
"""

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Error, Page, Request, Response, Route, sync_playwright
from surfaces import PROJECT, availability, build, instance_pages, only, read_page

from generator.studio.netlify import headers_for

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BUILT = "2026-11-25T12:00:00Z"
SOON_AFTER = "2026-11-25T12:05:00Z"
needs_browser = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium; `make browser` installs it on Debian")
Open = Callable[..., Page]

MEASURE = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
window.refused = [];
addEventListener("securitypolicyviolation", (event) => refused.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""
SCROLL = """async () => {
  for (let top = 0; top < document.body.scrollHeight && top < 12000; top += innerHeight) {
    scrollTo({ top, behavior: "instant" });
    await new Promise(requestAnimationFrame);
  }
  const isNear = (image) => image.getBoundingClientRect().top < innerHeight;
  const pending = [...document.images].filter((image) => !image.complete && isNear(image));
  const loaded = Promise.all(pending.map((image) => new Promise((done) => {
    image.onload = image.onerror = done;
    image.loading = "eager"; // on a busy machine it was passed by before it was seen
  })));
  await Promise.race([loaded, new Promise((_, fail) => setTimeout(fail, 20000, new Error("pictures did not come")))]);
  scrollTo({ top: 0, behavior: "instant" });
}"""
SPILLS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """[...document.querySelectorAll("a, button, summary, input, [tabindex='0']")]
  .filter((target) => target.checkVisibility() && !target.closest(".unseen, .skip"))
  .filter((target) => getComputedStyle(target).display !== "inline"
    || target.parentElement.textContent.trim() === target.textContent.trim())
  .filter((target) => Math.min(target.getBoundingClientRect().width, target.getBoundingClientRect().height) < 23.5)
  .filter((target) => getComputedStyle(target, "::after").position !== "absolute") // the whole card is the target
  .map((target) => `${target.textContent.trim()} ${Math.round(target.getBoundingClientRect().height)}`)"""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Slow(SimpleHTTPRequestHandler):
    """Serves a folder without a word, with the headers that Netlify would give, pictures late."""

    def do_GET(self) -> None:  # its name in the library
        """Answer, a picture after a while."""
        if self.path.endswith((".avif", ".webp", ".jpg", ".svg")):
            time.sleep(0.1)
        super().do_GET()

    def end_headers(self) -> None:
        """Add the headers of the path."""
        for name, value in self.of_host().items():
            if name != "Content-Type":
                self.send_header(name, value)
        super().end_headers()

    def guess_type(self, path: Any) -> str:
        """The type of a file, as the host is told, or else as it may guess."""
        return self.of_host().get("Content-Type") or super().guess_type(path)

    def of_host(self) -> dict[str, str]:
        """What `_headers` says of the path."""
        rules = Path(self.directory) / "_headers"
        return dict(headers_for(rules.read_bytes(), urlsplit(self.path).path)) if rules.is_file() else {}

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Does not mind visitors who leave before they are served."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


def serve(folder: Path) -> Iterator[str]:
    """Serves a folder; gives its address."""
    with Server(("127.0.0.1", 0), partial(Slow, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def output() -> Path:
    """The built demo."""
    return build(PROJECT, None, BUILT)


@pytest.fixture(scope="module")
def address(output: Path) -> Iterator[str]:
    """Where the built demo is served."""
    yield from serve(output)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Open]:
    """Opens pages of the demo, each with the settings asked for, and closes them."""
    pages: list[Page] = []

    def opened(width: int = 1280, now: str = SOON_AFTER, **settings: Any) -> Page:
        pages.append(new_page(browser, address, width, now, **settings))
        return pages[-1]

    yield opened
    for page in pages:
        page.context.close()


def new_page(browser: Browser, address: str, width: int, now: str = SOON_AFTER, **settings: Any) -> Page:
    """A page of that width at that time; other hosts answer with a button, as nothing here may reach them."""
    page = browser.new_page(viewport={"width": width, "height": 800}, base_url=address, **settings)
    page.clock.set_fixed_time(now)
    page.add_init_script(MEASURE)
    page.route(lambda url: not url.startswith(address), answer_for_others)
    page.set_default_timeout(10_000)
    return page


def until(page: Page, condition: str, arg: object = None) -> None:
    """Waits until a script is true. It is asked from outside, as a page's policy lets nothing be evaluated later on."""
    deadline = time.monotonic() + 30
    while not is_so(page, condition, arg):
        assert time.monotonic() < deadline, f"is not so: {condition}"
        page.wait_for_timeout(20)


def is_so(page: Page, condition: str, arg: object) -> bool:
    """Whether a script is true of the page; not so while another page takes its place."""
    try:
        return bool(page.evaluate(condition, arg))
    except Error as error:
        if "context was destroyed" in error.message or "navigat" in error.message:
            return False
        raise


def answer_for_others(route: Route) -> None:
    """A button in a frame, an empty script."""
    is_script = route.request.resource_type == "script"
    kind, body = ("text/javascript", "") if is_script else ("text/html", "<button>Seat</button>")
    route.fulfill(content_type=kind, body=body)


@dataclass(frozen=True, slots=True)
class Look:
    """What came of opening a page: pixels beyond its edge, how far things jumped, targets too small for a finger,

    addresses of other hosts, failures of its own host and scripts, what its policy refused, what axe finds.
    """

    spills: int
    shift: float
    small: tuple[str, ...]
    foreign: tuple[str, ...]
    failures: tuple[str, ...]
    refused: tuple[str, ...]
    axe: tuple[str, ...]


def look(page: Page, address: str, path: str) -> Look:
    """Opens a page, scrolls to its end, and measures; it is in the colours that its browser was asked for."""
    foreign: list[str] = []
    failures: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((address, "data:")):
            foreign.append(request.url)

    def answered(response: Response) -> None:
        if response.status >= 400:
            failures.append(response.url)

    listeners: dict[Any, Any] = {
        "request": asked,
        "response": answered,
        "pageerror": lambda error: failures.append(str(error)),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    page.goto(path)
    page.evaluate(SCROLL)
    page.locator("[data-as-at]:not(:has(*))").wait_for(state="attached")  # the news has come
    spills, shift, small, refused = (page.evaluate(script) for script in (SPILLS, "window.shift", SMALL, "refused"))
    seen = tuple(small), tuple(foreign), tuple(failures), tuple(refused), axe(page)
    found = Look(spills, round(shift, 4), *seen)
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    return found


def axe(page: Page) -> tuple[str, ...]:
    """What axe finds on the page: rule and element."""
    page.evaluate("[...document.querySelectorAll('.date')].slice(12).forEach((date) => date.remove())")  # all alike
    page.evaluate(AXE_SCRIPT)
    options = {"runOnly": AXE_TAGS, "resultTypes": ["violations"], "iframes": False}  # axe is not in frames
    found = page.evaluate(f"axe.run({json.dumps(options)}).then((results) => results.violations)")
    return tuple(f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"])


def kinds_of_page(output: Path) -> dict[str, str]:
    """The address of one page of each kind that the demo has."""
    return {
        "home": "/",
        "what’s on": "/whats-on/",
        "event": "/events/hamlet/",
        "event without dates": "/events/storm-glass/",
        "on sale": instance_in(output, "on_sale"),
        "not yet on sale": instance_in(output, "not_yet_on_sale"),
        "limited": instance_in(output, "limited"),
        "sold out": instance_in(output, "sold_out"),
        "cancelled": instance_in(output, "cancelled"),
        "past": instance_in(output, "past"),
        "calendar": "/calendar/",
        "month": "/calendar/2026-12/",
        "genres": "/genres/",
        "genre": "/genres/comedy/",
        "accesses": "/access/",
        "access": "/access/audio-described/",
        "venues": "/venues/",
        "venue": "/venues/main-house/",
        "offers": "/offers/",
        "memberships": "/memberships/",
        "archive": "/archive/",
        "basket": "/basket/",
        "own page": "/visit/",
        "not found": "/404.html",
    }


def instance_in(output: Path, state: str) -> str:
    """The address of the first instance in that state."""
    pages = (page for _, page in sorted(instance_pages(output).items()))
    found = next(page for page in pages if only(read_page(page), "main").get("data-state") == state)
    return f"/{found.parent.relative_to(output).as_posix()}/"


def news(output: Path) -> dict[str, Any]:
    """A copy of availability.json to change."""
    document: dict[str, Any] = json.loads(json.dumps(availability(output)))
    return document


def tell(page: Page, document: object) -> None:
    """Has the page's own host say this in availability.json from now on."""
    body = document if isinstance(document, str) else json.dumps(document)
    page.unroute("**/availability.json")
    page.route("**/availability.json", lambda route: route.fulfill(content_type="application/json", body=body))
