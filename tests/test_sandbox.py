"""The stand-in for the API, asked over the net as a client asks it."""

import gzip
import io
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from cryptography import x509
from surfaces import PROJECT

from generator.anatomy import replace
from generator.errors import SitegenError, SourceError
from generator.model import Feed
from generator.sandbox.answers import COLLECTIONS
from generator.sandbox.authority import issue
from generator.sandbox.before_2025 import INTERNAL
from generator.sandbox.documents import ROOTS, empty
from generator.sandbox.server import Options, Sandbox, running
from generator.spektrix import demo, parse, snapshot
from generator.spektrix.markup import items

FEED = snapshot.read(demo.FOLDER).feed
NOW = datetime(2026, 6, 17, 12, tzinfo=UTC)
FROM, TO = "instance_start_from", "instance_start_to"
HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One that answers as the real one should."""
    with running(Options()) as started:
        yield started


def ask(
    sandbox: Sandbox, collection: str, query: str = "all=true", method: str = "GET", timeout: float = 10
) -> requests.Response:
    """The response to a client that has the key and the certificate."""
    address = f"{sandbox.url}/{sandbox.client}/api/v2/{collection}?{query}&api_key={sandbox.api_key}"
    return send(sandbox, address, method=method, timeout=timeout)


def send(
    sandbox: Sandbox,
    address: str,
    method: str = "GET",
    timeout: float = 10,
    certificate: tuple[Path, Path] | bool | None = True,
) -> requests.Response:
    """The response at an address; `certificate` True is the sandbox's own."""
    papers = (sandbox.certificate_file, sandbox.key_file) if certificate is True else certificate or None
    with requests.Session() as session:
        session.trust_env = False
        return session.request(
            method,
            address,
            verify=str(sandbox.ca_file),
            cert=(str(papers[0]), str(papers[1])) if papers else None,
            allow_redirects=False,
            timeout=timeout,
        )


def stored(collection: str) -> bytes:
    """The demo's document, as it lies in its file."""
    return (demo.FOLDER / f"{collection}.xml").read_bytes()


def read(collection: str, document: bytes) -> Feed:
    """A feed of one collection."""
    return parse.feed({collection: (io.BytesIO(document), collection)})


def ids(document: bytes) -> list[int]:
    """The ids of a document's items, in its order."""
    root = re.findall(rb"<([A-Za-z]+)[^>]*XMLSchema-instance", document)[0].decode()
    tag = {name + "s": name for name in ("Event", "Instance", "PriceList", "Plan", "Offer", "TicketType")}[root]
    return [int(item.get("id") or "") for item in items(io.BytesIO(document), root, tag)]


# What is sent


@pytest.mark.parametrize("collection", ROOTS)
def test_all_is_the_file_byte_for_byte(sandbox: Sandbox, collection: str) -> None:
    response = ask(sandbox, collection)
    assert (response.status_code, response.headers["Content-Type"], response.content) == (200, XML, stored(collection))


@pytest.mark.parametrize("collection", ROOTS)
def test_a_document_cut_into_items_and_put_together_is_the_same(sandbox: Sandbox, collection: str) -> None:
    assert ask(sandbox, collection, "limit=99999").content == stored(collection)


@pytest.mark.parametrize("collection", ROOTS)
def test_pages_together_hold_every_item_once(sandbox: Sandbox, collection: str) -> None:
    whole = stored(collection)
    head, tail = whole[: whole.index(b">", whole.index(b"XMLSchema-instance")) + 1], f"</{ROOTS[collection]}>".encode()
    inside = b""
    for offset in range(0, 1000, 10):
        page = ask(sandbox, collection, f"offset={offset}&limit=10").content
        if page == empty(collection):
            break
        assert page.startswith(head)
        assert page.endswith(tail)
        inside += page.removeprefix(head).removesuffix(tail)
    assert head + inside + tail == whole


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", 0, 10),
        ("limit=3", 0, 3),
        ("offset=5", 5, 15),
        ("offset=5&limit=2", 5, 7),
        ("offset=50", 50, 60),
        ("offset=53", 53, 63),
        ("limit=0", 0, 0),
        ("all=false", 0, 10),
        ("all=true&limit=3&offset=4", 0, 999),
        ("all=True", 0, 999),
        ("&all=true", 0, 999),
    ],
)
def test_a_page_is_ten_items_unless_told_otherwise(sandbox: Sandbox, query: str, first: int, last: int) -> None:
    assert ids(ask(sandbox, "events", query).content) == [event.id for event in FEED.events][first:last]


