"""Pictures: what comes is opened with care, made into sizes, kept, and replaced by artwork where it is no good."""

import io
import os
import struct
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from live import contents
from pictures_made import jpeg, picture, saved
from PIL import Image, ImageCms, ImageDraw

from generator.anatomy import replace
from generator.compose import compose
from generator.config import Attributes, Images, Settings, Site
from generator.content import Content, EventWords, Overlay
from generator.images import IMAGES, Picture, Source
from generator.model import BookingPath, Event, Feed
from generator.pictures import artwork, pixels
from generator.pictures.easel import SIZE, Dice, Easel, palette
from generator.pictures.frame import UnusableError, widths_of
from generator.pictures.illustrate import Illustrated, Studio, illustrated
from generator.pictures.lettering import Lettering
from generator.pictures.looks import Look, Words, theme_fonts
from generator.pictures.originals import Fetched, write
from generator.pictures.posters import POSTERS
from generator.pictures.renditions import prune
from generator.pictures.share import MAX_BYTES, card
from generator.text import Html

PROJECT = Path(__file__).resolve().parent.parent
FONTS = theme_fonts((PROJECT / "templates",))
NOW = datetime(2026, 3, 2, tzinfo=UTC)
WHITE, TEAL = (255, 255, 255), (0, 128, 128)


def near(image: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    """Whether a picture has a colour at a place, or one that nobody could tell from it."""
    return all(abs(a - b) < 12 for a, b in zip(image.getpixel(place), colour, strict=True))  # type: ignore[arg-type]


# Opened


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_picture_is_what_its_bytes_say(kind: str) -> None:
    content = saved(picture(300, 200), kind)
    image = pixels.opened(content)
    assert (pixels.suffix_of(content), image.mode, image.size) == (pixels.SUFFIXES[kind], "RGB", (300, 200))
    assert near(image, (40, 40), WHITE)
    assert near(image, (250, 150), TEAL)


def test_a_picture_that_was_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned to the left
    image = pixels.opened(jpeg(300, 200, exif=exif))
    assert (image.size, near(image, (160, 40), WHITE), near(image, (40, 260), TEAL)) == ((200, 300), True, True)


def test_what_is_see_through_is_white_and_only_the_first_frame_counts() -> None:
    glass = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    frames = [picture(200, 100, "teal"), picture(200, 100, "red")]
    moving = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert near(pixels.opened(saved(glass, "PNG")), (9, 9), WHITE)
    assert near(pixels.opened(moving), (150, 80), TEAL)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "I;16", "RGBA"])
def test_every_mode_of_colour_is_shown_in_rgb(mode: str) -> None:
    grey = Image.new("L", (120, 90), 255)
    image = grey.convert("I").point(lambda value: value * 257).convert(mode) if mode == "I;16" else grey.convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert near(pixels.opened(saved(image, kind)), (50, 50), WHITE)


def test_colours_are_told_in_srgb_by_the_profile_that_comes_with_them() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = lab.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")
    red = Image.new("RGB", (120, 90), "red")
    shown = [pixels.opened(saved(red, "PNG", icc_profile=profile)) for profile in (lab, swapped, b"no profile")]
    assert [image.getpixel((9, 9)) for image in shown] == [(255, 0, 0), (0, 0, 255), (255, 0, 0)]


def bomb() -> bytes:
    """A PNG of few bytes that says it is 30,000 pixels wide and high."""
    head = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    body = (
        struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data)) for tag, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is no JPEG, PNG, GIF, WebP or AVIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "is no JPEG, PNG, GIF, WebP or AVIF"),
        (saved(picture(90, 90), "TIFF"), "is no JPEG, PNG, GIF, WebP or AVIF"),
        (saved(picture(90, 90), "BMP"), "is no JPEG, PNG, GIF, WebP or AVIF"),
        (jpeg(300, 200)[:900], "is damaged"),
        (saved(picture(300, 200), "PNG")[:200], "is damaged"),
        (jpeg(1, 1), "is 1 by 1 pixels, too small or too narrow to show"),
        (jpeg(2000, 100), "is 2000 by 100 pixels, too small or too narrow to show"),
        (bomb(), "has more than 60 million pixels"),
        (b"\xff" * (20 * 2**20 + 1), "is larger than 20 MB"),
    ],
)
def test_bytes_that_make_no_picture_are_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(UnusableError, match=why):
        pixels.opened(content)


