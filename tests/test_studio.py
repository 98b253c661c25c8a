"""The gallery shows what a theme must cope with, and the panel says why a page is as it is."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from live import NOW as PULL_NOW
from live import options, site_of
from studio import NOW, Asked, copy_of_demo
from surfaces import PROJECT

from generator.sandbox.server import running
from generator.spektrix import parse
from generator.studio.changes import Stage

Start = Callable[..., subprocess.Popen[str]]
STATES = {
    "on_sale", "limited", "unknown", "not_yet_on_sale", "sold_out", "not_on_sale_online", "sales_ended", "postponed",
    "cancelled", "past",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """A studio on the demo."""
    return Asked(copy_of_demo(tmp_path_factory.mktemp("demo")))


def page(asked: Asked, path: str) -> str:
    """A page without its escapes; it must be there."""
    response = asked.get(path)
    assert response.status_code == 200, response.data.decode()
    return unescape(response.data.decode())


def scenes(asked: Asked) -> dict[str, str]:
    """The scenes of the gallery: "group: title" → address."""
    text = page(asked, "/_studio/")
    found: dict[str, str] = {}
    for group in text.split("<summary>")[1:]:
        links = re.findall(r'<li><a href="([^"]+)" data-moments="[^"]*">([^<]+)</a>', group)
        found |= {f"{group.partition('<')[0]}: {title}": address for address, title in links}
    return found


def test_every_scene_of_the_gallery_is_there(demo: Asked) -> None:
    addresses = scenes(demo).values()
    assert len(addresses) > 40
    assert {demo.get(address).status_code for address in addresses} == {200}


def test_a_date_of_the_gallery_books_on_the_studio_itself_and_its_data_is_whole(demo: Asked) -> None:
    address = scenes(demo)["A date: On sale"]
    frame = re.findall(r'<iframe [^>]*src="([^"]+)"', page(demo, address))
    news = demo.get(f"{address.partition('/events/')[0]}/availability.json")
    booked = {row["booking_url"] for row in json.loads(news.data)["instances"].values() if "booking_url" in row}
    instance = address.rstrip("/").rpartition("/")[2]
    own = f"/_studio/booking?{instance}"
    assert (frame, f"https://studio.invalid{own}" in booked, demo.get(own).status_code) == ([own], True, 200)


def test_the_gallery_shows_a_date_and_an_event_in_every_state(demo: Asked) -> None:
    pages = [page(demo, address) for address in scenes(demo).values()]
    mains = [found[1] for text in pages if (found := re.search(r"<main([^>]*)>", text))]
    states = [(bool(re.search("data-instance", main)), re.search(r'data-state="(\w+)"', main)) for main in mains]
    shown = {is_date: {state[1] for date, state in states if state and date is is_date} for is_date in (True, False)}
    assert shown == {True: STATES, False: STATES}


def test_the_gallery_shows_the_odd_and_the_empty(demo: Asked) -> None:
    shown = {title: page(demo, address) for title, address in scenes(demo).items()}
    assert 'dir="rtl"' in shown["Right to left: Event: ابنة حارس المنارة"]
    assert (
        shown["An event: The autumn night"].count("1.30am BST")
        == shown["An event: The autumn night"].count("1.30am GMT")
        > 0
    )
    assert "Fish Steps" in shown["An event: Hardly anything"]
    assert "Fish Steps" not in shown["Empty venue: Event: A show on sale"]
    assert len(shown["An event: Much of everything"]) > 5 * len(shown["An event: Hardly anything"])


def test_what_the_gallery_shows_follows_the_clock(demo: Asked) -> None:
    address = scenes(demo)["A date: On sale soon"]
    told = {}
    for moment in ("2026-11-26T11:59:59Z", "2026-11-26T12:00:00Z", "2027-06-01T12:00:00Z"):
        found = re.search(r'data-state="(\w+)"', page(demo, f"{address}?_now={moment}"))
        told[moment] = found and found[1]
    assert list(told.values()) == ["not_yet_on_sale", "on_sale", "past"]


def test_the_gallery_is_made_with_the_sites_own_templates(tmp_path: Path) -> None:
    asked = Asked(copy_of_demo(tmp_path))
    footer = tmp_path / "templates" / "_partials" / "footer.html"
    footer.write_text(footer.read_text() + "<p>OUR OWN</p>")
    asked.saved(Stage.TEMPLATES)
    assert "OUR OWN" in page(asked, scenes(asked)["A date: Cancelled"])


def why(asked: Asked, path: str) -> str:
    """The panel of a page, its tags gone."""
    text = asked.get(f"/_studio/why?path={quote(path)}").data.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_the_panel_says_by_which_rule_a_date_has_its_state(demo: Asked) -> None:
    programme = demo.desk.workshop.website().plan.programme
    by_state = {str(date.state): date.path for _, date in programme.instances}
    given = {state: re.search(r"→ (\w+)", why(demo, f"/{path}")) for state, path in by_state.items()}
    assert {state: found and found[1] for state, found in given.items()} == {state: state for state in STATES}


def test_the_panel_says_what_a_page_is_made_from(tmp_path: Path) -> None:
    asked = Asked(copy_of_demo(tmp_path))
    (tmp_path / "templates" / "base.html").unlink()
    asked.saved(Stage.TEMPLATES)
    told = why(asked, "/events/hamlet/43128/")
    expected = (
        "The words on this date say cancelled",
        "content/events/hamlet.md",
        "instance.html yours templates/instance.html",
        f"base.html built in {PROJECT / 'templates' / 'base.html'}",
        "Instance Instance 43128",
        "is_on_sale True",
        "booking_url none",
    )
    assert [words for words in expected if words not in told] == []


def test_the_panel_says_what_the_sanitiser_took_out(tmp_path: Path) -> None:
    feed = tmp_path / "xml"
    feed.mkdir()
    html = '<p style="color:red">Hello <font>there</font><script>x()</script><a href="javascript:x()">link</a></p>'
    event = f"<HtmlDescription><![CDATA[{html}]]></HtmlDescription>"
    (feed / "events.xml").write_text(f'<Events><Event id="7"><Name>Seven</Name>{event}</Event></Events>')
    (feed / "instances.xml").write_text("<Instances/>")
    asked = Asked(copy_of_demo(tmp_path), feed)
    told = why(asked, "/events/seven/")
    expected = '1 × style=… of <p> , 1 × <font> , 1 × <script> and all in it , 1 × the address "javascript:x()"'
    assert expected in told


def test_the_panel_knows_the_pages_of_the_gallery(demo: Asked) -> None:
    assert "→ sold_out" in why(demo, scenes(demo)["A date: Sold out"])


# The command


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found: int = listener.getsockname()[1]
    return found


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Processes that are started end on Ctrl-C: were it ignored here, that would be inherited."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def started(interruptible: None) -> Iterator[Start]:
    """Starts the command in a process of its own, which is gone after the test."""
    processes: list[subprocess.Popen[str]] = []

    def start(site: Path, *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-u", "-m", "generator", "serve", "--site", str(site), "--now", NOW, *options]
        process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def asked_when_ready(address: str) -> bytes:
    """What is at an address as soon as somebody answers."""
    for _ in range(200):
        try:
            with urlopen(address, timeout=20) as response:  # noqa: S310  # our own
                content: bytes = response.read()
                return content
        except HTTPError:
            raise
        except URLError:
            time.sleep(0.05)
    raise AssertionError(f"nobody answers at {address}")


def wait_for(file: Path) -> None:
    """Wait until a file has something in it."""
    for _ in range(200):
        if file.is_file() and file.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"{file.name} did not come")


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """How a command ends on Ctrl-C, and what it said."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    return process.returncode, out, err