def test_what_the_folder_does_not_have_is_an_empty_root(tmp_path: Path) -> None:
    (tmp_path / "events.xml").write_bytes(stored("events"))
    with running(Options(feed=tmp_path)) as sandbox:
        response = ask(sandbox, "instance-status")
    form = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    expected = f'<?xml version="1.0" encoding="utf-8"?><InstancePlanStatuses {form}/>'
    assert (response.status_code, response.text) == (200, expected)


def test_a_file_that_is_changed_is_served_at_once(tmp_path: Path) -> None:
    (tmp_path / "bands.xml").write_bytes(stored("bands"))
    with running(Options(feed=tmp_path)) as sandbox:
        before = ask(sandbox, "bands").content
        (tmp_path / "bands.xml").write_bytes(b"<Bands/>")
        assert (before, ask(sandbox, "bands").content) == (stored("bands"), b"<Bands/>")


def test_a_broken_file_is_served_whole_but_not_in_pages(tmp_path: Path) -> None:
    (tmp_path / "bands.xml").write_bytes(b"<Bands><Band")
    with running(Options(feed=tmp_path)) as sandbox:
        whole, page = ask(sandbox, "bands"), ask(sandbox, "bands", "")
    assert (whole.status_code, whole.content, page.status_code) == (200, b"<Bands><Band", 500)


def test_the_demo_moves_with_now() -> None:
    with running(Options(now=NOW)) as sandbox:
        moved = ask(sandbox, "instances").content
    assert moved == demo.shifted(stored("instances"), demo.shift_for(NOW))


# Filters


def instances_of(event_id: int) -> list[int]:
    """The ids of an event's instances."""
    return [instance.id for instance in FEED.instances if instance.event_id == event_id]


def played(first: str, last: str) -> list[int]:
    """The ids of the instances between two days on the venue's clock, both included."""
    return [i.id for i in FEED.instances if i.local_start and first <= i.local_start.date().isoformat() <= last]


def both(some: list[int], others: list[int]) -> list[int]:
    """What stands in two lists."""
    return [one for one in some if one in others]


def with_events(instance_ids: list[int]) -> list[int]:
    """The ids of the events of instances, as /events lists them."""
    wanted = {instance.event_id for instance in FEED.instances if instance.id in instance_ids}
    return [event.id for event in FEED.events if event.id in wanted]


def with_price_lists(instance_ids: list[int]) -> list[int]:
    """The ids of the price lists of instances."""
    wanted = {instance.price_list_id for instance in FEED.instances if instance.id in instance_ids}
    return [price_list.id for price_list in FEED.price_lists if price_list.id in wanted]


@pytest.mark.parametrize(
    ("collection", "query", "expected"),
    [
        ("events", "event_id=22140", [22140]),
        ("events", "event_id=24820", [24820]),
        ("events", "event_id=1", []),
        ("events", f"{FROM}=2026-02-01&{TO}=2026-02-07", with_events(played("2026-02-01", "2026-02-07"))),
        ("instances", "event_id=22140", instances_of(22140)),
        ("instances", "instance_id=43610", [43610]),
        ("instances", "instance_id=43610&event_id=22140", []),
        ("instances", "instance_id=1", []),
        ("instances", f"{FROM}=2026-03-28", played("2026-03-28", "9999-12-31")),
        ("instances", f"{TO}=2025-10-31", played("0001-01-01", "2025-10-31")),
        ("instances", f"{FROM}=2026-02-07&{TO}=2026-02-07", played("2026-02-07", "2026-02-07")),
        ("instances", f"{FROM}=2026-02-07T23:05:00Z&{TO}=2026-02-07T00:00:00Z", played("2026-02-07", "2026-02-07")),
        ("instances", f"event_id=22140&{TO}=2026-01-20", both(played("0001-01-01", "2026-01-20"), instances_of(22140))),
        ("price-lists", "event_id=22140", with_price_lists(instances_of(22140))),
        ("price-lists", "instance_id=43610", with_price_lists([43610])),
        ("plans", "event_id=22140", [2101]),
        ("plans", f"event_id={next(i.event_id for i in FEED.instances if i.id == 42015)}", [2110, 2111, 2112, 2113]),
        ("ticket-types", "event_id=22140", [ticket_type.id for ticket_type in FEED.ticket_types]),
        ("offers", "instance_id=1", []),
        ("offers2", "event_id=1", []),
    ],
)  # fmt: skip
def test_filters_leave_what_belongs(sandbox: Sandbox, collection: str, query: str, expected: list[int]) -> None:
    assert ids(ask(sandbox, collection, f"{query}&all=true").content) == expected


