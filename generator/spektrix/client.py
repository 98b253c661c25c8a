"""The Spektrix API v2 over the net: a collection is asked for, and its bytes land in a file. The only home of requests.

What the bytes mean is not known here. The API key is a parameter of every address, so no address leaves this module:
errors name the collection's address without its query, and what the network libraries raise is not passed on.
"""

import logging
import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from importlib.metadata import metadata
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_any
from tenacity.stop import stop_base
from urllib3.exceptions import HTTPError

from generator.config import Credentials, Spektrix
from generator.errors import Fault, SourceError
from generator.spektrix.tls import CHECK_CERTIFICATE, STANDS, tls_context

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
GIVE_UP_SECONDS = 50.0
ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 20.0
MAX_BYTES = 400 * 2**20
CHUNK = 2**16
AT_ONCE = 4
_LATER = f"Spektrix may be down or slow: try again in a few minutes. {STANDS}"

logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # its messages hold whole addresses, and so the key


class _TransientError(Exception):
    """A fault that may pass: what happened, and how long the server asks to wait, in seconds."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.wait = wait


@dataclass
class Client:
    """Asks one venue's API; may be shared by threads. `deadline` is on the clock of time.monotonic."""

    settings: Spektrix
    session: requests.Session
    api_key: str = field(repr=False)
    started: float
    is_cancelled: Event = field(default_factory=Event)
    has_answered: Event = field(default_factory=Event)

    def address(self, collection: str) -> str:
        """The address of a collection, as it may be shown."""
        return f"{self.settings.api.rstrip('/')}/{self.settings.client}/api/v2/{collection}"

    def fetch(self, collection: str, parameters: Mapping[str, str], target: Path) -> None:
        """Write a collection's answer to `target`: the whole of it, or nothing.

        Tries again where a fault may pass (no connection, 429, 5xx, an answer cut short), waiting as the server asks.
        Raises SourceError, which names the address without its query.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(_TransientError),
            stop=stop_any(stop_after_attempt(ATTEMPTS), _StopWhen(self._has_no_time_left)),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        fault = None
        try:
            retrying(self._fetch_once, collection, parameters, target)
        except _TransientError as error:
            fault = Fault(error.what, self.address(collection), _LATER)
        if fault:  # raised here, where no exception of the network is its context
            raise SourceError(fault)

    def _has_no_time_left(self, state: RetryCallState) -> bool:
        return self.is_cancelled.is_set() or time.monotonic() + _wait(state) >= self._end()

    def _end(self) -> float:
        """When to give up: soon while nothing has ever been answered, at the deadline of the settings otherwise."""
        limit = self.settings.deadline_seconds
        return self.started + (limit if self.has_answered.is_set() else min(limit, GIVE_UP_SECONDS))

    def _sleep(self, seconds: float) -> None:
        self.is_cancelled.wait(seconds)

    def _fetch_once(self, collection: str, parameters: Mapping[str, str], target: Path) -> None:
        partial = target.with_name(f"{target.name}.part")
        fault: Fault | None = None
        passing: _TransientError | None = None
        try:
            with self._get(collection, parameters) as response, partial.open("wb") as file:
                _refuse_status(response)
                self._copy(response, file)
        except _RefusedError as error:
            fault = Fault(error.what, self.address(collection), error.mend)
        except (requests.RequestException, HTTPError, ssl.SSLError, OSError) as error:
            fault, passing = self._translated(error, collection)
        except _TransientError as error:
            passing = error
        if fault or passing:
            partial.unlink(missing_ok=True)
        if fault:
            raise SourceError(fault)
        if passing:
            raise _TransientError(passing.what, passing.wait)
        partial.replace(target)
        self.has_answered.set()

    def _get(self, collection: str, parameters: Mapping[str, str]) -> requests.Response:
        left = max(1.0, self._end() - time.monotonic())
        return self.session.get(
            self.address(collection),
            params={**parameters, "api_key": self.api_key},
            stream=True,
            allow_redirects=False,
            timeout=(min(CONNECT_SECONDS, left), min(READ_SECONDS, left)),
        )

    def _copy(self, response: requests.Response, file: BinaryIO) -> None:
        """The body to a file, as it comes. Raises what the network raises where it is cut short."""
        size = 0
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            size += file.write(chunk)
            if size > MAX_BYTES:
                raise _RefusedError(
                    f"the answer is larger than {MAX_BYTES // 2**20} MB", f"Is it the right address? {STANDS}"
                )
            if self.is_cancelled.is_set():
                raise _RefusedError("the pull was given up", STANDS)
            if time.monotonic() > self.started + self.settings.deadline_seconds:
                mend = f"Set [spektrix] deadline_seconds higher if that is how long it takes. {STANDS}"
                raise _RefusedError(f"the pull took longer than {self.settings.deadline_seconds:g} seconds", mend)

    def _translated(self, error: Exception, collection: str) -> tuple[Fault | None, _TransientError | None]:
        """What a fault of the network is to us: one that ends the pull, or one that may pass."""
        if refusal := _tls_reason(error):
            what = f"the secure connection was refused ({refusal})"
            return Fault(what, self.address(collection), CHECK_CERTIFICATE), None
        return None, _TransientError(_network_reason(error))


class _RefusedError(Exception):
    """A fault that will not pass: what happened, and how to mend it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


