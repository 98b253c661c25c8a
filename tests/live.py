"""A site with a live source, the real command in a process of its own, and servers that stand in for the API.

A run has an environment of its own, and an empty folder for temporary files. In what it says, SITE stands for the
site folder, and API for the address of the server.
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote_plus, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from surfaces import PROJECT, share_pictures

from generator.sandbox import documents
from generator.sandbox.authority import Papers, issue
from generator.sandbox.server import Options, Sandbox, running

TINY = PROJECT / "tests" / "tiny"
CLIENT = "thimble"
PATIENCE = 62.0  # a minute, and the start of the program
NOW = "2026-03-02T12:00:00Z"
STANDS = "What was published before stands."
LATER = f"Spektrix may be down or slow: try again in a few minutes. {STANDS}"
ASK_AGAIN = f"Pull again; if it stays so, tell Spektrix support. {STANDS}"
CHECK = f"Run `sitegen cert check`; it says what to do. {STANDS}"
OURS = re.compile("SPEKTRIX_|SOURCE_DATE_EPOCH|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|TMPDIR|.*_proxy", re.IGNORECASE)

Contents = dict[str, bytes]


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it said."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Live:
    """A live site in `folder`, and the environment in which the command reaches its source."""

    folder: Path
    url: str
    environment: Mapping[str, str]

    @property
    def site(self) -> Path:
        """The site folder."""
        return self.folder / "site"

    @property
    def snapshot(self) -> Path:
        """Where the last snapshot is."""
        return self.site / ".sitegen" / "snapshot"

    @property
    def temporary(self) -> Path:
        """The folder for temporary files."""
        return self.folder / "tmp"

    def standing(self) -> dict[str, Contents]:
        """What is published, and what was pulled, byte for byte."""
        return {"output": contents(self.site / "output"), "snapshot": contents(self.snapshot)}

    def begin(self, command: str, *options: str | Path, **environment: str) -> "subprocess.Popen[str]":
        """The command, running; a variable that is set to "" is not set."""
        given = ["--now", NOW] if command == "build" and "--now" not in options else []
        variables = {**self.environment, **environment}
        return subprocess.Popen(
            [sys.executable, "-m", "generator", command, *given, "--site", str(self.site), *map(str, options)],
            cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
            env={name: value for name, value in variables.items() if value},
        )  # fmt: skip

    def run(self, command: str, *options: str | Path, **environment: str) -> Outcome:
        """The command's outcome; one that has not given up within a minute is killed, and ends with -9."""
        with self.begin(command, *options, **environment) as process:
            try:
                said = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                said = process.communicate()
        return Outcome(process.returncode, *(self._neutral(words) for words in said))

    def _neutral(self, words: str) -> str:
        return words.replace(str(self.site), "SITE").replace(self.url, "API")


def contents(folder: Path) -> Contents:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def live_site(
    folder: Path, url: str, environment: Mapping[str, str], more: str = "", start: Path | None = None
) -> Live:
    """A live site in a new folder; `more` are lines for [spektrix], `start` is a site with a memory to begin from."""
    shutil.copytree(start or TINY, folder / "site", ignore=shutil.ignore_patterns("feed", "images"))
    share_pictures(folder / "site")
    settings = (TINY / "content" / "site.toml").read_text("utf-8").replace('"feed"', '"spektrix-v2"')
    settings = settings.replace("[spektrix]\n", f'[spektrix]\napi = "{url}"\n{more}\n')
    (folder / "site" / "content" / "site.toml").write_text(settings, "utf-8")
    (folder / "tmp").mkdir()
    around = {name: value for name, value in os.environ.items() if not OURS.fullmatch(name) and "SPEKTRIX" not in name}
    return Live(folder, url, {**around, "TMPDIR": str(folder / "tmp"), **environment})


def site_of(folder: Path, sandbox: Sandbox, more: str = "", start: Path | None = None) -> Live:
    """A live site whose source is a sandbox."""
    return live_site(folder, sandbox.url, variables_of(sandbox), more, start)


def variables_of(sandbox: Sandbox) -> dict[str, str]:
    """What the operator sets to reach a sandbox."""
    return {
        "SPEKTRIX_API_KEY": sandbox.api_key,
        "SPEKTRIX_CERT": str(sandbox.certificate_file),
        "SPEKTRIX_KEY": str(sandbox.key_file),
        "REQUESTS_CA_BUNDLE": str(sandbox.ca_file),
    }


def options(
    faults: Mapping[str, str] | None = None, feed: Path = TINY / "feed", *, needs_certificate: bool = True
) -> Options:
    """A sandbox of the little venue; faults by collection."""
    return Options(feed, client=CLIENT, needs_certificate=needs_certificate, faults=faults or {})