@pytest.mark.parametrize(
    ("query", "instance_ids"),
    [
        ("instance_id=42015", [42015]),
        ("event_id=22140", instances_of(22140)),
        ("instance_start_from=2026-01-10&instance_start_to=2026-01-17", played("2026-01-10", "2026-01-17")),
    ],
)
def test_status_rows_are_those_of_the_instances(sandbox: Sandbox, query: str, instance_ids: list[int]) -> None:
    found = read("instance-status", ask(sandbox, "instance-status", f"{query}&all=true").content).statuses
    assert found == tuple(row for row in FEED.statuses if row.instance_id in instance_ids)


def test_filters_and_pages_go_together(sandbox: Sandbox) -> None:
    assert ids(ask(sandbox, "instances", "event_id=22140&offset=20").content) == instances_of(22140)[20:]


def test_offers_apply_to_some_events_and_to_all_their_instances(sandbox: Sandbox) -> None:
    by_event = {event.id: ids(ask(sandbox, "offers2", f"event_id={event.id}").content) for event in FEED.events[:12]}
    by_instance = {
        event.id: {tuple(ids(ask(sandbox, name, f"instance_id={instances_of(event.id)[0]}").content))}
        for event in FEED.events[:12]
        if instances_of(event.id)
        for name in ("offers", "offers2")
    }
    assert by_instance == {event: {tuple(by_event[event])} for event in by_instance}
    assert len({tuple(offers) for offers in by_event.values()}) > 2


# Refusals


@pytest.mark.parametrize(
    ("collection", "query"),
    [
        ("offers2", "all=true"),
        ("offers2", "event_id=22140&instance_id=43610"),
        ("events", "event_id=hamlet"),
        ("events", "limit=-1"),
        ("events", "offset="),
        ("events", "all=maybe"),
        ("instances", "instance_start_from=tomorrow"),
        ("instances", "instance_start_to=2026-13-01"),
    ],
)
def test_what_cannot_be_read_is_400(sandbox: Sandbox, collection: str, query: str) -> None:
    response = ask(sandbox, collection, query)
    assert (response.status_code, response.headers["Content-Type"]) == (400, HTML)


@pytest.mark.parametrize("path", ["/", "/lantern/api/v2/baskets", "/somebody/api/v2/events", "/lantern/api/v3/events"])
def test_what_is_not_there_is_404(sandbox: Sandbox, path: str) -> None:
    response = send(sandbox, f"{sandbox.url}{path}?api_key={sandbox.api_key}")
    assert (response.status_code, response.headers["Content-Type"]) == (404, HTML)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPPATCH", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("collection", ["events", "offers2"])
def test_writes_are_405(sandbox: Sandbox, method: str, collection: str) -> None:
    response = ask(sandbox, collection, method=method)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize("query", ["", "api_key=", "api_key=wrong", "API_KEY={key}", "api_key=wrong&api_key={key}"])
def test_the_key_is_required(sandbox: Sandbox, query: str) -> None:
    response = send(sandbox, f"{sandbox.url}/lantern/api/v2/events?{query.format(key=sandbox.api_key)}")
    assert (response.status_code, response.headers["Content-Type"]) == (401, HTML)


