"""Secrets that sing when they are published: keys, certificates and files of them, made for the tests of the gate."""

import datetime
import io
import zipfile
import zlib
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID
from PIL import Image
from PIL.PngImagePlugin import PngInfo

API_KEY = "CANARY-7f3a9 b&<>\"'é/+%=0c"
PASSWORD = b"CANARY-of-a-password"
PLAIN = serialization.NoEncryption()
LOCKED = serialization.BestAvailableEncryption(PASSWORD)
Encryption = serialization.KeySerializationEncryption
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@cache
def key() -> rsa.RSAPrivateKey:
    """The key of the venue."""
    return rsa.generate_private_key(65537, 2048)


@cache
def certificate() -> x509.Certificate:
    """Its certificate, signed by itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "thimble")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key().public_key(), 1, start, start + datetime.timedelta(365))
    return builder.sign(key(), hashes.SHA256())


def key_pem() -> str:
    """The key as text."""
    return in_pem(key(), PrivateFormat.PKCS8, PLAIN).decode()


def certificate_pem() -> str:
    """The certificate as text."""
    return certificate().public_bytes(Encoding.PEM).decode()


def in_pem(held: Key, form: PrivateFormat, encryption: Encryption) -> bytes:
    """A key as text."""
    return held.private_bytes(Encoding.PEM, form, encryption)


def pfx(encryption: Encryption = PLAIN) -> bytes:
    """Key and certificate as Windows keeps them."""
    return pkcs12.serialize_key_and_certificates(b"thimble", key(), certificate(), None, encryption)


def zipped(name: str, content: bytes) -> bytes:
    """A zip file with one file in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def photograph(remark: str) -> bytes:
    """A JPEG with a remark in its EXIF data, as Windows writes it."""
    image = Image.new("RGB", (8, 8))
    about = image.getexif()
    about[0x9C9C] = remark.encode("utf-16-le")  # XPComment
    file = io.BytesIO()
    image.save(file, "JPEG", exif=about)
    return file.getvalue()


def drawing(remark: str) -> bytes:
    """A PNG with a compressed remark."""
    about = PngInfo()
    about.add_text("Comment", remark, zip=True)
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=about)
    return file.getvalue()


def document(text: str) -> bytes:
    """What matters here of a PDF: text in a compressed stream."""
    packed = zlib.compress(text.encode())
    return b"%%PDF-1.7\n1 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(packed), packed)


def put(folder: Path, path: str, content: bytes | str) -> None:
    """A file below a folder."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
