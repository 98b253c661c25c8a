"""`sitegen check`."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.terminal import JSON, NOW, SITE, echo_fault, echo_warning, moment_of, progress, told
from generator.errors import SecretError, SiteError, SitegenError, SourceError

if TYPE_CHECKING:
    from generator.certificate import Verdict
    from generator.check.findings import Findings

SHOWN = 20
"""Faults that are shown to people."""


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
    with told({}, None):
        from generator.check.site import CheckOrder
        from generator.check.site import check as check_site
        from generator.environment import check_trust, secrets
        from generator.gate.gate import Gate
        from generator.urls import is_address

        if published and not is_address(published):
            raise click.BadParameter(f'"{published}" is no web address', param_hint="'--published'")
        moment = moment_of(now, site)
        if published:
            check_trust()
        order = CheckOrder(site, moment, output, published, max_age, _verdict(site, now), Gate(secrets()))
        with progress() as tell:
            findings = check_site(order, tell)
    code = _exit_code(findings)
    if as_json:
        click.echo(json.dumps(_as_json(findings, code), ensure_ascii=False, indent=1))
    else:
        _show(findings)
    sys.exit(code)


def _verdict(site: Path, now: str | None) -> "Verdict | None":
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
    return examine(held.certificate, held.private_key, held.password, client, moment_of(now, site))


def _exit_code(findings: "Findings") -> int:
    """That of the gravest thing found."""
    kinds: tuple[tuple[object, type[SitegenError]], ...] = (
        (findings.leaks, SecretError),
        (findings.unreachable, SourceError),
        (findings.all_faults, SiteError),
    )
    return next((kind.exit_code for found, kind in kinds if found), 0)


def _show(findings: "Findings") -> None:
    for warning in findings.warnings:
        echo_warning(str(warning), warning.kind.mend)
    for fault in findings.all_faults[:SHOWN]:
        echo_fault(fault)
    if (rest := len(findings.all_faults) - SHOWN) > 0:
        click.echo(f"… and {_count(rest, 'fault')} more: --json tells all", err=True)
    counts = ", ".join(f"{count} {what}" for what, count in findings.checked.items())
    click.echo(f"Checked: {counts or 'the settings and content'}")
    faults, warnings = len(findings.all_faults), len(findings.warnings)
    click.echo("All is well." if not faults + warnings else f"{_count(faults, 'fault')}, {_count(warnings, 'warning')}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _as_json(findings: "Findings", code: int) -> dict[str, Any]:
    """The findings for scripts."""
    return {
        "exit_code": code,
        "checked": dict(findings.checked),
        "faults": [asdict(fault) for fault in findings.all_faults],
        "warnings": [
            {"what": warning.kind.many, "count": warning.count, "example": warning.example, "mend": warning.kind.mend}
            for warning in findings.warnings
        ],
    }
