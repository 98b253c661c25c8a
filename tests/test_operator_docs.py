"""What docs/ say of warnings, exit codes, options and the report is what the program has."""

import importlib
import pkgutil
import re
from pathlib import Path

import click
from surfaces import PROJECT

import generator
from generator import errors
from generator.cli.main import main
from generator.errors import NoticeKind, SitegenError

WEB_MANAGER = (PROJECT / "docs" / "web-manager.md").read_text("utf-8")
OPERATOR = (PROJECT / "docs" / "operator.md").read_text("utf-8")


def first_cells(text: str, heading: str) -> list[str]:
    """The first cell of each row of the table under a heading, without its head."""
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| (.+?) \|", section, re.MULTILINE)[1:]


def kinds() -> set[str]:
    """The words of every kind of warning that a build has. What `check` warns of brings its own advice."""
    names = [found.name for found in pkgutil.walk_packages(generator.__path__, "generator.")]
    building = (
        importlib.import_module(name) for name in names if not name.startswith(("generator.check", "generator.__main"))
    )
    return {value.many for module in building for value in vars(module).values() if isinstance(value, NoticeKind)}


def test_the_web_manager_reads_what_every_warning_means() -> None:
    assert sorted(first_cells(WEB_MANAGER, "What the warnings mean")) == sorted(kinds())


def test_the_operator_reads_every_exit_code() -> None:
    raised = {
        kind.exit_code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SitegenError)
    }
    assert first_cells(OPERATOR, "Exit codes") == [
        str(code) for code in sorted(raised | {0, click.UsageError.exit_code})
    ]


def test_the_operator_reads_every_command_and_option() -> None:
    synopsis = OPERATOR.partition("## The command\n")[2].partition("\n\n`build` pulls")[0]
    told = dict(re.findall(r"^    sitegen (\S+)(.*(?:\n {18}.*)*)", synopsis, re.MULTILINE))
    context = click.Context(main)
    commands = {name: main.get_command(context, name) for name in main.list_commands(context)}
    has = {name: sorted(options(command)) for name, command in commands.items() if command}
    found = {name: sorted(re.findall(r"--[a-z-]+", rest)) for name, rest in told.items()}
    groups = {"cert", "sandbox"}  # docs/spektrix.md tells of them
    assert {name: found[name] for name in has.keys() - groups} == {name: has[name] for name in has.keys() - groups}
    assert found.keys() == has.keys()


def options(command: click.Command) -> list[str]:
    """The long options of a command."""
    return [option for each in command.params for option in each.opts if option.startswith("--")]


def test_links_between_the_docs_lead_somewhere() -> None:
    pages = [*(PROJECT / "docs").glob("*.md"), PROJECT / "README.md", PROJECT / "CHANGELOG.md"]
    dead = {
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", re.sub("`[^`\n]+`", "", page.read_text("utf-8")))
        if not leads(page, target)
    }
    assert dead == set()


def leads(page: Path, target: str) -> bool:
    """Whether a link from a page leads to a file, and to a heading in it."""
    path, _, fragment = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not fragment:
        return file.exists()
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return fragment in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
