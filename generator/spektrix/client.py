"""The Spektrix API v2 over the net: a collection is asked for, and its bytes land in a file. The only home of requests.

What the bytes mean is not known here. The API key is a parameter of every address, so no address leaves this module:
errors name the collection's address without its query, and what the network libraries raise is not passed on.
"""

import logging
import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_any
from tenacity.stop import stop_base
from urllib3.exceptions import HTTPError

from generator.config import Spektrix
from generator.environment import Credentials
from generator.errors import Fault, SourceError
from generator.pictures.download import user_agent
from generator.spektrix.network import RefusedError, TransientError, network_reason, refuse_status, translated
from generator.spektrix.tls import STANDS, tls_context

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
GIVE_UP_SECONDS = 50.0
GRACE_SECONDS = 5.0
ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 20.0
MAX_BYTES = 400 * 2**20
CHUNK = 2**16
AT_ONCE = 4
_LATER = f"Spektrix may be down or slow: try again in a few minutes. {STANDS}"

# Its messages hold whole addresses, and so the key: they go nowhere, whatever levels are set.
logging.getLogger("urllib3.connectionpool").addFilter(lambda _: False)


@dataclass(slots=True)
class Client:
    """Asks one venue's API; may be shared by threads. `deadline` is on the clock of time.monotonic.

    `heard` has, for each fetch under way, its collection and when a byte of it last came.
    """

    settings: Spektrix
    session: requests.Session
    api_key: str = field(repr=False)
    deadline: float
    is_cancelled: Event = field(default_factory=Event)
    heard: dict[int, tuple[str, float]] = field(default_factory=dict)

    def address(self, collection: str) -> str:
        """The address of a collection, as it may be shown."""
        return f"{self.settings.api.rstrip('/')}/{self.settings.client}/api/v2/{collection}"

    def fetch(self, collection: str, parameters: Mapping[str, str], target: Path) -> None:
        """Write a collection's answer to `target`: the whole of it, or nothing.

        Tries again where a fault may pass (no connection, 429, 5xx, an answer cut short), waiting as the server asks.
        Raises SourceError, which names the address without its query.
        """
        fetching = _Fetching(self, collection, {**parameters, "api_key": self.api_key}, target, time.monotonic())
        fault: Fault | None = None
        try:
            fetching.run()
        except RefusedError as error:
            fault = Fault(error.what, self.address(collection), error.mend)
        except TransientError as error:
            fault = Fault(error.what, self.address(collection), _LATER)
        if fault:  # raised here, where no exception of the network is its context
            raise SourceError(fault)

    def watch(self) -> None:
        """Raise SourceError where the pull takes too long, or where nothing comes though every time-out is kept."""
        now = time.monotonic()
        if now > self.deadline + GRACE_SECONDS:
            raise SourceError(Fault(*_too_long(self.settings)))
        for collection, heard in list(self.heard.values()):
            if now > heard + GIVE_UP_SECONDS + GRACE_SECONDS:
                raise SourceError(Fault("the server stopped answering", self.address(collection), _LATER))


