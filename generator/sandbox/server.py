"""A stand-in for the Spektrix API v2 on loopback, to try and to test against without a venue's key.

The one door is `running`. It is written against spektrix-api.md §2.12. What no recording shows, the sandbox chose: an
unknown client or resource is 404, then any method but GET is 405, then a missing or wrong key is 401, each with an
HTML page; a missing client certificate, or one of another authority, ends the TLS handshake.
"""

import re
import secrets
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from generator.errors import Fault, SitegenError, SourceError
from generator.sandbox.answers import COLLECTIONS, Answer, answer, page
from generator.sandbox.authority import Papers, issue
from generator.sandbox.chance import draw
from generator.sandbox.faults import Surroundings, Trouble, spoilt, trouble
from generator.sandbox.feed import FeedFolder, opened
from generator.sandbox.pictures import served
from generator.spektrix import demo

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Options:
    """How the sandbox behaves.

    Without `feed` it serves the demo venue, moved to `now`, or as it is stored where that is None. `faults` are by
    collection: {"events": "503-once", "instances": "slow:30"}. Port 0 is any free one.
    """

    feed: Path | None = None
    now: datetime | None = None
    client: str = "lantern"
    port: int = 0
    needs_certificate: bool = True
    pre_2025: bool = False
    faults: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox that runs, and what a client needs to reach it.

    `requests` grows by (collection, query without the key) with every request for the client, in order; a path that is
    none of the API's stands there in place of a collection. Below `files` are the feed's pictures, for everybody.
    """

    url: str
    client: str
    api_key: str
    ca_file: Path
    certificate_file: Path
    key_file: Path
    requests: list[tuple[str, str]]
    files: str = ""


@contextmanager
def running(options: Options, tell: Callable[[str], None] = lambda line: None) -> Iterator[Sandbox]:
    """A sandbox for as long as the context lasts; its certificates lie in a private folder that goes away then.

    `tell` gets a line for every request, from the thread that answers it; the key is not in it. Raises ValueError
    where an option makes no sense, SourceError where the folder is no feed, SitegenError where the port is taken.
    """
    faults = _faults_of(options)
    feed = _feed_of(options)
    with (
        tempfile.TemporaryDirectory(prefix="sitegen-sandbox-") as folder,
        _listening(options.port) as listener,
        served(feed.folder / "images") as files,
    ):
        papers = issue(Path(folder), options.client)
        url = f"https://{HOST}:{listener.getsockname()[1]}"
        sandbox = Sandbox(
            url,
            options.client,
            f"sandbox-{secrets.token_hex(8)}",
            papers.ca,
            papers.client,
            papers.client_key,
            [],
            files,
        )
        api = _Api(sandbox, feed, faults, tell)
        server = make_server(
            HOST, 0, Request.application(api.respond), threaded=True, request_handler=_Handler, fd=listener.fileno()
        )
        _secure(server, papers, options.needs_certificate)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield sandbox
        finally:
            api.ending.set()
            server.shutdown()
            thread.join()


def _faults_of(options: Options) -> dict[str, Trouble]:
    if not re.fullmatch("[A-Za-z0-9_-]{1,64}", options.client):
        raise ValueError(f'"{options.client}" is no client name: letters, digits, - and _ only')
    for collection in options.faults:
        if collection not in COLLECTIONS:
            raise ValueError(f'"{collection}" is no collection; there are {", ".join(COLLECTIONS)}')
    return {collection: trouble(text) for collection, text in options.faults.items()}


def _feed_of(options: Options) -> FeedFolder:
    is_moved = options.feed is None and options.now is not None
    shift = demo.shift_for(options.now) if is_moved and options.now else timedelta()
    return opened(options.feed or demo.FOLDER, shift, options.pre_2025, options.seed)


def _listening(port: int) -> socket.socket:
    """A listening socket. Raises SitegenError where the port cannot be had."""
    try:
        return socket.create_server((HOST, port), backlog=128)
    except (OSError, OverflowError) as error:
        what = f"port {port} of {HOST} cannot be had ({getattr(error, 'strerror', None) or error})"
        raise SitegenError(Fault(what, "", "Name another with --port; 0 takes any free one.")) from error


def _secure(server: BaseWSGIServer, papers: Papers, needs_certificate: bool) -> None:
    """Put TLS on a server. The handshake is left to the thread of each request: one that stalls holds up no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers.server, papers.server_key)
    if needs_certificate:
        context.load_verify_locations(papers.ca)
        context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.ssl_context = context


