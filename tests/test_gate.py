"""Wherever a venue could put a secret by mistake, and in whatever form: it is found, and what is harmless is not."""

import base64
import bz2
import gzip
import html
import io
import json
import lzma
import textwrap
import urllib.parse
import zipfile
from collections.abc import Callable
from pathlib import Path

import canaries
import pytest
from canaries import API_KEY, LOCKED, PLAIN, certificate, certificate_pem, in_pem, key_pem, pfx, zipped
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat
from hypothesis import example, given, settings
from hypothesis import strategies as st
from live import TINY
from surfaces import build

from generator.environment import Secret, secrets
from generator.errors import Fault, SecretError
from generator.gate import packed
from generator.gate.forms import SHORTEST, marks
from generator.gate.gate import Gate
from generator.gate.premises import exposed
from generator.render import json_script

GATE = Gate((Secret("API_KEY", API_KEY), Secret("CERT", certificate_pem()), Secret("KEY", key_pem())))
ANYBODY = Gate()


def in_lines(text: str, width: int, ending: str = "\n") -> str:
    return ending.join(textwrap.wrap(text, width))


def folded(text: str) -> bytes:
    """A calendar that holds a text, folded as calendars are, in the middle of it."""
    line = f"DESCRIPTION:{'x' * 55}{text}"
    return f"BEGIN:VCALENDAR\r\n{line[:75]}\r\n {line[75:]}\r\n".encode()


# Text


TEXTUAL: dict[str, Callable[[str], bytes | str]] = {
    "as it is": str,
    "URL": lambda secret: urllib.parse.quote(secret, safe=""),
    "URL in small letters": lambda secret: urllib.parse.quote(secret, safe="").lower().replace("canary", "CANARY"),
    "form": urllib.parse.quote_plus,
    "HTML": html.escape,
    "HTML text": lambda secret: html.escape(secret, quote=False),
    "JSON": json.dumps,
    "JSON as it is": lambda secret: json.dumps(secret, ensure_ascii=False),
    "script": lambda secret: str(json_script({"key": secret})),
    "JSON in HTML": lambda secret: html.escape(json.dumps(secret)),
    "HTML in JSON": lambda secret: json.dumps(html.escape(secret)),
    "calendar": folded,
    "base64": lambda secret: base64.b64encode(secret.encode()),
    "base64 behind one": lambda secret: base64.b64encode(f"k{secret}more".encode()),
    "base64 behind two": lambda secret: base64.b64encode(f"k={secret}".encode()),
    "base64url": lambda secret: base64.urlsafe_b64encode(f"a>?{secret}".encode()),
    "base64 in an address": lambda secret: urllib.parse.quote(base64.b64encode(secret.encode()).decode(), safe=""),
    "base64 of a file": lambda secret: base64.encodebytes(b"# words\n" * 6 + f"K={secret}".encode()),
    "hex": lambda secret: secret.encode().hex(),
    "HEX": lambda secret: secret.encode().hex().upper(),
    "hex in lines": lambda secret: in_lines(f"{'x' * 40}{secret}".encode().hex(), 60),
    "UTF-16": lambda secret: secret.encode("utf-16"),
    "Latin-1": lambda secret: secret.encode("latin-1"),
}


@pytest.mark.parametrize("form", TEXTUAL)
def test_a_text_is_found_in_every_form(form: str) -> None:
    written = TEXTUAL[form](API_KEY)
    content = written.encode() if isinstance(written, str) else written
    assert GATE.found(b"before " * (form not in ("calendar",)) + content + b" after") == "holds API_KEY"
    assert ANYBODY.found(content) == ""


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=SHORTEST, max_size=60).filter(
        lambda text: text.strip() == text and len(text.encode()) >= SHORTEST
    ),
    st.binary(max_size=80),
    st.binary(max_size=80),
    st.integers(60, 100),
)
@example("a line\u2028\x7f", b"", b"", 60)
@settings(max_examples=60, deadline=None)
def test_any_text_is_found_in_every_form_wherever_it_stands(
    secret: str, before: bytes, after: bytes, width: int
) -> None:
    known = marks(secret)
    raw = before + secret.encode() + after
    encoded = [base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode(), raw.hex(), raw.hex().upper()]
    broken = ["\r\n".join(text[at : at + width] for at in range(0, len(text), width)) for text in encoded]
    escaped = [
        html.escape(secret), html.escape(secret, quote=False), json.dumps(secret), str(json_script({"a": secret})),
        urllib.parse.quote(secret), urllib.parse.quote_plus(secret), html.escape(json.dumps(secret)),
    ]  # fmt: skip
    forms = [raw, secret.encode("utf-16-le"), *(text.encode() for text in (*encoded, *escaped))]
    forms += (text.encode() for text in broken if len(secret.encode()) >= 20)
    assert [form for form in forms if not any(mark in form for mark in known)] == []