@dataclass(slots=True)
class _Fetching:
    """One collection being fetched; `started` when it was first asked for."""

    client: Client
    collection: str
    parameters: Mapping[str, str] = field(repr=False)
    target: Path
    started: float

    def run(self) -> None:
        """Fetch, again and again where a fault may pass. Raises RefusedError or the last TransientError."""
        retrying = Retrying(
            retry=retry_if_exception_type(TransientError),
            stop=stop_any(stop_after_attempt(ATTEMPTS), _StopWhen(self._has_no_time_left)),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        self._hear()
        try:
            retrying(self._once)
        finally:
            self.client.heard.pop(id(self), None)

    def _hear(self) -> None:
        self.client.heard[id(self)] = self.collection, time.monotonic()

    def _has_no_time_left(self, state: RetryCallState) -> bool:
        return self.client.is_cancelled.is_set() or time.monotonic() + _wait(state) >= self._end()

    def _end(self) -> float:
        """When to stop trying again."""
        return min(self.client.deadline, self.started + GIVE_UP_SECONDS)

    def _sleep(self, seconds: float) -> None:
        self.client.is_cancelled.wait(seconds)

    def _once(self) -> None:
        """One attempt, into a file of its own, which takes its name when it is whole."""
        partial = self.target.with_name(f"{self.target.name}.part")
        problem: Exception | None = None
        try:
            with self._get() as response:
                refuse_status(response)
                self._save(response, partial)
            partial.replace(self.target)
        except (RefusedError, TransientError) as error:
            problem = error.again()
        except (requests.RequestException, HTTPError, ssl.SSLError) as error:
            problem = translated(error)
        except OSError as error:
            problem = RefusedError(f"what came cannot be written ({error.strerror})", f"Is there room? {STANDS}")
        if problem:
            partial.unlink(missing_ok=True)
            raise problem

    def _get(self) -> requests.Response:
        left = max(1.0, self._end() - time.monotonic())
        return self.client.session.get(
            self.client.address(self.collection),
            params=self.parameters,
            stream=True,
            allow_redirects=False,
            timeout=(min(CONNECT_SECONDS, left), min(READ_SECONDS, left)),
        )

    def _save(self, response: requests.Response, file: Path) -> None:
        """The body to a file, as it comes. Raises RefusedError where it is too much, TransientError where it is cut."""
        size = 0
        with file.open("wb") as partial:
            while chunk := _next_chunk(response):
                size += partial.write(chunk)
                self._hear()
                if size > MAX_BYTES:
                    what = f"the answer is larger than {MAX_BYTES // 2**20} MB"
                    raise RefusedError(what, f"Is it the right address? {STANDS}")
                if self.client.is_cancelled.is_set():
                    raise RefusedError("the pull was given up", STANDS)
                if time.monotonic() > self.client.deadline:
                    what, _, mend = _too_long(self.client.settings)
                    raise RefusedError(what, mend)


def _next_chunk(response: requests.Response) -> bytes:
    """The next bytes of a body, b"" at its end; the network's faults in words of our own."""
    try:
        chunk: bytes = response.raw.read1(CHUNK, decode_content=True)
    except (HTTPError, OSError) as error:
        raise translated(error) from error
    return chunk


def _too_long(settings: Spektrix) -> tuple[str, str, str]:
    mend = f"Set [spektrix] deadline_seconds higher if that is how long it takes. {STANDS}"
    return f"the pull took longer than {settings.deadline_seconds:g} seconds", settings.api, mend


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
    asked = error.wait if isinstance(error, TransientError) else None
    backoff = min(8.0, 0.5 * 2.0 ** (state.attempt_number - 1))
    return min(asked, LONGEST_WAIT_SECONDS) if asked is not None else backoff * random.uniform(0.5, 1.5)  # noqa: S311


class _ContextAdapter(HTTPAdapter):
    """Connects with one TLS context, and never retries by itself."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context
        super().__init__(pool_connections=1, pool_maxsize=AT_ONCE, max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Give the context to the pool."""
        super().init_poolmanager(*arguments, **options, ssl_context=self.context)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Give the context to the pool behind a proxy, too."""
        return super().proxy_manager_for(proxy, **options, ssl_context=self.context)


def client(settings: Spektrix, credentials: Credentials) -> Client:
    """A client for one pull; its deadline runs from now. Raises SourceError where the certificate cannot be used."""
    session = requests.Session()
    session.mount("https://", _ContextAdapter(tls_context(credentials)))
    session.headers["User-Agent"] = user_agent()
    session.headers["Accept"] = "application/xml, text/xml"
    return Client(settings, session, credentials.api_key, time.monotonic() + settings.deadline_seconds)


def published(address: str, option: str) -> bytes | None:
    """What is published at an address of the venue's own site, which `option` names; None where nothing is (404).

    No credential goes there.
    """
    fault: str | None = None
    try:
        answer = requests.get(address, headers={"User-Agent": user_agent()}, timeout=(CONNECT_SECONDS, READ_SECONDS))
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
    except requests.RequestException as error:
        status = error.response.status_code if error.response is not None else None
        fault = f"the server answered HTTP {status}" if status else network_reason(error)
    if fault:
        raise SourceError(Fault(fault, address.partition("?")[0], f"Is {option} the address of your published site?"))
    return answer.content
