"""A site folder and its source become a website: every stage in the order in which it happens.

`build` is the door. It gathers everything, decides everything, then writes.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from generator import source as sources
from generator import urls
from generator.anatomy import replace
from generator.baseline import read_baseline, shown
from generator.before import Before, leave, left_in
from generator.config import Settings
from generator.errors import Fault, SiteError, Warned, tally
from generator.gate.premises import refuse_exposed
from generator.guard import counts_of_programme, refuse_empty, refuse_shrink
from generator.manifest import Basis, basis_of, feed_of, noting, surroundings_of
from generator.memory import Memory, keep, remembered
from generator.model import NOTHING
from generator.moments import next_moment
from generator.order import Order, Report, Written
from generator.processes import beside
from generator.production import Production
from generator.programme import Programme
from generator.sitefolder import read_words
from generator.source import Source
from generator.surroundings import Surroundings
from generator.website import Website, composed, pictured, website
from generator.write import publishing


def build(order: Order, tell: Callable[[str], None], is_strict: bool = False, basis: Basis | None = None) -> Report:
    """Build the site. `tell` is called with a word on each stage. Raises SitegenError; then the old site stands.

    `basis` is what it is about to be made from, where that was found out.
    """
    refuse_exposed(order.site, order.gate)
    basis = basis or basis_of(order)
    around = basis.around
    before = left_in(order.site, order.target)
    keeps_most = before.surroundings == around.whole
    _refuse_output_over_input(order)
    with publishing(order.target, before.files, keeps_most) as output:
        with _searched(order, before):
            made, memory = _gathered(order, before, around, tell)
        if is_strict and made.warnings:
            raise SiteError(*(Fault(str(warning), "", warning.kind.mend) for warning in made.warnings))

        tell("Making the pages")
        making = Production(made, before, around, order, is_strict)
        written = output.publish(making.files)
        unkept = tuple(keep(order.target / urls.LEDGER, order.site))
    with noting(order, making.made.files, keeps_most) as note:
        if surroundings_of(order) == around:  # else nobody knows which of them made which page
            leave(order.site, order.target, making.made)
        is_changed = memory.ledger is None or memory.ledger.content != making.content
        report = _report(order, made, making.pages, written, is_changed, tally((*making.notices, *unkept)))
        note(basis.inputs, report)
    return report


def _gathered(
    order: Order, before: Before, around: Surroundings, tell: Callable[[str], None]
) -> tuple[Website, Memory]:
    """The website as it is to be, and what was remembered of the last one."""
    tell("Reading settings and content")
    words = read_words(order.site)

    tell("Reading the feed")
    source = sources.load(words.settings, order.site, order.now, order.feed, order.snapshot)
    if not order.allow_shrink:
        refuse_empty({"events": len(source.feed.events), "instances": len(source.feed.instances)})

    tell("Composing the programme")
    programme = composed(words, source, order.now)
    if not order.allow_shrink:
        _guard(order, words.settings, source, programme)
    source = replace(source, feed=NOTHING)  # all of it that is used is in the programme; it is as large
    memory = remembered(order.site, source, order.baseline, order.now)

    tell("Making pictures")
    pictures = pictured(words, source, programme, order.jobs)
    others = max(order.jobs - 1, 1)  # for the calendars, while one begins with the pages
    known = before.events_of(memory.digest, around.shared)
    return website(words, source, pictures, memory, jobs=others, made_before=before.entries, known=known), memory


@contextmanager
def _searched(order: Order, before: Before) -> Iterator[None]:
    """Have what the site is made from searched for secrets meanwhile, where pages stand: they were held against those
    of their day. Raises SecretError."""
    if not before.units:
        yield
        return
    folder = feed_of(order)
    with beside(lambda _: refuse_exposed(order.site, order.gate, folder), order.jobs, "looked for secrets") as searched:
        yield
        searched()


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
    order: Order, made: Website, pages: int, written: Written, content_changed: bool, warnings: tuple[Warned, ...]
) -> Report:
    programme = made.plan.programme
    return Report(
        site=made.plan.settings.site.name,
        output=order.target,
        now=programme.now,
        pulled_at=made.source.pulled_at,
        events=len(programme.events),
        instances=len(programme.instances),
        states=Counter(instance.state.value for _, instance in programme.instances),
        pages=pages,
        written=written,
        content_changed=content_changed,
        warnings=(*made.warnings, *warnings),
        next_moment=next_moment(programme, made.plan.ledger(), made.source.moves_at),
    )
