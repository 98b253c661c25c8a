"""What the venue and its operator set: `content/site.toml` and the environment.

The public settings (`Settings`) may reach every page. `Credentials` come from the environment alone, and go to the
pull and nowhere else; they cannot be printed.
"""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from generator.errors import Fault, SiteError
from generator.tables import checked, load, read

SETTINGS_FILE = "content/site.toml"
DEMO = "demo"
DEMO_CLIENT = "lantern"
LIVE = "spektrix-v2"


def _some_text(value: str) -> str:
    return "" if value.strip() else "it must not be empty"


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    good = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
    return "" if good else 'it must be a web address such as "https://www.example.org", without ? or #'


def _optional_address(value: str) -> str:
    return _web_address(value) if value else ""


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return 'it must be an IANA time zone such as "Europe/London"'
    return ""


def _language_tag(value: str) -> str:
    good = re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value)
    return "" if good else 'it must be a language tag such as "en-GB" or "cy"'


def _currency_code(value: str) -> str:
    return "" if re.fullmatch("[A-Z]{3}", value) else 'it must be an ISO 4217 code such as "GBP"'


def _host_name(value: str) -> str:
    good = re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d+)?", value)
    return "" if good else 'it must be a host name alone, such as "tickets.example.org"'


def _client_name(value: str) -> str:
    return (
        ""
        if re.fullmatch(r"[A-Za-z0-9_-]*", value)
        else "it must be letters, digits, - and _ only, as in your Spektrix address"
    )


def _percentage(value: float) -> str:
    return "" if 0 <= value <= 100 else "it must be between 0 and 100"


def _one_or_more(value: float) -> str:
    return "" if value >= 1 else "it must be 1 or more"


def _latitude(value: float | None) -> str:
    return "" if value is None or -90 <= value <= 90 else "it must be between -90 and 90"


def _longitude(value: float | None) -> str:
    return "" if value is None or -180 <= value <= 180 else "it must be between -180 and 180"


