"""The theme on the worst data there can be, on a venue with nothing at all, and from right to left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import BUILT, Look, look, needs_browser, new_page, serve
from playwright.sync_api import Browser
from surfaces import PROJECT, build, event_pages, html_faults, instance_pages
from worst import LETTERS, MARKUP, write_worst

from generator import urls
from generator.check.weight import EVENT, FONT, SCRIPTS, STYLES, compressed, too_heavy

SETTINGS = """
[site]
name = '{name}'
url = "https://worst.example/under/a/path"
timezone = "Europe/London"
language = "{language}"
[source]
feed = "feed"
[spektrix]
client = "worst"
[attributes]
genres = ["Drama", "Long"]
event_note = "EventInfo"
instance_note = "InstanceInfo"
[attributes.access]
AD = "Audio described"
BSL = '{name}'
Long = "{letters}"
"""
Looks = dict[str, Look]


def made(folder: Path, language: str, name: str) -> Path:
    """A site folder with those settings, built from the feed beside it; gives the output."""
    content = folder / "content"
    content.mkdir()
    text = SETTINGS.format(name=name.replace("'", "’"), language=language, letters=LETTERS[:100])
    (content / "site.toml").write_text(text, "utf-8")
    return build(folder, folder / "feed", BUILT, "--allow-shrink")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The worst data in English and in a language from right to left, and a venue with nothing."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("worst", "right-to-left", "empty")}
    write_worst(folders["worst"] / "feed")
    write_worst(folders["right-to-left"] / "feed")
    (folders["empty"] / "feed").mkdir()
    for name in ("Events", "Instances"):
        (folders["empty"] / "feed" / f"{name.lower()}.xml").write_text(f"<{name}/>")
    return {
        "worst": made(folders["worst"], "en-GB", MARKUP),
        "right-to-left": made(folders["right-to-left"], "ar", "مسرح"),
        "empty": made(folders["empty"], "en-GB", "Nothing"),
    }


@pytest.fixture(scope="module")
def looks(browser: Browser, outputs: dict[str, Path]) -> Looks:
    """A page of every template, the worst and the empty on the smallest phone, from right to left at a desk."""
    found: Looks = {}
    for name, widths in (("worst", (320,)), ("right-to-left", (1280,)), ("empty", (320,))):
        server = serve_under(outputs[name])
        address = next(server)
        for width in widths:
            page = new_page(browser, address, width)
            for path in paths(outputs[name], is_all=name == "worst"):
                found[f"{name} {path} {width}"] = look(page, address, f"/under/a/path{path}")
            page.context.close()
        next(server, None)
    return found


def serve_under(output: Path) -> Iterator[str]:
    """Serves the output at the path under which the site lives."""
    place = output.parent / "served" / "under" / "a"
    place.mkdir(parents=True)
    (place / "path").symlink_to(output)
    return serve(output.parent / "served")


def paths(output: Path, is_all: bool = True) -> list[str]:
    """One page of every kind, and the events and dates that are worst; or only of the kinds that differ most."""
    pages = ["/", "/whats-on/", "/calendar/"]
    if is_all:
        pages += ["/genres/", "/access/", "/venues/", "/offers/", "/memberships/", "/archive/", "/basket/", "/404.html"]
    listings = [output / "calendar" / "2026-12", *output.glob("access/donau*")]
    shown = (1, 2, 3, 7, 8, 99, 101, 104) if is_all else (1, 8, 101)
    events = [page.parent for number, page in event_pages(output).items() if int(number) in shown]
    dates = [page.parent for number, page in instance_pages(output).items() if int(number) in shown]
    folders = (folder for folder in (*listings, *events, *dates) if folder.is_dir())
    return [*pages, *(f"/{folder.relative_to(output).as_posix()}/" for folder in folders)]


@needs_browser
def test_nothing_spills_over_the_edge(looks: Looks) -> None:
    assert {page: found.spills for page, found in looks.items() if found.spills} == {}


@needs_browser
def test_axe_finds_nothing(looks: Looks) -> None:
    assert {page: found.axe for page, found in looks.items() if found.axe} == {}


@needs_browser
def test_no_script_fails_or_comes_from_the_feed(looks: Looks) -> None:
    assert {page: found.failures for page, found in looks.items() if found.failures} == {}


def test_every_page_is_sound_html(outputs: dict[str, Path]) -> None:
    files = {output / urls.file(path.lstrip("/")) for output in outputs.values() for path in paths(output)}
    assert {str(file): faults[:3] for file in files if (faults := html_faults(file))} == {}


def test_what_a_phone_must_load_is_small() -> None:
    output = build(PROJECT, None, BUILT)
    events = {str(page): compressed(page.read_bytes()) for page in output.glob("events/*/index.html")}
    files = (file for pattern in ("site.*.css", "*.js", "fonts/*.woff2") for file in output.glob(f"assets/{pattern}"))
    loaded = {
        str(file): file.stat().st_size if file.suffix == ".woff2" else compressed(file.read_bytes()) for file in files
    }
    assert events
    assert {Path(file).suffix for file in loaded} == {".css", ".js", ".woff2"}
    assert list(too_heavy(events, loaded)) == []


def test_the_limits_of_what_a_phone_must_load_are_these() -> None:
    assert (EVENT, STYLES, SCRIPTS, FONT) == (12 * 1024, 14 * 1024, 8 * 1024, 40 * 1024)
