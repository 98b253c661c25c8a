"""How long from saving a file to the browser showing it, and from the command to the first page: `make bench-serve`.

The browser itself says when it shows an edit: in the first frame that has its words. A large feed is the recorded one
many times over. Where the recorded feed or Chromium is not there, so much is left out, and said.
"""

import argparse
import copy
import os
import platform
import re
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from xml.etree import ElementTree

from playwright.sync_api import Page, Playwright, sync_playwright
from studio import copy_of_demo
from surfaces import PROJECT, shared_folder

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
TIMES = 370  # the recorded 222 instances make 82,140
TELL = """
(() => {
  const look = () => {
    const own = getComputedStyle(document.documentElement).getPropertyValue("--edit");
    const shown = (document.body?.textContent + own).match(/EDIT-\\w+-END/g)?.at(-1);
    if (shown && shown !== sessionStorage.seen) {
      sessionStorage.seen = shown;
      window.showsEdit(shown, performance.timeOrigin + performance.now());
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()
"""


@dataclass(frozen=True)
class Edit:
    """A sort of edit: its name, the file, and what the file says with a mark in it."""

    name: str
    file: Path
    marked: Callable[[str, str], str]


def edits(site: Path, words: Path) -> tuple[Edit, ...]:
    """The sorts of edits that are measured; `words` are those of the event that is looked at."""
    templates = site / "templates"
    block, styles = "{% block main %}", templates / "assets" / "site.css"
    return (
        Edit("template", templates / "event.html", lambda text, mark: text.replace(block, f"{block}<p>{mark}</p>", 1)),
        Edit("partial", templates / "_partials" / "footer.html", lambda text, mark: f"{text}<p>{mark}</p>\n"),
        Edit("stylesheet", styles, lambda text, mark: f'{text}\n:root {{ --edit: "{mark}" }}'),
        Edit("content", words, lambda text, mark: f"{text}\n\n{mark}\n"),
    )


def many(feed: Path, to: Path, times: int) -> None:
    """A feed many times over: ids of their own, each copy a week after the one before."""
    to.mkdir(parents=True)
    for file in feed.glob("*.xml"):
        if file.stem not in ("events", "instances", "instance-status"):
            shutil.copyfile(file, to / file.name)
            continue
        root = ElementTree.parse(file).getroot()  # noqa: S314  # our own recording
        with (to / file.name).open("wb") as out:
            out.write(f"<{root.tag}>".encode())
            for number in range(times):
                out.writelines(ElementTree.tostring(_moved(item, number)) for item in root)
            out.write(f"</{root.tag}>".encode())


def _moved(item: ElementTree.Element, number: int) -> ElementTree.Element:
    """An item as it is in a copy of the feed."""
    made = copy.deepcopy(item)
    for element in made.iter():
        if element.tag in ("Event", "Instance") and element.get("id"):
            element.set("id", str(int(element.get("id", "0")) + number * 100_000))
        if re.match(r"(Start|Stop)", element.tag) and element.text:
            moment = datetime.fromisoformat(element.text.removesuffix("Z")) + timedelta(weeks=number)
            element.text = moment.isoformat() + ("Z" if element.text.endswith("Z") else "")
    return made