@dataclass(frozen=True, slots=True)
class Site:
    """The site itself. `url` has no slash at its end and may have a path."""

    name: str = checked(_some_text)
    url: str = checked(_web_address)
    timezone: str = checked(_time_zone)
    language: str = checked(_language_tag, "en-GB")
    currency: str = checked(_currency_code, "GBP")
    description: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", self.url.rstrip("/"))

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which every time is shown."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Venue:
    """The default place. `country` is an ISO 3166 code."""

    name: str = ""
    street: str = ""
    locality: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    telephone: str = ""
    email: str = ""
    latitude: float | None = checked(_latitude, None)
    longitude: float | None = checked(_longitude, None)


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Where the feed comes from: "demo", "spektrix-v2", or a folder of XML, from the site folder."""

    feed: str = checked(_some_text, DEMO)


@dataclass(frozen=True, slots=True)
class Spektrix:
    """The venue's Spektrix system: who it is there, and where its frames and files live.

    A pull that takes longer than `deadline_seconds` is given up. Where a collection comes with exactly `page_size`
    items, the server may have capped it, and it is asked for the rest.
    """

    client: str = checked(_client_name, "")
    domain: str = checked(_host_name, "system.spektrix.com")
    api: str = checked(_web_address, "https://api.system.spektrix.com")
    files: str = checked(_optional_address, "")
    stylesheet: str = ""
    culture: str = ""
    offers_per_event: bool = False
    deadline_seconds: float = checked(_one_or_more, 180.0)
    page_size: int = checked(_one_or_more, 10)


@dataclass(frozen=True, slots=True)
class Attributes:
    """Which attributes of the feed are published, and as what. Nothing is published unless it is named here."""

    genres: tuple[str, ...] = ()
    venue: str = ""
    season: str = ""
    event_note: str = ""
    instance_note: str = ""
    cancelled: str = ""
    access: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WithAttribute:
    """Events on which this box is ticked."""

    attribute: str = checked(_some_text)


@dataclass(frozen=True, slots=True)
class Events:
    """Which events are nowhere on the site: name patterns (`*`, `?`), or boxes."""

    exclude: tuple[str | WithAttribute, ...] = ()


@dataclass(frozen=True, slots=True)
class AvailabilitySettings:
    """When seats count as few, whether numbers are published, and after how many minutes a page stops saying so."""

    limited_percent: float = checked(_percentage, 15.0)
    counts: bool = False
    stale_minutes: int = checked(_one_or_more, 60)


@dataclass(frozen=True, slots=True)
class Images:
    """Whether images are served from the site ("mirror") or from where they lie ("link")."""

    mode: Literal["mirror", "link"] = "mirror"


@dataclass(frozen=True, slots=True)
class Guard:
    """By how much the feed may shrink before a build refuses."""

    max_drop_percent: float = checked(_percentage, 50.0)


@dataclass(frozen=True, slots=True)
class Settings:
    """All public settings (design.md §3)."""

    site: Site
    venue: Venue = Venue()
    source: SourceSettings = SourceSettings()
    spektrix: Spektrix = Spektrix()
    attributes: Attributes = Attributes()
    events: Events = Events()
    availability: AvailabilitySettings = AvailabilitySettings()
    images: Images = Images()
    guard: Guard = Guard()

    @property
    def image_base(self) -> str:
        """The address below which bare image names lie; it ends with a slash."""
        system = self.spektrix
        return f"{system.files.rstrip('/') or f'https://{system.domain}/{system.client}/files'}/"


def settings(site_folder: Path) -> Settings:
    """The settings of a site folder. Raises SiteError with every fault of the file."""
    path = site_folder / SETTINGS_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        mend = f"A site folder has a {SETTINGS_FILE}; name the folder with --site."
        raise SiteError(Fault(f"cannot be read ({error.strerror})", str(path), mend)) from error
    except UnicodeDecodeError as error:
        raise SiteError(Fault("not UTF-8 text", str(path), "Save it with the encoding UTF-8.")) from error
    result = read(Settings, load(text, str(path)), str(path), text)
    if result.spektrix.client:
        return result
    if result.source.feed == DEMO:
        return replace(result, spektrix=replace(result.spektrix, client=DEMO_CLIENT))
    mend = "Set it to your client name, the word after the host in your Spektrix address."
    raise SiteError(Fault("[spektrix] client is missing: without it no booking address is right", str(path), mend))


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
    certificate, private_key = (
        _pem(name, environment.get(name, "").strip()) for name in ("SPEKTRIX_CERT", "SPEKTRIX_KEY")
    )
    if bool(certificate) != bool(private_key):
        lone, other = ("SPEKTRIX_CERT", "SPEKTRIX_KEY") if certificate else ("SPEKTRIX_KEY", "SPEKTRIX_CERT")
        raise SiteError(Fault(f"{lone} is set, but {other} is not", "environment", "Set both, or neither."))
    return Credentials("", certificate, private_key, environment.get("SPEKTRIX_KEY_PASSWORD", "").rstrip("\r\n"))


def pfx_password(environment: Mapping[str, str] = os.environ) -> str | None:
    """The password of a PFX file in the environment; None where it is not set, "" where the file has none."""
    return environment.get("SPEKTRIX_PFX_PASSWORD")


def _pem(name: str, value: str) -> str:
    """The PEM text that a variable holds, encodes or points to; "" where it is not set."""
    if not value or value.startswith("-----BEGIN "):
        return value
    try:
        decoded = base64.b64decode("".join(value.split()), validate=True)
    except binascii.Error:
        decoded = b""
    if decoded.startswith(b"-----BEGIN "):
        return decoded.decode("ascii", "replace")
    try:
        text = Path(value).read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        mend = "It can be the path of a PEM file, the PEM text itself, or that text in base64."
        raise SiteError(Fault(f"{name} names no file that can be read", "environment", mend)) from error
    if "-----BEGIN " not in text:
        raise SiteError(
            Fault(f"the file that {name} names is not PEM", "environment", "It must begin with -----BEGIN.")
        )
    return text


def moment_of_environment(environment: Mapping[str, str] = os.environ) -> datetime | None:
    """The time that SOURCE_DATE_EPOCH sets, in UTC; None where it is not set. Raises SiteError for no number."""
    value = environment.get("SOURCE_DATE_EPOCH", "").strip()
    if not value:
        return None
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (ValueError, OverflowError, OSError) as error:
        mend = "It must be a whole number of seconds since 1970-01-01T00:00:00Z; or unset it."
        raise SiteError(Fault(f'SOURCE_DATE_EPOCH is "{value}"', "environment", mend)) from error
