"""A secret planted wherever a venue could put it by mistake: the command ends with 5, and what stood before stands.

What is said names the file and the secret; the value is nowhere, neither in what is said nor in the report.
"""

import base64
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import canaries
import pytest
from canaries import LOCKED, certificate, certificate_pem, key_pem, pfx, put, zipped
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding
from live import TINY, contents
from studio import Asked
from surfaces import share_pictures

from generator.cli.main import main
from generator.environment import secrets
from generator.gate.gate import Gate

NOW = "2026-03-02T12:00:00Z"
API_KEY = "CANARY-7f3a9b&0c"
KEY_LINE = key_pem().splitlines()[9]
EVENT = "+++\nevent = 101\n+++\n"


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and all that it said and reported."""

    exit_code: int
    said: str


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that was built."""
    folder = tmp_path_factory.mktemp("standing")
    site = Path(shutil.copytree(TINY, folder / "site", ignore=shutil.ignore_patterns(".sitegen", "output")))
    share_pictures(site)
    assert run(site, "build").exit_code == 0
    return site


@pytest.fixture
def site(standing: Path, tmp_path: Path) -> Path:
    """A copy of it to plant secrets in, and beside it the key files."""
    put(tmp_path, "keys/client.key", key_pem())
    put(tmp_path, "keys/client.crt", certificate_pem())
    return Path(shutil.copytree(standing, tmp_path / "site", symlinks=True))


def run(site: Path, command: str, *options: str, **environment: str) -> Outcome:
    """The command on a site folder, with the venue's secrets in the environment."""
    keys = site.parent / "keys"
    ours = {"SPEKTRIX_API_KEY": API_KEY, "SPEKTRIX_KEY_PASSWORD": canaries.PASSWORD.decode()}
    files = {"SPEKTRIX_CERT": f"{keys}/client.crt", "SPEKTRIX_KEY": f"{keys}/client.key"} if keys.is_dir() else {}
    report = site.parent / "report.json"
    more = ["--report", str(report), "--jobs", "2"] if command == "build" else []
    told = CliRunner(env={**ours, **files, **environment}).invoke(
        main, [command, "--site", str(site), "--now", NOW, *more, *options]
    )
    return Outcome(told.exit_code, told.output + (report.read_text() if report.exists() else ""))


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{old} is not in {file}"
    file.write_text(text.replace(old, new, 1), "utf-8")


def link(site: Path, path: str, target: str) -> None:
    (site / path).parent.mkdir(parents=True, exist_ok=True)
    (site / path).symlink_to(site.parent / target)


Plant = Callable[[Path], object]
IN_ITS_PLACE: Mapping[str, tuple[str, str, Plant]] = {
    "a static file": ("a.txt", "SPEKTRIX_API_KEY", lambda site: put(site, "content/static/a.txt", API_KEY)),
    "an encoded one": (
        "a.js",
        "SPEKTRIX_API_KEY",
        lambda site: put(site, "content/static/a.js", b"x=atob('" + base64.b64encode(b"k=" + API_KEY.encode()) + b"')"),
    ),
    "a password": (
        "a.txt",
        "SPEKTRIX_KEY_PASSWORD",
        lambda site: put(site, "content/static/a.txt", canaries.PASSWORD),
    ),
    "words of an event": ("x.md", "SPEKTRIX_API_KEY", lambda site: put(site, "content/events/x.md", EVENT + API_KEY)),
    "a page": (
        "k.md",
        "SPEKTRIX_KEY",
        lambda site: put(site, "content/pages/k.md", f"+++\ntitle='K'\n+++\n{KEY_LINE}"),
    ),
    "the settings": (
        "site.toml",
        "SPEKTRIX_API_KEY",
        lambda site: rewrite(site / "content/site.toml", 'client = "thimble"', f'client = "{API_KEY}"'),
    ),
    "a template": (
        "offers.html",
        "SPEKTRIX_API_KEY",
        lambda site: put(site, "templates/offers.html", f"{{% if {API_KEY} %}}"),
    ),
    "an asset": ("a.css", "SPEKTRIX_KEY", lambda site: put(site, "templates/assets/a.css", f"/* {KEY_LINE} */")),
    "a catalogue": ("en.po", "SPEKTRIX_API_KEY", lambda site: put(site, "templates/locale/en.po", API_KEY)),
    "a photograph": (
        "a.jpg",
        "SPEKTRIX_API_KEY",
        lambda site: put(site, "content/static/a.jpg", canaries.photograph(f"key: {API_KEY}")),
    ),
    "a drawing": (
        "a.png",
        "SPEKTRIX_API_KEY",
        lambda site: put(site, "content/static/a.png", canaries.drawing(API_KEY)),
    ),
    "a zip": ("a.zip", "SPEKTRIX_KEY", lambda site: put(site, "content/static/a.zip", zipped("a", key_pem().encode()))),
    "a PFX": ("a.dat", "a PFX file", lambda site: put(site, "content/static/a.dat", pfx(LOCKED))),
    "a PFX in a zip": (
        "a.zip",
        "a PFX file",
        lambda site: put(site, "templates/assets/a.zip", zipped("a", pfx(LOCKED))),
    ),
    "the certificate": (
        "a.cer",
        "SPEKTRIX_CERT",
        lambda site: put(site, "content/static/a.cer", certificate().public_bytes(Encoding.DER)),
    ),
    "the place of a key": (
        "a.txt",
        "the path in SPEKTRIX_KEY",
        lambda site: put(site, "content/static/a.txt", f"{site.parent}/keys/client.key"),
    ),
    "a key by its name": (
        ".env",
        "a key or a file of passwords, by its name",
        lambda site: put(site, "content/static/.env", ""),
    ),
    "a link to a key": (
        "a.txt",
        "a link that leads out",
        lambda site: link(site, "content/static/a.txt", "keys/client.key"),
    ),
    "a link to a folder": ("more", "a link that leads out", lambda site: link(site, "templates/more", "keys")),
}


