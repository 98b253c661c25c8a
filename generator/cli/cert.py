"""`sitegen cert`: the client certificate's request, its check, and its way out of a Windows file."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.anatomy import to_builtins
from generator.cli.terminal import FOLDER, JSON, NOW, SITE, moment_of, told
from generator.errors import Fault, SiteError

if TYPE_CHECKING:
    from generator.certificate import Facts, Verdict


@click.group()
def cert() -> None:
    """The client certificate that opens the API: ask for one, check it, convert it."""


@cert.command()
@click.option("--client", required=True, help="The client name, as in your Spektrix address.")
@click.option("--organisation", required=True, help="The organisation's name.")
@click.option("--email", required=True, help="The webmaster's e-mail address.")
@click.option("--agency", default="", help="The web agency, if one does this for you: a word for the files' names.")
@click.option("--year", type=click.IntRange(1000, 9999), help="The year in the files' names.  [default: this one]")
@click.option("--to", type=FOLDER, default=Path(), help="The folder for the files.  [default: this one]")
def request(client: str, organisation: str, email: str, agency: str, year: int | None, to: Path) -> None:
    """Make a private key, and the request (CSR) that Spektrix signs."""
    with told({}, None):
        from generator import certificate

        chosen = year or moment_of(None, to).year
        made = certificate.request(client, organisation, email, agency, chosen, to)
    click.echo(f"Key: {click.format_filename(made.key_path)}")
    click.echo(f"CSR: {click.format_filename(made.csr_path)}")
    click.echo("Send the CSR to Spektrix support; they send back the certificate, a .crt file.")
    click.echo("The key stays here: never send it, and never put it where a website is served.")


@cert.command()
@SITE
@click.option("--client", help="The client name.  [default: that of the site's settings]")
@NOW
@JSON
def check(site: Path, client: str | None, now: str | None, as_json: bool) -> None:
    """Say whether certificate and key belong together, are the client's, and are valid.

    They are read from SPEKTRIX_CERT, SPEKTRIX_KEY and, if the key is encrypted, SPEKTRIX_KEY_PASSWORD.
    """
    with told({}, None):
        from generator.config import settings

        client = client or settings(site).spektrix.client
        verdict = _verdict(client, now, site)
        _print_verdict(client, verdict, as_json)
        if verdict.faults:
            raise SiteError(*verdict.faults)


@cert.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.pfx")
@click.option("--to", type=FOLDER, help="The folder for the files.  [default: that of FILE.pfx]")
def convert(file: Path, to: Path | None) -> None:
    """Take the key and the certificate out of a PFX file of Windows: to FILE.key and FILE.crt.

    Its password is asked for, or read from SPEKTRIX_PFX_PASSWORD.
    """
    with told({}, None):
        from generator import certificate

        made = certificate.convert(file.read_bytes(), _pfx_password(), file.stem, to or file.parent)
    click.echo(f"Key: {click.format_filename(made.key_path)}")
    click.echo(f"Certificate: {click.format_filename(made.crt_path)}")
    click.echo("The key has no password now: keep it where only you and the pull can read it.")


def _verdict(client: str, now: str | None, site: Path) -> "Verdict":
    from generator.certificate import examine
    from generator.environment import client_certificate

    held = client_certificate()
    if not held.certificate:
        mend = "Set SPEKTRIX_CERT and SPEKTRIX_KEY. If Spektrix asks you for the API key alone, you need neither."
        raise SiteError(Fault("SPEKTRIX_CERT is not set", "environment", mend))
    return examine(held.certificate, held.private_key, held.password, client, moment_of(now, site))


def _pfx_password() -> str:
    """From the environment, else from whoever sits at the terminal. Raises SiteError where there is neither."""
    from generator.environment import pfx_password

    password = pfx_password()
    if password is not None:
        return password
    if not sys.stdin.isatty():
        mend = "Set it to the password that was set when the file was exported, or run this on a terminal."
        raise SiteError(Fault("SPEKTRIX_PFX_PASSWORD is not set", "environment", mend))
    entered: str = click.prompt("Password of the PFX file", default="", show_default=False, hide_input=True, err=True)
    return entered


def _print_verdict(client: str, verdict: "Verdict", as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_as_json(client, verdict), ensure_ascii=False, indent=1))
    elif verdict.facts:
        _print_facts(verdict.facts)
    if verdict.warning:
        click.echo(click.style("Warning: ", fg="yellow", bold=True) + str(verdict.warning), err=True)
    if not verdict.faults and not as_json:
        click.echo(f"Certificate and key belong together, and are those of {client}.")


def _print_facts(facts: "Facts") -> None:
    click.echo(f"Subject:     {facts.subject}")
    click.echo(f"Issuer:      {facts.issuer}")
    click.echo(f"Valid from:  {facts.valid_from:%Y-%m-%d %H:%M} UTC")
    click.echo(f"Valid until: {facts.valid_until:%Y-%m-%d %H:%M} UTC")
    click.echo(f"SHA-256:     {facts.fingerprint}")


def _as_json(client: str, verdict: "Verdict") -> dict[str, Any]:
    """The verdict for scripts. Times are ISO 8601, in UTC."""
    facts = verdict.facts
    return {
        "client": client,
        "certificate": facts
        and {
            "subject": facts.subject,
            "issuer": facts.issuer,
            "common_name": facts.common_name,
            "valid_from": facts.valid_from.isoformat(),
            "valid_until": facts.valid_until.isoformat(),
            "sha256": facts.fingerprint,
        },
        "warning": to_builtins(verdict.warning),
        "faults": to_builtins(verdict.faults),
    }
