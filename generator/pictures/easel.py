"""What posters are painted on: shapes in flat colours, on a canvas of 1200 by 800 whatever its size in pixels.

`Easel` is the door.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from PIL import Image, ImageColor, ImageDraw

WIDTH, HEIGHT = 1200, 800
SIZE = (1200, 800)
_FINER = 2
_SCALE = SIZE[0] * _FINER / WIDTH
Colour = tuple[int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a poster: what all stands on, two strong ones, and a light one."""

    ground: Colour
    strong: Colour
    warm: Colour
    light: Colour

    @property
    def shade(self) -> Colour:
        """A tone of the ground, for what stands back."""
        return mixed(self.ground, self.strong, 0.32)

    @property
    def dusk(self) -> Colour:
        """A strong colour in the shadow."""
        return mixed(self.strong, self.ground, 0.42)


def palette(*names: str) -> Palette:
    """A palette from #rrggbb."""
    ground, strong, warm, light = (ImageColor.getrgb(name)[:3] for name in names)
    return Palette(ground, strong, warm, light)


def mixed(one: Colour, other: Colour, part: float) -> Colour:
    """A colour with that part of another in it."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


class Dice:
    """Throws that follow from some words: the same words, the same throws."""

    def __init__(self, *words: str) -> None:
        self._seed = "\0".join(words).encode("utf-8", "surrogatepass")
        self._throws = count()

    def throw(self, sides: int) -> int:
        """A number from 0 that is less than `sides`."""
        digest = hashlib.sha256(self._seed + b"\0%d" % next(self._throws)).digest()
        return int.from_bytes(digest[:8], "big") % sides

    def order(self, length: int) -> list[int]:
        """The numbers below `length`, shuffled."""
        rest = list(range(length))
        return [rest.pop(self.throw(len(rest))) for _ in range(length)]


class Easel:
    """A canvas, and shapes to put on it. Angles are in degrees, clockwise from three o'clock."""

    def __init__(self, ground: Colour) -> None:
        self._image = Image.new("RGB", (SIZE[0] * _FINER, SIZE[1] * _FINER), ground)
        self._draw = ImageDraw.Draw(self._image)

    def finished(self) -> Image.Image:
        """The poster, of SIZE."""
        return self._image.reduce(_FINER)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """A rectangle."""
        self._draw.rectangle(self._box(left, top, right, bottom), fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A full circle."""
        self._draw.ellipse(self._box(x - radius, y - radius, x + radius, y + radius), fill=colour)

    def oval(self, x: float, y: float, across: float, down: float, colour: Colour) -> None:
        """An ellipse, by its two radii."""
        self._draw.ellipse(self._box(x - across, y - down, x + across, y + down), fill=colour)

    def slice(self, x: float, y: float, radius: float, first: float, last: float, colour: Colour) -> None:
        """A piece of a circle between two angles."""
        box = self._box(x - radius, y - radius, x + radius, y + radius)
        self._draw.pieslice(box, first, last, fill=colour)

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        """A polygon."""
        self._draw.polygon([self._at(*point) for point in points], fill=colour)

    def light(self, points: Sequence[Point], colour: Colour, strength: float) -> None:
        """A polygon of light: what is below shines through."""
        mask = Image.new("L", self._image.size)
        ImageDraw.Draw(mask).polygon([self._at(*point) for point in points], fill=round(255 * strength))
        self._image.paste(colour, mask=mask)

    def _at(self, x: float, y: float) -> Point:
        return x * _SCALE, y * _SCALE

    def _box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return left * _SCALE, top * _SCALE, right * _SCALE - 1, bottom * _SCALE - 1
