"""Whether a file that is published holds what must stay secret: a private key, or what the environment opens the API
with."""

from collections.abc import Iterable

SHORTEST = 8
"""Letters of a secret that is looked for: a shorter one would be found by chance."""


def marks_of(secrets: Iterable[str]) -> tuple[bytes, ...]:
    """What to look for: of a PEM text the first line inside it, of anything else all."""
    found = (_inside(secret) for secret in secrets)
    return tuple(dict.fromkeys(mark.encode() for mark in found if len(mark) >= SHORTEST))


def _inside(secret: str) -> str:
    lines = secret.strip().splitlines()
    return lines[1] if len(lines) > 2 and lines[0].startswith("-----BEGIN ") else secret.strip()


def leak(content: bytes, marks: Iterable[bytes]) -> str:
    """What a file holds that must stay secret, in words that do not tell it; "" where it holds nothing."""
    if b"-----BEGIN " in content and b"PRIVATE KEY-----" in content:
        return "a private key"
    return "a secret of the environment" if any(mark in content for mark in marks) else ""
