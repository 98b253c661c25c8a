"""Artwork for an event that has no picture: an abstract poster, painted from its title and genres.

`painted` is the door. The same words give the same poster, every time.
"""

from PIL import Image, ImageDraw

RECIPE = 1  # of the posters: to be raised whenever they would come out otherwise
SIZE = (1600, 1067)


def painted(title: str, genres: tuple[str, ...]) -> Image.Image:
    """The poster of an event, of SIZE."""
    image = Image.new("RGB", SIZE, "#1d2b4f")
    ImageDraw.Draw(image).circle((800, 533), 300 + len(title + "".join(genres)), fill="#f2b134")
    return image
