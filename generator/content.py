"""What the venue writes itself: words for events, plain pages, and files that are copied as they are.

`content/events/*.md` and `content/pages/*.md` are Markdown below TOML front matter between two `+++` lines;
`content/static/` is copied. HTML in Markdown is shown as text, not taken as markup.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar
from urllib.parse import unquote

from generator.anatomy import Struct, field
from generator.errors import Fault, SiteError
from generator.tables import load, read, some_text
from generator.text import Html, plain
from generator.urls import is_address

if TYPE_CHECKING:
    from markdown_it.token import Token

T = TypeVar("T")
Place = tuple[int, str]
"""A line of a file, and what stands there."""
_FRONT_MATTER = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)(.*)", re.DOTALL | re.MULTILINE)


def _web_link(value: str) -> str:
    good = not value or is_address(value)
    return "" if good else 'it must be a whole web address such as "https://www.example.org/page"'


class Credit(Struct, frozen=True):
    """Who did what."""

    role: str
    name: str


class InstanceWords(Struct, frozen=True):
    """The venue's words on one performance."""

    status: Literal["", "cancelled", "postponed"] = ""
    note: str = ""


class EventWords(Struct, frozen=True):
    """The front matter of `content/events/*.md` (design.md §3). `instances` is keyed by instance id."""

    event: int
    title: str = ""
    summary: str = ""
    image: str = ""
    image_alt: str = ""
    age: str = ""
    warnings: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    link: Annotated[str, _web_link] = ""
    hidden: bool = False
    status: Literal["", "cancelled", "postponed"] = ""
    instances: Mapping[int, InstanceWords] = field(default_factory=dict)


class PageWords(Struct, frozen=True):
    """The front matter of `content/pages/*.md`. `nav` is the page's place in the menu; None: not in it."""

    title: Annotated[str, some_text]
    nav: int | None = None
    description: str = ""


class Overlay(Struct, frozen=True):
    """A file of words for an event; `wordless` are the pictures in its Markdown that nobody has put into words."""

    file: str
    words: EventWords
    body: Html
    wordless: tuple[Place, ...] = ()


class ContentPage(Struct, frozen=True):
    """A page of the venue's own; `name` is its file's name without the ending, `wordless` as in `Overlay`."""

    file: str
    name: str
    words: PageWords
    body: Html
    wordless: tuple[Place, ...] = ()


class Content(Struct, frozen=True):
    """All of the venue's own words and files. `static` maps the path on the site to the file."""

    overlays: Mapping[int, Overlay]
    pages: tuple[ContentPage, ...]
    static: Mapping[str, Path]


def read_content(site_folder: Path, base: str) -> Content:
    """The content of a site folder; links that begin with / are made to begin with `base`.

    Raises SiteError with the faults of every file at once.
    """
    folder = site_folder / "content"
    faults: list[Fault] = []
    events = list(_documents(folder / "events", EventWords, base, faults))
    pages = list(_documents(folder / "pages", PageWords, base, faults))
    static = dict(_static(folder / "static", faults))
    overlays = _by_event((Overlay(str(path), *found) for path, found in events), faults)
    faults += (fault for overlay in overlays.values() if (fault := _image_fault(overlay, static)))
    if faults:
        raise SiteError(*faults)
    return Content(overlays, tuple(ContentPage(str(path), path.stem, *found) for path, found in pages), static)


def _documents(
    folder: Path, words: type[T], base: str, faults: list[Fault]
) -> Iterable[tuple[Path, tuple[T, Html, tuple[Place, ...]]]]:
    """Every Markdown file of a folder, by name; a file with faults is left out and its faults are added."""
    for path in sorted(folder.glob("*.md")):
        try:
            yield path, _document(path, words, base)
        except SiteError as error:
            faults += error.faults


def _document(path: Path, words: type[T], base: str) -> tuple[T, Html, tuple[Place, ...]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError(
            Fault(f"cannot be read as UTF-8 text ({error})", str(path), "Save it with the encoding UTF-8.")
        ) from error
    return _parsed(text, str(path), words, base)  # type: ignore[arg-type]  # a class is hashable


@lru_cache(maxsize=4096)
def _parsed(text: str, file: str, words: type[T], base: str) -> tuple[T, Html, tuple[Place, ...]]:
    """A file's front matter, its body, and the pictures in that which have no words.

    The studio reads every file again and again, though few have changed.
    """
    parts = _FRONT_MATTER.match(text)
    if not parts:
        mend = "Begin the file with a line +++, then the keys, then another line +++."
        raise SiteError(Fault("has no front matter", f"{file}, line 1", mend))
    front = read(words, load(parts[1], file, first_line=2), file, parts[1], first_line=2)
    body, wordless = markdown(plain(parts[2]), base)
    above = text.removesuffix(parts[2].lstrip()).count("\n")
    return front, body, tuple((above + line, picture) for line, picture in wordless)


def _by_event(overlays: Iterable[Overlay], faults: list[Fault]) -> dict[int, Overlay]:
    found: dict[int, Overlay] = {}
    for overlay in overlays:
        event = overlay.words.event
        if event in found:
            what = f"event {event} has words in {found[event].file} already"
            faults.append(Fault(what, overlay.file, "Keep one file for each event."))
        found[event] = overlay
    return found


def _image_fault(overlay: Overlay, static: Mapping[str, Path]) -> Fault | None:
    image = overlay.words.image
    if not image or is_address(image) or image.lstrip("/") in static:
        return None
    return Fault(
        f'image is "{image}", which is not in content/static', overlay.file, "Put the file there, or name another."
    )


def _static(folder: Path, faults: list[Fault]) -> Iterable[tuple[str, Path]]:
    """Every file to be copied; hidden ones are not, save `.well-known`. A link out of the folder is a fault."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if (path.is_dir() and not path.is_symlink()) or any(
            part.startswith(".") and part != ".well-known" for part in parts
        ):
            continue
        if not path.resolve().is_relative_to(folder.resolve()):
            faults.append(Fault("is a link that leads out of content/static", str(path), "Put the file itself there."))
        yield "/".join(parts), path


def markdown(text: str, base: str) -> tuple[Html, tuple[Place, ...]]:
    """Markdown as HTML below the page's h1, no rank of heading skipped; and where pictures stand without words.

    Links and images that begin with / are made to begin with `base`.
    """
    from markdown_it import MarkdownIt  # slow to import, and not needed where the venue says nothing

    reader = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(
        ["table", "replacements", "smartquotes"]
    )
    tokens = reader.parse(text)
    wordless = tuple(_wordless(tokens))
    rank = 1
    for token in (part for block in tokens for part in (block, *(block.children or ()))):
        if token.type == "heading_open":
            rank = min(max(int(token.tag[1]), 2), rank + 1)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{rank}"
        for name in ("href", "src"):
            address = token.attrGet(name)
            if isinstance(address, str) and address.startswith("/") and not address.startswith("//"):
                token.attrSet(name, base + address[1:])
    return Html(reader.renderer.render(tokens, reader.options, {})), wordless


def _wordless(tokens: Iterable["Token"]) -> Iterable[Place]:
    """The line of each picture between whose brackets nothing stands, and its address as it is written."""
    for block in tokens:
        line = block.map[0] + 1 if block.map else 1
        for token in block.children or ():
            line += token.type in ("softbreak", "hardbreak")
            if token.type == "image" and not token.content.strip():
                yield line, unquote(str(token.attrGet("src")))
