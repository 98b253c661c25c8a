"""The command `sitegen`: options in, words and exit codes out. Commands alone print, and read the clock."""

import click

from generator.cli.build import build
from generator.cli.cert import cert
from generator.cli.check import check
from generator.cli.listing import list_
from generator.cli.new import new
from generator.cli.pull import pull
from generator.cli.sandbox import sandbox
from generator.cli.serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="sitegen", message="sitegen %(version)s")
def main() -> None:
    """A static website for a theatre that sells its tickets through Spektrix.

    Exit codes: 0 done, 1 the site is wrong, 2 usage, 3 the source failed, 4 a guard refused,
    5 a secret would have been published.
    """


for command in (build, cert, check, list_, new, pull, sandbox, serve):
    main.add_command(command)