class _StopWhen(stop_base):
    """Stops when a question is answered with yes."""

    def __init__(self, question: Callable[[RetryCallState], bool]) -> None:
        self.question = question

    def __call__(self, state: RetryCallState) -> bool:
        """Whether to stop."""
        return self.question(state)


def _wait(state: RetryCallState) -> float:
    """Seconds before the next attempt: as long as the server asked, else longer each time, with jitter."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, _TransientError) else None
    backoff = min(8.0, 0.5 * 2.0 ** (state.attempt_number - 1))
    return min(asked, LONGEST_WAIT_SECONDS) if asked is not None else backoff * random.uniform(0.5, 1.5)  # noqa: S311


def _refuse_status(response: requests.Response) -> None:
    """Let only 200 pass. 429 and 5xx may pass later; everything else will not."""
    status = response.status_code
    if status == 429 or status >= 500:
        raise _TransientError(
            f"the server answered HTTP {status}", _retry_after(response.headers.get("Retry-After", ""))
        )
    if status in (401, 403):
        mend = f"Is SPEKTRIX_API_KEY this system's key, and the certificate still good? {CHECK_CERTIFICATE}"
        raise _RefusedError(f"the key or the certificate was refused (HTTP {status})", mend)
    if 300 <= status < 400:
        raise _RefusedError(
            f"the server sent us elsewhere (HTTP {status}), where the key must not go",
            f"Is [spektrix] api right? {STANDS}",
        )
    if status != 200:
        mend = f"Are [spektrix] client and api right? {STANDS}"
        raise _RefusedError(f"the server answered HTTP {status}", mend)


def _retry_after(value: str) -> float | None:
    """Retry-After in seconds, whether it came as seconds or as a date; None where it says nothing."""
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _causes(error: BaseException | None) -> list[BaseException]:
    """An error, and all that it says it comes from."""
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        current = waiting.pop()
        if isinstance(current, BaseException) and current not in found:
            found.append(current)
            waiting += [current.__cause__, current.__context__, *current.args, getattr(current, "reason", None)]
    return found


def _tls_reason(error: Exception) -> str:
    """Why TLS failed, in OpenSSL's words; "" where it was something else, or the other side merely hung up."""
    faults = [cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)]
    reasons = [getattr(fault, "verify_message", "") or fault.reason or "" for fault in faults]
    named = [str(reason) for reason in reasons if reason and "EOF" not in str(reason)]
    return re.sub("_", " ", named[0]).lower() if named else ""


def _network_reason(error: Exception) -> str:
    """What went wrong on the net, in words of our own: those of the libraries hold whole addresses."""
    if isinstance(error, requests.ConnectTimeout):
        return "the server could not be reached in time"
    if isinstance(error, requests.Timeout) or any(isinstance(cause, TimeoutError) for cause in _causes(error)):
        return "the server stopped answering"
    if isinstance(error, requests.ConnectionError) and not _has_begun(error):
        return "the server could not be reached"
    return "the answer was cut short: the connection ended before it was whole"


def _has_begun(error: Exception) -> bool:
    """Whether there was a connection that broke, rather than none."""
    return any(isinstance(cause, ConnectionResetError | BrokenPipeError) for cause in _causes(error))


class _ContextAdapter(HTTPAdapter):
    """Connects with one TLS context, and never retries by itself."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context
        super().__init__(pool_connections=1, pool_maxsize=AT_ONCE, max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Give the context to the pool."""
        super().init_poolmanager(*arguments, **options, ssl_context=self.context)


def client(settings: Spektrix, credentials: Credentials) -> Client:
    """A client for one pull; its deadline runs from now. Raises SourceError where the certificate cannot be used."""
    session = requests.Session()
    session.mount("https://", _ContextAdapter(tls_context(credentials)))
    session.headers["User-Agent"] = user_agent()
    session.headers["Accept"] = "application/xml, text/xml"
    return Client(settings, session, credentials.api_key, time.monotonic())


def published(address: str) -> bytes | None:
    """What is published at an address of the venue's own site, without any credential; None where nothing is (404)."""
    fault: str | None = None
    try:
        answer = requests.get(address, headers={"User-Agent": user_agent()}, timeout=(CONNECT_SECONDS, READ_SECONDS))
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
    except requests.RequestException as error:
        status = error.response.status_code if error.response is not None else None
        fault = f"the server answered HTTP {status}" if status else _network_reason(error)
    if fault:
        raise SourceError(Fault(fault, address.partition("?")[0], "Is --baseline the address of your published site?"))
    return answer.content


def user_agent() -> str:
    """Who asks: the program, its version and its home."""
    about = metadata("sitegen")
    home = next(
        (url.partition(", ")[2] for url in about.get_all("Project-URL") or () if url.startswith("Homepage, ")), ""
    )
    return f"sitegen/{about['Version']} (+{home})"
