"""What the network's faults are to us: one that may pass, or one that will not. In words of our own.

The words of the libraries hold whole addresses, and so the key: none of them is passed on.
"""

import re
import ssl
import time
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from generator.spektrix.tls import CHECK_CERTIFICATE, STANDS


class TransientError(Exception):
    """A fault that may pass: what happened, and how long the server asks to wait, in seconds."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.wait = wait

    def again(self) -> "TransientError":
        """The same without what led to it."""
        return TransientError(self.what, self.wait)


class RefusedError(Exception):
    """A fault that will not pass: what happened, and how to mend it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend

    def again(self) -> "RefusedError":
        """The same without what led to it."""
        return RefusedError(self.what, self.mend)


def translated(error: Exception) -> Exception:
    """What a fault of the network is to us: one that ends the pull, or one that may pass."""
    if refusal := _tls_reason(error):
        return RefusedError(f"the secure connection was refused ({refusal})", CHECK_CERTIFICATE)
    return TransientError(network_reason(error))


def refuse_status(response: requests.Response) -> None:
    """Let only 200 pass. 429 and 5xx may pass later; everything else will not."""
    status = response.status_code
    if status == 429 or status >= 500:
        raise TransientError(
            f"the server answered HTTP {status}", _retry_after(response.headers.get("Retry-After", ""))
        )
    if status in (401, 403):
        mend = f"Is SPEKTRIX_API_KEY this system's key, and the certificate still good? {CHECK_CERTIFICATE}"
        raise RefusedError(f"the key or the certificate was refused (HTTP {status})", mend)
    if 300 <= status < 400:
        raise RefusedError(
            f"the server sent us elsewhere (HTTP {status}), where the key must not go",
            f"Is [spektrix] api right? {STANDS}",
        )
    if status != 200:
        mend = f"Are [spektrix] client and api right? {STANDS}"
        raise RefusedError(f"the server answered HTTP {status}", mend)


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


_CUT_SHORT = "the answer was cut short: the connection ended before it was whole"
_REASONS = (
    ({"ConnectTimeout"}, "the server could not be reached in time"),
    ({"NewConnectionError", "NameResolutionError"}, "the server could not be reached"),
    ({"Timeout", "TimeoutError"}, "the server stopped answering"),
    ({"DecodeError", "ContentDecodingError"}, "the answer is damaged: it cannot be unpacked"),
    ({"RemoteDisconnected", "ConnectionResetError", "BrokenPipeError"}, _CUT_SHORT),
    ({"BadStatusLine"}, "what answers there does not speak HTTP"),
    ({"ChunkedEncodingError", "IncompleteRead"}, _CUT_SHORT),
    ({"ConnectionError"}, "the server could not be reached"),
)
"""Kinds of errors, of requests, urllib3, http.client and Python, and what they mean; the first that fits."""


def network_reason(error: Exception) -> str:
    """What went wrong on the net, in words of our own: those of the libraries hold whole addresses."""
    kinds = {kind.__name__ for cause in _causes(error) for kind in type(cause).__mro__}
    return next((reason for names, reason in _REASONS if kinds & names), _CUT_SHORT)
