"""The client certificate: openssl, which knows nothing of this program, agrees with what it makes, says and converts.

The certificates are signed by a little authority of openssl's, at fixed times. Every command runs through `run`, which
also looks for secrets in what is printed.
"""

import base64
import json
import os
import pty
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest
from click.testing import CliRunner

from generator import certificate
from generator.cli.main import main
from generator.environment import Credentials, client_certificate, credentials
from generator.errors import SiteError

PROJECT = Path(__file__).resolve().parent.parent
SECRET = "MARKER-of-a-secret"  # noqa: S105 - the password of files that live as long as the tests
REQUEST = ("request", "--client", "lantern", "--organisation", "The Lantern Theatre", "--email", "web@lantern.example")
VARIABLES = ("SPEKTRIX_CERT", "SPEKTRIX_KEY", "SPEKTRIX_KEY_PASSWORD", "SPEKTRIX_PFX_PASSWORD", "SPEKTRIX_API_KEY")
FROM, UNTIL = "2026-03-14T09:30:00Z", "2027-03-14T09:30:00Z"
MAY, WITHIN_A_MONTH, EARLY, LATE = "2026-05-01T12:00Z", "2027-03-02T12:00Z", "2026-03-14T09:29:59Z", "2027-03-14T09:31Z"
SUBJECT = "O=The Lantern Theatre, CN=lantern, emailAddress=web@lantern.example"
RENEW = (
    "run sitegen cert request, send the .csr to Spektrix support, and when their .crt comes, "
    "replace SPEKTRIX_CERT and SPEKTRIX_KEY together."
)
RENEW_NOW = f"Renew it now: {RENEW} The moment it ends, Spektrix gives no data."
NOT_FOR_A_KEY = "Name a folder outside the website with --to, one that only you can read."
EXPORTED = "Give the password that was set when it was exported; else export it again."
CA = """
[ca]
default_ca = little
[little]
database = index.txt
serial = serial
new_certs_dir = .
certificate = ca.crt
private_key = ca.key
default_md = sha256
unique_subject = no
policy = any
preserve = yes
[top]
database = index.txt
serial = serial
new_certs_dir = .
certificate = root.crt
private_key = root.key
default_md = sha256
unique_subject = no
policy = any
preserve = yes
[any]
organizationName = supplied
commonName = supplied
emailAddress = optional
[signs]
basicConstraints = critical,CA:TRUE
"""

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and all that it said."""

    exit_code: int
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True)
class Signed:
    """A certificate and its key, in files that are named alike."""

    crt: Path
    key: Path


def openssl(*arguments: str | Path, cwd: Path | None = None) -> str:
    """What openssl prints; it must succeed."""
    command = ["openssl", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(*arguments: str | Path, **environment: str) -> Outcome:
    """A certificate command; neither the marker nor a line of a key is in what it says."""
    variables = dict.fromkeys(VARIABLES) | environment
    result = CliRunner(env=variables).invoke(main, ["cert", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    said = result.stdout + result.stderr
    assert SECRET not in said
    key = environment.get("SPEKTRIX_KEY", "")
    lines = Path(key).read_text().splitlines() if key.startswith("/") else key.splitlines()
    assert not [line for line in lines if len(line) > 20 and line in said]
    return Outcome(result.exit_code, result.stdout, result.stderr)


def error(where: str | Path, what: str, mend: str = "") -> str:
    """An error as it is printed."""
    return f"Error: {where}: {what}\n" + (f"  {mend}\n" if mend else "")


def files(folder: Path) -> dict[str, str]:
    """The files of a folder with their modes."""
    return {path.name: oct(S_IMODE(path.stat().st_mode)) for path in sorted(folder.iterdir()) if path.is_file()}


def public(*arguments: str | Path) -> str:
    """The public key that openssl finds in a CSR, a certificate or a key."""
    return openssl(*arguments, *(("-pubout",) if arguments[0] == "pkey" else ("-noout", "-pubkey")))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which openssl signs: a root, and below it the authority that Spektrix stands for."""
    folder = tmp_path_factory.mktemp("authority")
    (folder / "openssl.cnf").write_text(CA)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("01\n")
    signing = ("ca", "-batch", "-notext", "-config", "openssl.cnf", "-extensions", "signs")
    times = ("-startdate", "20200101000000Z", "-enddate", "20490101000000Z")
    for name, subject in (("root", "/O=Root/CN=Root"), ("ca", "/O=Ticketing/CN=Issuing CA")):
        files = ("-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl("req", "-newkey", "rsa:2048", "-nodes", *files, "-subj", subject, cwd=folder)
        signer = ("-selfsign", "-keyfile", "root.key") if name == "root" else ("-name", "top")
        openssl(*signing, *times, *signer, "-in", f"{name}.csr", "-out", f"{name}.crt", cwd=folder)
    return folder


def sign(authority: Path, name: str, client: str) -> Signed:
    """A request of ours, signed by the authority for a year."""
    folder = authority / name
    folder.mkdir()
    made = certificate.request(client, "The Lantern Theatre", "web@lantern.example", "", 2026, folder)
    crt = made.csr_path.with_suffix(".crt")
    year = [moment.replace("-", "").replace(":", "").replace("T", "") for moment in (FROM, UNTIL)]
    times = ("-startdate", year[0], "-enddate", year[1])
    signing = ("ca", "-batch", "-notext", "-config", "openssl.cnf", *times)
    openssl(*signing, "-in", made.csr_path, "-out", crt, cwd=authority)
    return Signed(crt, made.key_path)


@pytest.fixture(scope="module")
def good(authority: Path) -> Signed:
    """The certificate and the key of the client lantern."""
    return sign(authority, "good", "lantern")


@pytest.fixture(scope="module")
def other(authority: Path) -> Signed:
    """Those of another client."""
    return sign(authority, "other", "wrasse")


@pytest.fixture(scope="module")
def encrypted(good: Signed) -> Path:
    """The key of the client lantern, encrypted."""
    path = good.key.with_name("encrypted.key")
    openssl("pkey", "-in", good.key, "-aes256", "-passout", f"pass:{SECRET}", "-out", path)
    return path


def variables(crt: Path, key: Path, password: str = "") -> dict[str, str]:
    """The environment that names a certificate and a key by their paths."""
    return {"SPEKTRIX_CERT": str(crt), "SPEKTRIX_KEY": str(key), "SPEKTRIX_KEY_PASSWORD": password}


def facts(crt: Path) -> dict[str, Any]:
    """What openssl says of a certificate, as --json has it."""
    shown = openssl("x509", "-in", crt, "-noout", "-dates", "-fingerprint", "-sha256").splitlines()
    names = openssl("x509", "-in", crt, "-noout", "-subject", "-issuer", "-nameopt", "sep_comma_plus_space,sname")
    values = [line.partition("=")[2] for line in shown]
    words = [line.partition("=")[2] for line in names.splitlines()]
    dates = [datetime.strptime(each.replace(" GMT", "+0000"), "%b %d %H:%M:%S %Y%z").isoformat() for each in values[:2]]
    return {
        "subject": words[0],
        "issuer": words[1],
        "common_name": words[0].split(", ")[1].removeprefix("CN="),
        "valid_from": dates[0],
        "valid_until": dates[1],
        "sha256": values[2],
    }


def judged(good: Signed, now: str, *arguments: str) -> dict[str, Any]:
    """The JSON of `check` for the good pair at some time."""
    said: dict[str, Any] = json.loads(
        run("check", "--client", "lantern", "--now", now, "--json", **variables(good.crt, good.key)).stdout
    )
    return said


# request


def test_openssl_agrees_with_a_request(tmp_path: Path) -> None:
    made = run(*REQUEST, "--agency", "Fathom", "--year", "2026", "--to", tmp_path)
    key, csr = tmp_path / "lantern-Fathom-2026.key", tmp_path / "lantern-Fathom-2026.csr"
    said = (
        f"Key: {key}\nCSR: {csr}\n"
        "Send the CSR to Spektrix support; they send back the certificate, a .crt file.\n"
        "The key stays here: never send it, and never put it where a website is served.\n"
    )
    assert made == Outcome(0, said)
    openssl("req", "-in", csr, "-noout", "-verify")
    subject = openssl("req", "-in", csr, "-noout", "-subject", "-nameopt", "sep_comma_plus_space,sname")
    assert subject == f"subject={SUBJECT}\n"
    assert openssl("rsa", "-in", key, "-noout", "-check") == "RSA key ok\n"
    assert public("req", "-in", csr) == public("pkey", "-in", key)
    modulus = openssl("req", "-in", csr, "-noout", "-modulus")
    assert modulus == openssl("rsa", "-in", key, "-noout", "-modulus")
    assert len(bytes.fromhex(modulus.strip().removeprefix("Modulus="))) * 8 == 2048


def test_the_subject_is_what_the_vendors_own_command_writes(tmp_path: Path) -> None:
    made = certificate.request("lantern", "Théâtre & Co", "web@lantern.example", "", 2026, tmp_path)
    line = "/O=Théâtre & Co/CN=lantern/emailAddress=web@lantern.example"
    theirs = tmp_path / "theirs.csr"
    openssl("req", "-new", "-utf8", "-key", made.key_path, "-subj", line, "-out", theirs)
    bodies = [openssl("asn1parse", "-in", csr, "-strparse", "4") for csr in (made.csr_path, theirs)]
    assert bodies[0] == bodies[1]


def test_only_its_owner_reads_the_key_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        run(*REQUEST, "--year", "2026", "--to", tmp_path)
    finally:
        os.umask(before)
    assert files(tmp_path) == {"lantern-2026.csr": "0o644", "lantern-2026.key": "0o600"}


def test_the_year_is_that_of_the_clock(tmp_path: Path) -> None:
    run(*REQUEST, "--to", tmp_path, SOURCE_DATE_EPOCH="1790000000")
    assert sorted(files(tmp_path)) == ["lantern-2026.csr", "lantern-2026.key"]


@pytest.mark.parametrize("name", ["lantern-2026.key", "lantern-2026.csr"])
def test_a_request_never_overwrites_and_leaves_nothing_half_done(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("in use")
    made = run(*REQUEST, "--year", "2026", "--to", tmp_path)
    mend = "Nothing was written. Name another folder with --to."
    assert made == Outcome(1, "", error(tmp_path / name, "it is there already, and stays", mend))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {name: "in use"}


def test_a_request_that_would_not_be_signed_is_refused(tmp_path: Path) -> None:
    made = run(
        *("request", "--client", "the lantern", "--organisation", " ", "--email", "lantern.example"),
        *("--agency", "../up", "--year", "2026", "--to", tmp_path),
    )
    mend = "It is the word after the host in your Spektrix address, at most 64 letters."
    said = (
        error("client", "it must be letters, digits, - and _ only", mend)
        + error("organisation", "it must be one line of 1 to 64 letters")
        + error("email", "it must be an e-mail address such as web@example.org")
        + error("agency", "it must be letters, digits, - and _ only", "It becomes part of the files' names.")
    )
    assert (made, files(tmp_path)) == (Outcome(1, "", said), {})


@pytest.mark.parametrize("inside", ["content", "content/static/keys", "templates", "output/assets", "Output"])
def test_no_key_in_a_folder_that_is_published(tmp_path: Path, inside: str) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "site.toml").touch()
    folder = tmp_path / inside
    folder.mkdir(parents=True, exist_ok=True)
    (tmp_path / "link").symlink_to(folder)
    what = f"a key does not belong in {inside.partition('/')[0]}/ of a website"
    refused = Outcome(1, "", error(folder, what, NOT_FOR_A_KEY))
    assert [run(*REQUEST, "--to", to) for to in (folder, tmp_path / "link")] == [refused, refused]
    assert run(*REQUEST, "--year", "2026", "--to", tmp_path).exit_code == 0


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_no_key_where_git_would_take_it(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)  # noqa: S607 - the git that is installed
    mend = "Put *.key into .gitignore, or name a folder outside the repository with --to."
    refused = error(folder, "git would take lantern-2026.key from this folder", mend)
    assert run(*REQUEST, "--year", "2026", "--to", folder) == Outcome(1, "", refused)
    assert files(folder) == {}
    (tmp_path / ".gitignore").write_text("*.key\n")
    assert run(*REQUEST, "--year", "2026", "--to", folder).exit_code == 0
    (tmp_path / ".git" / "HEAD").write_text("broken")
    refused = error(folder, "git would take lantern-2027.key from this folder", mend)
    assert run(*REQUEST, "--year", "2027", "--to", folder) == Outcome(1, "", refused)


def test_a_machine_without_git_has_no_work_tree(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert run(*REQUEST, "--year", "2026", "--to", tmp_path, PATH="").exit_code == 0


# check


def test_a_good_pair_is_told_with_what_openssl_reads(authority: Path, good: Signed) -> None:
    at = str(int(datetime.fromisoformat(MAY).timestamp()))
    openssl("verify", "-attime", at, "-CAfile", "root.crt", "-untrusted", "ca.crt", good.crt, cwd=authority)
    assert public("x509", "-in", good.crt) == public("pkey", "-in", good.key)
    known = facts(good.crt)
    said = (
        f"Subject:     {SUBJECT}\n"
        "Issuer:      O=Ticketing, CN=Issuing CA\n"
        "Valid from:  2026-03-14 09:30 UTC\n"
        "Valid until: 2027-03-14 09:30 UTC\n"
        f"SHA-256:     {known['sha256']}\n"
        "Certificate and key belong together, and are those of lantern.\n"
    )
    told = run("check", "--client", "lantern", "--now", MAY, **variables(good.crt, good.key))
    assert told == Outcome(0, said)
    assert judged(good, MAY) == {"client": "lantern", "certificate": known, "warning": None, "faults": []}


@pytest.mark.parametrize(
    ("now", "warning"),
    [
        ("2027-02-12T09:29:59Z", None),
        ("2027-02-12T09:30:00Z", "in 30 days"),
        (WITHIN_A_MONTH, "in 12 days"),
        ("2027-03-13T23:00:00Z", "tomorrow"),
        ("2027-03-14T09:30:00Z", "today at 09:30 UTC"),
    ],
)
def test_the_last_month_warns_and_says_what_to_do(good: Signed, now: str, warning: str | None) -> None:
    what = f"the certificate ends on 14 March 2027, {warning}"
    fault = {"what": what, "where": "SPEKTRIX_CERT", "mend": RENEW_NOW} if warning else None
    told: dict[str, Any] = {"client": "lantern", "certificate": facts(good.crt), "warning": fault, "faults": []}
    assert judged(good, now) == told


def test_a_warning_is_no_fault(good: Signed) -> None:
    told = run("check", "--client", "lantern", "--now", WITHIN_A_MONTH, **variables(good.crt, good.key))
    what = "Warning: SPEKTRIX_CERT: the certificate ends on 14 March 2027, in 12 days"
    assert (told.exit_code, told.stderr) == (0, f"{what}\n  {RENEW_NOW}\n")


@pytest.mark.parametrize(
    ("now", "what", "mend"),
    [
        (
            EARLY,
            "the certificate is valid only from 14 March 2026, 09:30 UTC",
            "Is this machine's clock right? If it is, keep the old certificate until then.",
        ),
        (
            LATE,
            "the certificate ended on 14 March 2027, 09:30 UTC",
            f"Spektrix gives no data until it is renewed: {RENEW}",
        ),
    ],
)
def test_openssl_agrees_that_it_is_out_of_its_time(
    authority: Path, good: Signed, now: str, what: str, mend: str
) -> None:
    at = str(int(datetime.fromisoformat(now).timestamp()))
    chain = ["-CAfile", "root.crt", "-untrusted", "ca.crt", "-no_check_time"]
    openssl("verify", *chain, good.crt, cwd=authority)
    command = ["openssl", "verify", *chain[:-1], "-attime", at, str(good.crt)]
    assert subprocess.run(command, cwd=authority, capture_output=True, check=False).returncode == 2
    told = run("check", "--client", "lantern", "--now", now, **variables(good.crt, good.key))
    assert (told.exit_code, told.stderr) == (1, error("SPEKTRIX_CERT", what, mend))
    fault = {"what": what, "where": "SPEKTRIX_CERT", "mend": mend}
    assert judged(good, now) == {
        "client": "lantern",
        "certificate": facts(good.crt),
        "warning": None,
        "faults": [fault],
    }


def test_the_key_and_the_name_of_another(good: Signed, other: Signed) -> None:
    assert public("x509", "-in", other.crt) != public("pkey", "-in", good.key)
    told = run("check", "--client", "lantern", "--now", MAY, "--json", **variables(other.crt, good.key))
    foreign = "Set SPEKTRIX_KEY to the .key that was made with this certificate's .csr; the two change together."
    ask = 'Is [spektrix] client right? If it is, ask Spektrix support for a certificate with the CN "lantern".'
    wrong = [
        ("SPEKTRIX_KEY", "the key does not belong to the certificate", foreign),
        ("SPEKTRIX_CERT", 'the certificate is for "wrasse", but the client is "lantern"', ask),
    ]
    assert (told.exit_code, told.stderr) == (1, "".join(error(*each) for each in wrong))
    faults = [{"what": what, "where": where, "mend": mend} for where, what, mend in wrong]
    expected = {"client": "lantern", "certificate": facts(other.crt), "warning": None, "faults": faults}
    assert json.loads(told.stdout) == expected


def test_an_encrypted_key_needs_its_password(good: Signed, encrypted: Path) -> None:
    passwords = ("", f"not {SECRET}", SECRET)
    told = [
        run("check", "--client", "lantern", "--now", MAY, **variables(good.crt, encrypted, password))
        for password in passwords
    ]
    missing = error(
        "SPEKTRIX_KEY",
        "the private key is encrypted, and SPEKTRIX_KEY_PASSWORD is not set",
        "Set SPEKTRIX_KEY_PASSWORD to its password.",
    )
    wrong = error(
        "SPEKTRIX_KEY",
        "the password does not open the private key",
        "Set SPEKTRIX_KEY_PASSWORD to its password; openssl pkey -in FILE.key tells whether it is right.",
    )
    assert [(each.exit_code, each.stderr) for each in told] == [(1, missing), (1, wrong), (0, "")]


def test_the_old_form_of_an_encrypted_key(good: Signed, tmp_path: Path) -> None:
    key = tmp_path / "old.key"
    openssl("rsa", "-in", good.key, "-aes128", "-traditional", "-passout", f"pass:{SECRET}", "-out", key)
    assert run("check", "--client", "lantern", "--now", MAY, **variables(good.crt, key, SECRET)).exit_code == 0


def test_what_is_neither_certificate_nor_key(good: Signed) -> None:
    broken = f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----"
    no_certificate = error(
        "SPEKTRIX_CERT",
        "it holds no certificate that can be read",
        "It is the .crt file that Spektrix sends; is SPEKTRIX_KEY in its place, or is it cut short?",
    )
    no_key = error(
        "SPEKTRIX_KEY",
        "it holds no private key that can be read",
        "It is the .key file, made with the .csr; is SPEKTRIX_CERT in its place, or is it cut short?",
    )
    swapped = run("check", "--client", "lantern", "--now", MAY, **variables(good.key, good.crt))
    assert swapped == Outcome(1, "", no_certificate + no_key)
    garbage = {"SPEKTRIX_CERT": good.crt.read_text(), "SPEKTRIX_KEY": broken}
    told = run("check", "--client", "lantern", "--now", MAY, **garbage)
    assert (told.exit_code, told.stderr) == (1, no_key)


def test_each_secret_is_a_path_a_text_or_its_base64(good: Signed, encrypted: Path) -> None:
    pair = (good.crt, encrypted)
    forms = (
        [str(path) for path in pair],
        [path.read_text() for path in pair],
        [base64.b64encode(path.read_bytes()).decode() for path in pair],
    )
    told = {
        run(
            *("check", "--client", "lantern", "--now", MAY, "--json"),
            SPEKTRIX_CERT=crt,
            SPEKTRIX_KEY=key,
            SPEKTRIX_KEY_PASSWORD=SECRET,
        )
        for crt, key in zip(*([form[half] for form in forms] for half in (0, 1)), strict=True)
    }
    verdict: dict[str, Any] = {"client": "lantern", "certificate": facts(good.crt), "warning": None, "faults": []}
    assert told == {Outcome(0, json.dumps(verdict, ensure_ascii=False, indent=1) + "\n")}


def test_the_client_is_that_of_the_site(good: Signed, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    settings = (
        '[site]\nname = "T"\nurl = "https://t.example"\ntimezone = "Europe/London"\n[spektrix]\nclient = "tern"\n'
    )
    (tmp_path / "content" / "site.toml").write_text(settings)
    told = run("check", "--site", tmp_path, "--now", MAY, **variables(good.crt, good.key))
    ask = 'Is [spektrix] client right? If it is, ask Spektrix support for a certificate with the CN "tern".'
    what = 'the certificate is for "lantern", but the client is "tern"'
    assert (told.exit_code, told.stderr) == (1, error("SPEKTRIX_CERT", what, ask))


def test_a_check_of_nothing_says_what_to_set(good: Signed) -> None:
    mend = "Set SPEKTRIX_CERT and SPEKTRIX_KEY. If Spektrix asks you for the API key alone, you need neither."
    assert run("check", "--client", "lantern") == Outcome(1, "", error("environment", "SPEKTRIX_CERT is not set", mend))
    lone = error("environment", "SPEKTRIX_CERT is set, but SPEKTRIX_KEY is not", "Set both, or neither.")
    assert run("check", "--client", "lantern", SPEKTRIX_CERT=str(good.crt)) == Outcome(1, "", lone)


def test_credentials_hold_the_password_and_print_nothing(good: Signed, encrypted: Path) -> None:
    environment = {**variables(good.crt, encrypted, f"{SECRET}\n"), "SPEKTRIX_API_KEY": SECRET}
    whole = credentials(environment)
    assert whole == Credentials(SECRET, good.crt.read_text(), encrypted.read_text(), SECRET)
    assert client_certificate(environment) == Credentials("", good.crt.read_text(), encrypted.read_text(), SECRET)
    assert (repr(whole), str(whole)) == ("Credentials(…)", "Credentials(…)")


# convert


def exported(good: Signed, authority: Path, path: Path, *options: str) -> bool:
    """Make a PFX file as Windows does, with the chain from the root downwards; False where openssl cannot."""
    chain = path.with_suffix(".chain")
    chain.write_text((authority / "root.crt").read_text() + (authority / "ca.crt").read_text())
    pair = ["-inkey", str(good.key), "-in", str(good.crt), "-certfile", str(chain), "-passout", f"pass:{SECRET}"]
    command = ["openssl", "pkcs12", "-export", *pair, "-out", str(path), *options]
    done = subprocess.run(command, capture_output=True, check=False)
    chain.unlink()
    return done.returncode == 0


@pytest.fixture
def pfx(good: Signed, authority: Path, tmp_path: Path) -> Path:
    """A PFX file of the good pair and its chain, alone in its folder."""
    path = tmp_path / "lantern.pfx"
    assert exported(good, authority, path)
    return path


@pytest.mark.parametrize("options", [(), ("-legacy",), ("-legacy", "-certpbe", "PBE-SHA1-RC2-40")])
def test_openssl_agrees_with_what_was_converted(
    good: Signed, authority: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    pfx = tmp_path / "lantern.pfx"
    if not exported(good, authority, pfx, *options):
        pytest.skip("this openssl cannot write the old encryption")
    told = run("convert", pfx, SPEKTRIX_PFX_PASSWORD=SECRET)
    key, crt = tmp_path / "lantern.key", tmp_path / "lantern.crt"
    keep = "The key has no password now: keep it where only you and the pull can read it."
    assert told == Outcome(0, f"Key: {key}\nCertificate: {crt}\n{keep}\n")
    assert openssl("pkey", "-in", key) == openssl("pkey", "-in", good.key)
    assert public("x509", "-in", crt) == public("pkey", "-in", key)
    chain = [openssl("x509", "-in", each) for each in (good.crt, authority / "ca.crt", authority / "root.crt")]
    assert crt.read_text() == "".join(chain)
    assert run("check", "--client", "lantern", "--now", MAY, **variables(crt, key)).exit_code == 0


def test_only_its_owner_reads_a_converted_key(pfx: Path, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    before = os.umask(0)
    try:
        run("convert", pfx, "--to", folder, SPEKTRIX_PFX_PASSWORD=SECRET)
    finally:
        os.umask(before)
    assert files(folder) == {"lantern.crt": "0o644", "lantern.key": "0o600"}


@pytest.mark.parametrize(
    ("content", "what", "mend"),
    [
        (None, "the password does not open it, or it is damaged", EXPORTED),
        (
            b"-----BEGIN CERTIFICATE-----",
            "it is not a PFX file",
            "A PFX is a binary file, exported from Windows; a file with -----BEGIN needs no conversion.",
        ),
        (
            b"",
            "it is not a PFX file",
            "A PFX is a binary file, exported from Windows; a file with -----BEGIN needs no conversion.",
        ),
    ],
)
def test_a_file_that_does_not_open(pfx: Path, content: bytes | None, what: str, mend: str) -> None:
    if content is not None:
        pfx.write_bytes(content)
    told = run("convert", pfx, SPEKTRIX_PFX_PASSWORD=f"not {SECRET}")
    assert told == Outcome(1, "", error("lantern.pfx", what, mend))
    assert sorted(files(pfx.parent)) == ["lantern.pfx"]


@pytest.mark.parametrize(
    ("option", "what", "mend"),
    [
        ("-nokeys", "it holds no private key", 'Export it again, and choose "Yes, export the private key".'),
        ("-nocerts", "it holds no certificate of its key", "Export the two together."),
    ],
)
def test_a_file_with_half_of_it(
    good: Signed, authority: Path, tmp_path: Path, option: str, what: str, mend: str
) -> None:
    assert exported(good, authority, tmp_path / "lantern.pfx", option)
    told = run("convert", tmp_path / "lantern.pfx", SPEKTRIX_PFX_PASSWORD=SECRET)
    assert told == Outcome(1, "", error("lantern.pfx", what, mend))


def test_a_conversion_never_overwrites(pfx: Path) -> None:
    crt = pfx.with_suffix(".crt")
    crt.write_text("in use")
    told = run("convert", pfx, SPEKTRIX_PFX_PASSWORD=SECRET)
    mend = "Nothing was written. Name another folder with --to."
    assert told == Outcome(1, "", error(crt, "it is there already, and stays", mend))
    assert (sorted(files(pfx.parent)), crt.read_text()) == (["lantern.crt", "lantern.pfx"], "in use")


def test_a_disk_that_fills_up_leaves_nothing(pfx: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))  # the key fits, the certificates do not
    try:
        with pytest.raises(SiteError) as refused:
            certificate.convert(pfx.read_bytes(), SECRET, "lantern", pfx.parent)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    where = pfx.with_suffix(".crt")
    mend = "Nothing was written. Name another folder with --to."
    assert str(refused.value) == f"{where}: it cannot be written (File too large)\n  {mend}"
    assert sorted(files(pfx.parent)) == ["lantern.pfx"]


def test_a_conversion_refuses_a_published_folder(pfx: Path, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "site.toml").touch()
    told = run("convert", pfx, "--to", tmp_path / "content", SPEKTRIX_PFX_PASSWORD=SECRET)
    what = "a key does not belong in content/ of a website"
    assert told == Outcome(1, "", error(tmp_path / "content", what, NOT_FOR_A_KEY))


def test_a_file_without_a_password(good: Signed, authority: Path, tmp_path: Path) -> None:
    assert exported(good, authority, tmp_path / "lantern.pfx", "-passout", "pass:")
    assert run("convert", tmp_path / "lantern.pfx", SPEKTRIX_PFX_PASSWORD="").exit_code == 0
    assert openssl("pkey", "-in", tmp_path / "lantern.key") == openssl("pkey", "-in", good.key)


def test_without_a_terminal_the_password_comes_from_the_environment(pfx: Path) -> None:
    mend = "Set it to the password that was set when the file was exported, or run this on a terminal."
    assert run("convert", pfx) == Outcome(1, "", error("environment", "SPEKTRIX_PFX_PASSWORD is not set", mend))


def test_on_a_terminal_the_password_is_asked_for_and_not_shown(pfx: Path) -> None:
    mine, theirs = pty.openpty()
    command = [sys.executable, "-m", "generator", "cert", "convert", str(pfx)]
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as running:
        os.close(theirs)
        shown = os.read(mine, 1000)
        while b"Password of the PFX file" not in shown:
            shown += os.read(mine, 1000)
        os.write(mine, f"{SECRET}\n".encode())
        code = running.wait(timeout=20)
        shown += os.read(mine, 10000)
    os.close(mine)
    assert (code, SECRET in shown.decode()) == (0, False)
    assert sorted(files(pfx.parent)) == ["lantern.crt", "lantern.key", "lantern.pfx"]
