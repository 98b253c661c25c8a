"""Hosts that are not ours: nginx on a built site, and what Netlify's own parsers make of one.

`make readers` installs them where there are none; what is not there is skipped with its reason.
"""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
from readers import NODE_MODULES, node_lacks
from surfaces import PROJECT

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
SCRIPT = Path(__file__).parent / "host_parsers" / "netlify.mjs"
BODIES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
TYPES = (
    "text/html html; text/css css; application/javascript js; image/svg+xml svg; image/avif avif; image/webp webp; "
    "image/jpeg jpg; font/woff2 woff2; application/json json; text/xml xml; text/plain txt;"
)
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed; `make readers` installs it")


def parsed_by_netlify(output: Path, paths: Iterable[str], config: Path = PROJECT / "netlify.toml") -> dict[str, Any]:
    """What Netlify's parsers find: errors, rules for headers and redirects, and the headers of each rule for a path."""
    if missing := node_lacks("@netlify/headers-parser"):
        pytest.skip(f"{missing}; `make readers` installs it")
    command = ["node", str(SCRIPT), str(NODE_MODULES), str(output), str(config)]
    told = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def configured(root: Path, output: Path, work: Path, listen: str) -> list[str]:
    """The command that runs nginx on a site as docs/operator.md has it, all its files in a folder of its own."""
    places = "".join(f"  {name}_temp_path {work}/{name};\n" for name in BODIES)
    user = "user root; " if os.geteuid() == 0 else ""  # a folder of the tests is root's alone
    (work / "nginx.conf").write_text(
        f"{user}daemon off; pid {work}/nginx.pid; error_log stderr crit; events {{ }}\n"
        f"http {{\n{places}  access_log off;\n"
        f"  types {{ {TYPES} }}\n"
        f"  include {output}/_nginx/maps.conf;\n"
        f"  server {{\n    listen {listen};\n    root {root};\n    include {output}/_nginx/server.conf;\n  }}\n}}\n"
    )
    assert NGINX is not None
    return [NGINX, "-e", "stderr", "-c", str(work / "nginx.conf")]


@contextmanager
def nginx(output: Path, work: Path, root: Path | None = None) -> Iterator[int]:
    """Runs nginx on a built site; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = configured(root or output, output, work, f"127.0.0.1:{port}")
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert (tested.returncode, "[" in tested.stderr) == (0, False), tested.stderr  # neither an error nor a warning
    with subprocess.Popen(command) as running:
        try:
            while running.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    continue
            assert running.poll() is None, "nginx ended"
            yield port
        finally:
            running.terminate()


def asked(port: int, path: str) -> HTTPResponse:
    """The response to a path, read to its end."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response
