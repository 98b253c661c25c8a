"""How keys are told that nobody has named: by what their files begin with, by their inner form, by their names.

`KEYS` has the marks by what they tell of, `is_key_by_name` knows the names. The forms are those of PEM (RFC 7468), of
OpenSSH and PuTTY, and in DER of PKCS#1, PKCS#8 (RFC 5958), SEC 1 (RFC 5915) and PKCS#12 (RFC 7292).
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from generator.gate.forms import marks_of_bytes, marks_of_text

NAMES = (
    "*.pem", "*.key", "*.pfx", "*.p12", "*.p8", "*.pk8", "*.ppk", "*.jks", "*.keystore", "*.kdbx",
    "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".env", ".env.*", "*.env", ".netrc", ".pypirc", ".git-credentials",
    ".htpasswd",
)  # fmt: skip
"""Names of files that hold keys or passwords, in lower case."""

_ARMOUR = (
    "PRIVATE KEY-----",  # of every sort: RSA, EC, DSA, ENCRYPTED, OPENSSH
    "PRIVATE KEY BLOCK-----",  # PGP
    "PRIVATE KEY ----",  # SSH2
    "PuTTY-User-Key-File-",
    "openssh-key-v1\0",
)
_PKCS12 = (
    "2a864886f70d010c0a01",  # pkcs-12 bag types: what a PFX file is made of
    "2a864886f70d010c01",  # pkcs-12 encryption
)
_DER = (
    "06092a864886f70d01050d30",  # PBES2: encrypted PKCS#8, and PFX files
    "020100300d06092a864886f70d010101050004",  # PKCS#8 of RSA
    "020100301306072a8648ce3d020106",  # PKCS#8 of an elliptic curve, P-256
    "020100301006072a8648ce3d020106",  # … P-384, P-521
    "020100300506032b65",  # PKCS#8 of Ed25519 and its kin
    "020101300506032b65",
    "02010002818100",  # PKCS#1 of 1024, 2048, 3072 and 4096 bits
    "0201000282010100",
    "0201000282018100",
    "0201000282020100",
    "30770201010420",  # SEC 1 of P-256, P-384, P-521
    "3081a40201010430",
    "3081dc0201010442",
)


def keys() -> Iterator[tuple[bytes, str]]:
    """Marks of any key, and what each tells of, the most telling first."""
    for pattern in _PKCS12:
        yield from ((mark, "a PFX file") for mark in marks_of_bytes(bytes.fromhex(pattern), is_secret=False))
    for text in _ARMOUR:
        yield from ((mark, "a private key") for mark in marks_of_text(text, is_secret=False))
    for pattern in _DER:
        yield from ((mark, "a private key") for mark in marks_of_bytes(bytes.fromhex(pattern), is_secret=False))


def is_key_by_name(name: str) -> bool:
    """Whether a file of that name would hold a key or passwords."""
    return any(fnmatchcase(name.lower(), pattern) for pattern in NAMES)
