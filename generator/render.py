"""Templates: a page's context becomes bytes. The only home of Jinja.

The site folder's `templates/` wins over the built-in theme file by file. A name that a template misspells is an error
with its file and line, never a silence.
"""

import difflib
import hashlib
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from html import escape
from pathlib import Path
from types import CodeType
from typing import Any

import jinja2
import msgspec
from jinja2.bccache import Bucket
from jinja2.utils import missing

from generator import urls
from generator.anatomy import Struct
from generator.assets import Asset, assets
from generator.errors import Fault, SiteError
from generator.forms import decimal, iso, iso_duration
from generator.jsonld import Data
from generator.plan import Page, Plan, filing, menu, more_pages
from generator.shortcuts import Environment
from generator.states import State
from generator.subscription import calendar_name, subscription
from generator.swap import put
from generator.text import Html

_MEND = "Mend the template, or delete it to use the built-in one."
_PROGRAM = Path(__file__).parent
_PATHS = type("Paths", (), {
    name: value if isinstance(value, str) else staticmethod(value)
    for name, value in vars(urls).items()
    if name[0] != "_" and (isinstance(value, str) or getattr(value, "__module__", "") == urls.__name__)
})()  # fmt: skip
"""The paths that templates may name: what `urls` says itself, without what it imports."""
_WRONG = (jinja2.TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)


def theme_folders(site_folder: Path) -> tuple[Path, ...]:
    """Where templates are looked for: the site's own folder, then the built-in theme."""
    built_in = _PROGRAM / "theme"
    folders = (site_folder / "templates", built_in if built_in.is_dir() else _PROGRAM.parent / "templates")
    return tuple(dict.fromkeys(folder.resolve() for folder in folders if folder.is_dir()))


class Compiled(jinja2.BytecodeCache):
    """Compiled templates, kept for as long as neither their files nor what compiles them change.

    They are kept from one renderer to the next, and in a folder, which can be deleted at any time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept of a template, if it was made from the same bytes."""
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code
            return
        with suppress(OSError):
            content = (self.folder / bucket.key).read_bytes()
            if content.startswith(_compiler()):
                bucket.bytecode_from_string(content.removeprefix(_compiler()))
                self._kept[bucket.key] = bucket.checksum, bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template in place of what it was."""
        self._kept[bucket.key] = bucket.checksum, bucket.code
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            put(self.folder / bucket.key, _compiler() + bucket.bytecode_to_string())


@cache
def _compiler() -> bytes:
    """What compiles templates: Jinja, as it is set up in this file, with its shortcuts and its walls."""
    files = (Path(__file__), *(_PROGRAM / f"{name}.py" for name in ("compiling", "shortcuts", "confined")))
    return hashlib.sha256(b"".join(map(Path.read_bytes, files)) + jinja2.__version__.encode()).digest()


class _Undefined(jinja2.StrictUndefined):
    """A name that is not known is an error, which tells the nearest one that is."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        said = super()._undefined_message
        owner = self._undefined_obj
        known = owner if isinstance(owner, Mapping) else [name for name in dir(owner) if not name.startswith("_")]
        close = difflib.get_close_matches(str(self._undefined_name), map(str, known), n=1)
        return f"{said}; did you mean {close[0]}?" if close and owner is not missing else said


