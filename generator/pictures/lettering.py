"""Words painted in the fonts of a theme, which share the work as a browser would let them: sign by sign.

`Lettering` is the door.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from PIL import ImageDraw, ImageFont, features

_BOLD = 700
_NO_LETTER = "\U0010fffe"
Font = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class Lettering:
    """Fonts in one size, in pixels; the first that has a sign writes it. Without files, a font that Pillow has."""

    files: tuple[Path, ...]
    size: int

    def writable(self, text: str) -> str:
        """A text as it can be written: signs that no font has are dropped; "" where a letter is among them."""
        clean = "".join(sign for sign in " ".join(text.split()) if unicodedata.category(sign) not in ("Cc", "Cs"))
        kept = "".join(sign for sign in clean if self._font_of(sign))
        if any(sign.isalnum() for sign in set(clean) - set(kept)) or (_is_from_the_right(text) and not _can_turn()):
            return ""
        return " ".join(kept.split())

    def length(self, text: str) -> float:
        """How long a line is, in pixels."""
        return sum(font.getlength(run) for font, run in self._runs(text))

    def write(self, draw: ImageDraw.ImageDraw, left: float, top: float, text: str, colour: str) -> None:
        """Write a line. It stands on a base line that all fonts share."""
        for font, run in self._runs(text):
            draw.text((left, top + self.size), run, font=font, fill=colour, anchor="ls")
            left += font.getlength(run)

    def _runs(self, text: str) -> Iterator[tuple[Font, str]]:
        for font, signs in groupby(text, key=self._font_of):
            yield font or _font(self.files[0] if self.files else None, self.size), "".join(signs)

    def _font_of(self, sign: str) -> Font | None:
        file = next((file for file in self.files or (None,) if _has(file, sign)), "")
        return None if file == "" else _font(file, self.size)


@cache
def _font(file: Path | None, size: int) -> Font:
    """A font in a size, bold if it varies. Where the file is no font, the one that Pillow has."""
    try:
        font = ImageFont.truetype(str(file), size) if file else None
    except OSError:
        font = None
    if font is None:
        built_in = ImageFont.load_default(size)
        assert isinstance(built_in, Font)  # noqa: S101  # so it is wherever Pillow has FreeType, as its wheels have
        return built_in
    if axes := _axes(font):
        font.set_variation_by_axes(axes)
    return font


def _axes(font: Font) -> list[float]:
    """The axes of a variable font, its weight set to bold; empty where it does not vary."""
    try:
        axes = font.get_variation_axes()
    except (OSError, NotImplementedError):
        return []
    return [
        min(max(_BOLD, axis["minimum"] or 0), axis["maximum"] or _BOLD)
        if (axis["name"] or b"").lower() == b"weight"
        else float(axis["default"] or 0)
        for axis in axes
    ]


@cache
def _has(file: Path | None, sign: str) -> bool:
    """Whether a font has a glyph of its own for a sign: one that it lacks looks like one that no font has."""
    if sign == " ":
        return True
    font = _font(file, 32)
    shown, lacking = font.getmask(sign), font.getmask(_NO_LETTER)
    return (shown.size, bytes(shown)) != (lacking.size, bytes(lacking))


def _is_from_the_right(text: str) -> bool:
    return any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)


@cache
def _can_turn() -> bool:
    return bool(features.check("raqm") and features.check("fribidi"))
