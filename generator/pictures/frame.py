"""What is known of pictures without opening one: in which sizes they are shown, and by which recipe they are made.

Whoever only shows pictures that are there needs no more, and Pillow is slow to import.
"""

MAX_BYTES = 20 * 2**20
WIDTHS = (480, 800, 1200, 1600)
PICTURE, POSTER, CARD = 1, 1, 1
"""The recipes of a picture's files, of artwork and of a card: to be raised whenever they would come out otherwise."""


class UnusableError(Exception):
    """Bytes that make no picture; the message says why, and reads after "it"."""


def widths_of(width: int) -> tuple[int, ...]:
    """The widths in which a picture of that width is offered, the widest last; never wider than it is."""
    widest = min(width, WIDTHS[-1])
    return (*(each for each in WIDTHS if each < 0.85 * widest), widest)


def scaled(width: int, height: int, to_width: int) -> int:
    """The height of a picture that is made `to_width` wide."""
    return max(1, round(height * to_width / width))
