"""The venue's own words, held against what is on: what they leave out, and what has passed over.

`odd_words` is the door. Words for events and dates that the feed does not know are found where the two are joined, in
`compose`. Nothing here is a fault: the site is whole, only not as good or as fresh as it could be.
"""

from collections.abc import Iterable, Iterator

from generator.content import Content, ContentPage, Overlay
from generator.errors import Notice, NoticeKind
from generator.programme import ListedEvent, ListedInstance, Programme
from generator.states import State

NO_ALT = NoticeKind(
    "image without image_alt",
    "images without image_alt",
    'Say below image what it shows, for people who cannot see it: image_alt = "…".',
)
WORDLESS = NoticeKind(
    "picture in Markdown without words",
    "pictures in Markdown without words",
    "Write between the brackets what it shows, for people who cannot see it: ![The foyer at night](…).",
)
OVER = NoticeKind(
    "file of words is for an event that is over",
    "files of words are for events that are over",
    "The archive shows them still. Remove the file when it need not, or nobody will know which are in use.",
)
DATE_OVER = NoticeKind(
    "date with words of its own is over",
    "dates with words of their own are over",
    "Remove their tables from the file: nobody needs them any more.",
)
STILL_POSTPONED = NoticeKind(
    "date is past, and still called postponed",
    "dates are past, and still called postponed",
    'If there is a new date, remove the status from the file; if there will be none, say "cancelled" there.',
)


def odd_words(content: Content, programme: Programme | None) -> Iterator[Notice]:
    """What is odd about the words of a site. Where the programme is not known, only what needs none."""
    events = {event.id: event for event in programme.events} if programme else {}
    for page in content.pages:
        yield from _wordless(page)
    for overlay in content.overlays.values():
        if overlay.words.image and not overlay.words.image_alt and not overlay.words.hidden:
            yield Notice(NO_ALT, overlay.words.image, overlay.file)
        yield from _wordless(overlay)
        event = events.get(overlay.words.event)
        if event:
            yield from _passed(overlay, event)


def _wordless(document: Overlay | ContentPage) -> Iterable[Notice]:
    return (Notice(WORDLESS, picture, f"{document.file}, line {line}") for line, picture in document.wordless)


def _passed(overlay: Overlay, event: ListedEvent) -> Iterator[Notice]:
    """Words for what has been, each date at the site's own clock; what is called postponed is told as that alone."""
    over = [instance for instance in event.instances if instance.is_over]
    waiting = [instance for instance in over if instance.state is State.POSTPONED]
    for instance in over:
        if instance in waiting:
            yield Notice(STILL_POSTPONED, _date(instance), overlay.file)
        elif event.upcoming and instance.id in overlay.words.instances:
            yield Notice(DATE_OVER, _date(instance), overlay.file)
    if over and not event.upcoming and not waiting:
        yield Notice(OVER, f"{event.title}, last on {over[-1].start:%Y-%m-%d}", overlay.file)


def _date(instance: ListedInstance) -> str:
    return f"{instance.id}, {instance.start:%Y-%m-%d %H:%M}"
