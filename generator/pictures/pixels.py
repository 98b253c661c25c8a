"""Pictures as bytes: what strangers send is opened with care, and made into the files that a page shows.

`opened` and `encoded` are the doors. What a picture is, its bytes say, never its name.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping

from PIL import Image, ImageCms, ImageOps

from generator.pictures.frame import MAX_BYTES, WIDTHS, UnusableError, scaled, widths_of

MAX_PIXELS = 60_000_000
MIN_SIDE = 64
MAX_PROPORTION = 5
Picture = Image.Image
_ORIENTATION = 0x0112  # in EXIF; 5 to 8 lie on their side
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "WEBP": ".webp", "AVIF": ".avif"}
_JPEG = {"quality": 76, "progressive": True, "optimize": True}
_WEBP = {"quality": 74, "method": 2}
_AVIF = {"quality": 54, "speed": 8, "max_threads": 1}
_AVIF_FROM_1000 = {**_AVIF, "speed": 9}  # as good for its size as 8 where pictures are wide, in a third of the time
_TOO_MANY = f"has more than {MAX_PIXELS // 10**6} million pixels"
_WRONG = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, EOFError, RuntimeError, MemoryError,
    AttributeError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow raises where bytes are not what they should be."""


# Pillow's own limits are wider than ours, and it would say so on the terminal.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def suffix_of(content: bytes) -> str:
    """The file ending that fits a picture's bytes. Raises UnusableError where they are no picture that a page can show.

    Only the head is read: that the rest is whole is seen by `opened`.
    """
    return SUFFIXES[str(_head(content).format)]


def opened(content: bytes) -> Image.Image:
    """A picture ready to be shown: its first frame, upright, in sRGB, on white where it was see-through.

    One that is far wider than is ever shown comes smaller. Raises UnusableError.
    """
    image = _head(content)
    try:
        image.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
        return _in_srgb(ImageOps.exif_transpose(image))
    except _WRONG as error:
        raise UnusableError("is damaged") from error


def size_when_opened(content: bytes) -> tuple[int, int]:
    """Width and height of what `opened` gives, from the head alone. Raises UnusableError where that tells enough."""
    image = _head(content)
    try:
        image.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
        lies_down = image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
    except _WRONG as error:
        raise UnusableError("is damaged") from error
    return (image.height, image.width) if lies_down else image.size


def _head(content: bytes) -> Image.Image:
    if len(content) > MAX_BYTES:
        raise UnusableError(f"is larger than {MAX_BYTES // 2**20} MB")
    try:
        image = Image.open(io.BytesIO(content), formats=tuple(SUFFIXES))
    except Image.DecompressionBombError as error:
        raise UnusableError(_TOO_MANY) from error
    except _WRONG as error:
        raise UnusableError("is no JPEG, PNG, GIF, WebP or AVIF") from error
    short, long = sorted(image.size)
    if short * long > MAX_PIXELS:
        raise UnusableError(_TOO_MANY)
    if short < MIN_SIDE or long > MAX_PROPORTION * short:
        raise UnusableError(f"is {image.width} by {image.height} pixels, too small or too narrow to show")
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        seen = image.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        white.alpha_composite(seen)
        white.info = image.info
        image = white
    elif image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    plain = image if image.mode in ("RGB", "CMYK", "L") else image.convert("RGB")
    return _converted(plain, image.info.get("icc_profile")) or plain.convert("RGB")


def _converted(image: Image.Image, profile: bytes | None) -> Image.Image | None:
    """A picture's colours from its own profile to sRGB; None where the profile is missing or does not fit."""
    if not profile:
        return None
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *_WRONG):
        return None


def encoded(image: Image.Image) -> Iterator[tuple[str, int, bytes]]:
    """The files of a picture: of each its ending, its width and its bytes, which hold nothing but the picture.

    The same picture gives the same bytes.
    """
    for width in reversed(widths_of(image.width)):
        if width != image.width:
            image = image.resize((width, scaled(image.width, image.height, width)), Image.Resampling.LANCZOS)
        image.info = {}
        yield ".avif", width, _saved(image, "AVIF", _AVIF if width < 1000 else _AVIF_FROM_1000)
        yield ".webp", width, _saved(image, "WEBP", _WEBP)
        yield ".jpg", width, _saved(image, "JPEG", _JPEG)


def _saved(image: Image.Image, kind: str, options: Mapping[str, object]) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg(image: Image.Image, quality: int) -> bytes:
    """A picture as one progressive JPEG."""
    return _saved(image, "JPEG", {**_JPEG, "quality": quality})
