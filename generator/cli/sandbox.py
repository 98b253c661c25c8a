"""`sitegen sandbox`."""

import signal
import time
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from generator.cli.terminal import FOLDER, NOW, moment_of, told

if TYPE_CHECKING:
    from generator.sandbox.server import Sandbox


def _by_collection(_context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """`events=503-once` as {"events": "503-once"}."""
    pairs = [text.partition("=") for text in given]
    if not all(kind for _, _, kind in pairs):
        raise click.BadParameter("it must be COLLECTION=KIND, e.g. events=503-once", param=parameter)
    if len({collection for collection, _, _ in pairs}) < len(pairs):
        raise click.BadParameter("a collection has one fault only", param=parameter)
    return {collection: kind for collection, _, kind in pairs}


@click.command()
@click.option("--feed", type=FOLDER, help="Serve this folder of XML.  [default: the demo venue]")
@click.option("--port", type=click.IntRange(0, 65535), default=8443, show_default=True, help="0 takes any free one.")
@click.option("--client", default="lantern", show_default=True, help="The client name, as in the address.")
@click.option("--no-client-cert", is_flag=True, help="Ask for the key only.")
@click.option("--pre-2025", is_flag=True, help="Answer as before 2025: internal attributes, Locked, Sold and so on.")
@click.option(
    "--fault", "faults", multiple=True, callback=_by_collection, metavar="COLLECTION=KIND",
    help="Fail: 500, 503-once, 429-once or another status, html, empty, truncated, cut, cut-chunked, slow, slow:30, "
    "hang, redirect, bomb, gzip-bomb, cap. Each can end in -once.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="What is made up follows from this number.")
@NOW
def sandbox(
    feed: Path | None,
    port: int,
    client: str,
    no_client_cert: bool,
    pre_2025: bool,
    faults: dict[str, str],
    seed: int,
    now: str | None,
) -> None:
    """Stand in for the Spektrix API, to try the program without a venue's key. Ctrl-C ends it."""
    from generator.sandbox.server import Options, running

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with told({}, None), suppress(KeyboardInterrupt):
        moment = moment_of(now, Path())
        options = Options(feed, moment, client, port, not no_client_cert, pre_2025, faults, seed)
        try:
            with running(options, lambda line: click.echo(line, err=True)) as started:
                click.echo(_to_paste(started, options.needs_certificate))
                while True:
                    time.sleep(60)
        except ValueError as error:
            raise click.UsageError(str(error)) from error


def _to_paste(started: "Sandbox", needs_certificate: bool) -> str:
    """What makes another terminal, and a site's settings, use the sandbox."""
    variables = {"SPEKTRIX_API_KEY": started.api_key}
    if needs_certificate:
        variables |= {"SPEKTRIX_CERT": str(started.certificate_file), "SPEKTRIX_KEY": str(started.key_file)}
    variables["REQUESTS_CA_BUNDLE"] = str(started.ca_file)
    exports = "\n".join(f"export {name}={quote(value)}" for name, value in variables.items())
    return (
        f"# In another terminal:\n{exports}\n\n"
        f'# In content/site.toml:\n[source]\nfeed = "spektrix-v2"\n\n'
        f'[spektrix]\nclient = "{started.client}"\napi = "{started.url}"\n'
        f'files = "{started.files}"\n\n'
        "# Ctrl-C ends the sandbox.\n"
    )
