"""The sandbox's own small certificate authority: one for each run, in a folder that goes away with it.

Certificates have the form that Python's strictest checks ask for. They are valid for the whole century, for the
sandbox can be used at a pretended time; the key of the client is RSA with 2,048 bits, as a venue's is
(spektrix-api.md §1.1).
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_FROM, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Papers:
    """Where the PEM files lie: the authority's certificate, and certificate and key of server and client."""

    ca: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path


def issue(folder: Path, client: str) -> Papers:
    """Found an authority and issue certificates for a server on loopback and for a client, as files in a folder."""
    papers = Papers(*(folder / name for name in ("ca.crt", "server.crt", "server.key", "client.crt", "client.key")))
    ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    client_key = rsa.generate_private_key(65537, 2048)
    ca_name = _name("sitegen sandbox authority")
    server = _certificate(_name("127.0.0.1"), server_key, ca_name, ca_key, ExtendedKeyUsageOID.SERVER_AUTH)
    server = server.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1")), x509.DNSName("localhost")]), False
    )
    subject = _name(client, f"webmaster@{client.lower()}.example")
    papers.ca.write_bytes(_signed(_root(ca_name, ca_key), ca_key))
    papers.server.write_bytes(_signed(server, ca_key))
    papers.client.write_bytes(
        _signed(_certificate(subject, client_key, ca_name, ca_key, ExtendedKeyUsageOID.CLIENT_AUTH), ca_key)
    )
    _write_key(papers.server_key, server_key)
    _write_key(papers.client_key, client_key)
    return papers


def _name(common: str, email: str = "") -> x509.Name:
    """A name of the form that Spektrix asks of a venue: O, CN and, of a client, emailAddress."""
    parts = [(NameOID.ORGANIZATION_NAME, "sitegen sandbox"), (NameOID.COMMON_NAME, common)]
    parts += [(NameOID.EMAIL_ADDRESS, email)] if email else []
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def _builder(subject: x509.Name, key: Key, issuer: x509.Name, issuer_key: Key) -> x509.CertificateBuilder:
    """What all certificates have in common."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    )


def _root(name: x509.Name, key: Key) -> x509.CertificateBuilder:
    return (
        _builder(name, key, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .add_extension(_usage(signs_certificates=True), True)
    )


def _certificate(
    subject: x509.Name, key: Key, issuer: x509.Name, issuer_key: Key, purpose: x509.ObjectIdentifier
) -> x509.CertificateBuilder:
    return (
        _builder(subject, key, issuer, issuer_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(_usage(signs_certificates=False), True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), False)
    )


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_encipherment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(certificate: x509.CertificateBuilder, key: Key) -> bytes:
    return certificate.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _write_key(path: Path, key: Key) -> None:
    """A key without a passphrase, as Spektrix's clients need it; only its owner can read it."""
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