class Renderer(Struct, dict=True):
    """Renders the pages of a plan with the templates of some folders, the first winning."""

    plan: Plan
    folders: Sequence[Path]
    compiled: jinja2.BytecodeCache | None = None

    @cached_property
    def assets(self) -> Mapping[str, Asset]:
        """The theme's other files by name."""
        return assets(self.folders)

    @cached_property
    def environment(self) -> Environment:
        """Jinja with all that a template may use: design.md's context, and nothing of the machine."""
        plan = self.plan
        simple = {"href": plan.addresses.href, "url": plan.addresses.absolute, "asset": self._asset}
        environment = Environment(
            simple=simple.values(),
            loader=jinja2.FileSystemLoader([str(folder) for folder in self.folders]),
            autoescape=True,
            undefined=_Undefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            bytecode_cache=self.compiled,
            extensions=("jinja2.ext.i18n",),
        )
        environment.say = _text(self.plan.language.gettext)
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
            environment.say, _text(self.plan.language.ngettext), newstyle=True
        )
        live = _live(plan)
        said_live = json_script(live)  # which is on every page
        environment.globals |= simple
        environment.globals |= {
            "site": plan.settings.site,
            "venue": plan.settings.venue,
            "menu": menu(plan),
            "more_pages": more_pages(plan),
            "booking_script": plan.booking.script,
            "has_counts": plan.settings.availability.counts,
            "urls": _PATHS,
            "language": plan.language,
            "share": plan.programme.share,
            "has_asset": self.assets.__contains__,
            "live": live,
        }
        environment.filters["srcset"] = lambda files: srcset(files, plan.addresses.href)
        environment.filters["calendar_name"] = lambda listed: calendar_name(listed, plan.settings.site.name)
        environment.filters["subscription"] = lambda path, name: subscription(path, name, plan.addresses)
        environment.filters["json_script"] = lambda data: said_live if data is live else json_script(data)
        environment.filters |= _FILTERS | {name: getattr(plan.language, name) for name in _SAID}
        return environment

    def _asset(self, name: str) -> str:
        if name not in self.assets:
            close = difflib.get_close_matches(name, self.assets, n=1)
            raise LookupError(f"there is no assets/{name}{f'; did you mean {close[0]}?' if close else ''}")
        return self.plan.addresses.href(self.assets[name].path)

    @property
    def names(self) -> list[str]:
        """Every template, by the name that others call it by."""
        return self.environment.list_templates(extensions=["html"])

    def broken(self) -> Iterator[Fault]:
        """Each template that cannot be compiled: its file and line."""
        for name in self.names:
            try:
                self.environment.get_template(name)
            except (jinja2.TemplateError, UnicodeDecodeError) as error:
                yield self._fault(error, Page(urls.HOME, name, ""), "")

    def page(self, page: Page) -> bytes:
        """The bytes of a page. Raises SiteError with the template's file and line."""
        try:
            return self.environment.rendered(page.template, {"page": page, **page.context}).encode()
        except _WRONG as error:
            raise SiteError(self._fault(error, page, f" (while making /{page.path})")) from error

    def made_of(self, template: str) -> bytes:
        """A digest of a template and all that belong to it; b"" where nobody can tell which those are."""
        try:
            names = sorted(self.environment.closure(template) or ())
            sources = [self.environment.source(name) for name in names]
        except _WRONG:  # it is told where it is rendered, if it ever is
            return b""
        return hashlib.sha256(repr([*zip(names, sources, strict=True)]).encode()).digest() if names else b""

    def _fault(self, error: Exception, page: Page, during: str) -> Fault:
        """What is wrong in which template: its file and line, and how to mend it."""
        place = _place_in_template(error, self.folders) or str(self._file_of(page.template))
        if isinstance(error, jinja2.TemplateNotFound):
            return Fault(f'there is no template "{error.name}"{during}', place, "Is the name right?")
        if isinstance(error, jinja2.TemplateSyntaxError):
            where = f"{error.filename or error.name}, line {error.lineno}"
            return Fault(f"{error.message}{during}", where, _MEND)
        if isinstance(error, UnicodeDecodeError):
            return Fault(f"not UTF-8 text{during}", place, "Save it with the encoding UTF-8.")
        return Fault(f"{error}{during}", place, self._suggestion(error, page) or _MEND)

    def _file_of(self, template: str) -> Path:
        """The file of a template: the site's own, else the theme's."""
        return next((folder / template for folder in self.folders if (folder / template).is_file()), self.folders[0])

    def _suggestion(self, error: Exception, page: Page) -> str:
        """The nearest name to one that is not known; "" where that is not what is wrong."""
        undefined = re.match(r"'(\w+)' is undefined", str(error))
        if not undefined:
            return ""
        known = {"page", *page.context, *self.environment.globals}
        close = difflib.get_close_matches(undefined[1], sorted(known), n=1)
        return f"Did you mean {close[0]}?" if close else f"Known here: {', '.join(sorted(known))}."


def _place_in_template(error: Exception, folders: Sequence[Path]) -> str:
    """File and line of the innermost template that was at work; Jinja puts them into the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if any(Path(frame.filename).is_relative_to(folder) for folder in folders)]
    return f"{inside[-1].filename}, line {inside[-1].lineno}" if inside else ""


def _text(say: Callable[..., str]) -> Callable[..., str]:
    """A way to say messages in markup: a translation is text, save where the English has tags of its own."""

    def said(message: str, *more: str | int) -> str:
        return say(message, *more) if "<" in message else escape(say(message, *more))

    return said


def srcset(files: Iterable[tuple[str, int]], href: Callable[[str], str]) -> str:
    """The files of a picture, each with its width, as HTML's `srcset` has them."""
    return ", ".join([f"{href(path)} {width}w" for path, width in files])


def _live(plan: Plan) -> dict[str, Any]:
    """What the open page needs to keep its states true: where to ask, for how long an answer holds, and the words."""
    said = plan.language
    return {
        "address": plan.addresses.href(urls.AVAILABILITY),
        "staleMinutes": plan.settings.availability.stale_minutes,
        "zone": plan.settings.site.timezone,
        "dates": said.dates(),
        "labels": {state.value: said.label(state) for state in State},
        "sentences": {state.value: said.sentence_of(state) for state in State},
        "asAt": said.gettext("Availability as at %(time)s"),
        "old": said.gettext("Availability is not up to date: it was last checked at %(time)s."),
        "moved": said.gettext("This date has moved: it is now on %(time)s."),
    }


def json_script(data: Data) -> Html:
    """JSON that can stand in a script element: nothing in it can end the element or begin markup."""
    written = msgspec.json.encode(data)
    for character, escaped in _ESCAPED:
        written = written.replace(character, escaped)
    return Html(written.decode())


_ESCAPED = tuple((letter.encode(), f"\\u{ord(letter):04x}".encode()) for letter in "<>&\u2028\u2029")
_SAID = (
    "label", "meaning", "sentence", "day", "short_day", "weekday", "month", "clock", "moment", "short_moment", "run",
    "when", "money", "duration",
)  # fmt: skip
"""The ways of saying things in the site's language that templates may use as filters."""

_FILTERS: dict[str, Callable[..., Any]] = {
    "filing": filing,
    "decimal": decimal,
    "iso": iso,
    "iso_duration": iso_duration,
    "tel": lambda number: "tel:" + re.sub(r"[^+0-9]", "", number),
}
