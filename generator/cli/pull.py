"""`sitegen pull`, and the pull that comes before a live build."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.terminal import SITE, clock, echo_warning, progress, told

if TYPE_CHECKING:
    from generator.config import Settings
    from generator.environment import Credentials
    from generator.pull import Pulled, PullOrder

ALLOW_SHRINK = click.option("--allow-shrink", is_flag=True, help="Take a feed even if it holds far less than before.")
BASELINE = click.option(
    "--baseline", metavar="URL|FILE", help="The published availability.json, to compare with where there is no memory."
)


@click.command()
@SITE
@click.option(
    "--to", type=click.Path(path_type=Path), help="Where the snapshot goes.  [default: SITE/.sitegen/snapshot]"
)
@click.option("--also", multiple=True, type=click.Choice(["statements", "offers2"]), help="Ask for this too.")
@ALLOW_SHRINK
@BASELINE
def pull(site: Path, to: Path | None, also: tuple[str, ...], allow_shrink: bool, baseline: str | None) -> None:
    """Ask Spektrix for everything and keep it. If anything is wrong, the last snapshot stands untouched."""
    with told({}, None):
        from generator.config import settings
        from generator.environment import secrets
        from generator.gate.gate import Gate
        from generator.gate.premises import refuse_exposed
        from generator.pull import PullOrder

        gate = Gate(secrets())
        refuse_exposed(site, gate)
        order = PullOrder(site, clock(), to, also, allow_shrink, baseline)
        with progress() as tell, pulling_live(order, settings(site), tell) as pulled:
            refuse_exposed(site, gate, pulled.folder)  # a build that knows no secret may be made from it
            counts = pulled.counts
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items() if not name.startswith("offers2-")))
    click.echo(f"The snapshot is in {click.format_filename(order.target)}")


@contextmanager
def pulling_live(order: "PullOrder", settings: "Settings", tell: Callable[[str], None]) -> "Iterator[Pulled]":
    """Pull with the credentials of the environment; the snapshot is kept when the context ends well."""
    from generator.environment import check_trust, credentials
    from generator.pull import pulling

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that temporary files are cleared up
    opened = credentials()
    check_trust()
    _warn_of_certificate(opened, settings, order)
    with pulling(order, settings, opened, tell) as pulled:
        yield pulled


def _warn_of_certificate(opened: "Credentials", settings: "Settings", order: "PullOrder") -> None:
    """Say what is wrong with the client certificate, or soon will be; whether it opens the API, the API will say."""
    if not opened.certificate:
        return
    from generator.certificate import examine

    client = settings.spektrix.client
    verdict = examine(opened.certificate, opened.private_key, opened.password, client, order.now)
    for fault in (*verdict.faults, *((verdict.warning,) if verdict.warning else ())):
        echo_warning(fault.what, fault.mend)
