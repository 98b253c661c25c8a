"""Files from strangers' servers, fetched with nothing that is ours: no key, no certificate, no password.

`Downloader` is the door. Whatever a server does, a download ends in time, and takes no more than it may.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import metadata
from threading import Event
from urllib.parse import urlsplit

import requests
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from urllib3.exceptions import HTTPError

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
EACH_SECONDS = 30.0
ATTEMPTS = 3
MAX_REDIRECTS = 5
CHUNK = 2**16


class FailedError(Exception):
    """A download that gave nothing; the message says why."""


class _PassingError(FailedError):
    """A fault that may pass."""


class _UnreachableError(_PassingError):
    """A server that cannot be reached at all."""


@dataclass(frozen=True, slots=True)
class Download:
    """What came, and what marks its version to the server that sent it."""

    content: bytes
    etag: str
    modified: str


@dataclass(slots=True)
class Downloader:
    """Downloads until `deadline`, on the clock of time.monotonic; may be shared by threads.

    A server that could not be reached is not asked again.
    """

    max_bytes: int
    deadline: float
    accept: str
    is_cancelled: Event = field(default_factory=Event)
    _unreachable: set[str] = field(default_factory=set)
    _session: requests.Session = field(init=False)

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.auth = _no_password
        self._session.max_redirects = MAX_REDIRECTS
        self._session.headers.update({"User-Agent": user_agent(), "Accept": self.accept})

    def get(self, address: str, etag: str = "", modified: str = "") -> Download | None:
        """What is at an address; None where it is still the version that `etag` or `modified` marks.

        Tries again where a fault may pass. Raises FailedError.
        """
        server = urlsplit(address).netloc
        marks = {"If-None-Match": etag, "If-Modified-Since": modified}
        known = {name: value for name, value in marks.items() if value}
        retrying = Retrying(
            retry=retry_if_exception_type(_PassingError),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.5, max=4),
            sleep=self._sleep,
        )
        try:
            return retrying(self._once, address, known, server)
        except RetryError as error:
            last = error.last_attempt.exception()
            if isinstance(last, _UnreachableError):
                self._unreachable.add(server)
            raise FailedError(str(last)) from None

    def _sleep(self, seconds: float) -> None:
        self.is_cancelled.wait(seconds)

    def _once(self, address: str, known: dict[str, str], server: str) -> Download | None:
        if server in self._unreachable:
            raise FailedError("the server could not be reached")
        end = min(self.deadline, time.monotonic() + EACH_SECONDS)
        left = end - time.monotonic()
        if left <= 0 or self.is_cancelled.is_set():
            raise FailedError("there was no time left for it")
        timeout = (min(CONNECT_SECONDS, left), min(READ_SECONDS, left))
        return _translating(lambda: self._asked(address, known, timeout, end))

    def _asked(self, address: str, known: dict[str, str], timeout: tuple[float, float], end: float) -> Download | None:
        with self._session.get(address, headers=known, timeout=timeout, stream=True) as response:
            if response.status_code == 304 and known:
                return None
            _refuse_status(response.status_code)
            content = self._body(response, end)
            return Download(content, response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))

    def _body(self, response: requests.Response, end: float) -> bytes:
        content = bytearray()
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            content += chunk
            if len(content) > self.max_bytes:
                raise FailedError(f"it is larger than {self.max_bytes // 2**20} MB")
            if time.monotonic() > end or self.is_cancelled.is_set():
                raise FailedError("it took too long")
        return bytes(content)


def _translating(ask: Callable[[], Download | None]) -> Download | None:
    """What a question gives; the network's faults in words of our own, as theirs hold whole addresses."""
    try:
        return ask()
    except (requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL):
        fault: FailedError = FailedError("it leads to an address that is not on the web")
    except requests.TooManyRedirects:
        fault = FailedError("it leads from address to address")
    except requests.exceptions.SSLError:
        fault = FailedError("the secure connection was refused")
    except requests.ConnectionError:
        fault = _UnreachableError("the server could not be reached")
    except (requests.RequestException, HTTPError, OSError):
        fault = _PassingError("the connection broke off, or nothing more came")
    raise fault


def _refuse_status(status: int) -> None:
    """Let only 200 pass."""
    if status == 429 or status >= 500:
        raise _PassingError(f"the server answered HTTP {status}")
    if status != 200:
        raise FailedError(f"the server answered HTTP {status}")


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Let a request go as it is: without this, requests would look for a password in the user's own files."""
    return request


def user_agent() -> str:
    """Who asks: the program, its version and its home."""
    about = metadata("sitegen")
    home = next(
        (url.partition(", ")[2] for url in about.get_all("Project-URL") or () if url.startswith("Homepage, ")), ""
    )
    return f"sitegen/{about['Version']} (+{home})"
