"""Pages and other files are made and put aside, by whichever process does it, unless they stand as they were left.

`Making` is the door. What was made from the same before is known by its key.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from generator import urls
from generator.batch import Batch
from generator.before import Before, Unit
from generator.calendars import CalendarFile
from generator.check.webpage import read_marks
from generator.feeds import listed
from generator.keys import Keys
from generator.order import Order
from generator.plan import Page
from generator.programme import ListedEvent
from generator.seal import digest
from generator.shelves import File, Keyed
from generator.surroundings import Surroundings
from generator.website import Website
from generator.write import Aside, Known


class Making:
    """Makes files of a website, as an `order` wants them, and puts them aside, save what its gate refuses.

    `before` is what the last build left, `around` what every page is made with. What becomes of the files is put down
    in a batch.
    """

    def __init__(self, site: Website, before: Before, around: Surroundings, order: Order, aside: Aside) -> None:
        self.site, self._around, self._order, self._aside = site, around, order, aside
        self._units = before.units
        self._keyed = before.keyed if before.shared == around.shared else {}
        templates = before.templates if before.surroundings == around.whole else {}
        self.keys = Keys(site.plan, around.shared, self._made_of, templates)

    def __reduce__(self) -> tuple[type["Making"], tuple[object, ...]]:
        """As it is sent to another process, which makes what the first one found not to stand."""
        return Making, (self.site, Before(units=self._units), self._around, self._order, self._aside)

    def standing_events(self) -> list[str]:
        """The groups of the events whose pages were made from the same before, and stand as they were left."""
        known = ((group, event) for group, event in self._events.items() if group in self._units)
        return [group for group, event in known if self._is_same(group, self._key_of(event))]

    def pages(self, groups: tuple[str, ...], batch: Batch) -> None:
        """The pages of some groups; those of an event are a unit, any other is one by itself."""
        for group in groups:
            event = self._events.get(group)
            if event:
                self._new_unit(batch, group, self._key_of(event), partial(self.site.shelves.fresh, group))
            else:
                for page in self.site.shelves.fresh(group):
                    name, key = urls.file(page.path), self.keys.of_page(page)
                    if self._is_same(name, key):
                        self.take(batch, name)
                    else:
                        self._new_unit(batch, name, key, partial(iter, (page,)))

    def others(self, portion: Sequence[tuple[str, File]], batch: Batch) -> None:
        """Files that are no pages."""
        for path, make in portion:
            if isinstance(make, CalendarFile | Keyed):
                batch.keyed[path] = make.key
            self.put(batch, path, make())

    def _is_same(self, name: str, key: bytes) -> bool:
        """Whether a unit was made from the same before and stands as it was left."""
        before = self._units.get(name)
        stands = self._aside.stands
        return bool(before and before.files and key and before.key == key and all(map(stands, before.files)))

    def take(self, batch: Batch, name: str) -> None:
        """Take a unit as it was made before."""
        before = self._units[name]
        batch.placed += ((path, False) for path in before.files)
        batch.files |= {path: self._aside.known[path] for path in before.files}
        batch.units[name] = before
        batch.compare(before)

    def take_keyed(self, batch: Batch, path: str, make: File) -> bool:
        """Take a file that is no page, was made from the same before, and stands as it was left; whether it does."""
        if path not in self._keyed or not isinstance(make, CalendarFile | Keyed):
            return False
        key = make.key
        stands = self._aside.stands(path) if self._keyed[path] == key else None
        if stands is None:
            return False
        batch.placed.append((path, False))
        batch.files[path], batch.keyed[path] = stands, key
        return True

    def put(self, batch: Batch, path: str, content: bytes) -> None:
        """Put a file aside. Of availability.json the digest that is remembered leaves the times out."""
        self._order.gate.refuse(path, content)
        own = digest(path, content)
        of_bytes = hashlib.sha256(content).digest() if path == urls.AVAILABILITY else own
        is_changed, known = self._aside.put(path, content, of_bytes)
        batch.placed.append((path, is_changed))
        batch.files[path] = Known(known.size, known.time, known.mode, own)

    def _new_unit(self, batch: Batch, name: str, key: bytes, pages: Callable[[], Iterator[Page]]) -> None:
        compared = batch.comparison and batch.comparison.begun()
        unit = Unit(key)
        for page in pages():
            path, content = urls.file(page.path), self.site.renderer.page(page)
            self.put(batch, path, content)
            unit.files.append(path)
            unit.listed += listed((page,))
            if compared and b"data-" in content:
                compared.page(path, read_marks(content))
        if compared and batch.comparison:
            unit.seen, unit.over, unit.silences = sorted(compared.seen), compared.over, compared.silences
            batch.comparison.contradictions += compared.contradictions
        batch.units[name] = unit
        batch.compare(unit)

    def _key_of(self, event: ListedEvent) -> bytes:
        return self.keys.of_event(self.site.plan.about(event))

    def _made_of(self, template: str) -> bytes:
        """The digest of a template; where nobody can tell what belongs to it, of all that pages are made with."""
        return self.site.renderer.made_of(template) or self._around.whole.encode()

    @property
    def _events(self) -> Mapping[str, ListedEvent]:
        """The events by their groups of pages."""
        return self.site.shelves.events