def test_a_short_text_is_not_looked_for() -> None:
    assert marks("lantern") == frozenset()


# Keys and certificates


def test_pieces_stand_nowhere_by_chance() -> None:
    assert min(map(len, marks(key_pem()) | marks(certificate_pem()))) >= 12


BODY = "".join(key_pem().splitlines()[1:-1])
AS_PEM: dict[str, str] = {
    "as it is": key_pem(),
    "body": "\n".join(key_pem().splitlines()[1:-1]),
    "body with CRLF": "\r\n".join(key_pem().splitlines()[1:-1]),
    "body in one line": BODY,
    "body in lines of 76": in_lines(BODY, 76),
    "JSON": json.dumps(key_pem().replace("PRIVATE", "")),
    "HTML": html.escape(BODY),
    "URL": urllib.parse.quote(BODY, safe=""),
    "base64url": BODY.translate(str.maketrans("+/", "-_")),
    "base64": base64.b64encode(BODY.encode()).decode(),
    "base64 of lines": base64.encodebytes(b" " + "\n".join(key_pem().splitlines()[1:-1]).encode()).decode(),
    "hex": base64.b64decode(BODY).hex(),
    "hex in lines": in_lines(base64.b64decode(BODY).hex().upper(), 60),
    "a part of it": BODY[704:900],
    "two lines of it": "\n".join(key_pem().splitlines()[9:11]),
}


@pytest.mark.parametrize("form", AS_PEM)
def test_the_key_is_found_in_every_form(form: str) -> None:
    assert GATE.found(AS_PEM[form].encode()) in ("holds KEY", "holds CERT")


@pytest.mark.parametrize("encoding", ["pem", "der", "base64", "hex", "UTF-16"])
def test_the_certificate_is_found(encoding: str) -> None:
    raw = certificate().public_bytes(Encoding.DER)
    forms = {
        "pem": certificate_pem().encode(),
        "der": raw,
        "base64": base64.b64encode(certificate_pem().encode()),
        "hex": raw.hex().encode(),
        "UTF-16": certificate_pem().encode("utf-16"),
    }
    assert (GATE.found(forms[encoding]), ANYBODY.found(forms[encoding])) == ("holds CERT", "")


def test_what_is_public_of_a_stranger_is_no_secret() -> None:
    stranger = rsa.generate_private_key(65537, 2048).public_key()
    public = stranger.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert GATE.found(public) == ""


