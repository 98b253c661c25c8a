"""The sitemap by the rules of sitemaps.org and of Google's images: what it holds, when it is split."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree
from surfaces import PROJECT, build
from test_check import NOW, TINY, run, spoil

from generator import feeds
from generator.feeds import listed, sitemaps
from generator.plan import Page
from generator.urls import Addresses

RULES = etree.XMLSchema(etree.parse(PROJECT / "tests" / "sitemap.xsd"))
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "i": "http://www.google.com/schemas/sitemap-image/1.1"}
ADDRESSES = Addresses("https://thimble.example/x")
LATER = datetime(2026, 2, 21, 9, tzinfo=UTC)


def page(path: str, image: str = "", is_listed: bool = True) -> Page:
    """A page at a path."""
    return Page(path, "page.html", "Title", image=image, is_listed=is_listed)


def rows(document: bytes) -> list[tuple[str | None, ...]]:
    """Address, time and image of each page."""
    tree = etree.fromstring(document)
    RULES.assertValid(tree)
    names = ("s:loc", "s:lastmod", "i:image/i:loc")
    return [tuple(url.findtext(name, None, SITEMAP) for name in names) for url in tree.iterfind("s:url", SITEMAP)]


def test_pages_stand_by_path_with_their_image_and_when_they_changed_if_that_is_known() -> None:
    pages = [
        page("b/", "assets/b&c.jpg"),
        page("a/"),
        page("basket/", is_listed=False),
        page("é/", "https://i.example/?a=1&b"),
    ]
    assert rows(sitemaps(listed(pages), ADDRESSES, {"a/": LATER})["sitemap.xml"]) == [
        ("https://thimble.example/x/a/", "2026-02-21T09:00:00Z", None),
        ("https://thimble.example/x/b/", None, "https://thimble.example/x/assets/b%26c.jpg"),
        ("https://thimble.example/x/%C3%A9/", None, "https://i.example/?a=1&b"),
    ]


def test_fifty_thousand_pages_are_one_sitemap_and_one_more_makes_an_index_of_two() -> None:
    pages = [page(f"{number}/") for number in range(50_000)]
    assert list(sitemaps(listed(pages), ADDRESSES, {})) == ["sitemap.xml"]
    parts = sitemaps(listed([*pages, page("more/")]), ADDRESSES, {})
    index = etree.fromstring(parts["sitemap.xml"])
    RULES.assertValid(index)
    assert index.xpath("//s:loc/text()", namespaces=SITEMAP) == [
        "https://thimble.example/x/sitemap-1.xml",
        "https://thimble.example/x/sitemap-2.xml",
    ]
    assert [len(rows(parts[f"sitemap-{number}.xml"])) for number in (1, 2)] == [50_000, 1]


def test_no_sitemap_is_larger_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_BYTES", 1000)
    parts = sitemaps(listed(page(f"{number:060}/") for number in range(20)), ADDRESSES, {})
    sizes = [len(content) for path, content in parts.items() if path != "sitemap.xml"]
    assert (len(sizes) > 2, max(sizes) <= 1000) == (True, True)


def test_the_sitemap_of_a_site_keeps_the_rules() -> None:
    listed = rows((build(TINY, TINY / "feed", NOW) / "sitemap.xml").read_bytes())
    assert ("https://www.thimble.example/events/macbeth/1003/", None, None) in listed


def test_what_changed_since_the_memory_began_says_when_and_what_did_not_says_nothing(tmp_path: Path) -> None:
    site, output = Path(shutil.copytree(TINY, tmp_path / "site")), tmp_path / "output"
    assert run("build", "--site", site, "--output", output, "--now", NOW).returncode == 0
    spoil(site / "feed" / "instances.xml", "2026-03-07T14:30:00", "2026-03-07T15:30:00")
    assert run("build", "--site", site, "--output", output, "--now", "2026-02-21T09:00:00Z").returncode == 0
    changed = {path: time for path, time, _ in rows((output / "sitemap.xml").read_bytes()) if time}
    assert changed == dict.fromkeys(
        ("https://www.thimble.example/events/macbeth/", "https://www.thimble.example/events/macbeth/1003/"),
        "2026-02-21T09:00:00Z",
    )
    node = json.loads(
        etree.HTML((output / "events/macbeth/1003/index.html").read_bytes()).findtext(".//head/script") or ""
    )
    assert {name: node["@graph"][0][name] for name in ("startDate", "previousStartDate", "eventStatus")} == {
        "startDate": "2026-03-07T15:30:00+00:00",
        "previousStartDate": "2026-03-07T14:30:00+00:00",
        "eventStatus": "https://schema.org/EventRescheduled",
    }
