"""The gate: nothing is published in which a secret is found, in whatever form.

`Gate` knows the secrets and tells where one is: a build asks it of each file before that is put aside. What it says
names the secret, never its value.

All forms of all secrets are looked for in one pass, however many there are: one by one, Python's own search takes
longer with each.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from ahocorasick_rs import BytesAhoCorasick, Implementation

from generator.environment import Secret
from generator.errors import Fault, SecretError
from generator.gate.forms import marks
from generator.gate.keys import is_key_by_name, keys
from generator.gate.packed import UnreadableError, is_packed, unpacked

_SITE = Path("/")
_CALENDAR, _FOLD = b"BEGIN:VCALENDAR", b"\r\n "
_MEND = "Nothing was published. Take it out of where it comes from: content/, templates/ or the feed."


class Gate:
    """What lets nothing through that holds one of some secrets, or a private key or PFX file of anybody.

    `clean` are the files, by path, size and time of change, that were looked at and held none.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets = tuple(secrets)
        told = [(mark, secret.name) for secret in self._secrets for mark in marks(secret.value)]
        known: dict[bytes, str] = {}
        for mark, name in (*told, *keys()):
            known.setdefault(mark, name)
        self._names = tuple(known.values())
        self._search = BytesAhoCorasick(list(known), implementation=Implementation.DFA)
        self.clean: set[tuple[str, int, int]] = set()

    def __reduce__(self) -> tuple[type["Gate"], tuple[tuple[Secret, ...]]]:
        """As it is sent to another process."""
        return Gate, (self._secrets,)

    def found(self, content: bytes) -> str:
        """Why a file of this content must not be published, in words that follow its name; "" where it may be."""
        if name := self._in(content):
            return f"holds {name}"
        if not is_packed(content):
            return ""
        try:
            return next((f"holds {name}, packed inside it" for name in self._inside(content)), "")
        except UnreadableError as error:
            return f"cannot be looked into for secrets: {error}"

    def fault(self, root: Path, path: str, content: bytes, mend: str = _MEND) -> Fault | None:
        """What is wrong with publishing a file, by its path below a root; None where nothing is.

        Of a path that tells a secret, only as much is told as does not.
        """
        if self._in(_bytes(path)) and (untold := self._untold(path)) is not None:
            return Fault("holds a secret in its name", str(root / untold / "…"), mend)
        found = self.found(content)
        return Fault(found, str(root / path), mend) if found else None

    def refuse(self, path: str, content: bytes) -> None:
        """Raise SecretError where a file must not be published at a path."""
        if fault := self.fault(_SITE, path, content):
            raise SecretError(fault)

    def _untold(self, path: str) -> Path | None:
        """The beginning of a path, up to the first name that tells a secret; None where the path of a key is all."""
        parts = PurePath(path).parts
        telling = (number for number, part in enumerate(parts) if self._in(_bytes(part)))
        return next((Path(*parts[:number]) for number in telling), None)

    def _in(self, content: bytes) -> str:
        """The name of the secret in some bytes, the most telling one; "" where there is none."""
        if content.startswith(_CALENDAR):
            content = content.replace(_FOLD, b"")
        found = self._search.find_matches_as_indexes(content, overlapping=True)
        return self._names[min(number for number, _, _ in found)] if found else ""

    def _inside(self, content: bytes) -> Iterator[str]:
        """The names of the secrets that are packed inside a file."""
        for name, part in unpacked(content):
            if secret := self._in(_bytes(name)) or self._in(part):
                yield secret
            if is_key_by_name(PurePath(name).name):
                yield "what is a key by its name"


def _bytes(name: str) -> bytes:
    return name.encode(errors="surrogateescape")
