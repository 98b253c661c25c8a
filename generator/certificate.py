"""The client certificate's year: ask for it, examine it, and take it out of a Windows file.

Its doors are `request`, `examine` and `convert`. The rules are those of the chapter "Client Certificate" in Spektrix'
description of its API v2: RSA 2048; the subject holds organisation, client name and e-mail; the key lies in no folder
of a website and goes through no mail; a year after its making the certificate ends, and with it all access to data.
What is inside a key is in no result and in no error.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes, PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat, pkcs12
from cryptography.x509.oid import NameOID

from generator.errors import Fault, SiteError

RENEWAL = timedelta(days=30)
PUBLISHED = ("content", "templates", "output")
KEY_MODE, OPEN_MODE = 0o600, 0o644
LONGEST = 64  # letters of an organisation and of a common name: RFC 5280, appendix A.1
CERTIFICATE, KEY = "SPEKTRIX_CERT", "SPEKTRIX_KEY"
RENEW = (
    "run sitegen cert request, send the .csr to Spektrix support, and when their .crt comes, "
    "replace SPEKTRIX_CERT and SPEKTRIX_KEY together."
)


@dataclass(frozen=True, slots=True)
class Requested:
    """The two files of a request: the key, which stays secret, and the CSR, which is sent."""

    key_path: Path
    csr_path: Path


@dataclass(frozen=True, slots=True)
class Converted:
    """The two PEM files from a PFX file: the key, and the certificate with its chain."""

    key_path: Path
    crt_path: Path


@dataclass(frozen=True, slots=True)
class Facts:
    """What a certificate says of itself. Times are in UTC; the fingerprint is SHA-256, written as openssl does."""

    subject: str
    issuer: str
    common_name: str
    valid_from: datetime
    valid_until: datetime
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a certificate and its key, or will be soon. `facts` is None where it cannot be read."""

    facts: Facts | None
    faults: tuple[Fault, ...] = ()
    warning: Fault | None = None


def request(client: str, organisation: str, email: str, agency: str, year: int, folder: Path) -> Requested:
    """Make an RSA key and its CSR in an existing folder: client-agency-year.key and .csr, or client-year where "" is
    the agency.

    Raises SiteError, and leaves no file, for values that Spektrix would not sign, for a folder that is published or
    from which git would take the key, for a file that is there already, and when a file cannot be written.
    """
    organisation, email = organisation.strip(), email.strip()
    if faults := tuple(_faults_of_request(client, organisation, email, agency, year)):
        raise SiteError(*faults)
    stem = "-".join(part for part in (client, agency, str(year)) if part)
    made = Requested(folder / f"{stem}.key", folder / f"{stem}.csr")
    _refuse_exposed(made.key_path)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    parts = ((NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, client), (NameOID.EMAIL_ADDRESS, email))
    subject = x509.Name([x509.NameAttribute(*part) for part in parts])
    csr = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    _write_all((made.key_path, _pem_of(key), KEY_MODE), (made.csr_path, csr.public_bytes(Encoding.PEM), OPEN_MODE))
    return made


def examine(certificate_pem: str, key_pem: str, password: str, client: str, now: datetime) -> Verdict:
    """Judge a certificate and its key, both PEM text, at an aware time. The password is "" for a key without one.

    Where the text holds several certificates, the first is the client's: the order in which TLS sends them.
    """
    certificate, key = _certificate_in(certificate_pem), _key_in(key_pem, password)
    faults = [found for found in (certificate, key) if isinstance(found, Fault)]
    if isinstance(certificate, Fault):
        return Verdict(None, tuple(faults))
    facts, public_key = certificate
    if not isinstance(key, Fault) and _public(key.public_key()) != public_key:
        mend = "Set SPEKTRIX_KEY to the .key that was made with this certificate's .csr; the two change together."
        faults.append(Fault("the key does not belong to the certificate", KEY, mend))
    faults += _faults_of_certificate(facts, client, now)
    return Verdict(facts, tuple(faults), _warning(facts, now))


