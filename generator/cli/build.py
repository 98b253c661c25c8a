"""`sitegen build`."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.pull import ALLOW_SHRINK, BASELINE, pulling_live
from generator.cli.terminal import FEED, NOW, REPORT, SITE, check_report, clock, echo_warning, moment_of, progress, told
from generator.errors import SourceError

if TYPE_CHECKING:
    from generator.manifest import Basis
    from generator.order import Order, Report


@click.command()
@SITE
@click.option("--output", type=click.Path(path_type=Path), help="Where the site goes.  [default: SITE/output]")
@FEED
@click.option("--offline", is_flag=True, help="Use the last snapshot; ask nobody.")
@NOW
@click.option("--jobs", type=click.IntRange(1), help="Processes that render.  [default: one a core]")
@ALLOW_SHRINK
@BASELINE
@click.option("--strict", is_flag=True, help="Warnings fail.")
@click.option("--no-check", is_flag=True, help="Do not hold pages against availability.json: faster, less safe.")
@click.option("--report", callback=check_report, type=REPORT, metavar="FILE", help="Write a JSON report.")
def build(
    site: Path,
    output: Path | None,
    feed: Path | None,
    offline: bool,
    now: str | None,
    jobs: int | None,
    allow_shrink: bool,
    baseline: str | None,
    strict: bool,
    no_check: bool,
    report: Path | None,
) -> None:
    """Pull if the source is live, and write the website. If anything is wrong, the last good one stands untouched."""
    from generator.environment import secrets
    from generator.garbage import undisturbed
    from generator.gate.gate import Gate
    from generator.gate.premises import refuse_exposed
    from generator.manifest import basis_of, renewed
    from generator.order import Order

    started = time.monotonic()
    outcome: dict[str, Any] = {}
    with told(outcome, report):
        _refuse_report_inside(report, output or site / "output")
        gate = Gate(secrets())
        refuse_exposed(site, gate)  # before anything else is read, lest a message quotes it
        moment_of(now, site)
        with progress() as tell, _pulling(site, allow_shrink, baseline, feed is None and not offline, tell) as snapshot:
            cores = jobs or os.cpu_count() or 1
            asked = site, moment_of(now, site), output, feed, cores, allow_shrink, baseline, snapshot
            order = Order(*asked, is_unchecked=no_check, gate=gate)
            with undisturbed():  # the program ends soon, and holds until then what it reads and makes
                basis = basis_of(order)
                made = renewed(order, strict, basis) or _built(order, tell, strict, basis)
        outcome |= _as_json(made) | {"published": _published(baseline, moment_of(now, site), site)}
    _print_summary(made, time.monotonic() - started)


def _built(order: "Order", tell: Callable[[str], None], is_strict: bool, basis: "Basis") -> "Report":
    from generator.build import build as build_site  # slow to import, and not needed where the site stands

    return build_site(order, tell, is_strict=is_strict, basis=basis)


def _refuse_report_inside(report: Path | None, output: Path) -> None:
    """A report is not for the public, and a build would remove it. Raises click's usage error."""
    if report and report.resolve().is_relative_to(output.resolve()):
        raise click.BadParameter(
            f"'{report}' is inside the output folder, which is published.", param_hint="'--report'"
        )


@contextmanager
def _pulling(
    site: Path, allow_shrink: bool, baseline: str | None, may_ask: bool, tell: Callable[[str], None]
) -> Iterator[Path | None]:
    """The folder of a new snapshot, if the source is live and may be asked; it is kept when the build ends well."""
    from generator.config import LIVE, settings

    chosen = settings(site)
    if chosen.source.feed != LIVE or not may_ask:
        yield None
        return
    from generator.pull import PullOrder

    order = PullOrder(site, clock(), allow_shrink=allow_shrink, baseline=baseline)
    with pulling_live(order, chosen, tell) as pulled:
        yield pulled.folder


def _published(baseline: str | None, now: datetime, site: Path) -> dict[str, int] | None:
    """How old the site at the baseline is, and when its pages will take that for old; None where there is none.

    A schedule decides by it whether to publish a site in which nothing else has changed.
    """
    from generator.urls import is_address

    if not baseline or not is_address(baseline):
        return None
    from generator.check.published import age  # slow to import, and seldom needed
    from generator.config import settings

    try:
        minutes, _ = age(baseline, now)
    except SourceError:  # nothing is published there yet, or what is there is no site of ours
        return None
    return {"minutes_ago": minutes, "stale_in_minutes": settings(site).availability.stale_minutes - minutes}


def _print_summary(made: "Report", seconds: float) -> None:
    for warning in made.warnings:
        echo_warning(str(warning), warning.kind.mend)
    written = made.written
    states = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in made.states.most_common())
    click.echo(f"{made.site}: {made.events} events, {made.instances} instances ({states})")
    click.echo(
        f"{made.pages} pages; files: {written.changed} written, {written.unchanged} unchanged, "
        f"{written.removed} removed; {seconds:.1f} s"
    )
    click.echo(f"The site is in {click.format_filename(made.output)}")


def _as_json(made: "Report") -> dict[str, Any]:
    """The build report for scripts."""
    from generator.forms import utc

    return {
        "site": made.site,
        "output": str(made.output),
        "now": made.now.isoformat(),
        "pulled_at": made.pulled_at.isoformat() if made.pulled_at else None,
        "events": made.events,
        "instances": made.instances,
        "states": dict(sorted(made.states.items())),
        "pages": made.pages,
        "files": {name: getattr(made.written, name) for name in ("changed", "unchanged", "removed")},
        "content_changed": made.content_changed,
        "next_moment": utc(made.next_moment) if made.next_moment else None,
        "warnings": [
            {"what": warning.kind.many, "count": warning.count, "example": warning.example, "mend": warning.kind.mend}
            for warning in made.warnings
        ],
    }