@contextmanager
def serving(*options: str) -> Iterator[tuple[str, float]]:
    """The command: its address, and the seconds from its start to its first page."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "generator", "serve", "--watch", "--port", str(port), *options]
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield f"http://127.0.0.1:{port}", _first_page(f"http://127.0.0.1:{port}/", started)
        finally:
            process.terminate()


def _first_page(address: str, started: float) -> float:
    while time.perf_counter() - started < 300:
        try:
            with urlopen(address, timeout=300) as response:  # noqa: S310  # our own
                response.read()
                return time.perf_counter() - started
        except URLError:
            time.sleep(0.01)
    raise TimeoutError(address)


def measured(page: Page, edit: Edit, count: int) -> list[float]:
    """Milliseconds from saving to showing, of those of `count` edits that were shown within ten seconds."""
    shown: dict[str, float] = {}
    page.expose_function("showsEdit", lambda mark, at: shown.setdefault(mark, at))
    page.add_init_script(TELL)
    page.reload()
    page.wait_for_timeout(500)
    before, found = edit.file.read_text(), []
    for number in range(count):
        mark = f"EDIT-{edit.name}{number}-END"
        text = edit.marked(before, mark)
        saved = time.time() * 1000
        edit.file.write_text(text)
        for _ in range(1000):
            page.wait_for_timeout(10)
            if mark in shown:
                break
        if mark in shown:
            found.append(shown[mark] - saved)
        page.wait_for_timeout(200)
    edit.file.write_text(before)
    return sorted(found)


def table(title: str, site: Path, path: str, words: Path, count: int, *options: str) -> None:
    """Measure a site, and say what came out."""
    with serving("--site", str(site), *options) as (address, seconds), sync_playwright() as playwright:
        print(f"\n{title}\n  start to first page   {seconds:.2f} s")  # noqa: T201
        for edit in edits(site, words):
            _tell(edit, f"{address}{path}", playwright, count)


def _tell(edit: Edit, url: str, playwright: Playwright, count: int) -> None:
    """Measure one sort of edit, and say what came out."""
    browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page()
    page.goto(url)
    found = measured(page, edit, count)
    p95 = found[max(0, round(len(found) * 0.95) - 1)]
    said = f"median {statistics.median(found):4.0f} ms   p95 {p95:4.0f} ms   of {len(found)}/{count}"
    print(f"  {edit.name:<12} {said}", flush=True)  # noqa: T201
    browser.close()


def other(command: str, url: str, file: Path, after: str, count: int) -> None:
    """Measure another program's server by edits of a template of its own."""
    edit = Edit("template", file, lambda text, mark: text.replace(after, f"{after}<p>{mark}</p>", 1))
    started = time.perf_counter()
    with subprocess.Popen(  # what the caller asks for
        shlex.split(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            print(f"\n{command}\n  start to first page   {_first_page(url, started):.2f} s")  # noqa: T201
            with sync_playwright() as playwright:
                _tell(edit, url, playwright, count)
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def main() -> None:
    """Measure the demo, and the recorded feed many times over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--edits", type=int, default=200, help="of each kind")
    parser.add_argument("--times", type=int, default=TIMES, help="of the recorded feed; 0: none")
    for name in ("other", "url", "file", "after"):
        parser.add_argument(f"--{name}")
    chosen = parser.parse_args()
    versions = ", ".join(f"{name} {version(name)}" for name in ("jinja2", "werkzeug", "watchdog", "playwright"))
    print(f"{platform.platform()}, Python {platform.python_version()}, {versions}")  # noqa: T201
    print(f"python tests/bench_serve.py --edits {chosen.edits} --times {chosen.times}")  # noqa: T201
    if chosen.other:
        other(chosen.other, chosen.url, Path(chosen.file), chosen.after, chosen.edits)
        return
    with tempfile.TemporaryDirectory() as folder:
        demo = copy_of_demo(Path(folder) / "demo")
        table("The demo", demo, "/events/hamlet/", demo / "content" / "events" / "hamlet.md", chosen.edits,
              "--now", "2026-11-25T12:00:00Z")  # fmt: skip
        feed, recorded = shared_folder("feeds", "new-wolsey"), shared_folder("sites", "new-wolsey")
        if not (feed and recorded and chosen.times):
            print("\nThe large feed was not measured: it is made from the recorded one, which is not here.")  # noqa: T201
            return
        many(feed, Path(folder) / "xml", chosen.times)
        site = copy_of_demo(Path(folder) / "large", recorded)
        words = site / "content" / "events" / "a-farewell-to-arms.md"
        table(f"The recorded feed {chosen.times} times over", site, "/events/a-farewell-to-arms-19078/", words,
              chosen.edits, "--feed", str(Path(folder) / "xml"), "--now", "2014-09-01T12:00:00Z")  # fmt: skip


if __name__ == "__main__":
    main()