def test_without_a_certificate_there_is_no_connection(sandbox: Sandbox) -> None:
    with pytest.raises(requests.exceptions.SSLError, match="certificate required"):
        send(sandbox, f"{sandbox.url}/lantern/api/v2/events?api_key={sandbox.api_key}", certificate=None)


def test_the_certificate_of_another_authority_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    other = issue(tmp_path, "lantern")
    address = f"{sandbox.url}/lantern/api/v2/events?api_key={sandbox.api_key}"
    with pytest.raises(requests.exceptions.SSLError, match="unknown ca"):
        send(sandbox, address, certificate=(other.client, other.client_key))


def test_the_certificates_pass_the_strictest_checks(tmp_path: Path) -> None:
    papers = issue(tmp_path, "lantern")
    client = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=papers.ca)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=papers.ca)
    client.load_cert_chain(papers.client, papers.client_key)
    server.load_cert_chain(papers.server, papers.server_key)
    server.verify_mode = ssl.CERT_REQUIRED
    for context in (client, server):
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answering = threading.Thread(target=lambda: server.wrap_socket(listener.accept()[0], server_side=True).close())
        answering.start()
        connection = socket.create_connection(listener.getsockname())
        with client.wrap_socket(connection, server_hostname="127.0.0.1") as secure:
            assert secure.recv(1) == b""
        answering.join()


def test_the_client_certificate_has_the_subject_of_a_venue(sandbox: Sandbox) -> None:
    certificate = x509.load_pem_x509_certificate(sandbox.certificate_file.read_bytes())
    subject = {part.rfc4514_attribute_name: part.value for part in certificate.subject}
    email = "1.2.840.113549.1.9.1"
    assert subject == {"O": "sitegen sandbox", "CN": "lantern", email: "webmaster@lantern.example"}


def test_no_certificate_is_needed_where_none_is_asked_for() -> None:
    with running(Options(needs_certificate=False)) as sandbox:
        address = f"{sandbox.url}/lantern/api/v2/bands?all=true&api_key={sandbox.api_key}"
        assert send(sandbox, address, certificate=None).content == stored("bands")


def test_a_handshake_that_stalls_holds_up_nobody(sandbox: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))):
        assert ask(sandbox, "bands", timeout=2).content == stored("bands")


def test_keys_and_certificates_are_private_and_go_away() -> None:
    with running(Options()) as sandbox:
        folder = sandbox.ca_file.parent
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, sandbox.key_file)]
        assert modes == [0o700, 0o600]
    assert not folder.exists()


def test_requests_are_recorded_without_the_key() -> None:
    lines: list[str] = []
    with running(Options(faults={"plans": "503-once"}), lines.append) as sandbox:
        key = sandbox.api_key
        ask(sandbox, "events")
        ask(sandbox, "instances", "offset=10&instance_start_from=2026-01-05T00%3A00")
        send(sandbox, f"{sandbox.url}/lantern/api/v2/bands?api%5Fkey={key}&&all=true")
        ask(sandbox, "plans")
        ask(sandbox, "baskets", method="POST")
        requested = list(sandbox.requests)
    assert requested == [
        ("events", "all=true"),
        ("instances", "offset=10&instance_start_from=2026-01-05T00%3A00"),
        ("bands", "all=true"),
        ("plans", "all=true"),
        ("baskets", "all=true"),
    ]
    assert [line.split()[0] + " " + line.split()[-1] for line in lines] == [
        "GET 200", "GET 200", "GET 200", "GET 503", "POST 404",
    ]  # fmt: skip
    assert key not in "".join(lines)


# The form of before 2025


@pytest.fixture(scope="module")
def older() -> dict[str, bytes]:
    """Every collection as it was sent before 2025."""
    with running(Options(pre_2025=True, seed=7)) as sandbox:
        return {collection: ask(sandbox, collection).content for collection in ROOTS}


def public(attributes: Mapping[str, str]) -> dict[str, str]:
    """Attributes without the internal one, which must be there."""
    name, value = INTERNAL
    assert attributes[name] == value
    return {other: attributes[other] for other in attributes if other != name}


