"""What the venue sets: `content/site.toml`, typed and checked. All of it is public: any of it may reach a page.

Credentials are none of it; they come from the `environment`.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from generator.anatomy import Struct, field, force_setattr, replace
from generator.errors import Fault, SiteError
from generator.eventtypes import EventType
from generator.tables import load, nearest, read, some_text
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


class Site(Struct, frozen=True):
    """The site itself. `url` has no slash at its end and may have a path."""

    name: Annotated[str, some_text]
    url: Annotated[str, _web_address]
    timezone: Annotated[str, _time_zone]
    language: Annotated[str, _language_tag] = "en-GB"
    currency: Annotated[str, _currency_code] = "GBP"
    description: str = ""

    def __post_init__(self) -> None:
        force_setattr(self, "url", self.url.rstrip("/"))

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which every time is shown."""
        return ZoneInfo(self.timezone)


class Venue(Struct, frozen=True):
    """The default place. `country` is an ISO 3166 code."""

    name: str = ""
    street: str = ""
    locality: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    telephone: str = ""
    email: str = ""
    latitude: Annotated[float | None, _latitude] = None
    longitude: Annotated[float | None, _longitude] = None


class SourceSettings(Struct, frozen=True):
    """Where the feed comes from: "demo", "spektrix-v2", or a folder of XML, from the site folder."""

    feed: Annotated[str, some_text] = DEMO


class Spektrix(Struct, frozen=True):
    """The venue's Spektrix system: who it is there, and where its frames and files live.

    A pull that takes longer than `deadline_seconds` is given up. Where a collection comes with exactly `page_size`
    items, the server may have capped it, and it is asked for the rest.
    """

    client: Annotated[str, _client_name] = ""
    domain: Annotated[str, _host_name] = "system.spektrix.com"
    api: Annotated[str, _secure_address] = "https://api.system.spektrix.com"
    files: Annotated[str, _optional_address] = ""
    stylesheet: str = ""
    culture: str = ""
    offers_per_event: bool = False
    deadline_seconds: Annotated[float, _one_or_more] = 180.0
    page_size: Annotated[int, _one_or_more] = 10


class AccessKind(Struct, frozen=True):
    """A kind of access: what people read, and what it means."""

    name: Annotated[str, some_text]
    about: str = ""


class Attributes(Struct, frozen=True):
    """Which attributes of the feed are published, and as what. Nothing is published unless it is named here.

    `types` says what a genre is to search engines, where its name alone does not.
    """

    genres: Annotated[tuple[str, ...], _all_named] = ()
    venue: str = ""
    season: str = ""
    event_note: str = ""
    instance_note: str = ""
    cancelled: str = ""
    access: Annotated[Mapping[str, str | AccessKind], _all_explained] = field(default_factory=dict)
    types: Mapping[str, EventType] = field(default_factory=dict)


class WithAttribute(Struct, frozen=True):
    """Events on which this box is ticked."""

    attribute: Annotated[str, some_text]


class Events(Struct, frozen=True):
    """Which events are nowhere on the site: name patterns (`*`, `?`), or boxes."""

    exclude: tuple[str | WithAttribute, ...] = ()


class AvailabilitySettings(Struct, frozen=True):
    """When seats count as few, whether numbers are published, and after how many minutes a page stops saying so."""

    limited_percent: Annotated[float, _percentage] = 15.0
    counts: bool = False
    stale_minutes: Annotated[int, _one_or_more] = 60


class Images(Struct, frozen=True):
    """Whether images are served from the site ("mirror") or from where they lie ("link")."""

    mode: Literal["mirror", "link"] = "mirror"


class Security(Struct, frozen=True):
    """Who else may be part of the pages, by what a page would load from them: addresses without a path."""

    scripts: Annotated[tuple[str, ...], _all_origins] = ()
    frames: Annotated[tuple[str, ...], _all_origins] = ()
    images: Annotated[tuple[str, ...], _all_origins] = ()
    media: Annotated[tuple[str, ...], _all_origins] = ()
    connections: Annotated[tuple[str, ...], _all_origins] = ()
    styles: Annotated[tuple[str, ...], _all_origins] = ()
    fonts: Annotated[tuple[str, ...], _all_origins] = ()
    forms: Annotated[tuple[str, ...], _all_origins] = ()


class Guard(Struct, frozen=True):
    """By how much the feed may shrink before a build refuses."""

    max_drop_percent: Annotated[float, _percentage] = 50.0


class Settings(Struct, frozen=True):
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
