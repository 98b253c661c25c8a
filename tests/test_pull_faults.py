"""A source that fails: the build says exactly why, and the last good site and snapshot stand, byte for byte.

The real command runs against servers on loopback that fail in every way there is. Runs that take long are begun
together, before the first test.
"""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path

import pytest
from live import (
    ASK_AGAIN,
    LATER,
    STANDS,
    Answering,
    Asked,
    Outcome,
    any_collection,
    leaks,
    live_site,
    options,
    refused,
    send,
    serving,
    site_of,
    stored,
    variables_of,
)
from surfaces import PROJECT

from generator.sandbox.server import running

MISSING_END = "the answer was cut short: the connection ended before it was whole"
RIGHT_ADDRESS = f"Are [spektrix] client and api right? {STANDS}"
REFUSED = (
    "Is SPEKTRIX_API_KEY this system's key, and the certificate still good? "
    f"Run `sitegen cert check`; it says what to do. {STANDS}"
)
FAULTS = {
    ("events", "500"): (5, "the server answered HTTP 500", LATER),
    ("instances", "503"): (5, "the server answered HTTP 503", LATER),
    ("instance-status", "429"): (5, "the server answered HTTP 429", LATER),
    ("memberships", "cut"): (5, MISSING_END, LATER),
    ("ticket-types", "cut-chunked"): (5, MISSING_END, LATER),
    ("bands", "400"): (1, "the server answered HTTP 400", RIGHT_ADDRESS),
    ("plans", "403"): (1, "the key or the certificate was refused (HTTP 403)", REFUSED),
    ("price-lists", "404"): (1, "the server answered HTTP 404", RIGHT_ADDRESS),
    ("offers", "html"): (1, "holds an HTML page, not the feed's XML", ASK_AGAIN),
    ("memberships", "empty"): (1, "is empty", ASK_AGAIN),
    ("instances", "truncated"): (1, "is cut short: its end is missing", ASK_AGAIN),
    ("events", "bomb"): (1, "has a DTD, which no answer of Spektrix has; nothing of it was read", ASK_AGAIN),
    ("bands", "gzip-bomb"): (1, "the answer is larger than 400 MB", f"Is it the right address? {STANDS}"),
    ("plans", "redirect"): (
        1,
        "the server sent us elsewhere (HTTP 302), where the key must not go",
        f"Is [spektrix] api right? {STANDS}",
    ),
}
SURVIVED = ("503-once", "429-once", "cut-once", "cut-chunked-once")
HANG = ("events", "hang")


@dataclass(frozen=True)
class Ending:
    """How a build of a site that stood before ended, and what it left."""

    outcome: Outcome
    times_asked: int
    is_untouched: bool
    leaks: list[str]
    left_over: list[Path]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with an output and a snapshot, to begin from."""
    with running(options()) as sandbox:
        live = site_of(tmp_path_factory.mktemp("standing") / "a", sandbox)
        assert live.run("build").exit_code == 0
    return live.site


def ending(folder: Path, start: Path, collection: str, kind: str) -> Ending:
    """How a build ends whose source fails at one collection."""
    with running(options({collection: kind})) as sandbox:
        live = site_of(folder, sandbox, start=start)
        before = live.standing()
        outcome = live.run("build", "--report", folder / "report.json")
        asked = [name for name, _ in sandbox.requests].count(collection)
        is_untouched, found = live.standing() == before, leaks(live, outcome, sandbox.api_key)
    return Ending(outcome, asked, is_untouched, found, list(live.temporary.iterdir()))


def closed_port(folder: Path, start: Path) -> tuple[Outcome, bool, float]:
    """What a build says where nobody listens, whether what stood stands, and how long it took."""
    with running(options()) as sandbox, socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"https://127.0.0.1:{nobody.getsockname()[1]}"
        live = live_site(folder, url, variables_of(sandbox), start=start)
        nobody.close()
        before, began = live.standing(), time.monotonic()
        outcome = live.run("build")
    return outcome, live.standing() == before, time.monotonic() - began


def half_an_answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    """The first half of a document, and then nothing more."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(stored(asked))))
    handler.end_headers()
    handler.wfile.write(stored(asked)[:100])
    handler.wfile.flush()
    time.sleep(100)