def test_the_older_form_reads_as_the_newer_save_for_what_is_internal(older: dict[str, bytes]) -> None:
    found = parse.feed({name: (io.BytesIO(document), name) for name, document in older.items()})
    events = tuple(replace(event, attributes=public(event.attributes)) for event in found.events)
    instances = tuple(replace(instance, attributes=public(instance.attributes)) for instance in found.instances)
    assert replace(found, events=events, instances=instances) == FEED


def test_the_older_form_adds_what_was_removed(older: dict[str, bytes]) -> None:
    counts = {
        "events": (b"<RelatedStockItems/><ThumbnailUrl", len(FEED.events)),
        "bands": (b"<Attribute><Name>Account Code</Name>", len(FEED.bands)),
        "ticket-types": (b"<Attribute><Name>Account Code</Name>", len(FEED.ticket_types)),
        "offers": (b"<PromoCodes/></Offer>", len(FEED.offers)),
    }
    assert {name: (part, older[name].count(part)) for name, (part, _) in counts.items()} == counts
    unchanged = ("price-lists", "plans", "memberships", "statements")
    assert {name: older[name] for name in unchanged} == {name: stored(name) for name in unchanged}


def numbers_of(document: bytes) -> dict[tuple[str, str], tuple[list[str], dict[str, int]]]:
    """Status rows by instance and plan: the plans under each, and its numbers by name."""
    names = ("Available", "Capacity", "Locked", "Reserved", "Selected", "Sold")
    return {
        (row.find("Instance").get("id"), row.find("Plan").get("id")): (  # type: ignore[union-attr, misc]
            [str(plan.get("id")) for plan in row.iterfind("SubPlans/Plan")],
            {name: int(row.findtext(name) or "") for name in names},
        )
        for row in items(io.BytesIO(document), "", "InstancePlanStatus")
    }


def test_the_older_numbers_add_up(older: dict[str, bytes]) -> None:
    rows = numbers_of(older["instance-status"])
    kinds = ("Available", "Locked", "Reserved", "Selected", "Sold")
    assert [sum(row[kind] for kind in kinds) for _, row in rows.values()] == [
        row["Capacity"] for _, row in rows.values()
    ]
    parents = {key: row for key, (under, row) in rows.items() if under}
    sums = {
        (instance, plan): {name: sum(rows[instance, part][1][name] for part in rows[instance, plan][0]) for name in row}
        for (instance, plan), row in parents.items()
    }
    assert len(parents) > 2
    assert parents == sums


def test_the_older_numbers_follow_from_the_seed(older: dict[str, bytes]) -> None:
    with running(Options(pre_2025=True, seed=7)) as same, running(Options(pre_2025=True, seed=8)) as other:
        documents = [ask(sandbox, "instance-status", "limit=999").content for sandbox in (same, other)]
    assert [document == older["instance-status"] for document in documents] == [True, False]


# Faults


def failing(kind: str, requests_made: int = 1, collection: str = "events") -> list[requests.Response]:
    """What a sandbox with a fault answers, one request after another."""
    with running(Options(faults={collection: kind})) as sandbox:
        return [ask(sandbox, collection) for _ in range(requests_made)]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("500", [(500, None), (500, None)]),
        ("403", [(403, None), (403, None)]),
        ("503", [(503, "1"), (503, "1")]),
        ("503-once", [(503, "1"), (200, None)]),
        ("429-once", [(429, "1"), (200, None)]),
        ("html-once", [(200, None), (200, None)]),
    ],
)
def test_a_status_always_or_once(kind: str, expected: list[tuple[int, str | None]]) -> None:
    responses = failing(kind, 2)
    assert [(response.status_code, response.headers.get("Retry-After")) for response in responses] == expected
    assert responses[0].headers["Content-Type"] == HTML
    assert (responses[1].content == stored("events")) == kind.endswith("-once")


def test_html_in_place_of_the_feed() -> None:
    [response] = failing("html")
    assert (response.status_code, response.headers["Content-Type"], response.content[:15]) == (
        200,
        HTML,
        b"<!DOCTYPE html>",
    )


def test_nothing_in_place_of_the_feed() -> None:
    [response] = failing("empty")
    assert (response.status_code, response.headers["Content-Type"], response.content) == (200, XML, b"")


