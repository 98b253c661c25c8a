"""`_redirects` and `_headers` mean in the studio what they mean at Netlify."""

import pytest

from generator.studio.netlify import Redirect, headers_for, redirects

RULES = b"""
# from        to                status
/e/1          /events/one/      302
/old          /new
/old          /second           302
/news/*       /blog/:splat
/y/:year/:slug /archive/:year#:slug 301
/app/*        /app.html         200
/gone         /410.html         410
/forced       /target           301!
/country      /welcome/         302  Country=GB
/asked id=:id /asked/:id        301
/*            /last             302
"""
LEADS = {
    "/e/1": Redirect("/events/one/", 302),
    "/e/1/": Redirect("/events/one/", 302),
    "/old": Redirect("/new", 301),
    "/news/2014/autumn": Redirect("/blog/2014/autumn", 301),
    "/news": Redirect("/blog/", 301),
    "/y/2014/hamlet": Redirect("/archive/2014#hamlet", 301),
    "/y/2014/hamlet/more": Redirect("/last", 302),
    "/app/deep/inside": Redirect("/app.html", 200),
    "/gone": Redirect("/410.html", 410),
    "/forced": Redirect("/target", 301),
    "/country": Redirect("/last", 302),
    "/asked": Redirect("/last", 302),
}


@pytest.mark.parametrize("path", LEADS)
def test_a_path_leads_where_its_first_rule_says(path: str) -> None:
    assert redirects(RULES).of(path) == LEADS[path]


def test_an_earlier_pattern_wins_over_a_later_path() -> None:
    rules = redirects(b"/a/* /first\n/a/b /second\n")
    assert [rules.of("/a/b"), rules.of("/b")] == [Redirect("/first", 301), None]


def test_every_block_that_fits_gives_its_headers() -> None:
    text = b"/*\n  X-A: 1\n# note\n/assets/*\n  Cache-Control: max-age=1\n  X-A: 2\n/p/:name\n  X-B: 3\n"
    assert {path: headers_for(text, path) for path in ("/", "/assets/a.css", "/p/q", "/p/q/r")} == {
        "/": [("X-A", "1")],
        "/assets/a.css": [("X-A", "1, 2"), ("Cache-Control", "max-age=1")],
        "/p/q": [("X-A", "1"), ("X-B", "3")],
        "/p/q/r": [("X-A", "1")],
    }