STRANGERS: dict[str, canaries.Key] = {
    "RSA": rsa.generate_private_key(65537, 2048),
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-384": ec.generate_private_key(ec.SECP384R1()),
    "P-521": ec.generate_private_key(ec.SECP521R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
}
FORMS = {
    **{f"{name} PKCS#8": (name, PrivateFormat.PKCS8, PLAIN) for name in STRANGERS},
    **{f"{name} encrypted": (name, PrivateFormat.PKCS8, LOCKED) for name in STRANGERS},
    **{f"{name} traditional": (name, PrivateFormat.TraditionalOpenSSL, PLAIN) for name in STRANGERS if name[0] != "E"},
    **{f"{name} OpenSSH": (name, PrivateFormat.OpenSSH, PLAIN) for name in STRANGERS},
}


@pytest.mark.parametrize("form", FORMS)
def test_any_private_key_is_found(form: str) -> None:
    name, kind, encryption = FORMS[form]
    text = in_pem(STRANGERS[name], kind, encryption)
    body = b"".join(line for line in text.splitlines() if b"-----" not in line)
    headless = [body, base64.b64decode(body), base64.b64decode(body).hex().encode(), b"\r\n".join(text.split())]
    written = [text, base64.b64encode(text), text.decode().encode("utf-16"), json.dumps(text.decode()).encode()]
    assert [ANYBODY.found(each) for each in (*written, *headless)] == ["holds a private key"] * 8


@pytest.mark.parametrize("encryption", [PLAIN, LOCKED], ids=["open", "locked"])
@pytest.mark.parametrize("form", [bytes, base64.b64encode, base64.encodebytes, lambda raw: raw.hex().encode()])
def test_any_pfx_is_found(form: Callable[[bytes], bytes], encryption: canaries.Encryption) -> None:
    assert ANYBODY.found(form(pfx(encryption))) == "holds a PFX file"


@pytest.mark.parametrize("header", ["PGP PRIVATE KEY BLOCK", "DSA PRIVATE KEY", "ANY PRIVATE KEY"])
def test_any_header_of_a_private_key_is_found(header: str) -> None:
    assert ANYBODY.found(f"<pre>-----BEGIN {header}-----\n".encode()) == "holds a private key"


# Inside other files

WORDS = f"the key is {API_KEY}".encode()
PACKED: dict[str, bytes] = {
    "zip": zipped("notes.txt", WORDS),
    "zip in a zip": zipped("a.zip", zipped("notes.txt", WORDS)),
    "zip behind a picture": canaries.drawing("harmless") + zipped("notes.txt", WORDS),
    "name in a zip": zipped(f"{API_KEY.replace('/', '')}.txt", b""),
    "gzip": gzip.compress(WORDS),
    "bzip2": bz2.compress(WORDS),
    "xz": lzma.compress(WORDS),
    "zip in gzip": gzip.compress(zipped("notes.txt", WORDS)),
    "remark of a photograph": canaries.photograph(WORDS.decode()),
    "remark of a drawing": canaries.drawing(WORDS.decode()),
    "stream of a PDF": canaries.document(WORDS.decode()),
}


@pytest.mark.parametrize("form", PACKED)
def test_what_is_packed_is_found(form: str) -> None:
    gate = Gate([Secret("API_KEY", API_KEY), Secret("API_KEY", API_KEY.replace("/", ""))])
    is_plain = form in ("remark of a photograph", "name in a zip", "xz")
    assert gate.found(PACKED[form]) == f"holds API_KEY{'' if is_plain else ', packed inside it'}"


def test_a_pfx_and_a_key_by_name_in_a_zip_are_found() -> None:
    assert ANYBODY.found(zipped("a.bin", pfx(LOCKED))) == "holds a PFX file, packed inside it"
    assert ANYBODY.found(zipped("certs/client.key", b"")) == "holds what is a key by its name, packed inside it"


def with_password() -> bytes:
    """A zip file that says it has a password."""
    content = bytearray(zipped("notes.txt", b"words"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (with_password, "it is a zip file with a password"),
        (lambda: zipped("notes.txt", WORDS)[:-30], "it is a zip file, and broken"),
        (lambda: gzip.compress(WORDS)[:-12], "it is compressed, and broken"),
        (lambda: gzip.compress(bytes(packed.MOST_AT_ONCE + 1)), "unpacked, it is too large"),
    ],
    ids=["password", "broken zip", "broken gzip", "bomb"],
)
def test_what_cannot_be_looked_into_is_not_published(content: Callable[[], bytes], why: str) -> None:
    assert ANYBODY.found(content()) == f"cannot be looked into for secrets: {why}"


def test_archives_in_archives_have_an_end() -> None:
    content = b"words"
    for _ in range(packed.DEEPEST + 1):
        content = gzip.compress(content)
    assert ANYBODY.found(content).startswith("cannot be looked into")


def test_harmless_archives_and_pictures_pass() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("photograph.jpg", canaries.photograph("a rehearsal"))
        archive.writestr("drawing.png", canaries.drawing("a sketch"))
        archive.writestr("plan.pdf", canaries.document("a plan"))
    assert GATE.found(file.getvalue()) == ""


# A file, and the site folder


def test_a_file_with_a_secret_is_refused() -> None:
    GATE.refuse("a.html", b"<p>")
    with pytest.raises(SecretError) as raised:
        GATE.refuse("b.html", WORDS)
    mend = "Nothing was published. Take it out of where it comes from: content/, templates/ or the feed."
    assert raised.value.faults == (Fault("holds API_KEY", "/b.html", mend),)


def test_a_path_that_tells_a_secret_is_not_told() -> None:
    gate = Gate([Secret("API_KEY", "CANARY-in-a-name")])
    fault = gate.fault(Path("/"), "files/CANARY-in-a-name/x.txt", b"")
    assert (fault and fault.what, fault and fault.where) == ("holds a secret in its name", "/files/…")


NAMES = ("client.pem", "A.KEY", "x.pfx", "x.p12", "id_rsa", "id_ed25519", ".env", ".env.local", "x.ppk", ".netrc")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", ["content/static", "templates/assets"])
def test_a_key_by_its_name_must_not_lie_in_the_site_folder(tmp_path: Path, folder: str, name: str) -> None:
    canaries.put(tmp_path, f"{folder}/{name}", "")
    canaries.put(tmp_path, f"{folder}/monkey.jpg", "")
    found = [(fault.what, fault.where) for fault in exposed(tmp_path, ANYBODY)]
    assert found == [("is a key or a file of passwords, by its name", str(tmp_path / folder / name))]


@pytest.mark.parametrize("link", ["content", "content/static", "content/static/a", "content/pages/a.md", "templates/a"])
def test_a_link_out_of_the_site_folder_is_told(tmp_path: Path, link: str) -> None:
    site = tmp_path / "site"
    (site / link).parent.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (site / link).symlink_to(tmp_path / "elsewhere")
    found = [(fault.what, fault.where) for fault in exposed(site, ANYBODY)]
    assert found == [("is a link that leads out of the site folder", str(site / link))]


def test_a_link_inside_the_site_folder_is_followed(tmp_path: Path) -> None:
    canaries.put(tmp_path, "notes", WORDS)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "link.txt").symlink_to(tmp_path / "notes")
    assert [fault.what for fault in exposed(tmp_path, GATE)] == ["holds API_KEY"]