# Made


@pytest.mark.parametrize(
    ("width", "widths"),
    [(300, (300,)), (500, (500,)), (700, (480, 700)), (1200, (480, 800, 1200)), (4000, (480, 800, 1200, 1600))],
)
def test_no_picture_is_offered_wider_than_it_is(width: int, widths: tuple[int, ...]) -> None:
    assert widths_of(width) == widths


def test_the_files_of_a_picture_hold_nothing_but_the_picture() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Taken at 52.05 N, 1.15 E"
    secret = jpeg(900, 600, exif=exif, comment=b"for the editor only")
    made = {(ending, width): content for ending, width, content in pixels.encoded(pixels.opened(secret))}
    assert set(made) == {(ending, width) for ending in (".avif", ".webp", ".jpg") for width in (480, 900)}
    for (_, width), content in made.items():
        image = Image.open(io.BytesIO(content))
        assert (image.size, dict(image.getexif()), "icc_profile" in image.info) == ((width, width * 2 // 3), {}, False)
        assert not any(word in content for word in (b"52.05", b"editor"))


# Illustrated


def event(number: int, title: str, image: str = "") -> Event:
    """An event with a picture or without."""
    return Event(number, title, image=image, attributes={"Drama": "1"})


def made(folder: Path, *events: Event, jobs: int = 1, mode: Any = "mirror", **own: str) -> Illustrated:
    """The events with their pictures; `own` are pictures by "e" and the event's number."""
    site = Site("The Thimble", "https://www.thimble.example", "Europe/London")
    settings = Settings(site, attributes=Attributes(genres=("Drama",)), images=Images(mode))
    settings = replace(settings, spektrix=replace(settings.spektrix, client="thimble"))
    words = {int(key[1:]): Overlay("", EventWords(int(key[1:]), image=image), Html()) for key, image in own.items()}
    static = {path.name: path for path in (folder / "static").glob("*")}
    booking = BookingPath("", "", "", "", "", "")
    programme = compose(Feed(events=events, instances=()), Content(words, (), static), settings, booking, NOW)
    cache = folder / "cache"
    studio = Studio(mode, folder / "images", static, cache, Look(fonts=FONTS), site.name, jobs)
    return illustrated(programme, studio)


def put(folder: Path, name: str, content: bytes) -> None:
    """A picture into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)


def pictures(done: Illustrated) -> dict[int, Picture]:
    """The picture of each event."""
    return {each.id: each.picture for each in done.programme.events}


def test_a_picture_comes_in_three_formats_and_says_how_large_it_is(tmp_path: Path) -> None:
    put(tmp_path / "images", "a.jpg", jpeg(1000, 500))
    done = made(tmp_path, event(1, "Hamlet", "a.jpg"))
    (shown,) = pictures(done).values()
    key = shown.src.removeprefix(IMAGES).partition("-")[0]
    formats = (("image/avif", ".avif"), ("image/webp", ".webp"), ("image/jpeg", ".jpg"))
    assert shown == Picture(
        f"{IMAGES}{key}-1000.jpg", 1000, 500,
        tuple(
            Source(kind, tuple((f"{IMAGES}{key}-{width}{ending}", width) for width in (480, 800, 1000)))  # type: ignore[arg-type]
            for kind, ending in formats
        ),
    )  # fmt: skip
    paths = {path for source in shown.sources for path, _ in source.files}
    assert set(done.files) == {*paths, done.programme.events[0].share, done.programme.share}
    assert {path: Image.open(file).format for path, file in done.files.items()} == {
        path: {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}[path.rpartition(".")[2]] for path in done.files
    }


def test_where_a_picture_is_no_good_artwork_stands_and_a_warning_says_why(tmp_path: Path) -> None:
    put(tmp_path / "images", "html.jpg", b"<html>")
    put(tmp_path / "static", "own.svg", b"<svg/>")
    write(tmp_path / "images", {"https://x.example/a.jpg?key=1": Fetched(fault="the server answered HTTP 404")})
    events = (
        event(1, "No picture"), event(2, "Not a name", "../a.jpg"), event(3, "Not there", "gone.jpg"),
        event(4, "Page", "html.jpg"), event(5, "Own", "html.jpg"), event(6, "Lost", "https://x.example/a.jpg?key=1"),
    )  # fmt: skip
    done = made(tmp_path, *events, e5="own.svg")
    assert {
        number: (shown.is_artwork, shown.width, shown.height) for number, shown in pictures(done).items()
    } == dict.fromkeys(range(1, 7), (True, 1200, 800))
    files = "https://system.spektrix.com/thimble/files"
    assert sorted(f"{notice.kind.one}: {notice.example}" for notice in done.programme.notices) == [
        "image cannot be shown: 4, " + files + "/html.jpg is no JPEG, PNG, GIF, WebP or AVIF",
        "image cannot be shown: 5, content/static/own.svg is no JPEG, PNG, GIF, WebP or AVIF",
        "image could not be fetched: 6, https://x.example/a.jpg: the server answered HTTP 404",
        'image has no usable address: 2, "../a.jpg"',
        "image is not in the snapshot: 3, " + files + "/gone.jpg",
    ]


def test_a_picture_of_the_venues_own_comes_first(tmp_path: Path) -> None:
    put(tmp_path / "images", "a.jpg", jpeg(300, 200))
    put(tmp_path / "static", "own.png", saved(picture(200, 200), "PNG"))
    (shown,) = pictures(made(tmp_path, event(1, "Hamlet", "a.jpg"), e1="/own.png")).values()
    assert (shown.width, shown.height, shown.is_artwork) == (200, 200, False)


def test_a_linked_picture_is_shown_from_where_it_lies(tmp_path: Path) -> None:
    put(tmp_path / "images", "b.jpg", jpeg(300, 300))
    done = made(tmp_path, event(1, "A", "a.jpg"), event(2, "B", "b.jpg"), event(3, "C"), mode="link")
    files = "https://system.spektrix.com/thimble/files/"
    shown = pictures(done)
    assert (shown[1], shown[2]) == (Picture(f"{files}a.jpg", 1200, 800), Picture(f"{files}b.jpg", 300, 300))
    assert (shown[3].is_artwork, done.programme.notices) == (True, ())
    assert {Path(path).name.partition("-")[0] for path in done.files if path.endswith(".avif")} == {
        Path(shown[3].src).name.partition("-")[0]
    }


def test_the_bytes_depend_neither_on_jobs_nor_on_the_cache(tmp_path: Path) -> None:
    outputs = []
    for number, jobs in enumerate((1, 2)):
        folder = tmp_path / str(number)
        folder.mkdir()
        put(folder / "images", "a.jpg", jpeg(1000, 500))
        done = made(folder, event(1, "Hamlet", "a.jpg"), event(2, "Macbeth"), jobs=jobs)
        outputs.append({path: file.read_bytes() for path, file in done.files.items()})
    assert outputs[0] == outputs[1]


def test_what_was_made_is_not_made_again_and_what_is_gone_is(tmp_path: Path) -> None:
    put(tmp_path / "images", "a.jpg", jpeg(1000, 500))
    first = made(tmp_path, event(1, "Hamlet", "a.jpg"))
    marks = {path.name: path.stat().st_ino for path in (tmp_path / "cache").iterdir()}
    assert made(tmp_path, event(1, "Hamlet", "a.jpg")) == first
    assert {path.name: path.stat().st_ino for path in (tmp_path / "cache").iterdir()} == marks
    before = contents(tmp_path / "cache")
    for file in list((tmp_path / "cache").iterdir())[::3]:
        file.unlink()
    assert made(tmp_path, event(1, "Hamlet", "a.jpg")) == first
    assert contents(tmp_path / "cache") == before


def test_what_no_build_has_used_for_a_month_goes(tmp_path: Path) -> None:
    made(tmp_path, event(1, "Hamlet"))
    kept = set(contents(tmp_path / "cache"))
    for name in ("old.json", "old-480.jpg", ".new-killed"):
        put(tmp_path / "cache", name, b"")
    for path in (tmp_path / "cache").iterdir():
        os.utime(path, (0, 0))
    made(tmp_path, event(1, "Hamlet"))  # marks its own as used
    prune(tmp_path / "cache")
    assert set(contents(tmp_path / "cache")) == {*kept, ".looked"}


def test_what_is_no_longer_used_is_looked_for_once_a_day(tmp_path: Path) -> None:
    put(tmp_path, "first.json", b"")
    prune(tmp_path)
    put(tmp_path, "old.json", b"")
    os.utime(tmp_path / "old.json", (0, 0))
    prune(tmp_path)
    assert set(contents(tmp_path)) == {".looked", "first.json", "old.json"}
    os.utime(tmp_path / ".looked", (time.time() - 86_401,) * 2)
    prune(tmp_path)
    assert set(contents(tmp_path)) == {".looked", "first.json"}


# Artwork and cards


@pytest.mark.parametrize("poster", POSTERS)
def test_every_poster_fills_its_canvas_in_the_colours_of_its_palette(poster: Any) -> None:
    colours = palette("#101010", "#c00000", "#e0a000", "#f0f0f0")
    easel = Easel(colours.ground)
    poster(easel, colours, Dice("Hamlet"))
    image = easel.finished()
    counted = image.getcolors(SIZE[0] * SIZE[1]) or []
    flat = [colour for count, colour in counted if count > SIZE[0] * SIZE[1] / 100]
    assert (image.size, 3 <= len(flat) <= 12) == (SIZE, True)


def test_the_same_words_give_the_same_poster_and_others_another() -> None:
    titles = ("Hamlet", "Macbeth", "Ropework", "Whalebone", "مسرحية", "", "🎭", "a\ud800b", "x" * 1000)
    posters = [artwork.painted(title, ("Drama",)).tobytes() for title in titles]
    assert posters == [artwork.painted(title, ("Drama",)).tobytes() for title in titles]
    assert len(set(posters)) == len(titles)
    assert artwork.painted("Hamlet", ("Comedy",)).tobytes() != posters[0]


def shared(title: str, line: str = "", venue: str = "", fonts: tuple[Path, ...] = FONTS) -> Image.Image:
    """A card, decoded, and found to be as large as it should be and no heavier."""
    look = Look("#101010", "#ffffff", "#f2b134", fonts=fonts)
    content = card(picture(1200, 800), Words(title, line, venue), look)
    assert len(content) <= MAX_BYTES
    image = Image.open(io.BytesIO(content))
    assert (image.size, image.format) == ((1200, 630), "JPEG")
    return image


def test_words_that_the_fonts_cannot_write_are_left_out_and_never_boxes() -> None:
    empty = shared("").tobytes()
    assert shared("مسرحية 八 ").tobytes() == empty
    assert shared("🎭").tobytes() == empty
    assert shared("Hamlet 🎭").tobytes() == shared("Hamlet").tobytes() != empty
    assert shared("Hamlet", fonts=()).tobytes() != empty


def test_a_title_is_written_within_its_panel_however_long_it_is() -> None:
    words = "An Evening for the Roof, with Songs, Soup and a Raffle Nobody Is Allowed to Win Twice"
    plain = shared("").crop((0, 0, 560, 630)).convert("L")
    for title in ("I", words, words * 12, "Donaudampfschifffahrtsgesellschaftskapitänsmütze", "Y Tŵr a’r Ŵyn"):
        panel = shared(title, words, words).crop((0, 0, 560, 630)).convert("L")
        ink = panel.point(lambda value: 255 if value > 60 else 0).getbbox()
        assert ink
        assert (ink[0] >= 48, ink[1] >= 50, ink[2] <= 512, ink[3] <= 590) == (True,) * 4
    assert plain.getextrema() != shared(words).crop((0, 0, 560, 630)).convert("L").getextrema()


def test_letters_that_one_font_lacks_are_written_in_the_next() -> None:
    letters = Lettering(FONTS, 40)
    canvas = Image.new("L", (400, 80))
    letters.write(ImageDraw.Draw(canvas), 0, 0, "Tŵr", "white")
    assert (letters.writable("Tŵr"), canvas.getbbox() is not None) == ("Tŵr", True)
