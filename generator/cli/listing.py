"""`sitegen list`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from generator.cli.terminal import FEED, JSON, NOW, SITE, moment_of, told


@click.command("list")
@click.argument("what", type=click.Choice(["events", "instances", "offers", "attributes", "statements"]))
@SITE
@FEED
@NOW
@JSON
def list_(what: str, site: Path, feed: Path | None, now: str | None, as_json: bool) -> None:
    """Show what the feed holds, with ids."""
    from generator.listing import table

    with told({}, None):
        from generator import source
        from generator.config import settings

        found = source.load(settings(site), site, moment_of(now, site), feed)
        rows = table(what, found.feed)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for line in _aligned(rows):
        click.echo(line)


def _aligned(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Rows under their headings, in columns; the last column is not padded."""
    if not rows:
        yield "The feed holds none."
        return
    cells = [[name.replace("_", " ") for name in rows[0]], *([str(value) for value in row.values()] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
