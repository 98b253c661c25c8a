"""Serves a website from its plan, each page rendered when it is asked for, as a browser or Netlify would have it.

`Studio` is the application; `serving` runs it. Nothing is looked up on disk: a path either is in the plan or is not.
"""

import mimetypes
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from generator import urls
from generator.errors import Fault, SitegenError
from generator.studio import netlify, screens
from generator.studio.changes import Change, Follow, Stage
from generator.studio.darkroom import UnforeseenError
from generator.studio.desk import Desk
from generator.studio.surprise import told_as_fault
from generator.website import Website

DESK = "/_studio/"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TYPES = {".ics": "text/calendar", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}
_ONLY_LIVE = ("strict-transport-security", "cache-control", "x-frame-options")


class Studio:
    """The application. `hosts` are the names under which it may be asked; others could be a trick of some page."""

    def __init__(self, desk: Desk, hosts: tuple[str, ...]) -> None:
        self.desk = desk
        self.hosts = {*LOOPBACK, *hosts}
        self._rules: tuple[object, netlify.Redirects] | None = None

    def respond(self, request: Request) -> Response:
        """The response to a request, whatever goes wrong."""
        if _host_of(request) not in self.hosts:
            return _text(403, "The studio does not answer to this name. Open it under the address it was started with.")
        if request.method not in ("GET", "HEAD"):
            return _text(405, "Only GET is allowed.", {"Allow": "GET, HEAD"})
        try:
            with told_as_fault():
                if request.path.startswith(DESK):
                    return self._at_desk(request)
                return self._of_site(self.desk.workshop.website(self._moment(request)), request)
        except UnforeseenError as error:
            self.desk.follow(Change(Stage.CONTENT, Follow.RELOAD))
            self.desk.complain(error)
            return _text(404, "This picture cannot be used; the pages that showed it are made again without it.")
        except SitegenError as error:
            return self._broken(error, request)

    def _at_desk(self, request: Request) -> Response:
        found = self.desk.answer(request.path.removeprefix(DESK), request.args, self._moment(request))
        if found is None:
            return _text(404, "The studio has no such page.")
        if isinstance(found.body, Website):
            return self._of_site(found.body, request)
        return _with_body(found.body, found.type, request) if isinstance(found.body, bytes) else _stream(found.body)

    def _moment(self, request: Request) -> datetime | None:
        """The time that a request asks to see; None for *now*."""
        asked = request.args.get("_now", "")
        try:
            moment = datetime.fromisoformat(asked) if asked else None
        except ValueError as error:
            raise SitegenError(Fault(f'_now is "{asked}", no time such as 2026-12-24T18:00', request.path)) from error
        zone = self.desk.workshop.website().plan.settings.site.zone
        return moment.replace(tzinfo=zone) if moment and not moment.tzinfo else moment

    def _of_site(self, website: Website, request: Request) -> Response:
        """A file of the site; else where a rule leads; else the page that says that there is nothing."""
        base = website.plan.addresses.base
        if not request.path.startswith(base):
            is_near = request.path == "/" or f"{request.path}/" == base
            return _redirect(base, 302, request) if is_near else _text(404, f"The site lives below {base}")
        path = request.path.removeprefix(base)
        for file in (urls.file(path), f"{path}.html"):
            if website.has(file):
                return self._file(website, file, 200, request)
        if website.has(f"{path}/index.html"):
            return _redirect(f"{request.path}/", 301, request)
        return self._by_rule(website, request) or self._nothing(website, request)

    def _by_rule(self, website: Website, request: Request) -> Response | None:
        rule = self._redirects(website).of(request.path)
        if rule is None:
            return None
        local = urlsplit(rule.to).path.removeprefix(website.plan.addresses.base)
        if 300 <= rule.status < 400:
            return _redirect(rule.to, rule.status, request)
        return self._file(website, urls.file(local), rule.status, request) if website.has(urls.file(local)) else None

    def _redirects(self, website: Website) -> netlify.Redirects:
        """The rules of a plan, read once."""
        if self._rules is None or self._rules[0] is not website.plan:
            self._rules = website.plan, netlify.redirects(website.file(urls.REDIRECTS) or b"")
        return self._rules[1]

    def _nothing(self, website: Website, request: Request) -> Response:
        if website.has(urls.NOT_FOUND):
            return self._file(website, urls.NOT_FOUND, 404, request)
        return _text(404, "There is nothing at this address.")

    def _file(self, website: Website, file: str, status: int, request: Request) -> Response:
        content = website.file(file)
        assert content is not None  # noqa: S101  # the website has it
        self.desk.workshop.bench.gate.refuse(file, content)
        kind = TYPES.get(_suffix(file)) or mimetypes.guess_type(file)[0] or "application/octet-stream"
        if kind == "text/html" and "_raw" not in request.args:
            content = self.desk.of_site(content, website.plan.programme.now, request.args.get("_now", ""))
        response = _with_body(content, kind, request, status)
        public = website.plan.addresses.base + file.removesuffix("index.html")
        for name, value in netlify.headers_for(website.file("_headers") or b"", public):
            if name.lower() not in _ONLY_LIVE:
                response.headers[name] = _in_the_studio(value)
        return response

    def _broken(self, error: SitegenError, request: Request) -> Response:
        """The page that says what is wrong; the terminal says it too."""
        self.desk.complain(error)
        body = self.desk.with_script(screens.broken(error.faults, request.path))
        return _with_body(body, "text/html", request, 500)


