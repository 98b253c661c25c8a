"""The venue's own words, held against what is on: what they leave out, and what has passed over.

`odd_words` is the door. Words for events and dates that the feed does not know are found where the two are joined, in
`compose`. Nothing here is a fault: the site is whole, only not as good or as fresh as it could be.
"""

from collections.abc import Iterable, Iterator

from generator.content import Content, ContentPage, Overlay
from generator.errors import Notice, NoticeKind
from generator.programme import ListedEvent, Programme
from generator.states import State
from generator.wording import Language

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
    "date with words of its own is over", "dates with words of their own are over", "Remove their tables from the file."
)
STILL_POSTPONED = NoticeKind(
    "date is past, and still called postponed",
    "dates are past, and still called postponed",
    'If there is a new date, remove the status and see that the new date is on sale; if there is none, say "cancelled".',
)


def odd_words(content: Content, programme: Programme | None, language: Language) -> Iterator[Notice]:
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
            yield from _passed(overlay, event, language)


def _wordless(document: Overlay | ContentPage) -> Iterable[Notice]:
    return (Notice(WORDLESS, picture, f"{document.file}, line {line}") for line, picture in document.wordless)


def _passed(overlay: Overlay, event: ListedEvent, language: Language) -> Iterator[Notice]:
    """Words for what has been; those that say postponed are said to be so, and no more."""
    over = [instance for instance in event.instances if instance.is_over]
    said = overlay.words.instances
    waiting = [
        instance
        for instance in over
        if instance.state is State.POSTPONED and (overlay.words.status or said.get(instance.id))
    ]
    for instance in waiting:
        yield Notice(STILL_POSTPONED, f"{instance.id}, {language.moment(instance.start)}", overlay.file)
    if over and not event.upcoming and not waiting:
        yield Notice(OVER, f"{event.title}, {language.run(over)}", overlay.file)
    for instance in over if event.upcoming else ():
        if instance.id in said and instance not in waiting:
            yield Notice(DATE_OVER, f"{instance.id}, {language.moment(instance.start)}", overlay.file)