def refused(where: str, what: str, mend: str, told: str = "Asking Spektrix\n") -> str:
    """What is said of a source that failed."""
    return f"{told}Error: {where}: {what}\n  {mend}\n"


def any_collection(words: str) -> str:
    """Words in which the collection that was asked for first is left open: four are asked for at a time."""
    return re.sub("(?<=/api/v2/)[a-z-]+", "COLLECTION", words)


def leaks(live: Live, outcome: Outcome, *hidden: str) -> list[str]:
    """Where a secret stands, as it is or as it would stand in an address."""
    forms = {form.encode() for secret in hidden if secret for form in (secret, quote_plus(secret))}
    places = {"stdout": outcome.stdout.encode(), "stderr": outcome.stderr.encode(), **contents(live.folder)}
    return [place for place, content in places.items() if any(form in content for form in forms)]


# The feed, and a site that has pulled it


def copied(folder: Path) -> Path:
    """The little venue's feed, to be changed."""
    return Path(shutil.copytree(TINY / "feed", folder / "feed"))


def keep(feed: Path, **first: int) -> None:
    """Leave only the first items of collections; _ stands for - in their names."""
    for name, count in first.items():
        path = feed / f"{name.replace('_', '-')}.xml"
        document = documents.read(path.read_bytes(), "")
        path.write_bytes(document.of(document.items[:count]))


@contextmanager
def pulled(folder: Path) -> Iterator[tuple[Live, Path]]:
    """A site that has been built, and the feed from which its sandbox still serves."""
    feed = copied(folder)
    with running(options(feed=feed)) as sandbox:
        live = site_of(folder / "a", sandbox)
        assert live.run("build").exit_code == 0
        yield live, feed


# A server that does what a test tells it


@dataclass(frozen=True)
class Asked:
    """A request: its collection, its query without the key, its headers."""

    collection: str
    query: dict[str, str]
    headers: dict[str, str]


Answering = Callable[[BaseHTTPRequestHandler, Asked], None]


@dataclass(frozen=True)
class Server:
    """A server of a test's own, what reaches it, and how often a connection was made."""

    url: str
    variables: dict[str, str]
    connections: list[int]


class Silent(ThreadingHTTPServer):
    """Says nothing of clients that hang up."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path, answering: Answering, trusted: Path | None = None) -> Iterator[Server]:
    """An HTTPS server for as long as the context lasts; with `trusted`, clients must show a certificate under it."""
    folder.mkdir(exist_ok=True)
    papers = issue(folder, CLIENT)
    connections: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            connections.append(1)
            super().setup()

        def do_GET(self) -> None:
            pairs = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            pairs.pop("api_key", None)
            with suppress(OSError):  # a client that has given up
                answering(self, Asked(urlsplit(self.path).path.rpartition("/")[2], pairs, dict(self.headers)))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = Silent(("127.0.0.1", 0), Handler)
    server.socket = _context(papers, trusted).wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    variables = {"SPEKTRIX_API_KEY": "key-of-a-test", "REQUESTS_CA_BUNDLE": str(papers.ca)}
    try:
        yield Server(f"https://127.0.0.1:{server.server_port}", variables, connections)
    finally:
        server.shutdown()
        server.socket.close()


def _context(papers: Papers, trusted: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers.server, papers.server_key)
    if trusted:
        context.load_verify_locations(trusted)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """A whole response; headers with _ for -."""
    handler.send_response(status)
    for name, value in {"Content_Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def stored(asked: Asked) -> bytes:
    """The little venue's document."""
    return (TINY / "feed" / f"{asked.collection}.xml").read_bytes()


def self_signed(folder: Path, valid_for: timedelta) -> dict[str, str]:
    """A certificate that nobody else signed and that ends after a time from now, as the variables of the operator."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, CLIENT)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=365))
        .not_valid_after(now + valid_for)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(exist_ok=True)
    (folder / "own.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "own.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return {"SPEKTRIX_CERT": str(folder / "own.crt"), "SPEKTRIX_KEY": str(folder / "own.key")}


@contextmanager
def proxy() -> Iterator[str]:
    """The address of a proxy that connects to wherever it is asked to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def _accept(listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            threading.Thread(target=_connect, args=(listener.accept()[0],), daemon=True).start()


def _connect(client: socket.socket) -> None:
    host, port = client.recv(2**16).split()[1].split(b":")
    server = socket.create_connection((host.decode(), int(port)))
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()
    _pass_on(client, server)


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while some := one.recv(2**16):
            other.sendall(some)
        other.shutdown(socket.SHUT_WR)
