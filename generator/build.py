"""A site folder and its source become a website: every stage in the order in which it happens.

`build` is the door. It gathers everything, decides everything, then writes.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from generator import source as sources
from generator import urls
from generator.availability import availability, schema
from generator.baseline import read_baseline, shown
from generator.compose import compose
from generator.config import Settings, settings
from generator.content import Content, read_content
from generator.errors import Fault, Notice, NoticeKind, SiteError, Warned, tally
from generator.feeds import redirects, robots, sitemap
from generator.guard import counts_of_programme, refuse_empty, refuse_shrink
from generator.ical import Calendars, calendars
from generator.illustrate import Illustrated, Studio, illustrated
from generator.lettering import theme_fonts
from generator.pages import Page, Plan, instances_of, pages
from generator.programme import Programme
from generator.render import Renderer, render, theme_folders
from generator.share import Look
from generator.source import Source
from generator.urls import Addresses
from generator.wording import language
from generator.write import Written, publish

MISSING = NoticeKind(
    "collection is not in the feed", "collections are not in the feed", "What they hold is not on the site."
)


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. `now` is aware; `feed` and `output` may be None for the settings' own.

    `snapshot` is one that was just pulled, and is not yet in its place.
    """

    site: Path
    now: datetime
    output: Path | None = None
    feed: Path | None = None
    jobs: int = 1
    allow_shrink: bool = False
    baseline: str | None = None
    snapshot: Path | None = None

    @property
    def target(self) -> Path:
        """The output folder."""
        return self.output or self.site / "output"


@dataclass(frozen=True, slots=True)
class Report:
    """What a build made. `states` counts the instances by state."""

    site: str
    output: Path
    now: datetime
    pulled_at: datetime | None
    events: int
    instances: int
    states: Counter[str]
    pages: int
    written: Written
    warnings: tuple[Warned, ...]


def build(order: Order, tell: Callable[[str], None], is_strict: bool = False) -> Report:
    """Build the site. `tell` is called with a word on each stage. Raises SitegenError; then the old site stands."""
    tell("Reading settings and content")
    chosen = settings(order.site)
    _refuse_output_over_input(order)
    addresses = Addresses(chosen.site.url)
    folders = theme_folders(order.site)
    spoken, unspoken = language(chosen.site, folders)
    content = read_content(order.site, addresses.base)

    tell("Reading the feed")
    source = sources.load(chosen, order.site, order.now, order.feed, order.snapshot)
    if not order.allow_shrink:
        refuse_empty({"events": len(source.feed.events), "instances": len(source.feed.instances)})

    tell("Composing the programme")
    programme = compose(source.feed, content, chosen, source.booking, order.now)
    if not order.allow_shrink:
        _guard(order, chosen, source, programme)

    tell("Making pictures")
    pictures = _illustrated(order, chosen, source, content, programme, folders)
    programme = pictures.programme
    warnings = tally((*(Notice(MISSING, f"{name}.xml") for name in source.missing), *unspoken, *programme.notices))
    if is_strict and warnings:
        raise SiteError(*(Fault(str(warning), "", warning.kind.mend) for warning in warnings))

    plan = Plan(programme, content, chosen, source.booking, addresses, spoken)
    planned = list(pages(plan))
    renderer = Renderer(plan, folders)
    tell(f"Rendering {len(planned)} pages")
    files = _files(plan, planned, renderer, source, pictures, order.jobs)
    written = publish(order.target, files)
    return _report(order, chosen, source, programme, len(planned), written, warnings)


def _illustrated(
    order: Order, chosen: Settings, source: Source, content: Content, programme: Programme, folders: tuple[Path, ...]
) -> Illustrated:
    look = Look(fonts=theme_fonts(folders))
    cache = order.site / ".sitegen" / "images"
    studio = Studio(chosen.images.mode, source.images, content.static, cache, look, chosen.site.name, order.jobs)
    return illustrated(programme, studio)


def _files(
    plan: Plan, planned: list[Page], renderer: Renderer, source: Source, pictures: Illustrated, jobs: int
) -> Iterator[tuple[str, bytes]]:
    """Every file of the site, once: its path below the output, and its bytes."""
    programme, chosen, addresses = plan.programme, plan.settings, plan.addresses
    yield from render(renderer, planned, jobs)
    yield from _calendars(
        plan, calendars(programme, chosen, addresses, plan.language, source.namespace, source.pulled_at)
    )
    yield urls.AVAILABILITY, availability(programme, chosen, addresses, source.pulled_at)
    yield urls.AVAILABILITY_SCHEMA, schema()
    yield urls.SITEMAP, sitemap(planned, addresses)
    yield urls.ROBOTS, robots(addresses)
    yield urls.REDIRECTS, redirects(programme, addresses)
    copied = (*renderer.assets.values(), *pictures.files.items(), *plan.content.static.items())
    yield from ((path, _bytes_of(file)) for path, file in copied)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SiteError(Fault(f"cannot be read ({error.strerror})", str(file), "May sitegen read it?")) from error


def _calendars(plan: Plan, made: Calendars) -> Iterator[tuple[str, bytes]]:
    """The calendar of the site, of each event, of each genre and of each kind of access."""
    programme, name = plan.programme, plan.settings.site.name
    dates = [instance for _, instance in programme.instances]
    yield urls.FEED, made.calendar(urls.FEED, name, dates)
    for event in programme.events:
        path = event.path + urls.FEED
        yield path, made.calendar(path, f"{event.title} · {name}", event.instances)
    for kind in (*programme.genres, *programme.access):
        path = kind.path + urls.FEED
        of_kind = {date.id for event in programme.events for date in instances_of(kind, event, with_past=True)}
        yield path, made.calendar(path, f"{kind.name} · {name}", (date for date in dates if date.id in of_kind))


def _refuse_output_over_input(order: Order) -> None:
    output, site = order.target.resolve(), order.site.resolve()
    inputs = (
        site,
        site / "content",
        site / "templates",
        site / ".sitegen",
        *((order.feed.resolve(),) if order.feed else ()),
    )
    for folder in inputs:
        if folder.is_relative_to(output) or (folder != site and output.is_relative_to(folder)):
            what = f"the output folder would replace {folder}, which the site is made from"
            raise SiteError(Fault(what, str(output), "Choose another folder with --output."))


def _guard(order: Order, chosen: Settings, source: Source, programme: Programme) -> None:
    """Refuse a programme that shrank against the published site; a live source was held against its own memory."""
    if order.baseline and not source.is_live and (published := read_baseline(order.baseline, order.now)):
        refuse_shrink(published, counts_of_programme(programme), chosen.guard.max_drop_percent, shown(order.baseline))


def _report(
    order: Order,
    chosen: Settings,
    source: Source,
    programme: Programme,
    count: int,
    written: Written,
    warnings: tuple[Warned, ...],
) -> Report:
    states = Counter(instance.state.value for _, instance in programme.instances)
    return Report(
        site=chosen.site.name,
        output=order.target,
        now=programme.now,
        pulled_at=source.pulled_at,
        events=len(programme.events),
        instances=len(programme.instances),
        states=states,
        pages=count,
        written=written,
        warnings=warnings,
    )
