"""The picture files of a feed, served to everybody: the stand-in for the venue's files in Spektrix.

`served` is the door.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.utils import send_from_directory
from werkzeug.wrappers import Request, Response

HOST = "127.0.0.1"
_BELOW = "/files/"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address below which the files of a folder are, for as long as the context lasts; no key is asked for."""

    @Request.application
    def respond(request: Request) -> Response | HTTPException:
        try:
            name = request.path.removeprefix(_BELOW)
            return send_from_directory(folder.resolve(), name, request.environ)
        except HTTPException as error:
            return error

    server = make_server(HOST, 0, respond, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}{_BELOW}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    """Says nothing of requests."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  the name is werkzeug's
        """Nothing."""