def endless_headers(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    """A header that goes on for ever, a letter a second."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Name: ")
    for _second in range(100):
        handler.wfile.write(b"a")
        handler.wfile.flush()
        time.sleep(1)


def given_up(folder: Path, answering: Answering) -> Outcome:
    """How a pull ends whose source never brings an answer to its end; -9 where it had not ended by then."""
    with serving(folder, answering) as server:
        live = live_site(folder / "live", server.url, server.variables)
        return live.run("pull")


@dataclass(frozen=True)
class LongRuns:
    """Runs that take their time, begun together."""

    faults: dict[tuple[str, str], Future[Ending]]
    closed: Future[tuple[Outcome, bool, float]]
    half: Future[Outcome]
    headers: Future[Outcome]


@pytest.fixture(scope="module", autouse=True)
def long_runs(tmp_path_factory: pytest.TempPathFactory, standing: Path) -> Iterator[LongRuns]:
    """Every fault, each with a site of its own; the longest first."""
    folder = tmp_path_factory.mktemp("faults")
    kinds = [HANG, *FAULTS, *(("instances", kind) for kind in SURVIVED)]
    with ThreadPoolExecutor(8) as threads:
        begin = threads.submit
        yield LongRuns(
            half=begin(given_up, folder / "half", half_an_answer),
            headers=begin(given_up, folder / "headers", endless_headers),
            faults={fault: begin(ending, folder / "-".join(fault), standing, *fault) for fault in kinds},
            closed=begin(closed_port, folder / "closed", standing),
        )


# Faults


@pytest.mark.parametrize("fault", FAULTS, ids="=".join)
def test_a_fault_is_told_and_what_stood_stands(long_runs: LongRuns, fault: tuple[str, str]) -> None:
    times_asked, what, mend = FAULTS[fault]
    said = refused(f"API/thimble/api/v2/{fault[0]}", what, mend)
    assert long_runs.faults[fault].result() == Ending(Outcome(3, "", said), times_asked, True, [], [])


@pytest.mark.parametrize("kind", SURVIVED)
def test_a_fault_that_passes_is_survived(long_runs: LongRuns, kind: str) -> None:
    found = long_runs.faults["instances", kind].result()
    assert (found.outcome.exit_code, found.times_asked, found.leaks, found.left_over) == (0, 2, [], [])


def test_nobody_listens(long_runs: LongRuns) -> None:
    outcome, is_untouched, seconds = long_runs.closed.result()
    said = refused("API/thimble/api/v2/COLLECTION", "the server could not be reached", LATER)
    assert (outcome.exit_code, any_collection(outcome.stderr), is_untouched) == (3, said, True)
    assert seconds < 20


def test_waits_grow_differ_and_are_those_that_are_asked_for(tmp_path: Path) -> None:
    times: dict[str, list[float]] = {"events": [], "instances": [], "plans": []}

    def answering(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        so_far = times.get(asked.collection, [0.0] * 9)
        so_far.append(time.monotonic())
        if len(so_far) > 2:
            send(handler, stored(asked))
        elif asked.collection == "plans":
            send(handler, b"", 429, Retry_After="2")
        else:
            send(handler, b"", 500)

    with serving(tmp_path / "server", answering) as server:
        assert live_site(tmp_path / "a", server.url, server.variables).run("pull").exit_code == 0
    waits = {name: [later - before for before, later in pairwise(at)] for name, at in times.items()}
    assert all(0.25 <= first <= 1.5 and 0.5 <= second <= 3 for first, second in (waits["events"], waits["instances"]))
    assert abs(waits["events"][0] - waits["instances"][0]) > 0.001
    assert all(2 <= wait < 4 for wait in waits["plans"])


def test_a_pull_that_takes_too_long_is_given_up(tmp_path: Path, standing: Path) -> None:
    with running(options({"events": "slow:30"})) as sandbox:
        live = site_of(tmp_path / "a", sandbox, "deadline_seconds = 2", standing)
        before = live.standing()
        outcome = live.run("build")
    mend = f"Set [spektrix] deadline_seconds higher if that is how long it takes. {STANDS}"
    said = refused("API/thimble/api/v2/events", "the pull took longer than 2 seconds", mend)
    assert (outcome, live.standing()) == (Outcome(3, "", said), before)


def said_of_events(folder: Path, body: bytes, **headers: str) -> tuple[int, str]:
    """How a pull ends that gets this in place of the events."""

    def answering(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        if asked.collection == "events":
            send(handler, body, 200, **headers)
        else:
            send(handler, stored(asked))

    with serving(folder / "server", answering) as server:
        outcome = live_site(folder / "a", server.url, server.variables).run("pull")
    return outcome.exit_code, outcome.stderr


def test_other_items_are_no_feed(tmp_path: Path) -> None:
    what, mend = "holds Error where only Event items belong", f"Is it the right file? {ASK_AGAIN}"
    said = refused("API/thimble/api/v2/events", what, mend)
    assert said_of_events(tmp_path, b"<Events><Error/></Events>") == (3, said)


def test_what_cannot_be_unpacked_is_not_called_cut_short(tmp_path: Path) -> None:
    exit_code, said = said_of_events(tmp_path, b"0123456789", Content_Encoding="gzip")
    assert (exit_code, "cut short" in said) == (3, False), said


# Full disks and ends from outside

FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (2500, 2500))
from generator.cli.main import main
main()
"""


def test_a_full_disk_is_called_a_full_disk(tmp_path: Path, standing: Path) -> None:
    with running(options()) as sandbox:
        live = site_of(tmp_path / "a", sandbox, start=standing)
        before = live.standing()
        command = [sys.executable, "-c", FULL, "pull", "--site", str(live.site)]
        done = subprocess.run(
            command, cwd=PROJECT, env=dict(live.environment), capture_output=True, text=True, check=False
        )
    assert live.standing() == before
    assert (done.returncode != 0, "cannot be written (File too large)" in done.stderr) == (True, True), done.stderr


@pytest.mark.parametrize("kind", ["slow:30", "hang"])
def test_a_build_that_is_told_to_end_does_so_and_clears_up(tmp_path: Path, standing: Path, kind: str) -> None:
    with running(options({"events": kind})) as started:
        live = site_of(tmp_path / "a", started, start=standing)
        before = live.standing()
        with live.begin("build") as process:
            while not any(collection == "events" for collection, _ in started.requests):
                time.sleep(0.05)
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            try:
                said = process.communicate(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    assert (process.returncode in (143, -signal.SIGTERM), *said) == (True, "", "Asking Spektrix\n")
    assert (live.standing(), list(live.temporary.iterdir())) == (before, [])
    assert sorted(path.name for path in live.snapshot.parent.iterdir()) == [
        ".snapshot.lock",
        "images",
        "ledger.json",
        "made",
        "manifest.json",
        "snapshot",
        "templates",
    ]


# The end of patience; these have run since the first test


@pytest.mark.parametrize("kind", ["hang", "half", "headers"])
def test_a_source_that_never_ends_is_given_up_within_a_minute(long_runs: LongRuns, kind: str) -> None:
    if kind == "hang":
        found = long_runs.faults[HANG].result()
        assert (found.is_untouched, found.leaks, found.left_over) == (True, [], [])
        outcome = found.outcome
    else:
        outcome = (long_runs.half if kind == "half" else long_runs.headers).result()
    said = refused("API/thimble/api/v2/COLLECTION", "the server stopped answering", LATER)
    assert (outcome.exit_code, any_collection(outcome.stderr)) == (3, said)
