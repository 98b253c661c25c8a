"""Every file of a website is made and put aside, by several processes.

`Production` is the door. What pages are compared with is made first. While this process makes what is made of the whole
programme, another begins with the pages; then batches of pages and of other files are spread over the processes. Each
puts aside what it makes, and tells only what became of it. Pages that were made from the same before, and stand as they
were left, are not made again.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from generator import urls
from generator.batch import Batch
from generator.before import Before, Unit
from generator.calendars import CalendarFile
from generator.check.surfaces import Comparison, holds_truth, targets, truth_of
from generator.check.webpage import read_marks
from generator.errors import Notice
from generator.feeds import listed, sitemaps
from generator.keys import Keys
from generator.order import Order
from generator.plan import Page
from generator.processes import beside, can_fork, spread
from generator.programme import ListedEvent
from generator.rounds import in_rounds
from generator.seal import digest, seal, sealed
from generator.shelves import File
from generator.surroundings import Surroundings
from generator.website import Website
from generator.write import Aside, Known, Placed

FILES_A_BATCH = 256


@dataclass(slots=True)
class Begun:
    """What was done beside the first process: the digests of events, those of them whose pages stand, how many portions
    of pages were made, the last ones, and what became of them."""

    digests: list[bytes]
    standing: list[str]
    portions: int
    batch: Batch


class Production:
    """Makes the files of a website, as an `order` wants them. Nothing is put aside that its gate refuses.

    `around` is what every page is made with. When all files are made, `made` is what the next build may be spared,
    `pages` their number, `notices` what could not be compared, `content` the digest of the site.
    """

    def __init__(self, site: Website, before: Before, around: Surroundings, order: Order, is_strict: bool) -> None:
        self.site, self.around, self.order, self.is_strict = site, around, order, is_strict
        self.before, self.made = before, Before()
        templates = before.templates if before.surroundings == around.whole else {}
        self.keys = Keys(site.plan, around.shared, self._made_of, templates)
        self._calendars = before.calendars if before.shared == around.shared else {}
        self.pages, self.content = 0, ""
        self.notices: list[Notice] = []

    def __reduce__(self) -> tuple[type["Production"], tuple[object, ...]]:
        """As it is sent to another process, which makes pages and other files, and leaves the rest to this one."""
        before = Before(units=self.before.units)
        return Production, (self.site, before, self.around, self.order, self.is_strict)

    def files(self, aside: Aside) -> Iterator[Placed]:
        """Put every file aside, and tell whether it is new or changed.

        Raises SiteError where what is told of an instance differs, or where a surface is silent and that counts, and
        SecretError where a file holds a secret.
        """
        whole = Batch()
        known = {} if self.order.is_unchecked else self._truth(aside, whole)
        with beside(partial(self._begin, aside, whole.comparison), self.order.jobs, "made pages") as begun:
            known |= self._of_all(aside, whole)
            ahead = begun()
        yield from whole.placed
        for batch in self._batches(aside, whole.comparison, ahead):
            whole.take(batch)
            yield from batch.placed
        if whole.comparison:
            self._judge(whole.comparison, known)
        last = Batch()
        pages = [page for unit in whole.units.values() for page in unit.listed]
        for path, content in sitemaps(pages, self.site.plan.addresses, self.site.plan.changed).items():
            self._put(aside, last, path, content)
        whole.take(last)
        self.content = seal((path, file.digest) for path, file in whole.files.items())
        self._put(aside, last, urls.LEDGER, sealed(self.site.plan.ledger(), self.content))
        whole.take(last)
        self.pages = sum(len(unit.files) for unit in whole.units.values())
        known = whole.templates | self.keys.templates
        entries = self.site.lasting.entries
        self.made = Before(
            whole.files, whole.units, whole.calendars, entries, known, self.around.whole, self.around.shared
        )
        yield from last.placed

    def _truth(self, aside: Aside, batch: Batch) -> dict[str, bytes]:
        """What pages are compared with, put aside."""
        known = {path: make() for path, make in self.site.lasting.availability.items()}
        for path, content in known.items():
            self._put(aside, batch, path, content)
        batch.comparison = Comparison(truth_of(known.values()))
        return known

    def _begin(self, aside: Aside, comparison: Comparison | None, is_enough: Callable[[], bool]) -> Begun:
        """See which events stand, and make pages of others until it is enough: those of events first, few at a time."""
        digests = self.keys.events()
        units = self.before.units
        standing = [
            group
            for group, event in self._events.items()
            if group in units and self._is_same(aside, group, self._key_of(event))
        ]
        batch, portions = Batch(comparison and comparison.begun()), self.site.shelves.batches({*standing})
        made = 0
        while made < len(portions) and not is_enough():
            made += 1
            self.make_pages(aside, portions[-made], batch)
        batch.comparison = batch.comparison and batch.comparison.found()
        batch.templates = self.keys.templates
        return Begun(digests, standing, made, batch)

    def _of_all(self, aside: Aside, batch: Batch) -> dict[str, bytes]:
        """The files that are made of the whole programme, put aside; those of them that others are compared with."""
        known, truth = dict[str, bytes](), self.site.lasting.availability if batch.comparison else {}
        for path, make in self.site.others():
            if make is truth.get(path) or not self._is_of_all(path, make):
                continue
            if path in (urls.FEED, urls.REDIRECTS):
                known.setdefault(path, make())  # where two would have one path, putting them aside tells
                self._put(aside, batch, path, known[path])
            elif not self._stands(aside, batch, path, make):
                self.make_others(aside, ((path, make),), batch)
        return known

    def _batches(self, aside: Aside, comparison: Comparison | None, ahead: Begun) -> Iterator[Batch]:
        """All other files but the sitemap and the last: what stands already, then what several processes make."""
        self.keys.take(ahead.digests)
        standing = Batch(comparison and comparison.begun())
        for group in ahead.standing:
            self._take(aside, standing, group)
        others = ((path, make) for path, make in self.site.others() if not self._is_of_all(path, make))
        left = [(path, make) for path, make in others if not self._stands(aside, standing, path, make)]
        standing.comparison = standing.comparison and standing.comparison.found()
        yield standing
        yield ahead.batch
        portions = [left[first : first + FILES_A_BATCH] for first in range(0, len(left), FILES_A_BATCH)]
        groups = self.site.shelves.batches({*ahead.standing})
        work = _Work(self, aside, comparison, groups[: len(groups) - ahead.portions], portions)
        yield from self._rounds(work)

    def _rounds(self, work: "_Work") -> Iterator[Batch]:
        """What several processes make; where it is much, in rounds."""
        tasks = [*range(len(work))]
        large = sum(key not in self._events for key, *_ in work.groups)
        rounds = [*in_rounds(tasks, large)] if can_fork() and self.order.jobs > 1 else [tasks]
        if len(rounds) > 1:
            yield work(rounds[0].pop())  # here, so that all who follow know the templates
        for some in rounds:
            yield from spread(work, some, self.order.jobs, "made pages")

    def make_pages(self, aside: Aside, groups: tuple[str, ...], batch: Batch) -> None:
        """The pages of some groups; those of an event are a unit, any other is one by itself."""
        for group in groups:
            event = self._events.get(group)
            if event:
                self._new_unit(aside, batch, group, self._key_of(event), partial(self.site.shelves.fresh, group))
            else:
                for page in self.site.shelves.fresh(group):
                    name, key = urls.file(page.path), self.keys.of_page(page)
                    if self._is_same(aside, name, key):
                        self._take(aside, batch, name)
                    else:
                        self._new_unit(aside, batch, name, key, partial(iter, (page,)))

    def _made_of(self, template: str) -> bytes:
        """The digest of a template; where nobody can tell what belongs to it, of all that pages are made with."""
        return self.site.renderer.made_of(template) or self.around.whole.encode()

    def _key_of(self, event: ListedEvent) -> bytes:
        return self.keys.of_event(self.site.plan.about(event))

    def _is_same(self, aside: Aside, name: str, key: bytes) -> bool:
        """Whether a unit was made from the same before and stands as it was left."""
        before = self.before.units.get(name)
        return bool(before and before.files and key and before.key == key and all(map(aside.stands, before.files)))

    def _take(self, aside: Aside, batch: Batch, name: str) -> None:
        """Take a unit as it was made before."""
        before = self.before.units[name]
        batch.placed += ((path, False) for path in before.files)
        batch.files |= {path: aside.known[path] for path in before.files}
        batch.units[name] = before
        batch.compare(before)

    def _new_unit(self, aside: Aside, batch: Batch, name: str, key: bytes, pages: Callable[[], Iterator[Page]]) -> None:
        compared = batch.comparison and batch.comparison.begun()
        unit = Unit(key)
        for page in pages():
            path, content = urls.file(page.path), self.site.renderer.page(page)
            self._put(aside, batch, path, content)
            unit.files.append(path)
            unit.listed += listed((page,))
            if compared and b"data-" in content:
                compared.page(path, read_marks(content))
        if compared and batch.comparison:
            unit.seen, unit.over, unit.silences = sorted(compared.seen), compared.over, compared.silences
            batch.comparison.contradictions += compared.contradictions
        batch.units[name] = unit
        batch.compare(unit)

    def _stands(self, aside: Aside, batch: Batch, path: str, make: File) -> bool:
        """Take a calendar that was made from the same before and stands as it was left; whether it does."""
        if path not in self._calendars or not isinstance(make, CalendarFile):
            return False
        key = make.key
        stands = aside.stands(path) if self._calendars[path] == key else None
        if stands is None:
            return False
        batch.placed.append((path, False))
        batch.files[path], batch.calendars[path] = stands, key
        return True

    def make_others(self, aside: Aside, portion: Sequence[tuple[str, File]], batch: Batch) -> None:
        """Files that are no pages."""
        for path, make in portion:
            if isinstance(make, CalendarFile):
                batch.calendars[path] = make.key
            self._put(aside, batch, path, make())

    def _put(self, aside: Aside, batch: Batch, path: str, content: bytes) -> None:
        """Put a file aside. Of availability.json the digest that is remembered leaves the times out."""
        self.order.gate.refuse(path, content)
        own = digest(path, content)
        of_bytes = hashlib.sha256(content).digest() if path == urls.AVAILABILITY else own
        is_changed, known = aside.put(path, content, of_bytes)
        batch.placed.append((path, is_changed))
        batch.files[path] = Known(known.size, known.time, known.mode, own)

    def _is_of_all(self, path: str, make: File) -> bool:
        """Whether the first process makes a file: another would copy all memory that it looks at."""
        if isinstance(make, CalendarFile):
            return path == urls.FEED or make.is_of_many
        return holds_truth(path) or path in self.site.summaries

    @property
    def _events(self) -> Mapping[str, ListedEvent]:
        return self.site.shelves.events

    def _judge(self, comparison: Comparison, known: Mapping[str, bytes]) -> None:
        """Raises SiteError where surfaces disagree, or where one is silent and that counts."""
        comparison.missing_pages()
        comparison.calendar(urls.FEED, known.get(urls.FEED, b""), targets(known.get(urls.REDIRECTS, b"")))
        comparison.refuse(self.is_strict)
        self.notices += sorted(comparison.silences, key=str)  # in whatever order they were found


@dataclass(frozen=True, slots=True)
class _Work:
    """What several processes make: the pages of groups, and other files, in portions, each known by its number."""

    making: Production
    aside: Aside
    comparison: Comparison | None
    groups: Sequence[tuple[str, ...]]
    others: Sequence[Sequence[tuple[str, File]]]

    def __len__(self) -> int:
        return len(self.groups) + len(self.others)

    def __call__(self, number: int) -> Batch:
        batch = Batch(self.comparison and self.comparison.begun())
        if number < len(self.groups):
            self.making.make_pages(self.aside, self.groups[number], batch)
        else:
            self.making.make_others(self.aside, self.others[number - len(self.groups)], batch)
        batch.templates = self.making.keys.templates
        batch.comparison = batch.comparison and batch.comparison.found()
        return batch

    def __reduce__(self) -> tuple[Callable[..., "_Work"], tuple[object, ...]]:
        """As it is sent to another process: other files by their paths."""
        paths = [[path for path, _ in portion] for portion in self.others]
        return _work, (self.making, self.aside, self.comparison, self.groups, paths)


def _work(
    making: Production,
    aside: Aside,
    comparison: Comparison | None,
    groups: Sequence[tuple[str, ...]],
    paths: Sequence[Sequence[str]],
) -> _Work:
    files = dict(making.site.others())
    others = [[(path, files[path]) for path in portion] for portion in paths]
    return _Work(making, aside, comparison, groups, others)
