"""Plain words: cleaning what people typed, and making address words of it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from html import escape

SLUG_LENGTH = 60
_UNSEEN = ("Mn", "Mc", "Me", "Cf")  # accents, and what only joins or hides
_LETTERS = str.maketrans(
    {"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}
    | {"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "'": "", "\N{RIGHT SINGLE QUOTATION MARK}": ""}
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_CONTROLS = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_NONCHARACTERS}]")


class Html(str):
    """Markup that is safe to put into a page as it stands; every other string is escaped."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def plain(text: str) -> str:
    """Text with one kind of line end (LF), no control characters, no blanks at its edges."""
    lines = text.replace("\r\n", "\n")
    seen = lines.replace("\n", " ").replace("\t", " ").replace("\xa0", " ")
    if seen.isprintable():  # as most texts are; it is told six times as fast
        return lines.strip()
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)).strip()


def one_line(text: str) -> str:
    """`plain`, with every run of white space made one space."""
    return " ".join(plain(text).split()) if text else ""


def excerpt(text: str, length: int) -> str:
    """The first words of a text in one line, at most `length` characters, with an ellipsis where it was cut."""
    line = one_line(text)
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–—-") + "…"


def paragraphs(text: str) -> Html:
    """Plain text as HTML: a blank line makes a paragraph, a line end a line break."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", plain(text)))
    lines = ("<br>".join(escape(line.strip()) for line in block.split("\n")) for block in blocks if block)
    return Html("".join(f"<p>{block}</p>" for block in lines))


@lru_cache(4096)
def slug(name: str) -> str:
    """The name in lower-case ASCII words joined by hyphens, at most 60 letters; "" where nothing is left."""
    letters = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    shown = "".join(letter for letter in letters if unicodedata.category(letter) not in _UNSEEN)
    words = re.sub(r"[^a-z0-9]+", "-", shown.lower()).strip("-")
    if len(words) <= SLUG_LENGTH:
        return words
    whole, _, _ = words[: SLUG_LENGTH + 1].rpartition("-")
    return whole or words[:SLUG_LENGTH]


def unique_slugs(names: Iterable[tuple[int, str]], nameless: str) -> dict[int, str]:
    """A slug for every (id, name), no two alike (design.md §5).

    Where some share one, each of them gets `-{id}`; where nothing is left of a name it is `{nameless}-{id}`.
    """
    slugs = {key: slug(name) or f"{nameless}-{key}" for key, name in names}
    while shared := {word for word, count in Counter(slugs.values()).items() if count > 1}:
        slugs = {key: f"{word}-{key}" if word in shared else word for key, word in slugs.items()}
    return slugs
