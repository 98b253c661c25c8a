"""What every command shares: its common options, the clock, and how progress and errors reach the terminal."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from generator.errors import Fault, SitegenError

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
SITE = click.option("--site", type=FOLDER, default=Path(), help="The site folder.  [default: this one]")
FEED = click.option("--feed", type=FOLDER, help="Read this folder of XML instead of the settings' source.")
NOW = click.option("--now", metavar="ISO", help="Pretend it is that time, e.g. 2014-09-01T12:00:00Z.")
REPORT = click.Path(dir_okay=False, path_type=Path)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def moment_of(now: str | None, site: Path) -> datetime:
    """The time that is asked for, else SOURCE_DATE_EPOCH, else the clock; in UTC, whole seconds.

    A time without an offset is on the clock of the site. Raises click's usage error where it is no time.
    """
    from generator.config import settings
    from generator.environment import LAST_YEAR, moment_of_environment

    if now is None:
        return moment_of_environment() or clock()
    try:
        moment = datetime.fromisoformat(now)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=settings(site).site.zone)
        if not 1900 < moment.year <= LAST_YEAR:
            raise ValueError("no year in which this program would be run")
        return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f'"{now}" is no time such as 2014-09-01T12:00:00Z', param_hint="--now") from error


def check_report(_: click.Context, __: click.Parameter, report: Path | None) -> Path | None:
    """A report must have a folder to lie in before anything is done, not only afterwards."""
    if report and not report.absolute().parent.is_dir():
        raise click.BadParameter(f"Directory '{report.parent}' does not exist.")
    return report


def clock() -> datetime:
    """The time it is, in UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def echo_warning(what: str, mend: str) -> None:
    """A warning, and how to mend what it is about."""
    click.echo(click.style("Warning: ", fg="yellow", bold=True) + what, err=True)
    if mend:
        click.echo(f"  {mend}", err=True)


def echo_fault(fault: Fault) -> None:
    """A fault, where it is and how to mend it."""
    click.echo(click.style("Error: ", fg="red", bold=True) + str(fault), err=True)


@contextmanager
def told(outcome: dict[str, Any], report: Path | None) -> Iterator[None]:
    """Errors become words and exit codes here; the report is written either way."""
    try:
        yield
    except SitegenError as error:
        faults = [{"what": fault.what, "where": fault.where, "mend": fault.mend} for fault in error.faults]
        for fault in error.faults:
            echo_fault(fault)
        _write_report(report, {"exit_code": error.exit_code, "faults": faults})
        sys.exit(error.exit_code)
    _write_report(report, {"exit_code": 0, **outcome})


def _write_report(report: Path | None, outcome: dict[str, Any]) -> None:
    if not report:
        return
    try:
        report.write_text(json.dumps(outcome, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(report), f"the report cannot be written ({error.strerror})") from error


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Says what is being done: on a terminal in one line that is wiped at the end, elsewhere in plain lines."""
    if not sys.stderr.isatty():
        yield lambda words: click.echo(words, err=True)
        return
    try:
        yield lambda words: click.echo(f"\r\x1b[2K{words} …", err=True, nl=False)
    finally:
        click.echo("\r\x1b[2K", err=True, nl=False)
