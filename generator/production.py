"""Every file of a website is made and put aside, by several processes.

`Production` is the door. What pages are compared with is made first. While this process makes what is made of the whole
programme, another begins with the pages; then batches of pages and of other files are spread over the processes. Each
puts aside what it makes, as `Making` has it, and tells only what became of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from generator import urls
from generator.anatomy import Struct
from generator.batch import Batch
from generator.before import Before
from generator.calendars import CalendarFile
from generator.check.surfaces import Comparison, holds_truth, targets, truth_of
from generator.errors import Notice
from generator.feeds import sitemaps
from generator.making import Making
from generator.order import Order
from generator.processes import beside, can_fork, spread
from generator.rounds import in_rounds
from generator.seal import seal, sealed
from generator.shelves import File
from generator.surroundings import Surroundings
from generator.website import Website
from generator.write import Aside, Placed

FILES_A_BATCH = 256
FEW = 4
"""Portions of pages that are left, for which to begin with other processes takes longer than to make them."""


class Begun(Struct):
    """What was done beside the first process: the events whose pages stand, how many portions of pages were made, the
    last ones, and what became of them."""

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
        self.pages, self.content = 0, ""
        self.notices: list[Notice] = []

    def files(self, aside: Aside) -> Iterator[Placed]:
        """Put every file aside, and tell whether it is new or changed.

        Raises SiteError where what is told of an instance differs, or where a surface is silent and that counts, and
        SecretError where a file holds a secret.
        """
        making = Making(self.site, self.before, self.around, self.order, aside)
        whole = Batch(self._comparison())
        self.site.plan.digests.make()
        with beside(partial(self._begin, making, whole.comparison), self.order.jobs, "made pages") as begun:
            known = self._of_all(making, whole)
            left = self._left(making, whole)
            ahead = begun()
        yield from whole.placed
        for batch in self._batches(making, whole.comparison, ahead, left):
            whole.take(batch)
            yield from batch.placed
        if whole.comparison:
            self._judge(whole.comparison, known)
        yield from self._last(making, whole)

    def _last(self, making: Making, whole: Batch) -> list[Placed]:
        """The files that are made of all others, put aside; what the next build may be spared is made of the whole."""
        last = Batch()
        pages = [page for unit in whole.units.values() for page in unit.listed]
        for path, content in sitemaps(pages, self.site.plan.addresses, self.site.plan.changed).items():
            making.put(last, path, content)
        whole.take(last)
        self.content = seal((path, file.digest) for path, file in whole.files.items())
        making.put(last, urls.LEDGER, sealed(self.site.plan.ledger(), self.content))
        whole.take(last)
        self.pages = sum(len(unit.files) for unit in whole.units.values())
        self.made = Before(
            files=whole.files,
            units=whole.units,
            keyed=whole.keyed,
            entries=self.site.lasting.entries,
            events=self.site.plan.digests.by_id(),
            templates=whole.templates | making.keys.templates,
            surroundings=self.around.whole,
            shared=self.around.shared,
        )
        return last.placed

    def _comparison(self) -> Comparison | None:
        """What pages are held against, unless nobody asks for that."""
        if self.order.is_unchecked:
            return None
        return Comparison(truth_of(make() for make in self.site.lasting.availability.values()))

    def _begin(self, making: Making, comparison: Comparison | None, is_enough: Callable[[], bool]) -> Begun:
        """See which events stand, and make pages of others until it is enough: those of events first, few at a time."""
        standing = making.standing_events()
        batch, portions = Batch(comparison and comparison.begun()), self.site.shelves.batches({*standing})
        made = 0
        while made < len(portions) and (made + FEW >= len(portions) or not is_enough()):
            made += 1
            making.pages(portions[-made], batch)
        batch.comparison = batch.comparison and batch.comparison.found()
        batch.templates = making.keys.templates
        return Begun(standing, made, batch)

    def _of_all(self, making: Making, batch: Batch) -> dict[str, bytes]:
        """The files that are made of the whole programme, put aside; those of them that others are compared with."""
        known = dict[str, bytes]()
        for path, make in self.site.others():
            if not self._is_of_all(path, make):
                continue
            if batch.comparison and path in (urls.FEED, urls.REDIRECTS):
                known.setdefault(path, make())  # where two would have one path, putting them aside tells
                making.put(batch, path, known[path])
            elif not making.take_keyed(batch, path, make):
                making.others(((path, make),), batch)
        return known

    def _left(self, making: Making, batch: Batch) -> list[tuple[str, File]]:
        """The files that are neither pages nor made of the whole programme, and are to be made; the others stand."""
        others = ((path, make) for path, make in self.site.others() if not self._is_of_all(path, make))
        return [(path, make) for path, make in others if not making.take_keyed(batch, path, make)]

    def _batches(
        self, making: Making, comparison: Comparison | None, ahead: Begun, left: Sequence[tuple[str, File]]
    ) -> Iterator[Batch]:
        """All other files but the sitemap and the last: what stands already, then what several processes make."""
        standing = Batch(comparison and comparison.begun())
        for group in ahead.standing:
            making.take(standing, group)
        standing.comparison = standing.comparison and standing.comparison.found()
        yield standing
        yield ahead.batch
        portions = [left[first : first + FILES_A_BATCH] for first in range(0, len(left), FILES_A_BATCH)]
        groups = self.site.shelves.batches({*ahead.standing})
        work = _Work(making, comparison, groups[: len(groups) - ahead.portions], portions)
        yield from self._rounds(work)

    def _rounds(self, work: "_Work") -> Iterator[Batch]:
        """What several processes make; where it is much, in rounds."""
        tasks = [*range(len(work))]
        large = sum(key not in self.site.shelves.events for key, *_ in work.groups)
        rounds = [*in_rounds(tasks, large)] if can_fork() and self.order.jobs > 1 else [tasks]
        if len(rounds) > 1:
            yield work(rounds[0].pop())  # here, so that all who follow know the templates
        for some in rounds:
            yield from spread(work, some, self.order.jobs, "made pages")

    def _is_of_all(self, path: str, make: File) -> bool:
        """Whether the first process makes a file: another would copy all memory that it looks at."""
        if isinstance(make, CalendarFile):
            return path == urls.FEED or make.is_of_many
        return holds_truth(path) or path in self.site.summaries

    def _judge(self, comparison: Comparison, known: Mapping[str, bytes]) -> None:
        """Raises SiteError where surfaces disagree, or where one is silent and that counts."""
        comparison.missing_pages()
        comparison.calendar(urls.FEED, known.get(urls.FEED, b""), targets(known.get(urls.REDIRECTS, b"")))
        comparison.refuse(self.is_strict)
        self.notices += sorted(comparison.silences, key=str)  # in whatever order they were found


class _Work(Struct, frozen=True):
    """What several processes make: the pages of groups, and other files, in portions, each known by its number."""

    making: Making
    comparison: Comparison | None
    groups: Sequence[tuple[str, ...]]
    others: Sequence[Sequence[tuple[str, File]]]

    def __len__(self) -> int:
        return len(self.groups) + len(self.others)

    def __call__(self, number: int) -> Batch:
        batch = Batch(self.comparison and self.comparison.begun())
        if number < len(self.groups):
            self.making.pages(self.groups[number], batch)
        else:
            self.making.others(self.others[number - len(self.groups)], batch)
        batch.templates = self.making.keys.templates
        batch.comparison = batch.comparison and batch.comparison.found()
        return batch

    def __reduce__(self) -> tuple[Callable[..., "_Work"], tuple[object, ...]]:
        """As it is sent to another process: other files by their paths."""
        paths = [[path for path, _ in portion] for portion in self.others]
        return _work, (self.making, self.comparison, self.groups, paths)


def _work(
    making: Making,
    comparison: Comparison | None,
    groups: Sequence[tuple[str, ...]],
    paths: Sequence[Sequence[str]],
) -> _Work:
    files = dict(making.site.others())
    others = [[(path, files[path]) for path in portion] for portion in paths]
    return _Work(making, comparison, groups, others)
