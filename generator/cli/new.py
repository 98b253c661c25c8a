"""`sitegen new`."""

import sys
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from generator.anatomy import replace
from generator.cli.terminal import told

if TYPE_CHECKING:
    from generator.newsite import Answers

QUESTIONS = {
    "name": "The venue's name",
    "url": "The site's address",
    "client": "Client name in Spektrix (none yet: just Enter)",
    "domain": "Custom domain of Spektrix",
    "timezone": "Time zone",
}


def _good(_: click.Context, parameter: click.Parameter, answer: str | None) -> str | None:
    """An answer that is given as an option, if it is good. Raises click's usage error."""
    from generator.newsite import wrong

    if answer is not None and (what := wrong(str(parameter.name), answer)):
        raise click.BadParameter(f'"{answer}": {what}')
    return answer


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--name", callback=_good, help="The venue's name.  [default: from DIR]")
@click.option("--url", callback=_good, metavar="URL", help="The site's address.  [default: one that nobody has]")
@click.option("--client", callback=_good, help="The client name in Spektrix.  [default: to be set later]")
@click.option("--domain", callback=_good, help="The custom domain of Spektrix.  [default: system.spektrix.com]")
@click.option("--timezone", callback=_good, help="The time zone.  [default: Europe/London]")
@click.option("--yes", is_flag=True, help="Ask nothing: take the defaults for what is not given.")
def new(folder: Path, yes: bool, **given: str | None) -> None:
    """Make a new site folder, ready for git and Netlify; it can be built at once, with a made-up programme.

    On a terminal, what is not given is asked for. DIR must be new, empty, or an empty git repository.
    """
    with told({}, None):
        from generator.newsite import files, guessed, put_into, refuse_taken

        refuse_taken(folder)
        answers = replace(guessed(folder), **{name: answer for name, answer in given.items() if answer is not None})
        if sys.stdin.isatty() and not yes:
            answers = _asked(answers, [name for name, answer in given.items() if answer is None])
        made = files(answers)
        put_into(folder, made)
    if not any(path.startswith("wheels/") for path in made):
        click.echo("For the schedule, put the program's wheel into wheels/: README.md there says how.", err=True)
    shown = quote(click.format_filename(folder))
    click.echo(f"{answers.name} begins in {shown}. README.md there tells the way to the public. Next:\n")
    click.echo(f"  cd {shown}\n  sitegen build\n  sitegen serve --watch --open")


def _asked(answers: "Answers", open_questions: list[str]) -> "Answers":
    """The answers with those to open questions, each asked until it is good; Enter takes what is proposed."""
    for name in open_questions:
        proposed = getattr(answers, name)
        answer = click.prompt(
            QUESTIONS[name], default=proposed, show_default=bool(proposed), value_proc=_checking(name), err=True
        )
        answers = replace(answers, **{name: answer})
    return answers


def _checking(question: str) -> Callable[[str], str]:
    """What takes an answer, and raises click's usage error where it is not good, so that it is asked again."""

    def take(answer: str) -> str:
        from generator.newsite import wrong

        if what := wrong(question, answer):
            raise click.UsageError(what)
        return answer

    return take