def test_the_command_serves_and_ends_clean(tmp_path: Path, port: int, started: Start) -> None:
    process = started(copy_of_demo(tmp_path), "--port", str(port))
    page = asked_when_ready(f"http://127.0.0.1:{port}/visit/")
    code, out, err = ended(process)
    assert (code, "Traceback" in err, b"/_studio/studio.js" in page) == (0, False, True)
    assert out.splitlines()[-3:] == [
        f"The site:   http://127.0.0.1:{port}/",
        f"The studio: http://127.0.0.1:{port}/_studio/",
        "Ctrl-C ends it.",
    ]


def test_a_port_that_is_taken_gives_way_to_the_next(tmp_path: Path, started: Start) -> None:
    site = copy_of_demo(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        process = started(site, "--port", str(taken))
        lines = [process.stdout.readline() for _ in range(2)] if process.stdout else []
        code, _, _ = ended(process)
    assert code == 0
    assert re.fullmatch(r"That port is taken; this is \d+\.\n", lines[1])


def test_a_phone_gets_a_code_to_read(tmp_path: Path, port: int, started: Start) -> None:
    process = started(copy_of_demo(tmp_path), "--port", str(port), "--host", "0.0.0.0")  # noqa: S104  # what is tested
    asked_when_ready(f"http://127.0.0.1:{port}/visit/")
    code, out, _ = ended(process)
    assert (code, out.count("▀") > 50, "127.0.0.1" in out.split("The site:")[1].splitlines()[0]) == (0, True, False)


def test_the_source_is_asked_once_and_the_browser_opens(tmp_path: Path, port: int, interruptible: None) -> None:
    opened = tmp_path / "opened"
    browser = f"{sys.executable} -c 'import sys; open(sys.argv[1], \"w\").write(sys.argv[2])' {opened} %s"
    with running(options()) as sandbox:
        live = site_of(tmp_path / "live", sandbox)
        process = live.begin("serve", "--port", str(port), "--pull", "--open", "--now", PULL_NOW, BROWSER=browser)
        page = asked_when_ready(f"http://127.0.0.1:{port}/whats-on/").decode()
        wait_for(opened)
        code, _, err = ended(process)
        asked = sorted(collection for collection, _ in sandbox.requests)
    assert (code, opened.read_text(), asked) == (0, f"http://127.0.0.1:{port}/", sorted(parse.COLLECTIONS))
    assert (err.startswith("Asking Spektrix\n"), "Nothing was pulled yet" in err, "Macbeth" in page) == (
        True,
        False,
        True,
    )


def test_a_broken_site_is_served_as_what_is_broken(tmp_path: Path, port: int, started: Start) -> None:
    site = copy_of_demo(tmp_path)
    (site / "content" / "site.toml").write_text("[site\n")
    process = started(site, "--port", str(port))
    with pytest.raises(HTTPError, match="500"):
        asked_when_ready(f"http://127.0.0.1:{port}/")
    code, _, err = ended(process)
    assert (code, len(err.splitlines())) == (0, 3)


def test_what_is_saved_is_told_to_the_browser(tmp_path: Path, port: int, started: Start) -> None:
    site = copy_of_demo(tmp_path)
    process = started(site, "--port", str(port), "--watch")
    page = asked_when_ready(f"http://127.0.0.1:{port}/visit/").decode()
    at = re.search(r'data-at="([^"]+)"', page)
    assert at
    with urlopen(f"http://127.0.0.1:{port}/_studio/news?at={at[1]}", timeout=20) as news:  # our own
        file = site / "content" / "pages" / "visit.md"
        file.write_text(file.read_text() + "\n\nSAVED\n")
        line = next(line for line in news if line.startswith(b"data: "))
    assert json.loads(line[6:])["follow"] == "reload"
    assert b"SAVED" in asked_when_ready(f"http://127.0.0.1:{port}/visit/")
    assert ended(process)[0] == 0
