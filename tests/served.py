"""Sites as they are served to a designer, by sitegen and by its peers, and the edits that are made of them."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from corpora import programme_of
from peers import ELEVENTY, HUGO, eleventy_site, hugo_site, sitegen_theme, version_of
from studio import copy_of_demo
from surfaces import PROJECT

from generator.programme import Programme
from generator.wording import Language


@dataclass(frozen=True)
class Corpus:
    """What sites are made of: the content of `site`, a feed (None for the demo's), the file of an event, its path."""

    title: str
    site: Path
    feed: Path | None
    now: str
    words: str
    path: str

    def programme(self, folder: Path) -> tuple[Programme, Language]:
        """The programme as sitegen composes it in a folder of its own, and how it is said."""
        return programme_of(copy_of_demo(folder, self.site), self.feed, datetime.fromisoformat(self.now))


@dataclass(frozen=True)
class Edit:
    """A sort of edit: its name, the file, and what the file says with a mark in it."""

    name: str
    file: Path
    marked: Callable[[str, str], str]


@dataclass(frozen=True)
class Served:
    """A site and what serves it: where it is called, the command without its port, the sorts of edits.

    `rest` is how many milliseconds at least lie between an edit that is shown and the next.
    """

    folder: Path
    command: tuple[str, ...]
    edits: tuple[Edit, ...]
    rest: int = 200


@dataclass(frozen=True)
class Tool:
    """What serves: its name, what must be there, what makes a site for it in a folder, and what asks its version."""

    name: str
    needed: Path
    serve: Callable[[Corpus, Path], Served]
    version: str = ""

    @property
    def title(self) -> str:
        """Its name, and the version of a peer."""
        return f"{self.name} {version_of(self.needed, self.version)}" if self.version else self.name


def sitegen(corpus: Corpus, folder: Path, is_plain: bool = False) -> Served:
    """Our own site, with the built-in theme or with the peers' pages."""
    site = copy_of_demo(folder, corpus.site, has_pictures=False)
    if is_plain:
        sitegen_theme(site)
    templates, block = site / "templates", "{% block main %}"
    files = (templates / "event.html", templates / "_partials" / "footer.html", templates / "assets" / "site.css")
    feed = ("--feed", str(corpus.feed)) if corpus.feed else ()
    command = (sys.executable, "-m", "generator", "serve", "--watch", "--site", str(site), "--now", corpus.now, *feed)
    return Served(PROJECT, command, (*_edits(*files, block), _appended(site / "content" / "events" / corpus.words)))


def hugo(corpus: Corpus, folder: Path) -> Served:
    """Hugo's site: an event is a Markdown file.

    Hugo dates what it serves to the second, so that a browser keeps the first of two pages of one second.
    """
    hugo_site(*corpus.programme(folder / "programme"), folder / "site")
    site = folder / "site"
    layouts = site / "layouts"
    files = (layouts / "events" / "page.html", layouts / "_partials" / "footer.html", site / "static" / "site.css")
    words = site / "content" / f"{corpus.path.strip('/')}.md"
    return Served(site, (str(HUGO), "server"), (*_edits(*files, '{{ define "main" }}'), _appended(words)), rest=1100)


def eleventy(corpus: Corpus, folder: Path) -> Served:
    """Eleventy's site: an event is an object in a file of JSON."""
    eleventy_site(*corpus.programme(folder / "programme"), folder / "site")
    source_folder = folder / "site" / "src"
    included, data = source_folder / "_includes", source_folder / "_data" / "programme.json"
    files = (source_folder / "event.njk", included / "footer.njk", source_folder / "site.css")
    before = f'"path": "{corpus.path.removeprefix("/")}", "html": "'
    content = Edit("content", data, lambda text, mark: text.replace(before, f"{before}<p>{mark}</p>", 1))
    command = (str(ELEVENTY), "--serve", "--incremental")
    return Served(folder / "site", command, (*_edits(*files, "{% block main %}"), content))


def _edits(layout: Path, footer: Path, styles: Path, main: str) -> tuple[Edit, ...]:
    """The sorts of edits of a theme; after `main` a layout says what is in the middle of a page."""
    return (
        Edit("template", layout, lambda text, mark: text.replace(main, f"{main}<p>{mark}</p>", 1)),
        Edit("partial", footer, lambda text, mark: f"{text}<p>{mark}</p>\n"),
        Edit("stylesheet", styles, lambda text, mark: f'{text}\n:root {{ --edit: "{mark}" }}'),
    )


def _appended(words: Path) -> Edit:
    return Edit("content", words, lambda text, mark: f"{text}\n\n{mark}\n")


TOOLS = {
    "sitegen": Tool("sitegen, the built-in theme", PROJECT, sitegen),
    "plain": Tool("sitegen, the pages of the peers", PROJECT, partial(sitegen, is_plain=True)),
    "hugo": Tool("Hugo", HUGO, hugo, "version"),
    "eleventy": Tool("Eleventy", ELEVENTY, eleventy, "--version"),
}
