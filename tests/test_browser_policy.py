"""Served by nginx as docs/operator.md has it, no page breaks its policy, and what is planted in one does not run."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import instance_in, kinds_of_page, needs_browser, new_page, news, tell, until
from hosts import needs_nginx, nginx
from playwright.sync_api import Browser, ConsoleMessage, Page, Route

pytestmark = [needs_browser, needs_nginx]
BOX_OFFICE = "https://tickets.lantern.example"
PLANTED = f"""
<script>window.planted = "inline"</script>
<script src="https://elsewhere.example/planted.js"></script>
<script src="{BOX_OFFICE}/planted.js"></script>
<img src="/nothing.png" alt="" onerror="window.planted = 'handler'">
<a id="link" href="javascript:window.planted = 'link'">Link</a>
<p id="styled" style="color: rgb(1, 2, 3)">Words</p>
<iframe src="https://elsewhere.example/" title="Planted"></iframe>
<object data="/icon.svg"></object>
<base href="https://elsewhere.example/">
</main>"""
REFUSED = (
    "script-src-elem inline", "script-src-attr inline", "script-src-elem https://elsewhere.example/planted.js",
    "style-src-attr inline", "frame-src https://elsewhere.example",
)  # fmt: skip


@pytest.fixture(scope="module")
def port(output: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where nginx serves a copy of the demo, in which the page of offers and a date's hold what they should not."""
    work = tmp_path_factory.mktemp("nginx")
    shutil.copytree(output, work / "output", copy_function=shutil.copyfile)
    for path in ("offers/", instance_in(output, "on_sale")):
        file = work / "output" / path.strip("/") / "index.html"
        file.write_text(file.read_text("utf-8").replace("</main>", PLANTED), "utf-8")
    with nginx(work / "output", work) as port:
        yield port


@pytest.fixture
def page(browser: Browser, port: int) -> Iterator[Page]:
    """A page; the box office answers with a script that says it ran, and a frame with a button."""
    page = new_page(browser, f"http://127.0.0.1:{port}", 1280)
    page.route(f"{BOX_OFFICE}/**", box_office)
    yield page
    page.context.close()


def box_office(route: Route) -> None:
    """The booking script, or the frame."""
    if route.request.resource_type == "script":
        body = "planted" if "planted" in route.request.url else "isSized"
        route.fulfill(content_type="text/javascript", body=f"window.{body} = 'box office'")
    else:
        route.fulfill(content_type="text/html", body="<script>document.write('<button>Seat</button>')</script>")


def test_no_kind_of_page_breaks_its_policy(page: Page, output: Path) -> None:
    kinds = kinds_of_page(output) | {"checkout": "/checkout/", "account": "/account/", "nothing": "/nothing/here/"}
    said: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("console", heard)
    found = {}
    for kind, path in kinds.items():
        if kind in ("offers", "on sale"):  # they are spoilt
            continue
        page.goto(path)
        page.locator("[data-as-at]:not(:has(*))").wait_for(state="attached")  # the news has come
        found[kind] = (page.evaluate("refused"), said.copy())
        said.clear()
    missing = "Failed to load resource: the server responded with a status of 404 (Not Found)"
    expected: dict[str, tuple[list[str], list[str]]] = {kind: ([], []) for kind in found}
    assert found == expected | {"nothing": ([], [missing])}


@pytest.mark.parametrize("kind", ["basket", "limited"])
def test_the_box_office_has_its_frame_and_its_script(page: Page, output: Path, kind: str) -> None:
    page.goto(kinds_of_page(output)[kind])
    page.frame_locator("#SpektrixIFrame").get_by_role("button", name="Seat").wait_for()
    assert (page.evaluate("window.isSized"), page.evaluate("refused")) == ("box office", [])


def test_a_frame_that_opens_later_is_let_in(page: Page, output: Path) -> None:
    path, changed = instance_in(output, "not_yet_on_sale"), news(output)
    changed["instances"][path.strip("/").rpartition("/")[2]]["state"] = "on_sale"
    tell(page, changed)
    page.goto(path)
    page.frame_locator("#SpektrixIFrame").get_by_role("button", name="Seat").wait_for()
    assert page.evaluate("refused") == []


@pytest.mark.parametrize("kind", ["offers", "on sale"])
def test_what_is_planted_does_not_run(page: Page, output: Path, kind: str) -> None:
    page.goto(kinds_of_page(output)[kind])
    page.locator("#link").click()
    until(page, "wanted => wanted.every((one) => refused.includes(one))", list(REFUSED))
    only_here = f"script-src-elem {BOX_OFFICE}/planted.js"
    is_refused = only_here in page.evaluate("refused")
    assert (page.evaluate("window.planted"), is_refused) == (
        (None, True) if kind == "offers" else ("box office", False)
    )
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).color") != "rgb(1, 2, 3)"
    assert page.evaluate("document.baseURI").startswith("http://127.0.0.1")