def test_a_whole_response_with_part_of_the_document() -> None:
    first, second = failing("truncated", 2)
    whole = stored("events")
    assert (first.status_code, first.headers["Content-Length"]) == (200, str(len(first.content)))
    assert (first.content, second.content) == (whole[: len(first.content)],) * 2
    assert 0.3 * len(whole) <= len(first.content) + 1 < 0.9 * len(whole)


def test_where_it_is_cut_follows_from_the_seed() -> None:
    lengths = []
    for seed in (1, 1, 2):
        with running(Options(faults={"events": "truncated"}, seed=seed)) as sandbox:
            lengths.append(len(ask(sandbox, "events").content))
    assert lengths[0] == lengths[1] != lengths[2]


@pytest.mark.parametrize("kind", ["cut", "cut-chunked"])
def test_a_connection_that_ends_too_early(kind: str) -> None:
    with pytest.raises(requests.RequestException, match=r"IncompleteRead|Connection broken|ended prematurely"):
        failing(kind)


def test_a_slow_answer_is_whole() -> None:
    started = time.monotonic()
    [response] = failing("slow:1")
    assert response.content == stored("events")
    assert 0.9 < time.monotonic() - started < 3


def test_headers_and_then_silence() -> None:
    with running(Options(faults={"events": "hang"})) as sandbox:
        address = f"{sandbox.url}/lantern/api/v2/events?all=true&api_key={sandbox.api_key}"
        with requests.Session() as session:
            session.trust_env = False
            papers = (str(sandbox.certificate_file), str(sandbox.key_file))
            response = session.get(address, verify=str(sandbox.ca_file), cert=papers, timeout=0.5, stream=True)
            assert response.status_code == 200
            with pytest.raises(requests.ConnectionError, match="timed out"):
                next(response.iter_content(100))
        assert ask(sandbox, "bands").content == stored("bands")


def test_elsewhere_is_another_host_and_gets_no_key() -> None:
    with running(Options(faults={"events": "redirect"})) as sandbox:
        response = ask(sandbox, "events")
    port = sandbox.url.rpartition(":")[2]
    assert (response.status_code, response.headers["Location"]) == (302, f"https://localhost:{port}/elsewhere")


def test_entities_that_unfold() -> None:
    [response] = failing("bomb")
    assert response.status_code == 200
    assert response.content.count(b"<!ENTITY") == 10
    with pytest.raises(SourceError, match="has a DTD"):
        read("events", response.content)


def test_gzip_that_unfolds() -> None:
    with running(Options(faults={"bands": "gzip-bomb"})) as sandbox:
        address = f"{sandbox.url}/lantern/api/v2/bands?all=true&api_key={sandbox.api_key}"
        papers = (str(sandbox.certificate_file), str(sandbox.key_file))
        with requests.Session() as session:
            session.trust_env = False
            response = session.get(address, verify=str(sandbox.ca_file), cert=papers, timeout=10, stream=True)
            packed = response.raw.read(decode_content=False)
    assert (response.headers["Content-Encoding"], len(packed) < 2**20) == ("gzip", True)
    first = zlib.decompressobj(wbits=31)
    assert first.decompress(packed) == stored("bands")
    blanks = gzip.compress(b" " * 2**20)
    assert first.unused_data[:40][10:] == blanks[10:40]
    assert len(first.unused_data) == 600 * len(blanks)


def test_a_server_that_does_not_heed_all() -> None:
    [response] = failing("cap")
    assert ids(response.content) == [event.id for event in FEED.events[:10]]


def test_only_the_named_collection_fails() -> None:
    with running(Options(faults={"events": "500"})) as sandbox:
        assert [ask(sandbox, name).status_code for name in ("events", "instances")] == [500, 200]


@pytest.mark.parametrize("kind", ["", "999", "never", "500-twice", "html:3", "slow:x"])
def test_an_unknown_fault_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="is none of"), running(Options(faults={"events": kind})):
        pass


def test_an_unknown_collection_is_refused() -> None:
    with pytest.raises(ValueError, match='"event" is no collection'), running(Options(faults={"event": "500"})):
        pass


