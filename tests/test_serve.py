"""What the studio serves is what a build writes, and nobody gets anything else out of it."""

from pathlib import Path

import pytest
from pictures_made import jpeg
from soak import pages, soak
from studio import NOW, Asked, copy_of_demo
from surfaces import PROJECT, build, shared_folder

from generator.studio.changes import Follow, Stage

SHARED_NOW = "2014-09-01T12:00:00Z"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """A studio on the demo."""
    return Asked(copy_of_demo(tmp_path_factory.mktemp("demo")))


def answers(asked: Asked, output: Path) -> dict[str, tuple[int, bytes]]:
    """What the studio says for every file of a built site."""
    files = (path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file())
    responses = {file: asked.get(f"/{file}?_raw") for file in files}
    return {file: (response.status_code, response.data) for file, response in responses.items()}


def built(output: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of a built site, as it would be answered."""
    return {
        path.relative_to(output).as_posix(): (200, path.read_bytes()) for path in output.rglob("*") if path.is_file()
    }


def unlike(asked: Asked, output: Path) -> set[str]:
    """The files that are not served as they were built."""
    served, made = answers(asked, output), built(output)
    return {file for file in served.keys() | made.keys() if served.get(file) != made.get(file)}


def test_every_file_of_the_demo_is_served_as_it_is_built(demo: Asked) -> None:
    output = build(PROJECT, None, NOW)
    assert unlike(demo, output) == set()


def test_every_file_of_the_recorded_site_is_served_as_it_is_built(tmp_path: Path) -> None:
    site, feed = shared_folder("sites", "new-wolsey"), shared_folder("feeds", "new-wolsey")
    if not site or not feed:
        pytest.skip("the recorded site is not beside this checkout")
    output = build(site, feed, SHARED_NOW)
    assert unlike(Asked(copy_of_demo(tmp_path, site), feed, SHARED_NOW), output) == set()


def test_pictures_are_made_when_they_are_looked_at(tmp_path: Path) -> None:
    output = build(PROJECT, None, NOW)
    asked = Asked(copy_of_demo(tmp_path, has_pictures=False))
    assert not (tmp_path / ".sitegen").exists()
    events = asked.desk.workshop.website().plan.programme.events
    photo = next(event for event in events if event.original)
    painting = next(event for event in events if not event.original)
    paths = {photo.picture.sources[0].files[0][0], painting.picture.src, photo.share, painting.share}
    served = {path: asked.get(f"/{path}").data for path in paths}
    assert served == {path: (output / path).read_bytes() for path in paths}


def test_a_picture_that_only_its_making_shows_to_be_damaged_goes_from_the_pages(tmp_path: Path) -> None:
    site = copy_of_demo(tmp_path)
    (site / "content" / "static").mkdir()
    (site / "content" / "static" / "hamlet.jpg").write_bytes(jpeg(1200, 800)[:4000])
    hamlet = site / "content" / "events" / "hamlet.md"
    hamlet.write_text(
        hamlet.read_text(encoding="utf-8").replace("+++", '+++\nimage = "hamlet.jpg"', 1), encoding="utf-8"
    )
    asked = Asked(site)
    shown = next(event for event in asked.desk.workshop.website().plan.programme.events if event.slug == "hamlet")
    at = f"{asked.desk.journal.at}"
    pictures = [shown.picture.src, shown.share, shown.picture.src]
    assert [asked.get(f"/{path}").status_code for path in pictures] == [404, 404, 404]
    assert asked.told == [f"this picture is damaged\n  in {site}/content/static/hamlet.jpg\n  Save it anew."]
    assert asked.desk.journal.since(at, 0)[1] == Follow.RELOAD
    assert asked.get(f"/{shown.picture.src}?_now=2026-12-01").status_code == 404
    assert unlike(asked, build(site, None, NOW)) == set()
    assert asked.desk.journal.since(asked.desk.journal.at, 0)[1] is None


def test_a_page_has_the_scripts_only_when_it_is_served(demo: Asked) -> None:
    served, raw = (demo.get(f"/visit/{query}").data for query in ("", "?_raw"))
    clock = b'<head>\n<script src="/_studio/clock.js" data-now="2026-11-25T12:00:00+00:00"></script>'
    scripts = (
        b'<script src="/_studio/idiomorph.js" defer></script>\n'
        b'<script src="/_studio/studio.js" data-at="run-0" defer></script>\n'
    )
    assert served == raw.replace(b"<head>", clock).replace(b"</body>", scripts + b"</body>")


def test_nothing_of_the_studio_is_in_a_built_site() -> None:
    output = build(PROJECT, None, NOW)
    files = {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}
    assert {name for name, content in files.items() if "studio" in name or b"_studio" in content} == set()


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/visit", 301, "/visit/"),
        ("/e/22140", 302, "/events/hamlet/"),
        ("/e/22140?a=b", 302, "/events/hamlet/?a=b"),
        ("/e/1", 404, None),
        ("/nothing/", 404, None),
        ("/404", 200, None),
        ("/_studio/nothing", 404, None),
    ],
)
def test_addresses_lead_where_they_lead_on_the_live_site(
    demo: Asked, path: str, status: int, location: str | None
) -> None:
    response = demo.get(path)
    assert (response.status_code, response.headers.get("Location")) == (status, location)


def test_what_is_not_there_gets_the_sites_own_page(demo: Asked) -> None:
    assert demo.get("/nothing/?_raw").data == demo.get("/404.html?_raw").data


@pytest.mark.parametrize(
    "path",
    ["/../pyproject.toml", "/..%2fpyproject.toml", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/assets/../site.toml",
     "/_studio/../pyproject.toml", "/_studio/..%2fdesk.py", "/_studio//etc/passwd", "/content/site.toml", "/\\..\\x"],
)  # fmt: skip
def test_no_path_leads_out_of_the_site(demo: Asked, path: str) -> None:
    assert demo.get(path).status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        ("theatre.local:8000", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.nip.io", 403),
        ("[", 403),
    ],
)
def test_the_studio_answers_only_to_its_own_names(demo: Asked, host: str, status: int) -> None:
    assert demo.get("/", Host=host).status_code == status


def test_nothing_can_be_sent_to_it(demo: Asked) -> None:
    response = demo.client.post("/", headers={"Host": "localhost"})
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


def test_nothing_is_kept_by_the_browser(demo: Asked) -> None:
    paths = ("/", "/calendar.ics", "/visit", "/nothing", "/_studio/studio.js")
    assert {demo.get(path).headers["Cache-Control"] for path in paths} == {"no-store"}


def test_files_have_their_types(demo: Asked) -> None:
    types = {path: demo.get(path).headers["Content-Type"] for path in ("/", "/calendar.ics", "/availability.json")}
    assert types == {
        "/": "text/html; charset=utf-8",
        "/calendar.ics": "text/calendar; charset=utf-8",
        "/availability.json": "application/json; charset=utf-8",
    }


def test_a_part_of_a_file_can_be_had(demo: Asked) -> None:
    whole = demo.get("/calendar.ics").data
    response = demo.get("/calendar.ics", Range="bytes=6-14")
    assert (response.status_code, response.data) == (206, whole[6:15])


def test_a_site_with_a_path_lives_below_it(tmp_path: Path) -> None:
    site = copy_of_demo(tmp_path)
    settings = site / "content" / "site.toml"
    settings.write_text(settings.read_text().replace("https://www.lantern.example", "https://town.example/the-lantern"))
    asked = Asked(site)
    expected = {
        "/": (302, "/the-lantern/"),
        "/the-lantern": (302, "/the-lantern/"),
        "/the-lantern/visit/": (200, None),
        "/visit/": (404, None),
        "/the-lantern/e/22140": (302, "/the-lantern/events/hamlet/"),
    }
    found = {path: asked.get(path) for path in expected}
    assert {path: (answer.status_code, answer.headers.get("Location")) for path, answer in found.items()} == expected


def test_headers_of_the_site_are_sent(tmp_path: Path) -> None:
    site = copy_of_demo(tmp_path)
    rules = "/visit/*\n  X-Robots-Tag: noindex\n  Cache-Control: max-age=60\n  X-Frame-Options: DENY\n"
    (site / "content" / "static").mkdir()
    (site / "content" / "static" / "_headers").write_text(rules)
    asked = Asked(site)
    names = ("X-Robots-Tag", "Cache-Control", "X-Frame-Options")
    headers = {path: [asked.get(path).headers.get(name) for name in names] for path in ("/visit/", "/")}
    assert headers == {"/visit/": ["noindex", "no-store", None], "/": [None, "no-store", None]}


def test_another_time_can_be_looked_at(demo: Asked, tmp_path: Path) -> None:
    later = "2026-12-24T18:00:00+00:00"
    output = build(PROJECT, None, NOW)
    assert demo.get("/?_raw").data == (output / "index.html").read_bytes()
    site = copy_of_demo(tmp_path)
    feed = demo.desk.workshop.website().source.folder
    whole = Asked(site, feed, later)
    assert Asked(site, feed, NOW).get(f"/?_raw&_now={later.replace('+', '%2B')}").data == whole.get("/?_raw").data


def test_a_saved_file_is_shown(tmp_path: Path) -> None:
    site = copy_of_demo(tmp_path)
    asked = Asked(site)
    edits = {
        Stage.TEMPLATES: (site / "templates" / "_partials" / "footer.html", "<p>EDITED</p>"),
        Stage.WORDS: (site / "content" / "pages" / "visit.md", "\n\nEDITED\n"),
    }
    shown = {}
    for stage, (file, words) in edits.items():
        before = file.read_text()
        file.write_text(before + words)
        asked.saved(stage)
        shown[stage] = b"EDITED" in asked.get("/visit/").data
        file.write_text(before)
        asked.saved(stage)
    assert shown == dict.fromkeys(edits, True)
    assert asked.get("/visit/?_raw").data == Asked(site).get("/visit/?_raw").data


BROKEN = {
    "undefined": (
        "templates/page.html", ("{{ body }}", "{{ bodi }}"), Stage.TEMPLATES,
        ["'bodi' is undefined (while making /visit/)", "Did you mean body?"],
    ),
    "syntax": (
        "templates/page.html", ("{{ body }}", "{% if %}"), Stage.TEMPLATES,
        ["Expected an expression, got 'end of statement block' (while making /visit/)", "Mend the template, or delete"],
    ),
    "settings": ("content/site.toml", None, Stage.SETTINGS, ["sight", "Did you mean site?"]),
    "content": (
        "content/pages/visit.md", "nothing", Stage.WORDS, ["has no front matter", "Begin the file with a line +++"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_wrong_is_shown_until_it_is_mended(tmp_path: Path, kind: str) -> None:
    name, words, stage, said = BROKEN[kind]
    site = copy_of_demo(tmp_path)
    asked = Asked(site)
    good = asked.get("/visit/?_raw").data
    file = site / name
    before = file.read_text()
    file.write_text(before.replace(*words) if isinstance(words, tuple) else words or before + "\n[sight]\n")
    asked.saved(stage)
    response = asked.get("/visit/")
    page = response.data.decode().replace("&#39;", "'")
    assert response.status_code == 500
    assert [part for part in (*said, str(file), "/_studio/studio.js") if part not in page] == []
    assert [len(told.splitlines()) for told in asked.told] == [3]
    file.write_text(before)
    asked.saved(stage)
    assert asked.get("/visit/?_raw").data == good


def test_after_edits_at_random_the_site_is_as_if_made_anew(tmp_path: Path) -> None:
    site = copy_of_demo(tmp_path)
    *_, asked = soak(site, 40, seed=2)
    assert pages(asked) == pages(Asked(site))
