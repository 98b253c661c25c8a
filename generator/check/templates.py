"""Every template compiled, and tried with what is on and with the worst that could be.

`try_templates` is the door. What could be is invented: every state, the long, the empty and the unknown, as the
studio's gallery shows it. So a name that is misspelt, or a value that is missing, is found before a feed brings it up.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from generator.anatomy import replace
from generator.errors import Fault, SiteError
from generator.images import NO_PICTURE, NOMINAL, Picture, Source
from generator.invented import Invented, programmes
from generator.model import BookingPath
from generator.pictures.illustrate import Illustrated
from generator.plan import Page
from generator.programme import Programme
from generator.render import Compiled, Renderer
from generator.sitefolder import Words
from generator.website import Website, compiled_in, composed, website

_BOOKING = BookingPath("https://booking.invalid/script.js", *["https://booking.invalid/"] * 5)
_PICTURE = Picture("picture.jpg", *NOMINAL, sources=(Source("image/webp", (("small.webp", 400), ("large.webp", 800))),))
_INVENTED = "The page is invented, to show what could come: see it in the gallery of sitegen serve --watch."


def try_templates(words: Words, real: Website | None, now: datetime) -> tuple[int, tuple[Fault, ...]]:
    """How many templates there are, and what is wrong with them, each place in one once.

    `real` is what is on, None where that is not known. Those that cannot be compiled are told alone.
    """
    compiled = compiled_in(words.site)
    invented = programmes(words.settings, now, "picture.jpg").values()
    houses = [_website(house, words, now, compiled) for house in invented]
    one = houses[0].renderer
    if broken := tuple(one.broken()):
        return len(one.names), broken
    faults: dict[str, Fault] = {}
    for fault in _faults(real.renderer, _one_of_each(real.pages)) if real else ():
        faults.setdefault(fault.where, fault)
    for house in houses:
        for fault in _faults(house.renderer, house.pages):
            faults.setdefault(fault.where, replace(fault, mend=f"{fault.mend} {_INVENTED}"))
    return len(one.names), tuple(faults.values())


def _website(house: Invented, words: Words, now: datetime, compiled: Compiled) -> Website:
    own = house.words(words, words.settings.site.url)
    source = house.source(own, _BOOKING, now)
    programme = _illustrated(composed(own, source, now))
    return website(own, source, Illustrated(programme, {}), compiled=compiled)


def _illustrated(programme: Programme) -> Programme:
    """The programme with the same picture for every event that has one, and artwork for the others."""
    artwork = replace(NO_PICTURE, is_artwork=True)
    events = (replace(event, picture=_PICTURE if event.original else artwork) for event in programme.events)
    return replace(programme, events=tuple(events))


def _one_of_each(pages: Iterable[Page]) -> Iterable[Page]:
    """The first page of each template."""
    firsts: dict[str, Page] = {}
    for page in pages:
        firsts.setdefault(page.template, page)
    return firsts.values()


def _faults(renderer: Renderer, pages: Iterable[Page]) -> Iterator[Fault]:
    for page in pages:
        try:
            renderer.page(page)
        except SiteError as error:
            yield from error.faults
