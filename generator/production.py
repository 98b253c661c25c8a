"""Every file of a website is made and put aside, by several processes.

`Production` is the door. What pages are compared with is made first; then batches of pages and of other files are
spread over the processes. Each process puts aside what it makes, and tells only what became of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from generator import urls
from generator.check.surfaces import Comparison, holds_truth, targets, truth_of
from generator.check.webpage import read_marks
from generator.errors import Notice
from generator.feeds import Listed, listed, sitemaps
from generator.plan import Page
from generator.processes import spread
from generator.seal import digest, seal, sealed
from generator.shelves import File
from generator.website import Website
from generator.write import Aside, Placed

FILES_A_BATCH = 256
Made = tuple[str, bytes, Page | None]
"""A file: its path, its bytes, and the page that is in it."""


@dataclass(slots=True)
class Batch:
    """What became of some files: whether each is new or changed, its digest, and what its page was found to say."""

    comparison: Comparison | None
    placed: list[tuple[str, bool, bytes]] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    pages: int = 0


@dataclass
class Production:
    """Makes the files of a website. Pages are held against availability.json, unless `is_unchecked`.

    When all are made, `pages` has their number, `notices` what could not be compared, `content` the digest of the site.
    """

    site: Website
    jobs: int
    is_strict: bool = False
    is_unchecked: bool = False
    pages: int = 0
    content: str = ""
    notices: list[Notice] = field(default_factory=list)

    def files(self, aside: Aside) -> Iterator[Placed]:
        """Put every file aside, and tell whether it is new or changed.

        Raises SiteError where what is told of an instance differs, or where a surface is silent and that counts.
        """
        known: dict[str, bytes] = {}
        found = Batch(None)
        for path, make in self._compared_with():
            known[path] = make()
            _put(aside, found, (path, known[path], None))
        comparison = None if self.is_unchecked else Comparison(truth_of(_truths(known)))
        whole = Batch(comparison, found.placed)
        yield from _told(found)
        for batch in self._batches(aside, comparison):
            _take(whole, batch)
            yield from _told(batch)
        if comparison:
            self._judge(comparison, known)
        last = Batch(None)
        for path, content in sitemaps(whole.listed, self.site.plan.addresses, self.site.plan.changed).items():
            _put(aside, last, (path, content, None))
        self.pages = whole.pages
        self.content = seal((path, own) for path, _, own in (*whole.placed, *last.placed))
        _put(aside, last, (urls.LEDGER, sealed(self.site.plan.ledger(), self.content), None))
        yield from _told(last)

    def _batches(self, aside: Aside, comparison: Comparison | None) -> Iterator[Batch]:
        """All files that are compared with what is known, and all that are not compared with anything."""
        others = [(path, make) for path, make in self.site.others() if not _is_compared_with(path)]
        portions = (others[first : first + FILES_A_BATCH] for first in range(0, len(others), FILES_A_BATCH))
        tasks: list[Callable[[], Iterator[Made]]] = [
            *(partial(self._pages, keys) for keys in self.site.shelves.batches),
            *(partial(_others, portion) for portion in portions),
        ]

        def made(number: int) -> Batch:
            batch = Batch(comparison and comparison.begun())
            for file in tasks[number]():
                _put(aside, batch, file)
            batch.comparison = batch.comparison and batch.comparison.found()
            return batch

        return spread(made, range(len(tasks)), self.jobs, "made pages")

    def _compared_with(self) -> Iterator[tuple[str, File]]:
        return ((path, make) for path, make in self.site.others() if _is_compared_with(path))

    def _pages(self, keys: tuple[str, ...]) -> Iterator[Made]:
        for page in (page for key in keys for page in self.site.shelves.fresh(key)):
            yield urls.file(page.path), self.site.renderer.page(page), page

    def _judge(self, comparison: Comparison, known: dict[str, bytes]) -> None:
        """Raises SiteError where surfaces disagree, or where one is silent and that counts."""
        if not comparison.seen and not comparison.silences:
            return
        comparison.missing_pages()
        comparison.calendar(urls.FEED, known.get(urls.FEED, b""), targets(known.get(urls.REDIRECTS, b"")))
        comparison.refuse(self.is_strict)
        self.notices += comparison.silences


def _is_compared_with(path: str) -> bool:
    return holds_truth(path) or path in (urls.FEED, urls.REDIRECTS)


def _truths(known: dict[str, bytes]) -> list[bytes]:
    return [content for path, content in known.items() if holds_truth(path)]


def _others(portion: list[tuple[str, File]]) -> Iterator[Made]:
    return ((path, make(), None) for path, make in portion)


def _put(aside: Aside, batch: Batch, file: Made) -> None:
    path, content, page = file
    batch.placed.append((path, aside.put(path, content), digest(path, content)))
    if page:
        batch.pages += 1
        batch.listed += listed((page,))
        if batch.comparison and b"data-" in content:
            batch.comparison.page(path, read_marks(content))


def _take(whole: Batch, batch: Batch) -> None:
    whole.placed += batch.placed
    whole.listed += batch.listed
    whole.pages += batch.pages
    if whole.comparison and batch.comparison:
        whole.comparison.take(batch.comparison)


def _told(batch: Batch) -> Iterator[Placed]:
    return ((path, is_changed) for path, is_changed, _ in batch.placed)
