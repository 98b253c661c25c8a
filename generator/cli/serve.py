"""`sitegen serve`: the designer's studio."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.pull import pulling_live
from generator.cli.terminal import FEED, NOW, SITE, clock, echo_warning, moment_of, progress, told

if TYPE_CHECKING:
    from socket import socket

    from generator.studio.desk import Desk
    from generator.studio.workshop import Workshop

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # only on request


@click.command()
@SITE
@FEED
@NOW
@click.option("--watch", is_flag=True, help="Follow what is saved, and show it in the browser.")
@click.option("--poll", is_flag=True, help="Watch by looking again and again: network drives, Docker, WSL.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Or the next free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets phones on the same network in.")
@click.option("--open", "opens", is_flag=True, help="Open the site in the browser.")
@click.option("--pull", "pulls", is_flag=True, help="Ask Spektrix once, first.")
def serve(
    site: Path,
    feed: Path | None,
    now: str | None,
    watch: bool,
    poll: bool,
    port: int,
    host: str,
    opens: bool,
    pulls: bool,
) -> None:
    """Show the site at http://127.0.0.1:8000, each page made when you look at it. Ctrl-C ends it.

    It asks nobody: it shows the last snapshot, or the demo venue where there is none yet.
    """
    import secrets
    import signal
    import webbrowser

    from generator import environment
    from generator.gate.gate import Gate
    from generator.studio.desk import Desk
    from generator.studio.server import Studio, listening, serving
    from generator.studio.workshop import Bench, Workshop

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with told({}, None), suppress(KeyboardInterrupt):
        fixed = moment_of(now, site) if now else None
        if pulls:
            _pull(site)
        bench = Bench(site.resolve(), feed.resolve() if feed else None, Gate(environment.secrets()))
        workshop = Workshop(bench, lambda: fixed or moment_of(None, site))
        desk = Desk(workshop, secrets.token_hex(4), lambda words: click.echo(words, err=True))
        reachable = _lan_address() if host in EVERYWHERE else host
        with listening(host, port) as listener:
            began = time.time()
            desk.open()
            address = f"http://{_in_address(reachable)}:{listener.getsockname()[1]}{_base(workshop)}"
            _welcome(workshop, address, _is_moved(listener, port), host in EVERYWHERE)
            following = _following(desk, poll, began) if watch or poll else nullcontext()
            with following, serving(Studio(desk, (host, reachable)), listener):  # so that nothing saved is missed
                if opens:
                    webbrowser.open(address)
                while True:
                    time.sleep(3600)


def _pull(site: Path) -> None:
    """A pull of the live source into the site's snapshot. Raises SitegenError."""
    from generator.config import settings
    from generator.pull import PullOrder

    with progress() as tell, pulling_live(PullOrder(site, clock()), settings(site), tell):
        pass


@contextmanager
def _following(desk: "Desk", is_polling: bool, since: float) -> Iterator[None]:
    """Follow what is saved, what was since a moment too, and say what it was."""
    from generator.studio.changes import changed
    from generator.studio.watch import watching

    def follow(paths: set[Path]) -> None:
        change = changed(paths, desk.workshop.folders)
        if change is None:
            return
        started = time.monotonic()
        desk.follow(change)
        first, *others = change.paths
        more = f" and {len(others)} more" if others else ""
        spent = (time.monotonic() - started) * 1000
        click.echo(f"{_shortened(first, desk.workshop.bench.site)}{more}: {change.follow} ({spent:.0f} ms)", err=True)

    with watching(lambda: desk.workshop.folders, follow, is_polling, since):
        yield


def _shortened(path: str, site: Path) -> str:
    return path.removeprefix(f"{site}/")


def _welcome(workshop: "Workshop", address: str, moved_to: int | None, is_on_network: bool) -> None:
    """Say what is shown, and where; with a code for phones where they can reach it."""
    if workshop.error is None:
        website = workshop.website()
        for warning in website.warnings:
            echo_warning(str(warning), warning.kind.mend)
        programme, site = website.plan.programme, website.plan.settings.site
        click.echo(f"{site.name}: {len(programme.events)} events, {len(programme.instances)} instances")
        if workshop.has_no_feed(website.plan.settings):
            click.echo("Nothing was pulled yet: this is the demo venue's programme. --pull asks for yours.")
    if moved_to:
        click.echo(f"That port is taken; this is {moved_to}.")
    click.echo(f"The site:   {address}\nThe studio: {_root(address)}/_studio/\nCtrl-C ends it.")
    if is_on_network:
        click.echo(_code(address))


def _base(workshop: "Workshop") -> str:
    return "/" if workshop.error else workshop.website().plan.addresses.base


def _root(address: str) -> str:
    return "/".join(address.split("/")[:3])


def _is_moved(listener: "socket", port: int) -> int | None:
    """The port that was found in place of the one that was asked for; None where that one was free."""
    found: int = listener.getsockname()[1]
    return found if port not in (0, found) else None


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _lan_address() -> str:
    """This machine's address on its network: the one it would write to others from. Nothing is sent."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        address: str = probe.getsockname()[0]
        return address
    return "127.0.0.1"


def _code(address: str) -> str:
    """An address as a code that phones read."""
    import segno

    drawn = io.StringIO()
    segno.make(address, micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()