def convert(pfx: bytes, password: str, name: str, folder: Path) -> Converted:
    """Take key, certificate and chain out of the bytes of the PFX file `name`.pfx: `name`.key and .crt in a folder.

    The .crt has the client's certificate first, then each issuer after the one that it signed. The .key has no
    password. Raises SiteError, and leaves no file, for a wrong password, bytes that are no PFX or hold no key or no
    certificate of it, and for what `request` refuses of folders and files.
    """
    made = Converted(folder / f"{name}.key", folder / f"{name}.crt")
    _refuse_exposed(made.key_path)
    key, certificates = _opened(pfx, password, f"{name}.pfx")
    own = [each for each in certificates if _public(each.public_key()) == _public(key.public_key())]
    if not own:
        raise SiteError(Fault("it holds no certificate of its key", f"{name}.pfx", "Export the two together."))
    chain = _in_order(own[0], [each for each in certificates if each != own[0]])
    text = b"".join(each.public_bytes(Encoding.PEM) for each in chain)
    _write_all((made.key_path, _pem_of(key), KEY_MODE), (made.crt_path, text, OPEN_MODE))
    return made


def _faults_of_request(client: str, organisation: str, email: str, agency: str, year: int) -> Iterator[Fault]:
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{LONGEST}}}", client):
        mend = f"It is the word after the host in your Spektrix address, at most {LONGEST} letters."
        yield Fault("it must be letters, digits, - and _ only", "client", mend)
    if not organisation or not organisation.isprintable() or len(organisation) > LONGEST:
        yield Fault(f"it must be one line of 1 to {LONGEST} letters", "organisation")
    if not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", email) or len(email) > 255:
        yield Fault("it must be an e-mail address such as web@example.org", "email")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", agency):
        yield Fault("it must be letters, digits, - and _ only", "agency", "It becomes part of the files' names.")
    if not 1000 <= year <= 9999:
        yield Fault("it must have four digits", "year")


def _certificate_in(pem: str) -> tuple[Facts, bytes] | Fault:
    """What the first certificate of a PEM text says of itself, and its public key; or why it cannot be read."""
    try:
        certificate = x509.load_pem_x509_certificates(pem.encode())[0]
        return _facts(certificate), _public(certificate.public_key())
    except (ValueError, UnsupportedAlgorithm):
        mend = "It is the .crt file that Spektrix sends; is SPEKTRIX_KEY in its place, or is it cut short?"
        return Fault("it holds no certificate that can be read", CERTIFICATE, mend)


def _facts(certificate: x509.Certificate) -> Facts:
    common_names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Facts(
        subject=_words(certificate.subject),
        issuer=_words(certificate.issuer),
        common_name=", ".join(str(name.value) for name in common_names),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        fingerprint=hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest().hex(":").upper(),
    )


def _words(name: x509.Name) -> str:
    return ", ".join(each.rfc4514_string({NameOID.EMAIL_ADDRESS: "emailAddress"}) for each in name)


def _key_in(pem: str, password: str) -> PrivateKeyTypes | Fault:
    """The first private key of a PEM text, or why it cannot be read. A password that it does not need is let pass."""
    found = re.search(r"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.*?-----END \1-----", pem, re.DOTALL)
    text = found.group().encode() if found else b""
    try:
        return serialization.load_pem_private_key(text, None)
    except TypeError:
        return _encrypted_key_in(text, password)
    except (ValueError, UnsupportedAlgorithm):
        mend = "It is the .key file, made with the .csr; is SPEKTRIX_CERT in its place, or is it cut short?"
        return Fault("it holds no private key that can be read", KEY, mend)


def _encrypted_key_in(text: bytes, password: str) -> PrivateKeyTypes | Fault:
    if not password:
        mend = "Set SPEKTRIX_KEY_PASSWORD to its password."
        return Fault("the private key is encrypted, and SPEKTRIX_KEY_PASSWORD is not set", KEY, mend)
    try:
        return serialization.load_pem_private_key(text, password.encode())
    except (ValueError, UnsupportedAlgorithm):
        mend = "Set SPEKTRIX_KEY_PASSWORD to its password; openssl pkey -in FILE.key tells whether it is right."
        return Fault("the password does not open the private key", KEY, mend)


def _faults_of_certificate(facts: Facts, client: str, now: datetime) -> Iterator[Fault]:
    if facts.common_name != client:
        what = f'the certificate is for "{facts.common_name}", but the client is "{client}"'
        mend = f'Is [spektrix] client right? If it is, ask Spektrix support for a certificate with the CN "{client}".'
        yield Fault(what, CERTIFICATE, mend)
    if now < facts.valid_from:
        what = f"the certificate is valid only from {_day(facts.valid_from)}, {facts.valid_from:%H:%M} UTC"
        mend = "Is this machine's clock right? If it is, keep the old certificate until then."
        yield Fault(what, CERTIFICATE, mend)
    if now > facts.valid_until:
        what = f"the certificate ended on {_day(facts.valid_until)}, {facts.valid_until:%H:%M} UTC"
        yield Fault(what, CERTIFICATE, f"Spektrix gives no data until it is renewed: {RENEW}")