class _Handler(WSGIRequestHandler):
    """Says nothing by itself: the lines of werkzeug hold the query, and with it the key."""

    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        """Shake hands, then answer. Where TLS fails, its alert reaches the client before the connection ends."""
        try:
            self.connection.do_handshake()
        except OSError:
            _hang_up(self.connection)
        else:
            super().handle()

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  the name is werkzeug's
        """Nothing."""


def _hang_up(connection: ssl.SSLSocket) -> None:
    """End a connection once the other side has; closed with words unread it would be reset, and the alert be lost."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(1)
        while connection.recv(2**16):
            pass


class _Api:
    """The API of one client."""

    def __init__(
        self, sandbox: Sandbox, feed: FeedFolder, faults: dict[str, Trouble], tell: Callable[[str], None]
    ) -> None:
        self.sandbox = sandbox
        self.feed = feed
        self.faults = faults
        self.tell = tell
        self.ending = threading.Event()
        self.lock = threading.Lock()

    def respond(self, request: Request) -> Response:
        """The response to a request, right or wrong as the faults have it."""
        below = f"/{self.sandbox.client}/api/v2/"
        collection = request.path.removeprefix(below).removesuffix("/")
        self._note(collection, request)
        refusal = self._refusal(collection, request) if request.path.startswith(below) else _not_found()
        bad = None if refusal else self._next_trouble(collection)
        good = refusal or self._answer(collection, request, bad)
        self.tell(f"{request.method} {collection} {_without_key(request)} {bad.kind if bad else good.status}")
        if not bad:
            return Response(good.body, good.status, good.headers)
        elsewhere = self.sandbox.url.replace(HOST, "localhost") + "/elsewhere"
        around = Surroundings(elsewhere, draw(self.feed.seed, "cut", collection), self.ending)
        spoilt_answer, pieces = spoilt(good, bad, around)
        return Response(pieces, spoilt_answer.status, spoilt_answer.headers)

    def _note(self, collection: str, request: Request) -> None:
        self.sandbox.requests.append((collection, _without_key(request)))

    def _refusal(self, collection: str, request: Request) -> Answer | None:
        if collection not in COLLECTIONS:
            return _not_found()
        if request.method != "GET":
            return page(405, "Only GET is allowed.", {"Allow": "GET"})
        if not secrets.compare_digest(request.args.get("api_key", "").encode(), self.sandbox.api_key.encode()):
            return page(401, "The API key is missing or wrong.")
        return None

    def _next_trouble(self, collection: str) -> Trouble | None:
        with self.lock:
            found = self.faults.get(collection)
            if found and found.is_once:
                del self.faults[collection]
        return found

    def _answer(self, collection: str, request: Request, bad: Trouble | None) -> Answer:
        try:
            return answer(self.feed, collection, request.args, heeds_all=not (bad and bad.kind == "cap"))
        except SourceError as error:
            return page(500, str(error))


def _not_found() -> Answer:
    return page(404, "There is no such client or resource.")


def _without_key(request: Request) -> str:
    """The query of a request as it was sent, save the key."""
    pairs = request.query_string.decode("ascii", "replace").split("&")
    return "&".join(pair for pair in pairs if pair and unquote_plus(pair.partition("=")[0]).strip() != "api_key")
