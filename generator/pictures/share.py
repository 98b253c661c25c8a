"""The image that stands beside a link to the site when people share it: a picture, and beside it whose it is.

`card` is the door.
"""

from PIL import Image, ImageDraw, ImageOps

from generator.images import SHARE_SIZE
from generator.pictures.lettering import Lettering
from generator.pictures.looks import Look, Words
from generator.pictures.pixels import jpeg

MAX_BYTES = 120 * 1024
_PANEL = 560
_MARGIN = 56
_ROOM = _PANEL - 2 * _MARGIN
_TITLE_TOP = 116
_TITLE_HEIGHT = 350
_TITLE_SIZES = range(84, 38, -2)
_SMALL = 26
_LEADING = 1.08


def card(picture: Image.Image, words: Words, look: Look) -> bytes:
    """A JPEG of SHARE_SIZE and at most MAX_BYTES. Words for which the fonts have no letters are left out."""
    width, height = SHARE_SIZE
    canvas = Image.new("RGB", SHARE_SIZE, look.panel)
    canvas.paste(ImageOps.fit(picture, (width - _PANEL, height), Image.Resampling.LANCZOS), (_PANEL, 0))
    draw = ImageDraw.Draw(canvas)
    foot = height - _MARGIN
    _write_small(draw, words.line, _MARGIN, look, look.accent)
    _write_title(draw, words.title, look)
    if words.venue:
        draw.rectangle((_MARGIN, foot - 60, _MARGIN + 55, foot - 55), fill=look.accent)
    _write_small(draw, words.venue, foot - _SMALL, look, look.text)
    return _small_enough(canvas)


def _small_enough(canvas: Image.Image) -> bytes:
    """The best JPEG that is no larger than a card may be."""
    for quality in (82, 70, 58, 44, 25):
        content = jpeg(canvas, quality)
        if len(content) <= MAX_BYTES:
            break
    return content


def _write_small(draw: ImageDraw.ImageDraw, text: str, top: int, look: Look, colour: str) -> None:
    letters = Lettering(look.fonts, _SMALL)
    letters.write(draw, _MARGIN, top, _shortened(letters.writable(text), letters), colour)


def _write_title(draw: ImageDraw.ImageDraw, title: str, look: Look) -> None:
    """The title, as large as fits, in the middle of the room between the line and the venue."""
    lines, letters = _set_title(title, look)
    leading = round(letters.size * _LEADING)
    top = _TITLE_TOP + (_TITLE_HEIGHT - leading * len(lines)) // 2
    for number, line in enumerate(lines):
        letters.write(draw, _MARGIN - letters.size // 24, top + number * leading - letters.size // 10, line, look.text)


def _set_title(title: str, look: Look) -> tuple[list[str], Lettering]:
    """The lines of a title and their letters: the largest in which it fits, else the smallest and an ellipsis."""
    for size in _TITLE_SIZES:
        letters = Lettering(look.fonts, size)
        text = letters.writable(title)
        most = _TITLE_HEIGHT // round(size * _LEADING)
        lines = _broken(text, letters, _ROOM)
        if len(lines) <= most and all(letters.length(line) <= _ROOM for line in lines):
            return _balanced(text, letters, len(lines)), letters
    kept = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [_shortened(line, letters) for line in kept if line], letters


def _broken(text: str, letters: Lettering, room: float) -> list[str]:
    """A text in lines that are no wider than `room`, unless a word is."""
    lines: list[str] = []
    for word in text.split():
        if lines and letters.length(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _balanced(text: str, letters: Lettering, count: int) -> list[str]:
    """A text in `count` lines as even as can be: in the narrowest room that does not take another line."""
    widest = max((letters.length(word) for word in text.split()), default=0)
    rooms = (room for room in range(int(widest) + 1, _ROOM, 8) if len(_broken(text, letters, room)) <= count)
    return _broken(text, letters, next(rooms, _ROOM))


def _shortened(line: str, letters: Lettering) -> str:
    """A line that fits, with an ellipsis where it had to be cut."""
    if letters.length(line) <= _ROOM:
        return line
    line = line[:200]
    while line and letters.length(f"{line}…") > _ROOM:
        line = line[:-1]
    return f"{line.rstrip()}…"