def _warning(facts: Facts, now: datetime) -> Fault | None:
    if not now <= facts.valid_until <= now + RENEWAL:
        return None
    days = (facts.valid_until.date() - now.astimezone(UTC).date()).days
    when = {0: f"today at {facts.valid_until:%H:%M} UTC", 1: "tomorrow"}.get(days, f"in {days} days")
    mend = f"Renew it now: {RENEW} The moment it ends, Spektrix gives no data."
    return Fault(f"the certificate ends on {_day(facts.valid_until)}, {when}", CERTIFICATE, mend)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _opened(pfx: bytes, password: str, where: str) -> tuple[PrivateKeyTypes, list[x509.Certificate]]:
    """The key and all certificates of a PFX file's bytes. Raises SiteError that tells a wrong file from a password."""
    if b"\x02\x01\x03" not in pfx[:9]:  # RFC 7292, 4: a sequence that begins with the version, which is 3
        mend = "A PFX is a binary file, exported from Windows; a file with -----BEGIN needs no conversion."
        raise SiteError(Fault("it is not a PFX file", where, mend))
    try:
        held = pkcs12.load_pkcs12(pfx, password.encode() or None)
    except ValueError as error:
        mend = "Give the password that was set when it was exported; else export it again."
        raise SiteError(Fault("the password does not open it, or it is damaged", where, mend)) from error
    except UnsupportedAlgorithm as error:
        mend = "Export it again with the encryption AES256-SHA256."
        raise SiteError(Fault("it is encrypted in a way that cannot be read", where, mend)) from error
    if held.key is None:
        mend = 'Export it again, and choose "Yes, export the private key".'
        raise SiteError(Fault("it holds no private key", where, mend))
    return held.key, [each.certificate for each in (held.cert, *held.additional_certs) if each]


def _in_order(certificate: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate]:
    """A certificate, then the issuer of each after it; those that signed none of them come last."""
    ordered = [certificate]
    while issuers := [other for other in others if other.subject == ordered[-1].issuer]:
        ordered.append(issuers[0])
        others = [other for other in others if other != issuers[0]]
    return ordered + others


def _refuse_exposed(key_path: Path) -> None:
    """Raise SiteError where a key's folder is published, or where git would take the key."""
    folder = key_path.parent.resolve()
    upwards = (folder, *folder.parents)
    for each in upwards:
        if each.name.casefold() in PUBLISHED and (each.parent / "content" / "site.toml").is_file():
            mend = "Name a folder outside the website with --to, one that only you can read."
            raise SiteError(Fault(f"a key does not belong in {each.name}/ of a website", str(folder), mend))
    if not (git := shutil.which("git")):
        return
    command = [git, "-C", str(folder), "check-ignore", "--quiet", "--", key_path.name]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - no shell, and -- ends the options
    # Git ends with 128 outside a work tree, but also where it cannot say, such as in another user's.
    if done.returncode == 1 or (done.returncode and any((each / ".git").exists() for each in upwards)):
        mend = "Put *.key into .gitignore, or name a folder outside the repository with --to."
        raise SiteError(Fault(f"git would take {key_path.name} from this folder", str(folder), mend))


def _write_all(*files: tuple[Path, bytes, int]) -> None:
    """Create every file with its content and mode, or none of them."""
    with ExitStack() as undo:
        for path, content, mode in files:
            _create(undo, path, content, mode)
        undo.pop_all()


def _create(undo: ExitStack, path: Path, content: bytes, mode: int) -> None:
    try:
        with open(path, "xb", opener=partial(os.open, mode=mode)) as file:
            undo.callback(path.unlink)
            file.write(content)
    except OSError as error:
        is_there = isinstance(error, FileExistsError)
        what = "it is there already, and stays" if is_there else f"it cannot be written ({error.strerror})"
        raise SiteError(Fault(what, str(path), "Nothing was written. Name another folder with --to.")) from error


def _pem_of(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, serialization.NoEncryption())


def _public(key: PublicKeyTypes | CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