def test_a_folder_without_a_feed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no collection"), running(Options(feed=tmp_path)):
        pass


def test_a_port_that_is_taken_is_an_error(sandbox: Sandbox) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    with pytest.raises(SitegenError, match=f"port {port} of 127.0.0.1 cannot be had"), running(Options(port=port)):
        pass


def test_a_hanging_answer_does_not_hold_up_the_end() -> None:
    with running(Options(faults={"events": "hang"})) as sandbox:
        with pytest.raises(requests.RequestException):
            ask(sandbox, "events", timeout=0.3)
        started = time.monotonic()
    assert time.monotonic() - started < 1


# The command


def printed_by(process: "subprocess.Popen[str]") -> str:
    """What the command prints until it serves."""
    assert process.stdout
    lines: list[str] = []
    while not lines or "Ctrl-C" not in lines[-1]:
        lines.append(process.stdout.readline())
        assert lines[-1], "the command ended"
    return "".join(lines)


@contextmanager
def killed_at_last(process: "subprocess.Popen[str]") -> Iterator[None]:
    """Whatever fails inside, the process does not stay."""
    try:
        yield
    finally:
        process.kill()


@pytest.fixture
def _heeds_ctrl_c() -> Iterator[None]:
    """A test run in the background may have been told to ignore Ctrl-C, and its children would inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heeds_ctrl_c")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_what_to_paste_and_serves(ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "generator", "sandbox", "--port", "0", "--now", NOW.isoformat()]
    process = subprocess.Popen(
        [*command, "--fault", "events=503-once", "--client", "globe"],
        cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"},
    )  # fmt: skip
    with process, killed_at_last(process):
        text = printed_by(process)
        variables = dict(re.findall(r"^export ([A-Z_]+)=(\S+)$", text, re.MULTILINE))
        settings = dict(re.findall(r'^(feed|client|api|files) = "(.*)"$', text, re.MULTILINE))
        assert settings == {
            "feed": "spektrix-v2",
            "client": "globe",
            "api": settings["api"],
            "files": settings["files"],
        }
        picture = next((demo.FOLDER / "images").glob("*.jpg"))
        assert requests.get(settings["files"] + picture.name, timeout=5).content == picture.read_bytes()
        started = Sandbox(
            url=settings["api"],
            client=settings["client"],
            api_key=variables["SPEKTRIX_API_KEY"],
            ca_file=Path(variables["REQUESTS_CA_BUNDLE"]),
            certificate_file=Path(variables["SPEKTRIX_CERT"]),
            key_file=Path(variables["SPEKTRIX_KEY"]),
            requests=[],
        )
        assert [ask(started, "events").status_code for _ in range(2)] == [503, 200]
        assert ask(started, "instances").content == demo.shifted(stored("instances"), demo.shift_for(NOW))
        process.send_signal(ending)
        _, told = process.communicate(timeout=10)
    assert told == "GET events all=true 503\nGET events all=true 200\nGET instances all=true 200\n"
    assert (process.returncode, started.ca_file.parent.exists()) == (0, False)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--fault", "events=nonsense"], 2, '"nonsense" is none of html'),
        (["--fault", "event=500"], 2, '"event" is no collection'),
        (["--fault", "events"], 2, "it must be COLLECTION=KIND"),
        (["--fault", "bands=500", "--fault", "bands=html"], 2, "a collection has one fault only"),
        (["--client", "a b"], 2, '"a b" is no client name'),
        (["--port", "{taken}"], 1, "cannot be had"),
        (["--feed", str(PROJECT / "docs")], 3, "holds no collection"),
    ],
)
def test_the_command_says_what_is_wrong(sandbox: Sandbox, options: list[str], code: int, words: str) -> None:
    taken = sandbox.url.rpartition(":")[2]
    command = [sys.executable, "-m", "generator", "sandbox", *(option.format(taken=taken) for option in options)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, words in done.stderr, done.stdout) == (code, True, "")


def test_every_collection_has_its_place() -> None:
    assert set(COLLECTIONS) >= {*parse.COLLECTIONS, "offers2", "statements"}
