"""The command `sitegen`: options in, words and exit codes out. Commands alone print, and read the clock."""

from pkgutil import resolve_name

import click

COMMANDS = {
    "build": "build:build",
    "cert": "cert:cert",
    "check": "check:check",
    "list": "listing:list_",
    "new": "new:new",
    "pull": "pull:pull",
    "sandbox": "sandbox:sandbox",
    "serve": "serve:serve",
}
"""Where each command is: module and name."""


class _Commands(click.Group):
    """Commands of which each is imported when it is asked for: none waits for what the others need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        where = COMMANDS.get(cmd_name)
        return resolve_name(f"generator.cli.{where}") if where else None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="sitegen", message="sitegen %(version)s")
def main() -> None:
    """A static website for a theatre that sells its tickets through Spektrix.

    Exit codes: 0 done, 1 the site is wrong, 2 usage, 3 the source failed, 4 a guard refused,
    5 a secret would have been published.
    """
