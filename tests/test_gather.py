"""The pull's pictures, fetched from real servers: right ones, wrong ones, slow ones, and ones that are not there."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from live import Live, Silent, contents, live_site, options, send, site_of, variables_of
from pictures_made import jpeg

from generator.pictures import gather as gathering
from generator.pictures.download import Downloader, FailedError
from generator.pictures.gather import gather
from generator.sandbox.server import Options, running
from generator.spektrix import demo

POSTER = jpeg(300, 200, "red")
OTHER = jpeg(300, 200, "blue")


@dataclass
class Shop:
    """A server of pictures: what it gives by path, what it was asked with which headers."""

    url: str = ""
    gives: dict[str, tuple[int, bytes, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def paths(self) -> list[str]:
        """What was asked for, in order, and no more the next time."""
        found = [path for path, _ in self.asked]
        self.asked.clear()
        return found


@contextmanager
def shop() -> Iterator[Shop]:
    """A server on loopback; it knows what it was asked for, and answers 304 to a mark that it gave."""
    found = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, dict(self.headers)))
            status, body, headers = found.gives.get(self.path.partition("?")[0], (404, b"", {}))
            if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            if "X-Slow" in headers:
                self._drip(body)
            else:
                send(self, body, status, **headers)

        def _drip(self, body: bytes) -> None:
            self.send_response(200)
            self.end_headers()
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.05)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = Silent(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def fetched(addresses: list[str], before: Path, folder: Path) -> dict[str, dict[str, str]]:
    """What the index says after pictures were gathered into a new folder, addresses without their server."""
    folder.parent.mkdir(exist_ok=True)
    gather(addresses, before, folder, lambda line: None)
    index = json.loads((folder / "index.json").read_bytes())
    return {address.rpartition("/")[2]: about for address, about in index.items()}


def test_a_picture_is_kept_by_address_and_told_what_it_is_by_its_bytes(tmp_path: Path) -> None:
    with shop() as server:
        server.gives["/poster.php"] = (200, POSTER, {"ETag": '"1"', "Last-Modified": "Mon, 02 Mar 2026 10:00:00 GMT"})
        about = fetched([f"{server.url}/poster.php?size=full"], tmp_path / "none", tmp_path / "images")
    (file,) = {path for path in contents(tmp_path / "images") if path != "index.json"}
    assert (file.endswith(".jpg"), (tmp_path / "images" / file).read_bytes()) == (True, POSTER)
    assert about["poster.php?size=full"] | {"sha256": ""} == {
        "file": file, "sha256": "", "etag": '"1"', "modified": "Mon, 02 Mar 2026 10:00:00 GMT",
    }  # fmt: skip


def test_an_unchanged_picture_is_asked_after_and_not_sent_again(tmp_path: Path) -> None:
    with shop() as server:
        server.gives = {"/a": (200, POSTER, {"ETag": '"1"'}), "/b": (200, OTHER, {"ETag": '"1"'})}
        addresses = [f"{server.url}/a", f"{server.url}/b"]
        first = fetched(addresses, tmp_path / "none", tmp_path / "1")
        server.gives["/b"] = (200, POSTER, {"ETag": '"2"'})
        second = fetched(addresses, tmp_path / "1", tmp_path / "2")
    marks = [headers.get("If-None-Match") for _, headers in server.asked]
    assert (marks, second["a"], second["b"]["file"]) == ([None, None, '"1"', '"1"'], first["a"], first["a"]["file"])
    assert sorted(contents(tmp_path / "2")) == sorted([first["a"]["file"], "index.json"])
    assert len(contents(tmp_path / "1")) == 3


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ((404, b"", {}), "the server answered HTTP 404"),
        ((403, b"", {}), "the server answered HTTP 403"),
        ((503, b"", {}), "the server answered HTTP 503"),
        ((200, b"<!doctype html><title>Sign in</title>", {}), "what came is no JPEG, PNG, GIF, WebP or AVIF"),
        ((200, b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}), "what came is no JPEG, PNG, GIF, WebP or AVIF"),
        ((200, b"", {}), "what came is no JPEG, PNG, GIF, WebP or AVIF"),
        ((200, b"\xff" * (20 * 2**20 + 1), {}), "it is larger than 20 MB"),
        ((200, POSTER, {"Content_Length": "99999"}), "the connection broke off, or nothing more came"),
        ((302, b"", {"Location": "file:///etc/passwd"}), "it leads to an address that is not on the web"),
        ((302, b"", {"Location": "/a"}), "it leads from address to address"),
    ],
)
def test_what_fails_leaves_the_old_picture_and_its_reason(
    tmp_path: Path, answer: tuple[int, bytes, dict[str, str]], fault: str
) -> None:
    with shop() as server:
        server.gives["/a"] = (200, POSTER, {})
        old = fetched([f"{server.url}/a"], tmp_path / "none", tmp_path / "1")
        server.gives["/a"] = answer
        new = fetched([f"{server.url}/a", f"{server.url}/a?new"], tmp_path / "1", tmp_path / "2")
    assert new == {"a": {**old["a"], "fault": fault}, "a?new": {"fault": fault}}
    assert (tmp_path / "2" / old["a"]["file"]).read_bytes() == POSTER


def test_a_redirect_to_another_server_is_followed(tmp_path: Path) -> None:
    with shop() as server, shop() as other:
        server.gives["/a"] = (302, b"", {"Location": f"{other.url}/b"})
        other.gives["/b"] = (200, POSTER, {})
        about = fetched([f"{server.url}/a"], tmp_path / "none", tmp_path / "images")
    assert ("fault" in about["a"], other.paths()) == (False, ["/b"])


def test_a_server_that_is_down_is_not_asked_for_every_picture(tmp_path: Path) -> None:
    with shop() as server:
        url = server.url
    began = time.monotonic()
    about = fetched([f"{url}/{number}" for number in range(60)], tmp_path / "none", tmp_path / "images")
    assert {entry["fault"] for entry in about.values()} == {"the server could not be reached"}
    assert time.monotonic() - began < 15


def test_pictures_that_trickle_end_with_the_time_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "ALL_SECONDS", 1.0)
    with shop() as server:
        server.gives = {"/slow": (200, POSTER, {"X-Slow": "1"}), "/good": (200, OTHER, {})}
        began = time.monotonic()
        about = fetched([f"{server.url}/good", f"{server.url}/slow"], tmp_path / "none", tmp_path / "images")
    assert ("fault" in about["good"], about["slow"], time.monotonic() - began < 5) == (
        False, {"fault": "it took too long"}, True,
    )  # fmt: skip


def test_a_download_takes_no_password_from_the_users_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with shop() as server:
        with pytest.raises(FailedError):
            Downloader(100, time.monotonic() + 5, "image/*").get(f"{server.url}/a")
        assert "Authorization" not in server.asked[0][1]


# With the real command


def mirrored(live: Live, name: str) -> Live:
    """A live site that serves its pictures itself, and whose one picture of the feed has that address."""
    settings = live.site / "content" / "site.toml"
    settings.write_text(settings.read_text().replace('mode = "link"', 'mode = "mirror"'))
    words = f'+++\nevent = 101\nimage = "{name}"\n+++\n'
    (live.site / "content" / "events" / "macbeth.md").write_text(words)
    return live


def test_a_pull_sends_neither_key_nor_certificate_for_pictures(tmp_path: Path) -> None:
    with running(options()) as sandbox, shop() as server:
        server.gives["/p.jpg"] = (200, POSTER, {})
        live = mirrored(site_of(tmp_path / "a", sandbox), f"{server.url}/p.jpg")
        outcome = live.run("build")
    ((path, headers),) = server.asked
    assert (outcome.exit_code, path, sandbox.api_key in repr(headers)) == (0, "/p.jpg", False)
    assert {name.lower() for name in headers} == {"host", "user-agent", "accept-encoding", "accept", "connection"}


def test_a_picture_server_that_is_down_fails_no_pull_and_is_a_warning(tmp_path: Path) -> None:
    with shop() as server:
        url = server.url
    with running(options()) as sandbox:
        live = mirrored(site_of(tmp_path / "a", sandbox), f"{url}/p.jpg?token=hush")
        outcome = live.run("build")
    told = (
        f"Warning: 1 image could not be fetched: 101, {url}/p.jpg: the server could not be reached\n"
        "  Artwork stands in their place; the next pull tries again. Does the picture open in a browser?\n"
    )
    assert (outcome.exit_code, told in outcome.stderr, "hush" in outcome.stderr) == (0, True, False)


def test_a_live_pull_of_the_demo_has_every_picture(tmp_path: Path) -> None:
    with running(Options(client="thimble", needs_certificate=False)) as sandbox:
        live = live_site(tmp_path / "a", sandbox.url, variables_of(sandbox), f'files = "{sandbox.files}"')
        settings = live.site / "content" / "site.toml"
        settings.write_text(settings.read_text().replace('mode = "link"', 'mode = "mirror"'))
        (live.site / "content" / "events").rename(tmp_path / "events")
        outcome = live.run("pull")
    assert (outcome.exit_code, "Pictures that could not" in outcome.stderr) == (0, False)
    pulled = [content for name, content in contents(live.snapshot / "images").items() if name != "index.json"]
    given = [path.read_bytes() for path in (demo.FOLDER / "images").glob("*.jpg")]
    assert set(pulled) <= set(given)
    assert len(pulled) > 30
