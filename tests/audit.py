"""What `make audit` runs: the Nu HTML checker over every page, Lighthouse as a phone on those that matter most.

It needs Java, Node and Chromium, and minutes; so it is not one of the tests. Sites are served as a CDN would:
compressed, hashed files to be kept for ever, pages to be asked for again. Other hosts are played by a server here,
with a picture of common size for every picture, since the audit reaches none.
"""

import gzip
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from surfaces import PROJECT, build, shared_folder

TOOLS = PROJECT / ".venv" / "audit" / "node_modules"
CHECKER = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
LIGHTHOUSE = TOOLS / ".bin" / "lighthouse"
WANTED = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
TRIES = 3  # a busy machine makes a page slower than it is, never quicker
LOOKED_AT = "2014-09-01T12:00:00Z"


def main() -> int:
    """Audits the demo as it is today and, where it is, the recorded site; gives the exit code."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    sites = {"demo": (build(PROJECT, None, now), "/events/hamlet/")}
    site, feed = shared_folder("sites", "new-wolsey"), shared_folder("feeds", "new-wolsey")
    if site and feed:
        sites["recorded"] = (build(site, feed, LOOKED_AT), "/events/a-farewell-to-arms/")
    faults = [fault for name, (output, _) in sites.items() for fault in html_faults(name, output)]
    with others() as port:
        for name, (output, event) in sites.items():
            with served(output) as address:
                for path in ("/", "/whats-on/", event, "/calendar/"):
                    faults += lighthouse_faults(name, address, path, port)
    say(*faults or ["All is well."])
    return 1 if faults else 0


def say(*lines: str) -> None:
    """Print."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


# The Nu HTML checker


def html_faults(name: str, output: Path) -> list[str]:
    """What the checker calls an error in the pages of a site."""
    command = ["java", "-Xss4m", "-jar", str(CHECKER), "--skip-non-html", "--format", "json", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    messages: list[dict[str, Any]] = json.loads(done.stderr)["messages"]
    errors = [message for message in messages if message["type"] in ("error", "non-document-error")]
    pages = len(list(output.rglob("*.html")))
    say(f"{name}: {pages} pages, {len(errors)} errors of the Nu HTML checker")
    return [f"{fault.get('url')}:{fault.get('lastLine')}: {fault['message']}" for fault in errors]


# Lighthouse


def lighthouse_faults(name: str, address: str, path: str, others_port: int) -> list[str]:
    """What Lighthouse scores below what is wanted on a page, and why."""
    for _ in range(TRIES):
        report = lighthouse(address + path, others_port)
        if not (faults := report_faults(name, path, report)):
            break
    return faults


def report_faults(name: str, path: str, report: dict[str, Any]) -> list[str]:
    """What a report scores below what is wanted, and why."""
    scores = {key: round(100 * (report["categories"][key]["score"] or 0)) for key in WANTED}
    audits = report["audits"]
    shift = audits["cumulative-layout-shift"]["numericValue"]
    paint = audits["largest-contentful-paint"]["numericValue"]
    told = ", ".join(f"{key} {score}" for key, score in scores.items())
    say(f"{name} {path}: {told}; largest paint {paint / 1000:.1f} s, layout shift {shift:.4f}")
    faults = [f"{name} {path}: {key} is {scores[key]}" for key, wanted in WANTED.items() if scores[key] < wanted]
    faults += [f"{name} {path}: the layout shifts by {shift:.4f}"] if round(shift, 3) else []
    return [f"{fault}: {', '.join(reasons(report))}" for fault in faults]


def lighthouse(address: str, others_port: int) -> dict[str, Any]:
    """Lighthouse's report on a page, as a phone sees it."""
    quiet = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --ignore-certificate-errors"
    mapped = f'--host-resolver-rules="MAP * 127.0.0.1:{others_port}, EXCLUDE 127.0.0.1"'
    command = [str(LIGHTHOUSE), address, "--quiet", "--output=json", f"--chrome-flags={quiet} {mapped}"]
    command += [f"--only-categories={','.join(WANTED)}"]
    chrome = shutil.which("chromium") or shutil.which("google-chrome") or ""
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "CHROME_PATH": chrome}
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def reasons(report: dict[str, Any]) -> Iterator[str]:
    """The audits that cost points."""
    for category in report["categories"].values():
        for ref in category["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                yield f"{audit['title']} {audit.get('displayValue', '')}".strip()


# Servers


class Compressed(SimpleHTTPRequestHandler):
    """Serves a folder as a CDN would."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # its name in the library
        """Answer, compressed where that helps."""
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        status = 200 if file.is_file() else 404
        body = file.read_bytes() if status == 200 else b""
        is_text = file.suffix in (".html", ".css", ".js", ".json", ".svg", ".xml", ".ics", ".txt")
        is_hashed = file.parent.name in ("assets", "fonts", "images")
        body = gzip.compress(body) if is_text else body
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", f"public, max-age={31536000 if is_hashed else 0}")
        if is_text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Others(BaseHTTPRequestHandler):
    """Every other host: a picture for a picture, nothing for anything else."""

    pictures = sorted((PROJECT / "generator").rglob("*.jpg"), key=lambda file: file.stat().st_size)

    def do_GET(self) -> None:  # its name in the library
        """Answer."""
        body = self.pictures[len(self.pictures) // 2].read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "public, max-age=31536000")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder served; gives the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressed, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def others() -> Iterator[int]:
    """The other hosts, over TLS; gives the port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Others) as server, tempfile.NamedTemporaryFile(suffix=".pem") as pem:
        pem.write(certificate())
        pem.flush()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem.name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def certificate() -> bytes:
    """A key and a certificate that nobody trusts, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "others")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
    signed = made.sign(key, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + signed.public_bytes(serialization.Encoding.PEM)


if __name__ == "__main__":
    raise SystemExit(main())
