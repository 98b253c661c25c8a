"""What opens the API is kept: in every form that it can be given, it is nowhere afterwards, whatever went wrong."""

import base64
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from live import (
    CHECK,
    CLIENT,
    Live,
    Outcome,
    any_collection,
    leaks,
    live_site,
    options,
    proxy,
    refused,
    self_signed,
    send,
    serving,
    site_of,
    stored,
)
from surfaces import PROJECT

from generator.config import settings
from generator.environment import Credentials
from generator.errors import SitegenError
from generator.pull import PullOrder, pull
from generator.sandbox.authority import issue
from generator.sandbox.server import Sandbox, running

MARKED = "MARKER of a key&with=signs+é"
PASSWORD = "MARKER-of-a-password"  # noqa: S105 - the password of files that live as long as the tests
API = "API/thimble/api/v2/COLLECTION"
UNUSABLE = "SPEKTRIX_CERT, SPEKTRIX_KEY"
SLOW = ("500", "cut", "cut-chunked")
QUICK = ("400", "401", "403", "html", "empty", "truncated", "redirect", "bomb")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that answers as it should."""
    with running(options()) as started:
        yield started


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Path:
    """A site with an output and a snapshot, to begin from."""
    live = site_of(tmp_path_factory.mktemp("standing") / "a", sandbox)
    assert live.run("build").exit_code == 0
    return live.site


@pytest.fixture
def live(tmp_path: Path, sandbox: Sandbox, standing: Path) -> Live:
    """A site that stood before."""
    return site_of(tmp_path / "a", sandbox, start=standing)


def refusal(live: Live, **environment: str) -> Outcome:
    """How a build ends that its credentials stop; nothing has changed, and nothing of them is left anywhere."""
    before = live.standing()
    outcome = live.run("build", "--report", live.folder / "report.json", **environment)
    assert (live.standing(), list(live.temporary.iterdir())) == (before, [])
    assert leaks(live, outcome, live.environment["SPEKTRIX_API_KEY"], MARKED, PASSWORD) == []
    return Outcome(outcome.exit_code, outcome.stdout, any_collection(outcome.stderr))


def encrypted(sandbox: Sandbox) -> str:
    """The client's key, under a password."""
    key = serialization.load_pem_private_key(sandbox.key_file.read_bytes(), None)
    encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()


# Forms that open


def in_pem(sandbox: Sandbox) -> dict[str, str]:
    """The texts themselves."""
    return {"SPEKTRIX_CERT": sandbox.certificate_file.read_text(), "SPEKTRIX_KEY": sandbox.key_file.read_text()}


def in_base64(sandbox: Sandbox) -> dict[str, str]:
    """The texts in base64, broken into lines as `base64` does."""
    return {name: base64.encodebytes(text.encode()).decode() for name, text in in_pem(sandbox).items()}


def with_password(sandbox: Sandbox) -> dict[str, str]:
    """An encrypted key."""
    return {"SPEKTRIX_KEY": encrypted(sandbox), "SPEKTRIX_KEY_PASSWORD": PASSWORD}


def with_remarks(sandbox: Sandbox) -> dict[str, str]:
    """A certificate with words before it, as Windows writes them."""
    return {"SPEKTRIX_CERT": f"friendlyName: Théâtre\n{sandbox.certificate_file.read_text()}"}


@pytest.mark.parametrize(
    "form", [in_pem, in_base64, with_password, with_remarks], ids=["pem", "base64", "password", "remarks"]
)
def test_credentials_in_every_form_open_and_are_nowhere(
    live: Live, sandbox: Sandbox, form: Callable[[Sandbox], dict[str, str]]
) -> None:
    outcome = live.run("build", "--report", live.folder / "report.json", **form(sandbox))
    key_line = sandbox.key_file.read_text().splitlines()[5]
    assert outcome.exit_code == 0, outcome.stderr
    assert leaks(live, outcome, sandbox.api_key, PASSWORD, key_line) == []
    assert list(live.temporary.iterdir()) == []


def test_no_certificate_where_none_is_asked_for(tmp_path: Path) -> None:
    with running(options(needs_certificate=False)) as started:
        live = site_of(tmp_path / "a", started)
        assert live.run("build", SPEKTRIX_CERT="", SPEKTRIX_KEY="").exit_code == 0


