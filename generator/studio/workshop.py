"""Keeps the website of a site folder made, and makes again only what a change touches.

`Workshop` is the door. What is broken stays known as an error until it is mended; nothing here ends the studio.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from generator import source as sources
from generator.anatomy import replace
from generator.compose import recomposed
from generator.config import DEMO, Settings, SourceSettings
from generator.errors import SitegenError
from generator.feedfolder import folder_of, is_unpulled
from generator.garbage import reading_much
from generator.gate.gate import Gate
from generator.gate.premises import refuse_exposed
from generator.memory import Memory, ledger_file, remembered
from generator.pictures.looks import Look, look
from generator.programme import Programme
from generator.render import theme_folders
from generator.sitefolder import Words, read_words
from generator.source import Source
from generator.studio.changes import Folders, Stage
from generator.studio.darkroom import Darkroom
from generator.studio.surprise import told_as_fault
from generator.website import Website, compiled_in, composed, pictures_from, website

TIMES_KEPT = 4


@dataclass(frozen=True, slots=True)
class Bench:
    """What the studio works on: a site folder by its real name, and the folder of XML given by hand, or None.

    `gate` knows what must not be shown.
    """

    site: Path
    feed: Path | None = None
    gate: Gate = field(default_factory=Gate)


class Workshop:
    """A website that follows its files; `error` is why it cannot be made, if so.

    `clock` gives *now*, aware, whenever settings or feed are read.
    """

    def __init__(self, bench: Bench, clock: Callable[[], datetime]) -> None:
        self.bench = bench
        self.compiled = compiled_in(bench.site)
        self.generation = 0
        self.clock = clock
        self._making = threading.Lock()
        self._words: Words | None = None
        self._source: Source | None = None
        self._programme: Programme | None = None
        self._look: Look | None = None
        self._remembered: tuple[tuple[int, str], Memory] | None = None
        self._darkroom = Darkroom()
        self._website: Website | None = None
        self.error: SitegenError | None = None
        self._to_make = Stage.FEED
        self._other_times: OrderedDict[tuple[int, datetime], Website] = OrderedDict()

    def remake(self, stage: Stage) -> None:
        """Make again from a stage on. What goes wrong is kept, to be raised by `website`."""
        with self._making:
            self._to_make = max(self._to_make, stage)
            try:
                with told_as_fault(), reading_much() if self._to_make >= Stage.SETTINGS else nullcontext():
                    self._make(self._to_make)
            except SitegenError as error:
                self.error = error
            else:
                self.error, self._to_make = None, Stage.NOTHING
            self.generation += 1

    def website(self, now: datetime | None = None) -> Website:
        """The website as it is now, or as it will be at another time. Raises SitegenError while it cannot be made."""
        if self.error or self._website is None:
            raise self.error or SitegenError()
        return self._website if now is None else self._at(now)

    @property
    def words(self) -> Words:
        """All that the site folder says. Raises SitegenError while it cannot be read."""
        if self._words is None:
            raise self.error or SitegenError()
        return self._words

    @property
    def folders(self) -> Folders:
        """Where everything is that the website is made from."""
        site = self.bench.site
        feed = self._source.folder if self._source else site / ".sitegen" / "snapshot"
        if self._words:
            feed = folder_of(self._words.settings, site, self.bench.feed)
        themes = dict.fromkeys((site / "templates", *theme_folders(site)))
        return Folders(site, tuple(themes), feed.resolve())

    def _make(self, stage: Stage) -> None:
        refuse_exposed(self.bench.site, self.bench.gate)
        folders = theme_folders(self.bench.site)
        if stage is Stage.TEMPLATES and self._website:
            if look(folders) == self._look:
                self._website = self._website.with_new_templates(folders)
                return
            stage = Stage.CONTENT
        words = read_words(self.bench.site)
        source = self._source_for(words.settings, stage)
        programme = self._programme_for(words, source, stage)
        pictures = self._darkroom.illustrated(programme, pictures_from(words, source, 1), is_same=stage is Stage.WORDS)
        recall = partial(self._memory, source, programme.now)
        made = website(words, source, pictures, recall=recall, compiled=self.compiled)
        if stage is Stage.WORDS and self._website:
            made.lasting.take_over(self._website.lasting)
        self._website = made
        self._words, self._source, self._programme, self._look = words, source, programme, look(folders)

    def made(self, words: Words, source: Source, now: datetime) -> Website:
        """Another website than the workshop's own, without a memory, with its compiled templates."""
        programme = composed(words, source, now)
        darkroom = Darkroom(self._darkroom.unusable)
        pictures = darkroom.illustrated(programme, pictures_from(words, source, 1), is_same=False)
        return website(words, source, pictures, compiled=self.compiled)

    def _memory(self, source: Source, now: datetime) -> Memory:
        """What the last build left, read again only when another build has left something else."""
        file = ledger_file(self.bench.site)
        stamp = (file.stat().st_mtime_ns if file.is_file() else 0, source.series)
        if self._remembered is None or self._remembered[0] != stamp:
            self._remembered = stamp, remembered(self.bench.site, source, None, now)
        return self._remembered[1]

    def _programme_for(self, words: Words, source: Source, stage: Stage) -> Programme:
        """The programme: where only words have changed, as much of the last one as can be; else anew."""
        before, known = self._programme, self._words
        if before is None or known is None or stage >= Stage.SETTINGS:
            return composed(words, source, self.clock())
        if stage > Stage.WORDS:
            return composed(words, source, before.now)
        return recomposed(before, source.feed, known.content, words.content, words.settings, source.booking)

    def _source_for(self, settings: Settings, stage: Stage) -> Source:
        """The feed, read again only if it or what names it has changed; the demo's where none was pulled yet."""
        before, known = self._source, self._words
        is_same = before and known and known.settings.source == settings.source and stage < Stage.FEED
        if before and is_same:
            return sources.for_settings(before, settings)
        if self.has_no_feed(settings):
            settings = replace(settings, source=SourceSettings(DEMO))
        return sources.load(settings, self.bench.site, self.clock(), self.bench.feed)

    def has_no_feed(self, settings: Settings) -> bool:
        """Whether the source is live, and was never pulled."""
        return self.bench.feed is None and is_unpulled(settings, self.bench.site)

    def _at(self, now: datetime) -> Website:
        """The website at another time; the last few are kept."""
        assert self._words and self._source  # noqa: S101  # there is a website
        key = (self.generation, now)
        if key not in self._other_times:
            self._other_times[key] = self.made(self._words, self._source, now)
            while len(self._other_times) > TIMES_KEPT:
                self._other_times.popitem(last=False)
        return self._other_times[key]
