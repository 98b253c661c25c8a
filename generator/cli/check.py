"""`sitegen check`."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.anatomy import to_builtins
from generator.cli.terminal import JSON, NOW, SITE, echo_fault, echo_warning, moment_of, progress
from generator.errors import Fault, SecretError, SiteError, SitegenError, SourceError

if TYPE_CHECKING:
    from generator.certificate import Verdict
    from generator.check.findings import Finding, Findings

SHOWN = 20
"""Faults that are shown to people."""
SHOWN_PLACES = 3
"""Places of each kind of thing that are shown to them."""


@click.command()
@SITE
@click.option("--output", type=click.Path(path_type=Path), help="Where the built site is.  [default: SITE/output]")
@click.option("--published", metavar="URL", help="Fail if the site that is published here is too old, too.")
@click.option("--max-age", type=click.IntRange(1), metavar="MINUTES", help="What is too old.  [default: stale_minutes]")
@NOW
@JSON
def check(
    site: Path, output: Path | None, published: str | None, max_age: int | None, now: str | None, as_json: bool
) -> None:
    """Check settings, content, templates and certificate, and every link and feed of the built site.

    Nothing is changed, and nobody is asked but the site that --published names.
    """
    from generator.check.findings import Findings
    from generator.urls import is_address

    if published and not is_address(published):
        raise click.BadParameter(f'"{published}" is no web address', param_hint="'--published'")
    findings = Findings()
    try:
        findings = _found(site, output, published, max_age, now)
    except SitegenError as error:
        findings.catch(error)
    code = _exit_code(findings)
    if as_json:
        click.echo(json.dumps(_as_json(findings, code), ensure_ascii=False, indent=1))
    else:
        _show(findings)
    sys.exit(code)


def _found(site: Path, output: Path | None, published: str | None, max_age: int | None, now: str | None) -> "Findings":
    from generator.check.site import CheckOrder
    from generator.check.site import check as check_site
    from generator.environment import check_trust, secrets
    from generator.gate.gate import Gate

    moment = moment_of(now, site)
    if published:
        check_trust()
    order = CheckOrder(site, moment, output, published, max_age, _verdict(site, moment), Gate(secrets()))
    with progress() as tell:
        return check_site(order, tell)


def _verdict(site: Path, now: datetime) -> "Verdict | None":
    """On the client certificate of the environment; None where there is none."""
    from generator.certificate import examine
    from generator.config import settings
    from generator.environment import client_certificate

    held = client_certificate()
    if not held.certificate:
        return None
    try:
        client = settings(site).spektrix.client
    except SiteError:
        return None  # which client's it should be, the check of the settings will say first
    return examine(held.certificate, held.private_key, held.password, client, now)


def _exit_code(findings: "Findings") -> int:
    """That of the gravest thing found."""
    kinds: tuple[tuple[object, type[SitegenError]], ...] = (
        (findings.leaks, SecretError),
        (findings.failed, SourceError),
        (findings.all_faults, SiteError),
    )
    return next((kind.exit_code for found, kind in kinds if found), 0)


def _show(findings: "Findings") -> None:
    """What was found, for people: what matters most stands last, where a terminal is."""
    for warning in findings.warnings:
        echo_warning(*_said(warning))
    for fault in findings.all_faults[:SHOWN]:
        what, mend = _said(fault)
        echo_fault(Fault(what, "", mend))
    if (rest := len(findings.all_faults) - SHOWN) > 0:
        click.echo(f"… and {_count(rest, 'fault')} more: --json tells all", err=True)
    counts = ", ".join(f"{count} {what}" for what, count in findings.checked.items())
    click.echo(f"Checked: {counts or 'the settings and content'}")
    faults, warnings = len(findings.all_faults), len(findings.warnings)
    click.echo("All is well." if not faults + warnings else f"{_count(faults, 'fault')}, {_count(warnings, 'warning')}")


def _said(found: "Finding") -> tuple[str, str]:
    """A finding in words, and its mend: where it is alone, in a line; else the first of its places below it."""
    if found.count == 1:
        return ": ".join(part for part in (found.where, found.what, found.example) if part), found.mend
    places = [(found.where, found.example), *((other.where, other.example) for other in found.others)]
    lines = [": ".join(part for part in place if part) for place in places[:SHOWN_PLACES]]
    if (rest := found.count - len(lines)) > 0:
        lines.append(f"… and {rest} more")
    return "\n    ".join((f"{found.count} {found.what}", *lines)), found.mend


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _as_json(findings: "Findings", code: int) -> dict[str, Any]:
    """The findings for scripts."""
    return {
        "exit_code": code,
        "checked": dict(findings.checked),
        "faults": to_builtins(findings.all_faults),
        "warnings": to_builtins(findings.warnings),
    }
