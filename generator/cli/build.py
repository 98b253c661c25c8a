"""`sitegen build`."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.terminal import FEED, NOW, SITE, moment_of, progress, told

if TYPE_CHECKING:
    from generator.build import Report


@click.command()
@SITE
@click.option("--output", type=click.Path(path_type=Path), help="Where the site goes.  [default: SITE/output]")
@FEED
@NOW
@click.option("--jobs", type=click.IntRange(1), help="Processes that render.  [default: one a core]")
@click.option("--allow-shrink", is_flag=True, help="Publish even a feed without events or instances.")
@click.option("--strict", is_flag=True, help="Warnings fail.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a JSON report.")
def build(
    site: Path,
    output: Path | None,
    feed: Path | None,
    now: str | None,
    jobs: int | None,
    allow_shrink: bool,
    strict: bool,
    report: Path | None,
) -> None:
    """Write the website. If anything is wrong, the last good one stands untouched."""
    from generator.build import Order
    from generator.build import build as build_site

    started = time.monotonic()
    outcome: dict[str, Any] = {}
    with told(outcome, report):
        order = Order(site, moment_of(now, site), output, feed, jobs or os.cpu_count() or 1, allow_shrink)
        with progress() as tell:
            made = build_site(order, tell, is_strict=strict)
        outcome |= _as_json(made)
    _print_summary(made, time.monotonic() - started)


def _print_summary(made: "Report", seconds: float) -> None:
    for warning in made.warnings:
        click.echo(click.style("Warning: ", fg="yellow", bold=True) + str(warning), err=True)
        if warning.kind.mend:
            click.echo(f"  {warning.kind.mend}", err=True)
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
        "warnings": [
            {"what": warning.kind.many, "count": warning.count, "example": warning.example, "mend": warning.kind.mend}
            for warning in made.warnings
        ],
    }
