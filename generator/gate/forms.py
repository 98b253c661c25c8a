"""Every form in which a secret can stand in a file: as it is, escaped, encoded, wrapped into lines.

`marks` is the door. A mark is bytes that stand nowhere by chance: where one is found, the secret is. What is encoded is
looked for in pieces that are short enough for one of two neighbours to be whole, however the lines are broken.
"""

import html
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Letters of a secret that is looked for: a shorter one would be found by chance."""
PIECE = 24
"""Letters of a piece: two of them are shorter than any line, base64's 64 and 76 and hexadecimal's 60."""
_PART, _STEP = 32, 48  # bytes of a key that are looked for, and from there to the next: two lines of PEM hold one whole
_HEAD = 16  # bytes at the beginning of a key that are alike in all
_SIGNATURE, _SIGNATURE_LINES = 96, 4  # the end of a certificate, which no other has
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END ", re.DOTALL)
_URL_SAFE = str.maketrans("+/", "-_")
_QUOTES = (("&#34;", "&#39;"), ("&quot;", "&#x27;"), ("&quot;", "&#39;"))  # as Jinja, Python and others write them
_IN_SCRIPT = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}
_IN_CALENDAR = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})


def marks(secret: str) -> frozenset[bytes]:
    """What tells that a text is in a file. Of a PEM text, that any of its keys or certificates is, PEM or DER."""
    blocks = _BLOCK.findall(secret)
    found = (mark for label, body in blocks for mark in _of_block(label, body)) if blocks else marks_of_text(secret)
    return frozenset(mark for mark in found if len(mark) >= SHORTEST)


def marks_of_text(text: str, *, is_secret: bool = True) -> Iterator[bytes]:
    """Every form of a text, if it is long enough. Of one that is no secret itself, a piece may stand anywhere."""
    if len(text) < SHORTEST:
        return
    once = _escaped(text)
    yield from (form.encode() for each in once for form in _escaped(each))
    yield from (mark for each in once for mark in _in_other_letters(each))
    yield from _encoded(text.encode(), is_secret)


def marks_of_bytes(raw: bytes, *, is_secret: bool = True) -> Iterator[bytes]:
    """Every form of some bytes. Of those that are no secret themselves, a piece may stand anywhere."""
    yield raw
    yield from _encoded(raw, is_secret)


def _of_block(label: str, body: str) -> Iterator[bytes]:
    """What tells of a block of PEM: pieces of what it stands for, and of its lines, which may be encoded once more."""
    lines = [line.strip() for line in body.splitlines() if ":" not in line]  # those with a colon are headers
    try:
        raw = b64decode("".join(lines), validate=True)
    except ValueError:
        yield from marks_of_text(body.strip())
        return
    if label == "CERTIFICATE":
        raw, lines = raw[-_SIGNATURE:], lines[-_SIGNATURE_LINES:]
    starts = range(len(raw) - _PART, _HEAD - 1, -_STEP)
    for start in starts or [max(0, len(raw) - _PART)]:
        yield from marks_of_bytes(raw[start : start + _PART])
    for line in (line for line in lines[::2] if len(line) >= PIECE):
        yield from _encoded(line.encode())
        yield from _in_other_letters(line[-PIECE:])


def _escaped(text: str) -> frozenset[str]:
    """A text as it stands in addresses, HTML, XML, JSON, scripts and calendars; and as it is."""
    in_addresses = {quote(text), quote(text, safe=""), quote_plus(text)}
    bare = html.escape(text, quote=False)
    in_html = {bare, *(bare.replace('"', double).replace("'", single) for double, single in _QUOTES)}
    in_json = {json.dumps(text, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)}
    return frozenset({
        text,
        *in_addresses,
        *(re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), each) for each in in_addresses),
        *in_html,
        *in_json,
        *(each.replace("/", "\\/") for each in in_json),
        *(each.translate(_IN_SCRIPT) for each in in_json),
        text.translate(_IN_CALENDAR),
    })  # fmt: skip


def _encoded(raw: bytes, in_pieces: bool = True) -> Iterator[bytes]:
    """Bytes, or pieces of them, in base64 and hexadecimal, wherever in a longer text they stand, and escaped again."""
    for form in (*_in_base64(raw), raw.hex(), raw.hex().upper()):
        yield from (mark.encode() for piece in (_pieces(form) if in_pieces else (form,)) for mark in _escaped(piece))


def _in_base64(raw: bytes) -> Iterable[str]:
    """Base64 and its form for addresses: three each, as bytes can stand in a group of three. What depends on the bytes
    before and after is left out."""
    for before in range(3):
        text = b64encode(bytes(before) + raw).decode()
        whole = text[(0, 2, 3)[before] : (before + len(raw)) * 8 // 6]
        yield from (whole, whole.translate(_URL_SAFE))


def _pieces(form: str) -> tuple[str, ...]:
    """The end of a long form in two pieces, of which a line break leaves one whole; a short form itself."""
    half = min(len(form) // 2, PIECE)
    return (form,) if half < PIECE // 2 else (form[-2 * half : -half], form[-half:])


def _in_other_letters(text: str) -> Iterator[bytes]:
    """A text with two bytes a letter, as Windows keeps notes and remarks on pictures; and with one, as PNG does."""
    yield from (text.encode("utf-16-le"), text.encode("utf-16-be"))
    with suppress(UnicodeEncodeError):
        yield text.encode("latin-1")
