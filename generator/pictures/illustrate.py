"""Every event gets its picture here, or artwork where it has none that can be shown, and its image for sharing.

`illustrated` is the door. A picture that cannot be shown is a notice, never an end. What opens and paints pictures is
imported by who does: a site whose pictures are there needs none of it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from generator.anatomy import Struct, replace
from generator.errors import Notice, NoticeKind
from generator.images import NOMINAL, SHARE_SIZE, Picture
from generator.pictures import frame, originals
from generator.pictures.frame import MAX_BYTES, UnusableError
from generator.pictures.looks import Look, Words
from generator.pictures.renditions import (
    Made,
    Rendition,
    Shape,
    Task,
    developed,
    from_image,
    key_of,
    published,
    shape_of_image,
)
from generator.programme import ListedEvent, Programme
from generator.urls import is_address

NOT_PULLED = NoticeKind(
    "image is not in the snapshot",
    "images are not in the snapshot",
    'Artwork stands in their place. Pull again; or put them into its folder images/, or set [images] mode = "link".',
)
NOT_FETCHED = NoticeKind(
    "image could not be fetched",
    "images could not be fetched",
    "Artwork stands in their place; the next pull tries again. Does the picture open in a browser?",
)
UNUSABLE = NoticeKind(
    "image cannot be shown",
    "images cannot be shown",
    "Artwork stands in their place. Save each as a JPEG of about 1600 by 1067 pixels and put it where it was.",
)


class Studio(Struct, frozen=True):
    """What pictures are made from, and where they are kept: `images` lie beside the feed, `static` is by path."""

    mode: Literal["mirror", "link"]
    images: Path
    static: Mapping[str, Path]
    cache: Path
    look: Look
    site_name: str
    jobs: int
    develop: Callable[[Iterable[Task], Path, int], dict[str, Rendition | str]] = developed


def _is_there(file: Path) -> None:
    """Nothing to do for a file that was made."""


class Illustrated(Struct, frozen=True):
    """A programme with its pictures, and the files that they take: path on the site → file.

    `ready` is to be called before a file is read: it may not have been made yet.
    """

    programme: Programme
    files: Mapping[str, Path]
    ready: Callable[[Path], None] = _is_there


class _Photo(Struct, frozen=True):
    """A picture to be made ready for pages."""

    key: str
    file: Path

    def shape(self) -> Shape:
        from generator.pictures.pixels import size_when_opened

        return shape_of_image(*size_when_opened(_content(self.file)))

    def make(self) -> Made:
        from generator.pictures.pixels import opened

        return from_image(opened(_content(self.file)))


class _Painting(Struct, frozen=True, dict=True):
    """A piece of artwork to be painted."""

    title: str
    genres: tuple[str, ...]

    @cached_property
    def key(self) -> str:
        return key_of("painting", frame.POSTER, frame.PICTURE, self.title, *self.genres)

    def shape(self) -> Shape:
        from generator.pictures.easel import SIZE

        return shape_of_image(*SIZE)

    def make(self) -> Made:
        from generator.pictures.artwork import painted

        return from_image(painted(self.title, self.genres))


class _Card(Struct, frozen=True, dict=True):
    """An image for sharing, to be made from a finished picture."""

    picture: Path
    words: Words
    look: Look
    fonts_digest: str

    @cached_property
    def key(self) -> str:
        words, look = self.words, self.look
        said = (words.title, words.line, words.venue)
        seen = (look.panel, look.text, look.accent, self.fonts_digest)
        return key_of("card", frame.CARD, self.picture.name, *said, *seen)

    def shape(self) -> Shape:
        return Shape(*SHARE_SIZE, ((".jpg", SHARE_SIZE[0]),))

    def make(self) -> Made:
        from generator.pictures.pixels import opened
        from generator.pictures.share import card

        content = card(opened(self.picture.read_bytes()), self.words, self.look)
        return Made(*SHARE_SIZE, {(".jpg", SHARE_SIZE[0]): content})


def illustrated(programme: Programme, studio: Studio) -> Illustrated:
    """The programme with every picture made, and with notices of those that could not be. Raises SiteError."""
    notices: list[Notice] = []
    photos = _photos(programme, studio, notices)
    paintings, of_site = _paintings(programme, photos, studio)
    shown = {**paintings, **photos}
    cards, card_of_site = _cards(programme, shown, of_site, studio)
    events = tuple(
        replace(
            event,
            picture=_linked(event, photos.get(event.id))
            if _is_linked(event, studio)
            else shown[event.id].picture(is_artwork=event.id in paintings),
            share=published(cards[event.id].jpeg),
        )
        for event in programme.events
    )
    used = [*(shown[event.id] for event in events if not _is_linked(event, studio)), *cards.values(), card_of_site]
    return Illustrated(
        replace(
            programme,
            events=events,
            share=published(card_of_site.jpeg),
            notices=(*programme.notices, *notices),
        ),
        {published(file): file for made in used for file in made.files.values()},
    )


def _is_linked(event: ListedEvent, studio: Studio) -> bool:
    """Whether an event's picture is shown from where it lies."""
    return studio.mode == "link" and is_address(event.original)


