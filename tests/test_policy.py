"""The Content-Security-Policy follows the settings and what the pages show, and nothing can be slipped into it."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from surfaces import PROJECT

from generator import source as sources
from generator.anatomy import replace
from generator.config import settings
from generator.errors import SiteError
from generator.images import Picture
from generator.policy import Policies, policies
from generator.programme import Programme
from generator.sitefolder import read_words
from generator.website import composed

TINY = PROJECT / "tests" / "tiny"
NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
PAGE = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'", "font-src": "'self'",
    "media-src": "'self'", "manifest-src": "'self'", "connect-src": "'self'", "frame-src": "'none'",
    "form-action": "'self'", "frame-ancestors": "'self'", "base-uri": "'none'", "object-src": "'none'",
}  # fmt: skip
BOX_OFFICE = "https://tickets.thimble.example"
SECURITY = """
[security]
scripts = ["https://stats.example"]
connections = ["https://stats.example"]
frames = ["https://films.example"]
images = ["https://*.pictures.example:8443"]
media = ["https://sounds.example"]
styles = ["https://styles.example"]
fonts = ["https://fonts.example"]
forms = ["https://letters.example"]
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the tiny site with its own booking domain, and without pictures from elsewhere."""
    folder = Path(shutil.copytree(TINY, tmp_path / "site"))
    file = folder / "content" / "site.toml"
    file.write_text(file.read_text().replace("[spektrix]\n", '[spektrix]\ndomain = "tickets.thimble.example"\n'))
    return folder


def made(site: Path, shown: Callable[[Programme], Programme] = lambda programme: programme) -> Policies:
    """The policies of a site."""
    words = read_words(site)
    source = sources.load(words.settings, site, NOW, None, None)
    return policies(words.settings, words.content, shown(composed(words, source, NOW)), source.booking)


def directives(policy: str) -> dict[str, str]:
    """A policy as its directives."""
    return dict(part.split(" ", 1) for part in policy.split("; "))


def pictured(*addresses: str) -> Callable[[Programme], Programme]:
    """A programme whose events show pictures from these addresses."""

    def shown(programme: Programme) -> Programme:
        first = programme.events[0]
        events = tuple(replace(first, picture=Picture(address, 1, 1)) for address in addresses)
        return replace(programme, events=events)

    return shown


def test_a_page_has_only_what_is_the_sites_own_and_a_booking_page_the_box_office(site: Path) -> None:
    found = made(site)
    framed = PAGE | {"script-src": f"'self' {BOX_OFFICE}", "frame-src": BOX_OFFICE}
    in_markup = {name: sources for name, sources in PAGE.items() if name != "frame-ancestors"}
    assert [directives(policy) for policy in (found.page, found.booking, found.in_markup)] == [PAGE, framed, in_markup]


def test_the_settings_let_others_in(site: Path) -> None:
    file = site / "content" / "site.toml"
    file.write_text(file.read_text() + SECURITY)
    others = {
        "script-src": "'self' https://stats.example", "connect-src": "'self' https://stats.example",
        "frame-src": "https://films.example", "img-src": "'self' https://*.pictures.example:8443",
        "media-src": "'self' https://sounds.example", "style-src": "'self' https://styles.example",
        "font-src": "'self' https://fonts.example", "form-action": "'self' https://letters.example",
    }  # fmt: skip
    found = made(site)
    assert directives(found.page) == PAGE | others
    framed = {
        "script-src": f"'self' https://stats.example {BOX_OFFICE}",
        "frame-src": f"https://films.example {BOX_OFFICE}",
    }
    assert directives(found.booking) == PAGE | others | framed


@pytest.mark.parametrize(
    "address",
    ["'unsafe-inline'", "*", "https://a.example/script.js", "http://a.example", "https://a.example; x", "data:"],
)
def test_what_is_no_bare_address_is_refused(site: Path, address: str) -> None:
    file = site / "content" / "site.toml"
    file.write_text(f'{file.read_text()}\n[security]\nscripts = ["{address}"]\n')
    with pytest.raises(SiteError) as refused:
        settings(site)
    assert [fault.what for fault in refused.value.faults] == [
        '[security] scripts is a list: each must be an address without a path, such as "https://www.example.org"'
    ]


def test_pictures_come_from_where_they_lie(site: Path) -> None:
    addresses = (
        "https://cdn.example/a.jpg",
        "https://CDN.example/b.jpg",
        "http://old.example:81/c.jpg",
        "assets/d.jpg",
    )
    found = directives(made(site, pictured(*addresses)).page)
    assert found == PAGE | {"img-src": "'self' http://old.example:81 https://cdn.example"}


def test_pictures_in_the_venues_own_words_count(site: Path) -> None:
    for name, address in (
        ("pages/find-us", "https://maps.example/m.png"),
        ("events/macbeth", "https://films.example/f"),
    ):
        file = site / "content" / f"{name}.md"
        file.write_text(f"{file.read_text()}\n\n![A picture]({address})\n\n![Our own](/images/a.png)\n")
    assert directives(made(site).page) == PAGE | {"img-src": "'self' https://films.example https://maps.example"}


def test_a_pictures_address_cannot_add_to_the_policy(site: Path) -> None:
    odd = (
        "https://a.example;script-src/x.jpg",
        "https://b.example,default-src/x",
        "https://*/x",
        "https://u@c.example/x",
    )
    assert directives(made(site, pictured(*odd)).page) == PAGE


def test_pictures_from_almost_everywhere_may_come_from_anywhere(site: Path) -> None:
    many = pictured(*(f"https://host-{number}.example/a.jpg" for number in range(21)))
    assert directives(made(site, many).page) == PAGE | {"img-src": "'self' https: http:"}
