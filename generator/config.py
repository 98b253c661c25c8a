"""What the venue sets: `content/site.toml`, typed and checked. All of it is public: any of it may reach a page.

Credentials are none of it; they come from the `environment`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from generator.errors import Fault, SiteError
from generator.eventtypes import EventType
from generator.tables import checked, load, nearest, read, some_text
from generator.urls import is_address

SETTINGS_FILE = "content/site.toml"
DEMO = "demo"
DEMO_CLIENT = "lantern"
LIVE = "spektrix-v2"


def _web_address(value: str) -> str:
    good = is_address(value) and re.fullmatch(r"[!-~]+", value) and not set("?#") & set(value)
    return "" if good else 'it must be a web address such as "https://www.example.org", without ? or #'


def _optional_address(value: str) -> str:
    return _web_address(value) if value else ""


def _secure_address(value: str) -> str:
    if value.startswith("http://"):
        return "it must begin with https://, as the key goes there"
    return _web_address(value)


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


def _all_named(values: Iterable[str]) -> str:
    return "" if all(value.strip() for value in values) else "none of its names may be empty"


def _all_explained(kinds: "Mapping[str, str | AccessKind]") -> str:
    return _all_named((*kinds, *(kind if isinstance(kind, str) else kind.name for kind in kinds.values())))


def _host_name(value: str) -> str:
    good = re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d+)?", value)
    return "" if good else 'it must be a host name alone, such as "tickets.example.org"'


def _client_name(value: str) -> str:
    return (
        ""
        if re.fullmatch(r"[A-Za-z0-9_-]*", value)
        else "it must be letters, digits, - and _ only, as in your Spektrix address"
    )


def _all_origins(values: Iterable[str]) -> str:
    good = all(
        re.fullmatch(r"https://(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d+)?", value) for value in values
    )
    return "" if good else 'each must be an address without a path, such as "https://www.example.org"'


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

    name: str = checked(some_text)
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

    feed: str = checked(some_text, DEMO)


@dataclass(frozen=True, slots=True)
class Spektrix:
    """The venue's Spektrix system: who it is there, and where its frames and files live.

    A pull that takes longer than `deadline_seconds` is given up. Where a collection comes with exactly `page_size`
    items, the server may have capped it, and it is asked for the rest.
    """

    client: str = checked(_client_name, "")
    domain: str = checked(_host_name, "system.spektrix.com")
    api: str = checked(_secure_address, "https://api.system.spektrix.com")
    files: str = checked(_optional_address, "")
    stylesheet: str = ""
    culture: str = ""
    offers_per_event: bool = False
    deadline_seconds: float = checked(_one_or_more, 180.0)
    page_size: int = checked(_one_or_more, 10)


@dataclass(frozen=True, slots=True)
class AccessKind:
    """A kind of access: what people read, and what it means."""

    name: str = checked(some_text)
    about: str = ""


@dataclass(frozen=True, slots=True)
class Attributes:
    """Which attributes of the feed are published, and as what. Nothing is published unless it is named here.

    `types` says what a genre is to search engines, where its name alone does not.
    """

    genres: tuple[str, ...] = checked(_all_named, ())
    venue: str = ""
    season: str = ""
    event_note: str = ""
    instance_note: str = ""
    cancelled: str = ""
    access: Mapping[str, str | AccessKind] = field(default_factory=dict, metadata={"check": _all_explained})
    types: Mapping[str, EventType] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WithAttribute:
    """Events on which this box is ticked."""

    attribute: str = checked(some_text)


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
class Security:
    """Who else may be part of the pages, by what a page would load from them: addresses without a path."""

    scripts: tuple[str, ...] = checked(_all_origins, ())
    frames: tuple[str, ...] = checked(_all_origins, ())
    images: tuple[str, ...] = checked(_all_origins, ())
    media: tuple[str, ...] = checked(_all_origins, ())
    connections: tuple[str, ...] = checked(_all_origins, ())
    styles: tuple[str, ...] = checked(_all_origins, ())
    fonts: tuple[str, ...] = checked(_all_origins, ())
    forms: tuple[str, ...] = checked(_all_origins, ())


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
    security: Security = Security()
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
    if faults := tuple(_types_of_no_genre(result.attributes, str(path))):
        raise SiteError(*faults)
    if result.spektrix.client:
        return result
    if result.source.feed == DEMO:
        return replace(result, spektrix=replace(result.spektrix, client=DEMO_CLIENT))
    mend = "Set it to your client name, the word after the host in your Spektrix address."
    raise SiteError(Fault("[spektrix] client is missing: without it no booking address is right", str(path), mend))


def _types_of_no_genre(attributes: Attributes, where: str) -> Iterable[Fault]:
    known = {genre.casefold(): genre for genre in attributes.genres}
    for name in attributes.types:
        if name.casefold() not in known:
            what = f'[attributes.types] names "{name}", which is none of the genres in [attributes]'
            yield Fault(what, where, nearest(name, attributes.genres) if known else "Name it there too.")