# Credentials that do not open


def test_a_wrong_key(live: Live) -> None:
    what = "the key or the certificate was refused (HTTP 401)"
    mend = f"Is SPEKTRIX_API_KEY this system's key, and the certificate still good? {CHECK}"
    assert refusal(live, SPEKTRIX_API_KEY=MARKED) == Outcome(3, "", refused(API, what, mend))


def test_no_key(live: Live) -> None:
    mend = "Set it to the key from Control Panel > WebsiteAdmin > Config in Spektrix."
    said = refused("environment", "SPEKTRIX_API_KEY is not set", mend, "")
    assert refusal(live, SPEKTRIX_API_KEY="") == Outcome(1, "", said)


def test_no_certificate(live: Live) -> None:
    what = "the secure connection was refused (tlsv13 alert certificate required)"
    assert refusal(live, SPEKTRIX_CERT="", SPEKTRIX_KEY="") == Outcome(3, "", refused(API, what, CHECK))


def test_a_certificate_without_its_key(live: Live) -> None:
    said = refused("environment", "SPEKTRIX_CERT is set, but SPEKTRIX_KEY is not", "Set both, or neither.", "")
    assert refusal(live, SPEKTRIX_KEY="") == Outcome(1, "", said)


def test_a_certificate_that_is_none(live: Live) -> None:
    mend = "It can be the path of a PEM file, the PEM text itself, or that text in base64."
    said = refused("environment", "SPEKTRIX_CERT holds no PEM text and names no file that does", mend, "")
    assert refusal(live, SPEKTRIX_CERT=MARKED) == Outcome(1, "", said)


