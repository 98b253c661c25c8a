"""Pictures made for tests."""

import io
from typing import Any

from PIL import Image


def picture(width: int, height: int, colour: str = "teal", mode: str = "RGB") -> Image.Image:
    """A picture whose upper left quarter is white."""
    image = Image.new("RGB", (width, height), colour)
    image.paste("white", (0, 0, width // 2, height // 2))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """A picture as a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg(width: int, height: int, colour: str = "teal", **options: Any) -> bytes:
    """A picture as a JPEG."""
    return saved(picture(width, height, colour), "JPEG", **options)
