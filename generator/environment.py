"""What the operator sets: the environment. The only home of `os.environ`.

`Credentials` go from here to the pull and nowhere else; they cannot be printed.
"""

import base64
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from generator.anatomy import replace
from generator.errors import Fault, SiteError, SourceError

LAST_YEAR = 9000
_BEGIN = "-----BEGIN "
_SPOKEN = ("SPEKTRIX_API_KEY", "SPEKTRIX_KEY_PASSWORD", "SPEKTRIX_PFX_PASSWORD")
_HELD = ("SPEKTRIX_CERT", "SPEKTRIX_KEY")


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What opens the API: the key, and where the venue still has one the client certificate. PEM text.

    `password` is that of an encrypted `private_key`.
    """

    api_key: str
    certificate: str = ""
    private_key: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Credentials(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """What must not be published; `name` says in words what it is. Its value cannot be printed."""

    name: str
    value: str

    def __repr__(self) -> str:
        return f"Secret({self.name}, …)"


def credentials(environment: Mapping[str, str] = os.environ) -> Credentials:
    """The credentials in the environment: each the PEM text, its base64, or the path of a file that holds it.

    Raises SiteError that names the variable, never its value.
    """
    api_key = environment.get("SPEKTRIX_API_KEY", "").strip()
    if not api_key:
        mend = "Set it to the key from Control Panel > WebsiteAdmin > Config in Spektrix."
        raise SiteError(Fault("SPEKTRIX_API_KEY is not set", "environment", mend))
    return replace(client_certificate(environment), api_key=api_key)


def client_certificate(environment: Mapping[str, str] = os.environ) -> Credentials:
    """The certificate, its key and the key's password in the environment, each "" where it is not set; no API key.

    Raises SiteError that names the variable, never its value.
    """
    certificate, private_key = (_pem(name, environment.get(name, "").strip()) for name in _HELD)
    if bool(certificate) != bool(private_key):
        lone, other = _HELD if certificate else reversed(_HELD)
        raise SiteError(Fault(f"{lone} is set, but {other} is not", "environment", "Set both, or neither."))
    return Credentials("", certificate, private_key, environment.get("SPEKTRIX_KEY_PASSWORD", "").rstrip("\r\n"))


def secrets(environment: Mapping[str, str] = os.environ) -> tuple[Secret, ...]:
    """Every secret that the environment holds, and where its key files lie: what must stand nowhere else.

    Raises nothing: a variable that is of no use to the pull may still hold a secret.
    """
    told = (Secret(name, environment.get(name, "").strip()) for name in _SPOKEN)
    held = (secret for name in _HELD for secret in _held(name, environment.get(name, "").strip()))
    return tuple(secret for secret in (*told, *held) if secret.value)


def _held(name: str, value: str) -> Iterator[Secret]:
    """A key or certificate, as a variable has it; where it names a file, what is in that, and where it is."""
    text = value if _BEGIN in value else _decoded(value)
    file = "" if text or not value else _file_text(value)
    yield Secret(name, text or (file if _BEGIN in file else value))
    if file:
        where = f"the path in {name}"
        yield from (Secret(where, path) for path in {value, str(Path(value).absolute())} if len(Path(path).parts) > 1)


def pfx_password(environment: Mapping[str, str] = os.environ) -> str | None:
    """The password of a PFX file in the environment; None where it is not set, "" where the file has none."""
    return environment.get("SPEKTRIX_PFX_PASSWORD")


def _pem(name: str, value: str) -> str:
    """The PEM text that a variable holds, encodes or points to; "" where it is not set."""
    if not value or _BEGIN in value:
        return value
    text = _decoded(value) or _file_text(value)
    if _BEGIN not in text:
        mend = "It can be the path of a PEM file, the PEM text itself, or that text in base64."
        raise SiteError(Fault(f"{name} holds no PEM text and names no file that does", "environment", mend))
    return text


def _decoded(value: str) -> str:
    """The PEM text that a value is the base64 of; "" where it is not."""
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode("utf-8")
    except ValueError:
        return ""


def _file_text(value: str) -> str:
    """The text of the file that a value names; "" where it names none, as an error would hold the value."""
    try:
        return Path(value).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return ""


def check_trust(environment: Mapping[str, str] = os.environ) -> None:
    """Raise SourceError where REQUESTS_CA_BUNDLE names nothing: no connection could be made."""
    bundle = environment.get("REQUESTS_CA_BUNDLE", "")
    if bundle and not Path(bundle).exists():
        mend = "Name the file of the certificate authorities that your network needs, or unset it."
        raise SourceError(Fault(f"REQUESTS_CA_BUNDLE names {bundle}, which is not there", "environment", mend))


def moment_of_environment(environment: Mapping[str, str] = os.environ) -> datetime | None:
    """The time that SOURCE_DATE_EPOCH sets, in UTC; None where it is not set. Raises SiteError for no number."""
    value = environment.get("SOURCE_DATE_EPOCH", "").strip()
    if not value:
        return None
    try:
        moment = datetime.fromtimestamp(int(value), UTC)
        if not 1970 <= moment.year <= LAST_YEAR:
            raise ValueError("no year in which this program would be run")
        return moment
    except (ValueError, OverflowError, OSError) as error:
        mend = "It must be a whole number of seconds since 1970-01-01T00:00:00Z; or unset it."
        raise SiteError(Fault(f'SOURCE_DATE_EPOCH is "{value}"', "environment", mend)) from error