def _host_of(request: Request) -> str:
    try:
        return urlsplit(f"//{request.environ.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:
        return ""


def _suffix(file: str) -> str:
    return f".{file.rpartition('.')[2]}"


def _in_the_studio(value: str) -> str:
    """A header as it can be on a machine without TLS, in the gallery's frames, and round frames of the studio's own."""
    value = value.replace("frame-src 'none'", "frame-src").replace("frame-src", "frame-src 'self'")
    parts = (part.strip() for part in value.replace(screens.HERE, "'self'").split(";"))
    return "; ".join(p for p in parts if not p.startswith(("upgrade-insecure-requests", "frame-ancestors")))


def _with_body(content: bytes, kind: str, request: Request, status: int = 200) -> Response:
    """A response with all of a file, or with the part of it that is asked for."""
    is_text = kind.startswith("text/") or kind in ("application/json", "application/xml", "image/svg+xml")
    response = Response(content, status, content_type=f"{kind}; charset=utf-8" if is_text else kind)
    response.headers["Cache-Control"] = "no-store"
    if status == 200 and "Range" in request.headers:
        response.make_conditional(request, accept_ranges=True, complete_length=len(content))
    return response


def _text(status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    more = {"Cache-Control": "no-store", **(headers or {})}
    return Response(f"{words}\n", status, more, content_type="text/plain; charset=utf-8")


def _redirect(to: str, status: int, request: Request) -> Response:
    """A way on, with the query that was asked."""
    asked = request.query_string.decode("ascii", "replace")
    joined = f"{to}{'&' if '?' in to else '?'}{asked}" if asked else to
    location = quote(joined, safe="%/:=&?~#+!$,;'@()*[]")
    return Response(b"", status, {"Location": location, "Cache-Control": "no-store"})


def _stream(lines: Iterator[bytes]) -> Response:
    return Response(lines, content_type="text/event-stream", headers={"Cache-Control": "no-store"})


class _Handler(WSGIRequestHandler):
    """Says nothing by itself."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # the name is werkzeug's
        """Nothing."""


def listening(host: str, port: int, tries: int = 20) -> socket.socket:
    """A listening socket at the port, or at the next that is free. Raises SitegenError where none can be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, min(port + tries, 65536)):
        try:
            return socket.create_server((host, number), family=family, backlog=128)
        except OSError as error:
            failed = error
    what = f"port {port} of {host} cannot be had, nor one after it ({failed.strerror or failed})"
    raise SitegenError(Fault(what, "", "Name another with --port, or another address with --host.")) from failed


@contextmanager
def serving(studio: Studio, listener: socket.socket) -> Iterator[None]:
    """Answer requests from threads of their own, for as long as the context lasts."""
    host, port = listener.getsockname()[:2]
    application = Request.application(studio.respond)
    server: BaseWSGIServer = make_server(
        host, port, application, threaded=True, request_handler=_Handler, fd=listener.fileno()
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="serve", daemon=True)
    thread.start()
    try:
        yield
    finally:
        studio.desk.close()
        server.shutdown()
        thread.join()
        server.server_close()
