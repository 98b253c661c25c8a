"""The command `sitegen`: options in, words and exit codes out. The one place that prints, and that reads the clock."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from generator.errors import SitegenError

if TYPE_CHECKING:
    from generator.build import Report

Command = TypeVar("Command", bound=Callable[..., Any])
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_SITE = click.option("--site", type=_FOLDER, default=Path(), help="The site folder.  [default: this one]")
_FEED = click.option("--feed", type=_FOLDER, help="Read this folder of XML instead of the settings' source.")
_NOW = click.option("--now", metavar="ISO", help="Pretend it is that time, e.g. 2014-09-01T12:00:00Z.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="sitegen", message="sitegen %(version)s")
def main() -> None:
    """A static website for a theatre that sells its tickets through Spektrix.

    Exit codes: 0 done, 1 the site is wrong, 2 usage, 3 the source failed, 4 a guard refused.
    """


@main.command()
@_SITE
@click.option("--output", type=click.Path(path_type=Path), help="Where the site goes.  [default: SITE/output]")
@_FEED
@_NOW
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
    with _told(outcome, report):
        order = Order(site, _moment(now, site), output, feed, jobs or os.cpu_count() or 1, allow_shrink)
        with _progress() as tell:
            made = build_site(order, tell, is_strict=strict)
        outcome |= _as_json(made)
    _print_summary(made, time.monotonic() - started)


@main.command("list")
@click.argument("what", type=click.Choice(["events", "instances", "offers", "attributes"]))
@_SITE
@_FEED
@_NOW
@_JSON
def list_(what: str, site: Path, feed: Path | None, now: str | None, as_json: bool) -> None:
    """Show what the feed holds, with ids."""
    from generator.listing import table

    with _told({}, None):
        from generator import source
        from generator.config import settings

        found = source.load(settings(site), site, _moment(now, site), feed)
        rows = table(what, found.feed)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for line in _aligned(rows):
        click.echo(line)


def _moment(now: str | None, site: Path) -> datetime:
    """The time that is asked for, else SOURCE_DATE_EPOCH, else the clock; in UTC, whole seconds.

    A time without an offset is on the clock of the site. Raises click's usage error where it is no time.
    """
    from generator.config import moment_of_environment, settings

    if now is None:
        return moment_of_environment() or datetime.now(UTC).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(now)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=settings(site).site.zone)
        return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f'"{now}" is no time such as 2014-09-01T12:00:00Z', param_hint="--now") from error


@contextmanager
def _told(outcome: dict[str, Any], report: Path | None) -> Iterator[None]:
    """Errors become words and exit codes here; the report is written either way."""
    try:
        yield
    except SitegenError as error:
        faults = [{"what": fault.what, "where": fault.where, "mend": fault.mend} for fault in error.faults]
        _write_report(report, {"exit_code": error.exit_code, "faults": faults})
        for fault in error.faults:
            click.echo(click.style("Error: ", fg="red", bold=True) + str(fault), err=True)
        sys.exit(error.exit_code)
    _write_report(report, {"exit_code": 0, **outcome})


def _write_report(report: Path | None, outcome: dict[str, Any]) -> None:
    if report:
        report.write_text(json.dumps(outcome, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Says what is being done: on a terminal in one line that is wiped at the end, elsewhere in plain lines."""
    if not sys.stderr.isatty():
        yield lambda words: click.echo(words, err=True)
        return
    try:
        yield lambda words: click.echo(f"\r\x1b[2K{words} …", err=True, nl=False)
    finally:
        click.echo("\r\x1b[2K", err=True, nl=False)


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


def _aligned(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Rows under their headings, in columns; the last column is not padded."""
    if not rows:
        yield "The feed holds none."
        return
    cells = [[name.replace("_", " ") for name in rows[0]], *([str(value) for value in row.values()] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
