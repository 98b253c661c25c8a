"""How long from saving a file to the browser showing it, and from the command to the first page: `make bench-serve`.

The browser itself says when it shows an edit: in the first frame that has its words. A large feed is the recorded one
many times over. Two peers serve the same content. What is not here (the recorded feed, a peer) is left out, and said.
"""

import argparse
import math
import os
import platform
import random
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from corpora import many
from playwright.sync_api import Page, Playwright, sync_playwright
from playwright.sync_api import TimeoutError as NeverShown
from served import TOOLS, Corpus, Edit, Served
from surfaces import PROJECT, shared_folder

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
TIMES = 370  # the recorded 222 instances make 82,140; the settings of the site leave some of their events out
STARTS = 5  # after the first
SLOW = 20  # seconds of a first start, after which one more has to do
PATIENCE = 300  # seconds for a start
IN_TIME = 10_000  # milliseconds; what is shown later counts as not shown
LATE = 120_000  # milliseconds, after which nobody waits any more
MISSES = 3  # in a row, after which a sort of edit is given up
CHANCE = random.Random(1)  # noqa: S311  # no secret hangs on it
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
WITHOUT = """
document.readyState === "complete" &&
!(document.body.textContent + getComputedStyle(document.documentElement).getPropertyValue("--edit")).includes("EDIT-")
"""


@contextmanager
def serving(served: Served) -> Iterator[tuple[str, float]]:
    """The site, served: its address, and the seconds from the start to its first page. Raises TimeoutError."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command, address = [*served.command, "--port", str(port)], f"http://localhost:{port}"
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=served.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            yield address, _first_page(f"{address}/", started, process)
        finally:
            _end(process)


def _first_page(address: str, started: float, process: "subprocess.Popen[bytes]") -> float:
    while process.poll() is None and time.perf_counter() - started < PATIENCE:
        try:
            with urlopen(address, timeout=PATIENCE) as response:  # noqa: S310  # our own
                response.read()
                return time.perf_counter() - started
        except (URLError, ConnectionError):
            time.sleep(0.01)
    raise TimeoutError(f"there was no first page within {PATIENCE} s")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a command and all that it has started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, sign)
            process.wait(10)


def measured(page: Page, edit: Edit, count: int, rest: int) -> tuple[list[float], int]:
    """Milliseconds from saving to showing, of those edits that were shown within ten seconds, and how many were made.

    That is `count`, unless several in a row come too late. Each is waited for, so as not to be in the way of the next;
    then `rest` milliseconds pass, and up to half a second more, so that a server that looks for changes twice a second
    is not met at the same point every time.
    """
    shown: dict[str, float] = {}
    page.expose_function("showsEdit", lambda mark, at: shown.setdefault(mark, at))
    page.add_init_script(TELL)
    page.reload()
    page.wait_for_timeout(500)
    found: list[float] = []
    before, missed, number = edit.file.read_text(), 0, 0
    while number < count and missed < MISSES:
        mark = f"EDIT-{edit.name}{number}-END"
        text = edit.marked(before, mark)
        saved = time.time() * 1000
        edit.file.write_text(text)
        while mark not in shown and time.time() * 1000 < saved + LATE:
            page.wait_for_timeout(10)
        taken = shown.get(mark, math.inf) - saved
        found += [taken] if taken <= IN_TIME else []
        missed, number = 0 if taken <= IN_TIME else missed + 1, number + 1
        page.wait_for_timeout(rest + CHANCE.uniform(0, 500))
    edit.file.write_text(before)
    with suppress(NeverShown):
        page.wait_for_function(WITHOUT, timeout=LATE)
    return sorted(found), number


def table(title: str, served: Served, path: str, count: int) -> None:
    """Measure a site, and say what came out."""
    print(f"\n{title}", flush=True)  # noqa: T201
    try:
        first, *more = starts(served)
        print(f"  first start    {first:.2f} s\n  start          {statistics.median(more):.2f} s   of {len(more)}")  # noqa: T201
        with serving(served) as (address, _), sync_playwright() as playwright:
            for edit in served.edits:
                _tell(edit, f"{address}{path}", playwright, count, served.rest)
    except TimeoutError as error:
        print(f"  not measured: {error}")  # noqa: T201


def starts(served: Served) -> list[float]:
    """Seconds to the first page: of the first start of a site, then of those after it. Raises TimeoutError."""
    seconds: list[float] = []
    while len(seconds) <= (1 if seconds and seconds[0] > SLOW else STARTS):
        with serving(served) as (_, passed):
            seconds.append(passed)
    return seconds


def _tell(edit: Edit, url: str, playwright: Playwright, count: int, rest: int) -> None:
    """Measure one sort of edit, and say what came out."""
    browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page(bypass_csp=True)  # so that a condition can be waited for in it
    page.goto(url)
    found, made = measured(page, edit, count, rest)
    said = "none was shown within 10 s"
    if found:
        p95 = found[max(0, round(len(found) * 0.95) - 1)]
        said = f"median {statistics.median(found):4.0f} ms   p95 {p95:4.0f} ms"
    print(f"  {edit.name:<12} {said}   of {len(found)}/{made}", flush=True)  # noqa: T201
    browser.close()


def tables(corpus: Corpus, folder: Path, tools: list[str], count: int) -> None:
    """Measure a corpus with each of the tools that are here."""
    for name in tools:
        tool = TOOLS[name]
        if tool.needed.exists():
            table(f"{corpus.title}: {tool.title}", tool.serve(corpus, folder / name), corpus.path, count)
        else:
            print(f"\n{tool.name} was not measured: it is not installed.")  # noqa: T201


def large(folder: Path, times: int) -> Corpus | None:
    """The recorded feed many times over; None where it is not here."""
    feed, recorded = shared_folder("feeds", "new-wolsey"), shared_folder("sites", "new-wolsey")
    if not (feed and recorded and times):
        return None
    many(feed, folder / "xml", times)
    title, now = f"The recorded feed {times} times over", "2014-09-01T12:00:00Z"
    words, path = "a-farewell-to-arms.md", "/events/a-farewell-to-arms-19078/"
    return Corpus(title, recorded, folder / "xml", now, words, path)


def main() -> None:
    """Measure the demo, and the recorded feed many times over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--edits", type=int, default=200, help="of each kind")
    parser.add_argument("--times", type=int, default=TIMES, help="of the recorded feed; 0: none")
    parser.add_argument("--tools", default=",".join(TOOLS), help="some of these")
    chosen = parser.parse_args()
    tools = chosen.tools.split(",")
    if unknown := set(tools) - TOOLS.keys():
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")
    versions = ", ".join(f"{name} {version(name)}" for name in ("jinja2", "werkzeug", "watchdog", "playwright"))
    print(f"{platform.platform()}, Python {platform.python_version()}, {versions}")  # noqa: T201
    command = f"python tests/bench_serve.py --edits {chosen.edits} --times {chosen.times} --tools {chosen.tools}"
    print(command)  # noqa: T201
    demo = Corpus("The demo", PROJECT, None, "2026-11-25T12:00:00Z", "hamlet.md", "/events/hamlet/")
    with tempfile.TemporaryDirectory() as folder:
        tables(demo, Path(folder) / "demo", tools, chosen.edits)
        corpus = large(Path(folder), chosen.times)
        if corpus:
            tables(corpus, Path(folder) / "large", tools, chosen.edits)
        else:
            why = "it was not asked for" if not chosen.times else "it is made from the recorded one, which is not here"
            print(f"\nThe large feed was not measured: {why}.")  # noqa: T201


if __name__ == "__main__":
    main()
