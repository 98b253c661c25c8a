"""The key of a page: a digest of everything that it is made from, so that one with the same key need not be made again.

The pages of an event are made of what `About` has of the programme, of when its dates were to start before they moved,
and of what is the same for all pages: `eventpages` gets nothing else. Any other page is made of its context. To that
comes the template of the page, with all that belong to it.
"""

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from generator.anatomy import parts_of, replace
from generator.digests import digest, encoded
from generator.eventpages import TEMPLATES
from generator.plan import About, Page, Plan, menu, more_pages
from generator.programme import ListedEvent, ListedInstance


class Keys:
    """The keys of a plan's pages. `shared` is a digest of program and settings, `made_of` gives that of a template.

    `templates` are the digests of those that were asked for.
    """

    def __init__(
        self, plan: Plan, shared: str, made_of: Callable[[str], bytes], templates: Mapping[str, bytes]
    ) -> None:
        everywhere = (shared, menu(plan), more_pages(plan), plan.programme.share, plan.booking)
        self._everywhere = digest(encoded(everywhere))
        self._plan, self._made_of = plan, made_of
        self.templates = dict(templates)

    def of_event(self, about: About) -> bytes:
        """The key of the pages of an event and its instances."""
        moved = [self._plan.earlier_start(instance) for instance in about.event.instances]
        return self._key(about, encoded(moved), *map(self._of_template, TEMPLATES))

    def of_page(self, page: Page) -> bytes:
        """The key of a page by itself; b"" where its context holds what has none."""
        try:
            return self._key((replace(page, describe=None), page.data), self._of_template(page.template))
        except TypeError:
            return b""

    def _key(self, value: object, *more: bytes) -> bytes:
        return digest(self._everywhere, *more, encoded(self._parts(value)))

    def _of_template(self, name: str) -> bytes:
        """The digest of a template, made once."""
        if name not in self.templates:
            self.templates[name] = self._made_of(name)
        return self.templates[name]

    def _parts(self, value: Any) -> Any:
        """A value in parts that can be encoded."""
        kind: Any = type(value)
        if kind is ListedEvent:
            return self._plan.digests.of(value)
        if kind is ListedInstance:  # it is told by its event, which many pages are made of
            return self._plan.digests.of(self._plan.events[value.event_id]), value.id
        if kind in (tuple, list):
            return [self._parts(each) for each in value]
        if kind is dict:
            return {key: self._parts(each) for key, each in value.items()}
        values = _values(kind)
        return [kind.__name__, *map(self._parts, values(value))] if values else value


@cache
def _values(kind: type[Any]) -> Callable[[object], tuple[Any, ...]] | None:
    """What gets all values of a record of some type; None where it is no record."""
    names = parts_of(kind)
    get = attrgetter(*names) if names else None
    return get if len(names) != 1 else lambda record: (getattr(record, names[0]),)