def assert_refused(site: Path, outcome: Outcome, before: Mapping[str, bytes], file: str, which: str) -> None:
    hidden = (API_KEY, canaries.PASSWORD.decode(), KEY_LINE)
    assert (outcome.exit_code, file in outcome.said, which in outcome.said) == (5, True, True), outcome.said
    assert [secret for secret in hidden if secret in outcome.said] == []
    assert contents(site / "output") == before
    assert sorted(path.name for path in site.iterdir() if path.name.startswith(".output")) in ([], [".output.lock"])


@pytest.mark.parametrize("place", IN_ITS_PLACE)
def test_a_planted_secret_stops_a_build(place: str, site: Path) -> None:
    file, which, plant = IN_ITS_PLACE[place]
    before = contents(site / "output")
    plant(site)
    assert_refused(site, run(site, "build"), before, file, which)


@pytest.mark.parametrize("place", ["the settings", "a zip", "a link to a key", "a key by its name"])
def test_a_check_and_a_pull_find_it_too(place: str, site: Path) -> None:
    file, which, plant = IN_ITS_PLACE[place]
    before = contents(site / "output")
    plant(site)
    assert_refused(site, run(site, "check"), before, file, which)
    told = CliRunner(env={"SPEKTRIX_API_KEY": API_KEY, "SPEKTRIX_KEY": key_pem()}).invoke(
        main, ["pull", "--site", str(site)]
    )
    assert (told.exit_code, file in told.output, API_KEY in told.output) == (5, True, False)


# What only the finished site shows

MADE: Mapping[str, tuple[str, Plant]] = {
    "put together by a template": (
        "/offers/index.html",
        lambda site: put(site, "templates/offers.html", f'{{{{ "{API_KEY[:8]}" ~ "{API_KEY[8:]}" }}}}'),
    ),
    "from the feed": (
        "/availability.json",
        lambda site: rewrite(site / "feed/events.xml", "Macbeth", API_KEY.replace("&", "&amp;")),
    ),
}


@pytest.mark.parametrize("place", MADE)
def test_what_only_the_finished_site_shows_stops_a_build(place: str, site: Path) -> None:
    file, plant = MADE[place]
    before = contents(site / "output")
    plant(site)
    assert_refused(site, run(site, "build"), before, file, "SPEKTRIX_API_KEY")


def test_a_secret_that_is_new_is_found_where_nothing_would_be_made(site: Path) -> None:
    assert "Rendering" not in run(site, "build").said
    before = contents(site / "output")
    outcome = run(site, "build", SPEKTRIX_API_KEY="A short play with a long night in it.")
    assert (outcome.exit_code, "events.xml: holds SPEKTRIX_API_KEY" in outcome.said) == (5, True), outcome.said
    assert contents(site / "output") == before


def test_no_trace_of_a_secret_is_kept(site: Path) -> None:
    assert run(site, "build", SPEKTRIX_API_KEY="one-secret-of-two").exit_code == 0
    one = (site / ".sitegen" / "manifest.json").read_bytes()
    (site / ".sitegen" / "manifest.json").unlink()
    assert run(site, "build", SPEKTRIX_API_KEY="another-of-the-two").exit_code == 0
    assert (site / ".sitegen" / "manifest.json").read_bytes() == one


# The studio


@pytest.mark.parametrize("place", ["a static file", "a link to a key", "a key by its name", "a PFX"])
def test_the_studio_shows_what_is_wrong_and_not_the_file(place: str, site: Path) -> None:
    file, which, plant = IN_ITS_PLACE[place]
    plant(site)
    studio = Asked(site, gate=Gate(secrets({"SPEKTRIX_API_KEY": API_KEY})))
    for path in ("/", f"/{file}"):
        shown = studio.get(path)
        assert (shown.status_code, which in shown.text, API_KEY in shown.text) == (500, True, False)
    assert (which in studio.told[0], API_KEY in studio.told[0]) == (True, False)


def test_the_studio_serves_no_page_with_a_secret(site: Path) -> None:
    MADE["put together by a template"][1](site)
    studio = Asked(site, gate=Gate(secrets({"SPEKTRIX_API_KEY": API_KEY})))
    shown = studio.get("/offers/")
    assert (shown.status_code, "holds SPEKTRIX_API_KEY" in shown.text, API_KEY in shown.text) == (500, True, False)
    assert studio.get("/").status_code == 200
