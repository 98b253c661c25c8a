"""A pull in its good days, and what it remembers, even of a server that caps and after being killed.

The real command runs against servers on loopback.
"""

import hashlib
import json
import random
import re
import shutil
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from live import (
    TINY,
    Asked,
    Outcome,
    contents,
    copied,
    keep,
    live_site,
    options,
    pulled,
    refused,
    send,
    serving,
    site_of,
    stored,
    variables_of,
)

from generator.environment import credentials
from generator.ledger import loaded
from generator.sandbox import documents
from generator.sandbox.server import running
from generator.spektrix import demo, parse, snapshot
from generator.spektrix.client import AT_ONCE
from generator.spektrix.tls import tls_context

WHOLE = [(collection, "all=true") for collection in sorted(parse.COLLECTIONS)]


# The good case


def test_every_collection_is_asked_for_once(tmp_path: Path) -> None:
    with running(options()) as sandbox:
        outcome = site_of(tmp_path / "a", sandbox).run("pull")
        asked = sorted(sandbox.requests)
    counts = "3 events, 6 instances, 7 instance-status, 2 price-lists, 4 plans, 2 bands, 2 ticket-types"
    assert outcome == Outcome(
        0,
        f"{counts}, 1 offers, 1 memberships\nThe snapshot is in SITE/.sitegen/snapshot\n",
        "Asking Spektrix\nReading what came\n",
    )
    assert asked == WHOLE