def test_a_file_is_looked_at_again_only_when_it_has_changed(tmp_path: Path) -> None:
    gate = Gate([Secret("API_KEY", API_KEY)])
    canaries.put(tmp_path, "content/a.md", "words")
    assert (list(exposed(tmp_path, gate)), len(gate.clean)) == ([], 1)
    canaries.put(tmp_path, "content/a.md", WORDS)
    assert [fault.what for fault in exposed(tmp_path, gate)] == ["holds API_KEY"]


# The environment


def test_the_secrets_are_what_the_variables_hold_and_where_their_files_lie(tmp_path: Path) -> None:
    canaries.put(tmp_path, "k.pem", key_pem())
    environment = {
        "SPEKTRIX_API_KEY": f" {API_KEY}\n",
        "SPEKTRIX_KEY_PASSWORD": "word",
        "SPEKTRIX_CERT": base64.b64encode(certificate_pem().encode()).decode(),
        "SPEKTRIX_KEY": str(tmp_path / "k.pem"),
        "OTHER": "other",
    }
    held = secrets(environment)
    assert [(secret.name, secret.value) for secret in held] == [
        ("SPEKTRIX_API_KEY", API_KEY),
        ("SPEKTRIX_KEY_PASSWORD", "word"),
        ("SPEKTRIX_CERT", certificate_pem()),
        ("SPEKTRIX_KEY", key_pem()),
        ("the path in SPEKTRIX_KEY", str(tmp_path / "k.pem")),
    ]
    assert API_KEY not in repr(held)
    assert Gate(held).found(f"from {tmp_path}/k.pem".encode()) == "holds the path in SPEKTRIX_KEY"


def test_a_variable_of_no_use_may_still_hold_a_secret() -> None:
    held = secrets({"SPEKTRIX_KEY": "no-file-and-no-key"})
    assert [(secret.name, secret.value) for secret in held] == [("SPEKTRIX_KEY", "no-file-and-no-key")]


def test_nothing_is_found_in_a_site_without_secrets() -> None:
    output = build(TINY, TINY / "feed", "2026-02-20T12:00:00Z")
    files = [path for path in output.rglob("*") if path.is_file()]
    assert files
    assert [str(path) for path in files if GATE.found(path.read_bytes())] == []