def _linked(event: ListedEvent, photo: Rendition | None) -> Picture:
    return Picture(event.original, *((photo.width, photo.height) if photo else NOMINAL))


def _photos(programme: Programme, studio: Studio, notices: list[Notice]) -> dict[int, Rendition]:
    """The pictures that events have and that can be shown, by event; the others become notices."""
    beside = originals.read(studio.images)
    key_of_photo = cache(_photo_key)
    tasks: dict[int, _Photo] = {}
    for event in (event for event in programme.events if event.original):
        file = beside.file(event.original) if is_address(event.original) else studio.static.get(event.original)
        if file:
            tasks[event.id] = _Photo(key_of_photo(file), file)
        elif not _is_linked(event, studio):
            why = beside.fault(event.original)
            kind, words = (NOT_FETCHED, f": {why}") if why else (NOT_PULLED, "")
            notices.append(Notice(kind, f"{event.id}, {_place(event)}{words}"))
    made = studio.develop(tasks.values(), studio.cache, studio.jobs)
    results = {event: made[task.key] for event, task in tasks.items()}
    for event in (event for event in programme.events if not _is_linked(event, studio)):
        fault = results.get(event.id)
        notices += [Notice(UNUSABLE, f"{event.id}, {_place(event)} {fault}")] if isinstance(fault, str) else []
    return {event_id: result for event_id, result in results.items() if isinstance(result, Rendition)}


def _place(event: ListedEvent) -> str:
    """Where an event's picture comes from, as it may be shown."""
    return event.original.partition("?")[0] if is_address(event.original) else f"content/static/{event.original}"


def _photo_key(file: Path) -> str:
    try:
        return key_of("photo", frame.PICTURE, _content(file))
    except UnusableError:
        return key_of("unreadable", str(file))


def _content(file: Path) -> bytes:
    """The bytes of a picture, and of one that is too large no more than show that it is."""
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnusableError(f"cannot be read ({error.strerror})") from error


def _paintings(
    programme: Programme, photos: Mapping[int, Rendition], studio: Studio
) -> tuple[dict[int, Rendition], Rendition]:
    """The artwork of every event that has no picture, by event, and that of the site."""
    painting = cache(_Painting)
    tasks = {
        event.id: painting(event.title, tuple(genre.name for genre in event.genres))
        for event in programme.events
        if event.id not in photos
    }
    of_site = _Painting(studio.site_name, ())
    made = _sure(studio.develop([*tasks.values(), of_site], studio.cache, studio.jobs))
    return {event: made[task.key] for event, task in tasks.items()}, made[of_site.key]


def _cards(
    programme: Programme, shown: Mapping[int, Rendition], of_site: Rendition, studio: Studio
) -> tuple[dict[int, Rendition], Rendition]:
    """The image for sharing of every event, and that of the site."""
    digest = key_of(*(font.read_bytes() for font in studio.look.fonts))
    card = cache(lambda picture, words: _Card(picture, words, studio.look, digest))
    tasks = {event.id: card(shown[event.id].jpeg, _words(event)) for event in programme.events}
    card_of_site = _Card(of_site.jpeg, Words(studio.site_name), studio.look, digest)
    made = _sure(studio.develop([*tasks.values(), card_of_site], studio.cache, studio.jobs))
    return {event: made[task.key] for event, task in tasks.items()}, made[card_of_site.key]


def _words(event: ListedEvent) -> Words:
    return Words(event.title, " · ".join(genre.name for genre in event.genres), event.place.name)


def _sure(made: Mapping[str, Rendition | str]) -> dict[str, Rendition]:
    """What we make ourselves cannot be unusable."""
    return {key: result for key, result in made.items() if isinstance(result, Rendition)}