def test_four_at_a_time_over_one_pool_by_name(tmp_path: Path) -> None:
    lock, under_way, most, names = threading.Lock(), [0], [0], set()

    def answering(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
            names.add(asked.headers["User-Agent"])
        time.sleep(0.3)
        with lock:
            under_way[0] -= 1
        send(handler, stored(asked))

    with serving(tmp_path / "server", answering) as server:
        outcome = live_site(tmp_path / "a", server.url, server.variables).run("pull")
    assert (outcome.exit_code, most, len(server.connections)) == (0, [4], 4)
    assert names == {f"sitegen/{version('sitegen')} (+https://sitegen.example)"}


def test_one_tls_context_serves_threads_that_connect_at_once() -> None:
    """urllib3 names its protocols to the context for each connection: here others do so all the time, meanwhile."""
    is_over = threading.Event()
    with running(options()) as sandbox:
        context = tls_context(credentials(variables_of(sandbox)))
        context.load_verify_locations(sandbox.ca_file)
        address = urlsplit(sandbox.url)

        def name_protocols() -> None:
            while not is_over.is_set():
                for _ in range(300):
                    context.set_alpn_protocols(["http/1.1"])
                time.sleep(0)

        def connect(_: int) -> str | None:
            with (
                socket.create_connection((address.hostname, address.port)) as plain,
                context.wrap_socket(plain, server_hostname=address.hostname) as secure,
            ):
                return secure.selected_alpn_protocol() or secure.version()

        naming = [threading.Thread(target=name_protocols) for _ in range(2)]
        for thread in naming:
            thread.start()
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                spoken = Counter(pool.map(connect, range(300)))
        finally:
            is_over.set()
    assert spoken == {"TLSv1.3": 300}


def test_the_snapshot_is_what_came_and_says_so(tmp_path: Path) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    with running(options()) as sandbox:
        live = site_of(tmp_path / "a", sandbox)
        live.run("pull", "--to", tmp_path / "elsewhere")
    found = contents(tmp_path / "elsewhere")
    manifest = json.loads(found.pop("snapshot.json"))
    files = {
        name: {"size": len(document), "count": size_of(document), "sha256": hashlib.sha256(document).hexdigest()}
        for name, document in contents(TINY / "feed").items()
    }
    assert found == contents(TINY / "feed")
    assert manifest == {"client": "thimble", "pulled_at": manifest["pulled_at"], "files": files}
    assert began <= datetime.fromisoformat(manifest["pulled_at"]) <= datetime.now(UTC)
    assert not live.snapshot.exists()


def size_of(document: bytes) -> int:
    """How many items a document holds."""
    return len(documents.read(document, "").items)


def test_statements_and_the_offers_of_each_event_on_request(tmp_path: Path) -> None:
    feed = copied(tmp_path)
    (feed / "statements.xml").write_bytes((demo.FOLDER / "statements.xml").read_bytes())
    with running(options(feed=feed)) as sandbox:
        live = site_of(tmp_path / "a", sandbox)
        assert live.run("pull", "--also", "statements", "--also", "offers2").exit_code == 0
        asked = sorted(sandbox.requests)
    events = [("offers2", f"event_id={id_}&all=true") for id_ in (101, 102, 103)]
    assert asked == sorted([*WHOLE, *events, ("statements", "all=true")])
    listed = {what: live.begin("list", what).communicate()[0] for what in ("statements", "offers")}
    assert listed["statements"].count("\n") == 1 + size_of((feed / "statements.xml").read_bytes())
    assert re.findall(r"^(\w+) .* (\w+)", listed["offers"].split("\n")[0]) == [("id", "name")]
    assert "events" in listed["offers"].split("\n")[0]


def test_the_offers_of_each_event_reach_its_page(tmp_path: Path) -> None:
    feed = copied(tmp_path)
    offer = documents.read((feed / "offers.xml").read_bytes(), "").items[0].xml
    many = b"".join(offer.replace(b"501", b"%d" % (501 + number)) for number in range(9))
    whole = (feed / "offers.xml").read_bytes()
    (feed / "offers.xml").write_bytes(whole.replace(offer, many))
    with running(options(feed=feed)) as sandbox:
        live = site_of(tmp_path / "a", sandbox, "offers_per_event = true")
        assert live.run("build").exit_code == 0
    of_event = live.snapshot / "offers2-101.xml"
    page = (live.site / "output" / "events" / "macbeth" / "index.html").read_text("utf-8")
    assert size_of(of_event.read_bytes()) > 0
    assert page.count("Family Four") == size_of(of_event.read_bytes())


# Pages


@pytest.mark.parametrize("is_capped", [True, False])
def test_pages_lose_no_item_and_double_none(tmp_path: Path, is_capped: bool) -> None:
    feed = Path(shutil.copytree(demo.FOLDER, tmp_path / "feed"))
    if not is_capped:
        keep(feed, events=10, instances=10, instance_status=10, price_lists=10)
    with running(options(dict.fromkeys(parse.COLLECTIONS, "cap") if is_capped else {}, feed)) as sandbox:
        live = site_of(tmp_path / "a", sandbox)
        assert live.run("pull").exit_code == 0
    assert items_by_file(live.snapshot) == items_by_file(feed)


def items_by_file(folder: Path) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """What the items of every collection are, in their order."""
    found = {name: documents.read((folder / f"{name}.xml").read_bytes(), "") for name in parse.COLLECTIONS}
    return {name: [(item.id, item.refs) for item in document.items] for name, document in found.items()}


def test_a_server_that_caps_elsewhere_needs_a_setting(tmp_path: Path) -> None:
    def answering(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        first, count = int(asked.query.get("offset", 0)), min(4, int(asked.query.get("limit", 4)))
        document = documents.read(stored(asked), "")
        send(handler, document.of(document.items[first : first + count]))

    with serving(tmp_path / "server", answering) as server:
        live = live_site(tmp_path / "a", server.url, server.variables, "page_size = 4")
        assert live.run("pull").exit_code == 0
    assert items_by_file(live.snapshot) == items_by_file(TINY / "feed")


# Memory


def test_offline_builds_from_the_last_snapshot_and_asks_nobody(tmp_path: Path) -> None:
    with pulled(tmp_path) as (live, _):
        before = live.standing()
    outcome = live.run("build", "--offline", SPEKTRIX_API_KEY="", SPEKTRIX_CERT="", SPEKTRIX_KEY="")
    assert (outcome.exit_code, live.standing()) == (0, before)


def test_offline_without_a_snapshot(tmp_path: Path) -> None:
    outcome = live_site(tmp_path / "a", "https://127.0.0.1:1", {}).run("build", "--offline")
    mend = "Run sitegen pull; or name a folder of XML with --feed."
    told = "Reading settings and content\nReading the feed\n"
    where = "SITE/.sitegen/snapshot"
    assert outcome == Outcome(3, "", refused(where, "there is no snapshot of the live source yet", mend, told))


def test_a_snapshot_that_is_not_what_it_says_is_refused(tmp_path: Path) -> None:
    with pulled(tmp_path) as (live, _):
        path = live.snapshot / "plans.xml"
        path.write_bytes(path.read_bytes().replace(b"Parquet", b"Parsley"))
        outcome = live.run("build", "--offline")
    mend = "Pull again, or name a whole snapshot with --feed."
    what = "is not the file that snapshot.json describes: its checksum differs"
    told = "Reading settings and content\nReading the feed\n"
    assert outcome == Outcome(3, "", refused("SITE/.sitegen/snapshot/plans.xml", what, mend, told))


def test_a_snapshot_of_which_a_file_is_gone_is_refused(tmp_path: Path) -> None:
    with pulled(tmp_path) as (live, _):
        (live.snapshot / "price-lists.xml").unlink()
        assert live.run("build", "--offline").exit_code == 3


def test_a_broken_memory_is_mended_by_the_next_pull(tmp_path: Path) -> None:
    with pulled(tmp_path) as (live, _):
        (live.snapshot / "snapshot.json").write_text("{")
        assert live.run("pull").exit_code == 0


# Killed


def test_pictures_beside_the_snapshot_stay_from_pull_to_pull(tmp_path: Path) -> None:
    with pulled(tmp_path) as (live, _):
        (live.snapshot / "images").mkdir()
        (live.snapshot / "images" / "macbeth.jpg").write_bytes(b"picture")
        assert live.run("pull").exit_code == 0
    assert contents(live.snapshot / "images") == {"macbeth.jpg": b"picture"}


def test_pictures_may_lie_there_before_the_first_pull(tmp_path: Path) -> None:
    with running(options()) as sandbox:
        live = site_of(tmp_path / "a", sandbox)
        (live.snapshot / "images").mkdir(parents=True)
        (live.snapshot / "images" / "macbeth.jpg").write_bytes(b"picture")
        assert live.run("pull").exit_code == 0
    assert contents(live.snapshot / "images") == {"macbeth.jpg": b"picture"}


def test_a_build_that_fails_after_its_pull_keeps_the_old_snapshot_too(tmp_path: Path) -> None:
    with pulled(tmp_path) as (live, _):
        before = live.standing()
        (live.site / "templates").mkdir()
        (live.site / "templates" / "home.html").write_text("{{ nothing_of_this_name }}")
        outcome = live.run("build")
    assert (outcome.exit_code, live.standing()) == (1, before)


def neutral(output: Path) -> dict[str, bytes]:
    """An output without the time at which its feed was pulled, and without the digest of such times."""
    found = {path: content for path, content in contents(output).items() if path != "ledger.json"}
    pulled_at = json.loads(found["availability.json"])["pulled_at"]
    forms = (pulled_at, re.sub("[-:]", "", pulled_at))
    pattern = re.compile("|".join(map(re.escape, forms)).encode())
    return {path: pattern.sub(b"PULLED", content) for path, content in found.items()}


def test_a_build_that_is_killed_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    feed = copied(tmp_path)
    feeds = [
        {path: text.replace(b"Macbeth", name) for path, text in contents(feed).items()}
        for name in (b"Macbeth", b"Macduff")
    ]
    outputs = []
    chance = random.Random(7)  # noqa: S311 - when to kill is no secret
    with running(options(feed=feed)) as sandbox:
        live = site_of(tmp_path / "a", sandbox)
        ledger = live.site / ".sitegen" / "ledger.json"
        for each in feeds:
            serve(feed, each)
            began = time.monotonic()
            ledger.unlink(missing_ok=True)
            assert live.run("build", "--jobs", "1").exit_code == 0
            outputs.append(neutral(live.site / "output"))
            whole = time.monotonic() - began
        for turn in range(10):
            serve(feed, feeds[turn % 2])
            ledger.unlink(missing_ok=True)
            process = live.begin("build", "--jobs", "1")
            with process:
                time.sleep(chance.uniform(0.2 * whole, 1.1 * whole))
                process.kill()
            assert differing(neutral(live.site / "output"), outputs) == set()
            snapshot.read(live.snapshot)
            assert any(each.items() <= contents(live.snapshot).items() for each in feeds)
            assert not ledger.exists() or loaded(ledger.read_bytes()).records
        assert live.run("build").exit_code == 0
    assert sorted(path.name for path in live.snapshot.parent.iterdir()) == [
        ".snapshot.lock",
        "images",
        "ledger.json",
        "made",
        "manifest.json",
        "snapshot",
        "templates",
    ]


def test_a_feed_that_tells_the_key_is_not_kept(tmp_path: Path) -> None:
    feed = copied(tmp_path)
    with running(options(feed=feed)) as sandbox:
        live = site_of(tmp_path / "a", sandbox)
        assert live.run("pull").exit_code == 0
        before = contents(live.snapshot)
        key = live.environment["SPEKTRIX_API_KEY"]
        events = feed / "events.xml"
        events.write_bytes(events.read_bytes().replace(b"Macbeth", key.encode()))
        told = live.run("pull")
    assert (told.exit_code, "holds SPEKTRIX_API_KEY" in told.stderr, key in told.stdout + told.stderr) == (
        5,
        True,
        False,
    )
    assert contents(live.snapshot) == before


def differing(found: dict[str, bytes], outputs: list[dict[str, bytes]]) -> set[str]:
    """The paths at which a site differs from that of several which it is most like."""
    return min(
        ({path for path in found.keys() | one.keys() if found.get(path) != one.get(path)} for one in outputs), key=len
    )


def serve(feed: Path, documents_by_name: dict[str, bytes]) -> None:
    """Let a sandbox serve other documents."""
    for name, document in documents_by_name.items():
        (feed / name).write_bytes(document)
