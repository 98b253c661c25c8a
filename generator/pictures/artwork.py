"""Artwork for an event that has no picture: an abstract poster, painted from its title and genres.

`painted` is the door. The same words give the same poster, every time; genres decide its colours.
"""

from PIL import Image, ImageOps

from generator.pictures.easel import SIZE as SIZE
from generator.pictures.easel import Dice, Easel, Palette, palette
from generator.pictures.posters import POSTERS

_OTHERS = (
    palette("#1b2a41", "#c8452f", "#eda63a", "#f3e7d0"),
    palette("#18423f", "#d9653b", "#f0b94b", "#f2ead6"),
    palette("#46233f", "#d65f4c", "#eda63a", "#f5e3cd"),
    palette("#efe3cb", "#c8452f", "#e3a13a", "#1d3346"),
)
_BY_GENRE: tuple[tuple[tuple[str, ...], tuple[Palette, ...]], ...] = (
    (
        ("panto", "christmas"),
        (palette("#4b1d3f", "#d8433f", "#f2b134", "#f7e7cf"), palette("#123f3c", "#c9402f", "#e4ac45", "#f3e6cc")),
    ),
    (
        ("comedy", "cabaret"),
        (palette("#f2b53b", "#c9412e", "#23304a", "#fbf0db"), palette("#e8674a", "#23304a", "#f6c253", "#fbeedb")),
    ),
    (
        ("dance", "ballet"),
        (palette("#4a2545", "#e0725a", "#eeb04c", "#f7dfc9"), palette("#e9c9b4", "#b8433f", "#3c2a4d", "#fbf3e6")),
    ),
    (
        ("music", "opera", "concert", "gig", "folk", "jazz"),
        (palette("#12343b", "#d4553a", "#eda63a", "#efe6d2"), palette("#262244", "#c94f6d", "#e9a94f", "#f4e6d3")),
    ),
    (
        ("family", "child", "young"),
        (palette("#2b6777", "#e4633f", "#f4c04d", "#f6efdd"), palette("#f5cf6b", "#2b6777", "#e4633f", "#fdf6e4")),
    ),
    (
        ("film", "cinema", "screen"),
        (palette("#191a1f", "#b53a2c", "#c9a25e", "#ece3d2"), palette("#20263a", "#587a8f", "#e0a24a", "#efe7d8")),
    ),
    (
        ("talk", "litera", "poet", "spoken", "book", "workshop", "course", "class"),
        (palette("#ebe2cf", "#d56f3e", "#7f9f94", "#1f3f52"), palette("#d5dccd", "#c65f3a", "#e5a53f", "#1f4a4a")),
    ),
    (
        ("writing", "new work", "fringe"),
        (palette("#df5a3a", "#1c2140", "#f4b94a", "#fbead2"), palette("#1c2140", "#df5a3a", "#6f8fa6", "#f4e9d6")),
    ),
    (
        ("drama", "theatre", "play", "shakespeare"),
        (palette("#1c2233", "#b93a2b", "#e3a046", "#f0e5cf"), palette("#2b1d26", "#a8443a", "#d9a35b", "#f2e4cf")),
    ),
)


def painted(title: str, genres: tuple[str, ...]) -> Image.Image:
    """The poster of an event."""
    dice = Dice(title, *genres)
    poster = POSTERS[dice.throw(len(POSTERS))]
    palettes = _palettes(genres)
    colours = palettes[dice.throw(len(palettes))]
    easel = Easel(colours.ground)
    poster(easel, colours, dice)
    image = easel.finished()
    return ImageOps.mirror(image) if dice.throw(2) else image


def _palettes(genres: tuple[str, ...]) -> tuple[Palette, ...]:
    """The palettes of the first genre that has any."""
    names = (genre.casefold() for genre in genres)
    found = (each for name in names for words, each in _BY_GENRE if any(word in name for word in words))
    return next(found, _OTHERS)
