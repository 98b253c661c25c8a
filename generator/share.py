"""The image that stands beside a link to the site when people share it: a picture, and beside it whose it is.

`card` is the door.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps, features

from generator.images import SHARE_SIZE
from generator.pixels import jpeg

RECIPE = 1  # of a card: to be raised whenever it would come out otherwise
MAX_BYTES = 120 * 1024
_PANEL = 560
_MARGIN = 56
_ROOM = _PANEL - 2 * _MARGIN
_TITLE_HEIGHT = 350
_TITLE_SIZES = range(80, 38, -2)
_SMALL = 25
_BOLD = 700
Font = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class Words:
    """What a card says. All of it must be true for as long as the card is shared: no dates, no prices."""

    title: str
    line: str = ""
    venue: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How a card looks: its colours as #rrggbb, and the file of its font; None is a font of Pillow's own."""

    panel: str = "#14171f"
    text: str = "#ffffff"
    accent: str = "#f2b134"
    font: Path | None = None


def theme_font(folders: tuple[Path, ...]) -> Path | None:
    """The font of a theme: the first of `assets/fonts/` in the first folder that has any, upright if there is one."""
    for folder in folders:
        fonts = sorted((folder / "assets" / "fonts").glob("*.woff2"))
        if fonts:
            return min(fonts, key=lambda file: "italic" in file.name.lower())
    return None


def card(picture: Image.Image, words: Words, look: Look) -> bytes:
    """A JPEG of SHARE_SIZE. Words for which the font has no letters are left out."""
    width, height = SHARE_SIZE
    canvas = Image.new("RGB", SHARE_SIZE, look.panel)
    canvas.paste(ImageOps.fit(picture, (width - _PANEL, height), Image.Resampling.LANCZOS), (_PANEL, 0))
    draw = ImageDraw.Draw(canvas)
    _write_small(draw, words.line, _MARGIN, look, look.accent)
    _write_title(draw, words.title, look)
    draw.rectangle((_MARGIN, height - _MARGIN - 62, _MARGIN + 56, height - _MARGIN - 57), fill=look.accent)
    _write_small(draw, words.venue, height - _MARGIN - _SMALL - 4, look, look.text)
    return _small_enough(canvas)


def _small_enough(canvas: Image.Image) -> bytes:
    """The best JPEG that is no larger than a card may be."""
    for quality in (82, 70, 58, 44):
        content = jpeg(canvas, quality)
        if len(content) <= MAX_BYTES:
            break
    return content


def _write_small(draw: ImageDraw.ImageDraw, text: str, top: int, look: Look, colour: str) -> None:
    font = _font(look.font, _SMALL)
    if line := _writable(text, look.font):
        draw.text((_MARGIN, top), _shortened(line, font, _ROOM), font=font, fill=colour)


def _write_title(draw: ImageDraw.ImageDraw, title: str, look: Look) -> None:
    """The title, as large as fits, in the middle of the room between the line and the venue."""
    text = _writable(title, look.font)
    if not text:
        return
    lines, font = _set_title(text, look)
    leading = round(font.size * 1.12)
    top = 112 + (_TITLE_HEIGHT - leading * len(lines)) // 2
    for number, line in enumerate(lines):
        draw.text((_MARGIN - 2, top + number * leading), line, font=font, fill=look.text)


def _set_title(text: str, look: Look) -> tuple[list[str], Font]:
    """The lines of a title and their font: the largest in which it fits, else the smallest and an ellipsis."""
    for size in _TITLE_SIZES:
        font = _font(look.font, size)
        most = _TITLE_HEIGHT // round(size * 1.12)
        lines = _broken(text, font, _ROOM)
        if len(lines) <= most and all(font.getlength(line) <= _ROOM for line in lines):
            return _balanced(text, font, len(lines)), font
    kept = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [_shortened(line, font, _ROOM) for line in kept if line], font


def _broken(text: str, font: Font, room: float) -> list[str]:
    """A text in lines that are no wider than `room`, unless a word is."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _balanced(text: str, font: Font, count: int) -> list[str]:
    """A text in `count` lines as even as can be: in the narrowest room that does not take another line."""
    room = next(width for width in range(40, _ROOM + 8, 8) if len(_broken(text, font, min(width, _ROOM))) <= count)
    lines = _broken(text, font, min(room, _ROOM))
    return lines if all(font.getlength(line) <= _ROOM for line in lines) else _broken(text, font, _ROOM)


def _shortened(line: str, font: Font, room: float) -> str:
    """A line that fits, with an ellipsis where it had to be cut."""
    if font.getlength(line) <= room:
        return line
    while line and font.getlength(f"{line}…") > room:
        line = line[:-1]
    return f"{line.rstrip()}…"


@cache
def _font(file: Path | None, size: int) -> Font:
    """A font in a size, bold if it varies. Where the file is no font, the one that Pillow has."""
    try:
        font = ImageFont.truetype(str(file), size) if file else None
    except OSError:
        font = None
    if font is None:
        built_in = ImageFont.load_default(size)
        assert isinstance(built_in, Font)  # noqa: S101  # Pillow is always built with FreeType here
        return built_in
    with_axes = _axes(font)
    if with_axes:
        font.set_variation_by_axes(with_axes)
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


def _writable(text: str, file: Path | None) -> str:
    """A text as the font can write it: signs that it lacks are dropped; "" where it lacks a letter."""
    kept = "".join(sign for sign in " ".join(text.split()) if sign == " " or _has(file, sign))
    lacks_letter = any(sign.isalnum() and sign not in kept for sign in text)
    return "" if lacks_letter or (_is_from_the_right(text) and not _can_turn()) else " ".join(kept.split())


def _is_from_the_right(text: str) -> bool:
    return any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)


@cache
def _can_turn() -> bool:
    return bool(features.check("raqm") and features.check("fribidi"))


@cache
def _has(file: Path | None, sign: str) -> bool:
    """Whether a font has a glyph of its own for a sign: one it lacks looks like one that no font has."""
    if unicodedata.category(sign) in ("Mn", "Cf"):
        return True
    font = _font(file, _SMALL)
    shown, lacking = font.getmask(sign), font.getmask("\U0010fffe")
    return (shown.size, bytes(shown)) != (lacking.size, bytes(lacking))