def test_a_certificate_of_another_authority(live: Live, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = issue(tmp_path / "other", CLIENT)
    what = "the secure connection was refused (tlsv1 alert unknown ca)"
    outcome = refusal(live, SPEKTRIX_CERT=str(other.client), SPEKTRIX_KEY=str(other.client_key))
    assert outcome == Outcome(3, "", refused(API, what, CHECK))


def test_a_key_that_does_not_belong(live: Live, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    outcome = refusal(live, SPEKTRIX_KEY=str(issue(tmp_path / "other", CLIENT).client_key))
    said = refused(UNUSABLE, "the client certificate cannot be used (key values mismatch)", CHECK)
    assert (outcome.exit_code, outcome.stderr.endswith(said)) == (3, True)
    assert "Warning: the key does not belong to the certificate\n" in outcome.stderr


@pytest.mark.parametrize(
    ("password", "warning", "why"),
    [
        ("", "the private key is encrypted, and SPEKTRIX_KEY_PASSWORD is not set", "it cannot be read"),
        (f"{PASSWORD}-but-wrong", "the password does not open the private key", "it cannot be read"),
        (PASSWORD * 60, "the password does not open the private key", "SPEKTRIX_KEY_PASSWORD is too long"),
    ],
    ids=["none", "wrong", "too-long"],
)
def test_a_password_that_does_not_open_the_key(
    live: Live, sandbox: Sandbox, password: str, warning: str, why: str
) -> None:
    outcome = refusal(live, SPEKTRIX_KEY=encrypted(sandbox), SPEKTRIX_KEY_PASSWORD=password)
    said = refused(UNUSABLE, f"the client certificate cannot be used ({why})", CHECK)
    assert (outcome.exit_code, outcome.stderr.startswith(f"Warning: {warning}\n")) == (3, True), outcome.stderr
    assert outcome.stderr.endswith(said)


def test_an_expired_certificate_is_not_tried_again(tmp_path: Path) -> None:
    own = self_signed(tmp_path / "own", timedelta(days=-1))
    with serving(
        tmp_path / "server", lambda handler, asked: send(handler, stored(asked)), Path(own["SPEKTRIX_CERT"])
    ) as server:
        live = live_site(tmp_path / "a", server.url, server.variables)
        outcome = refusal(live, **own)
    said = refused(API, "the secure connection was refused (sslv3 alert certificate expired)", CHECK)
    assert (outcome.exit_code, outcome.stderr.endswith(said), server.connections) == (3, True, [])


def test_a_server_that_nobody_vouches_for(live: Live) -> None:
    outcome = refusal(live, REQUESTS_CA_BUNDLE="")
    what = "the secure connection was refused (self-signed certificate in certificate chain)"
    assert outcome == Outcome(3, "", refused(API, what, CHECK))


def test_a_bundle_that_is_not_there_is_named(live: Live) -> None:
    outcome = refusal(live, REQUESTS_CA_BUNDLE="/nowhere/ca.pem")
    assert (outcome.exit_code, "REQUESTS_CA_BUNDLE" in outcome.stderr) == (3, True), outcome.stderr


def test_the_key_does_not_go_over_plain_http(tmp_path: Path) -> None:
    sent: list[bytes] = []

    def listen(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    sent.append(connection.recv(2**16))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=listen, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        live_site(tmp_path / "a", url, {"SPEKTRIX_API_KEY": "MARKER"}).run("build")
    assert [request for request in sent if b"MARKER" in request] == []


def test_the_certificate_is_shown_through_a_proxy(live: Live) -> None:
    with proxy() as address:
        outcome = live.run("build", HTTPS_PROXY=address)
    assert outcome.exit_code == 0, outcome.stderr


@pytest.mark.parametrize(("valid_for", "is_warned"), [(timedelta(29), True), (timedelta(31), False)])
def test_a_build_warns_a_month_before_the_certificate_ends(
    tmp_path: Path, valid_for: timedelta, is_warned: bool
) -> None:
    with running(options(needs_certificate=False)) as started:
        outcome = site_of(tmp_path / "a", started).run("build", **self_signed(tmp_path / "own", valid_for))
    until = datetime.now(UTC) + valid_for
    warning = f"Warning: the certificate ends on {until.day} {until:%B %Y}, in 29 days\n"
    assert (outcome.exit_code, outcome.stderr.startswith(warning)) == (0, is_warned)


# What is raised and logged


def test_no_error_and_no_record_of_a_log_holds_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with ExitStack() as stack, ThreadPoolExecutor(12) as threads:
        started = {kind: stack.enter_context(running(options({"events": kind}))) for kind in SLOW + QUICK}
        bundle = tmp_path / "all.crt"
        bundle.write_text("".join(each.ca_file.read_text() for each in started.values()))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
        errors = list(threads.map(lambda kind: error_of(tmp_path / kind, started[kind]), started))
        hidden = [each.api_key for each in started.values()]
    words = [f"{linked!s} {linked!r} {linked.args!r}" for error in errors for linked in chain(error)]
    words += [f"{record.getMessage()} {record.args!r} {record.exc_text}" for record in caplog.records]
    assert len(errors) == len(SLOW + QUICK)
    assert [word for word in words if any(key in word for key in hidden)] == []


def error_of(folder: Path, started: Sandbox) -> SitegenError:
    """What a pull raises."""
    live = site_of(folder, started)
    opened = Credentials(started.api_key, started.certificate_file.read_text(), started.key_file.read_text())
    assert started.api_key not in f"{opened!r}{opened}"
    with pytest.raises(SitegenError) as raised:
        pull(PullOrder(live.site, datetime.now(UTC)), settings(live.site), opened, lambda _: None)
    return raised.value


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and everything that it says it comes from or came during."""
    if error is not None:
        yield error
        yield from chain(error.__cause__)
        yield from chain(error.__context__)


# Temporary files

LOOK = """
import os, sys
def look(event, about):
    if event == "shutil.rmtree" and str(about[0]).startswith(os.environ["TMPDIR"]):
        places = [about[0], *os.scandir(about[0])]
        print("looked", *(oct(os.stat(place).st_mode & 0o777) for place in places), file=sys.stderr)
sys.addaudithook(look)
sys.argv = ["sitegen", "pull", "--site", sys.argv[1]]
from generator.cli.main import main
main()
"""


def test_temporary_files_are_private_while_they_are_there(live: Live) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(live.site)],
        cwd=PROJECT, env=dict(live.environment), capture_output=True, text=True, check=True,
    )  # fmt: skip
    looked = [line for line in done.stderr.splitlines() if line.startswith("looked")]
    assert looked == ["looked 0o700 0o600 0o600"]
