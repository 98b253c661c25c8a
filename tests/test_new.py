"""`sitegen new`: what it writes, whom it asks, and that it never overwrites and never leaves a half."""

import json
import os
import pty
import re
import resource
import select
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from surfaces import PROJECT

from generator.anatomy import parts_of
from generator.config import AvailabilitySettings as Availability
from generator.config import Events, Settings, Site, Spektrix, Venue, settings

NEXT = (
    "README.md there tells the way to the public. Next:\n\n  cd {0}\n  sitegen build\n  sitegen serve --watch --open\n"
)
WHEEL = "For the schedule, put the program's wheel into wheels/: README.md there says how.\n"
PATTERN = PROJECT / "generator" / "blank"


def begin(folder: Path, *options: str, fresh: int | None = None) -> tuple[int, str, str]:
    """How `sitegen new` ends where no terminal is, and what it says; no file can have more than `fresh` bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "generator", "new", *options], cwd=folder, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(PROJECT)},
        preexec_fn=None if fresh is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (fresh, fresh)),
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def held(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def expected(name: str, url: str, client: str = "lantern", **more: Any) -> Settings:
    """The settings of a new site, with the program's defaults for all that was not answered."""
    spektrix = Spektrix(client=client, domain=more.get("domain", "system.spektrix.com"))
    site = Site(name=name, url=url, timezone=more.get("timezone", "Europe/London"))
    return Settings(
        site=site,
        venue=Venue(name=name),
        spektrix=spektrix,
        events=Events(("Gift Voucher*", "Test Event*")),
        availability=Availability(stale_minutes=240),
    )


def test_without_a_terminal_nothing_is_asked_and_all_has_a_default(tmp_path: Path) -> None:
    assert begin(tmp_path, "the-old-mill") == (
        0,
        "The Old Mill begins in the-old-mill. " + NEXT.format("the-old-mill"),
        WHEEL,
    )
    assert held(tmp_path / "the-old-mill") == sorted(["requirements.txt", *held(PATTERN)])
    assert settings(tmp_path / "the-old-mill") == expected("The Old Mill", "https://the-old-mill.example")
    assert (tmp_path / "the-old-mill" / "requirements.txt").read_bytes() == (PROJECT / "requirements.txt").read_bytes()


def test_what_is_given_is_taken_whatever_letters_it_has(tmp_path: Path) -> None:
    name = 'Theatr "Y Bont" \\ @@url@@ — Caffi'
    options = ("--name", name, "--url", "https://ybont.example/sioe", "--client", "ybont")
    code, *_ = begin(tmp_path, "x", *options, "--domain", "tickets.ybont.example", "--timezone", "Europe/Dublin")
    given = {"domain": "tickets.ybont.example", "timezone": "Europe/Dublin"}
    assert (code, settings(tmp_path / "x")) == (0, expected(name, "https://ybont.example/sioe", "ybont", **given))
    assert (tmp_path / "x" / "README.md").read_text("utf-8").startswith(f"# The website of {name}\n")


@pytest.mark.parametrize(
    ("option", "answer", "what"),
    [
        ("--name", " ", "it must not be empty"),
        ("--url", "ybont.example", 'it must be a web address such as "https://www.example.org", without ? or #'),
        ("--client", "y bont", "it must be letters, digits, - and _ only, as in your Spektrix address"),
        ("--domain", "https://x.example", 'it must be a host name alone, such as "tickets.example.org"'),
        ("--timezone", "London", 'it must be an IANA time zone such as "Europe/London"'),
    ],
)
def test_an_answer_that_is_no_good_is_a_usage_error(tmp_path: Path, option: str, answer: str, what: str) -> None:
    code, said, error = begin(tmp_path, "x", option, answer)
    assert (code, said, list(tmp_path.iterdir())) == (2, "", [])
    assert error.endswith(f"Error: Invalid value for '{option}': \"{answer}\": {what}\n")


def test_on_a_terminal_what_is_not_given_is_asked_until_it_is_good(tmp_path: Path) -> None:
    said = on_a_terminal(
        tmp_path, ["x", "--client", "ybont"], ["Y Bont", "ybont", "https://ybont.example", "", "Mars", ""]
    )
    asked = re.findall(r"^(The venue.*|The site.*|Client.*|Custom.*|Time zone.*|Error: .*)\r$", said, re.MULTILINE)
    assert asked == [
        "The venue's name [X]: Y Bont",
        "The site's address [https://x.example]: ybont",
        'Error: it must be a web address such as "https://www.example.org", without ? or #',
        "The site's address [https://x.example]: https://ybont.example",
        "Custom domain of Spektrix [system.spektrix.com]: ",
        "Time zone [Europe/London]: Mars",
        'Error: it must be an IANA time zone such as "Europe/London"',
        "Time zone [Europe/London]: ",
    ]
    assert settings(tmp_path / "x") == expected("Y Bont", "https://ybont.example", "ybont")


def on_a_terminal(folder: Path, options: list[str], answers: list[str]) -> str:
    """What stands on a terminal on which `sitegen new` is answered; each answer is typed when it is asked for."""
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "generator", "new", *options]
    around = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, cwd=folder, env=around, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = answered(terminal, answers)
    assert process.returncode == 0, said
    return said


def answered(terminal: int, answers: list[str]) -> str:
    """All that comes on a terminal until its program ends."""
    said, rest = b"", [*answers]
    while select.select([terminal], [], [], 60)[0]:
        try:
            said += os.read(terminal, 4096)
        except OSError:  # the program has ended
            break
        if rest and said.endswith(b": "):
            os.write(terminal, f"{rest.pop(0)}\n".encode())
    os.close(terminal)
    return said.decode()


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "README.md").write_text("mine")
    (tmp_path / "x" / "a").write_text("mine")
    mend = "  A new site needs a new or an empty folder: name another.\n"
    assert begin(tmp_path, "x") == (1, "", f"Error: x: holds README.md and 1 more already\n{mend}")
    assert (held(tmp_path), (tmp_path / "x" / "README.md").read_text()) == (["x/README.md", "x/a"], "mine")


@pytest.mark.parametrize("held_before", [[], [".git"]], ids=["empty", "git"])
def test_an_empty_folder_and_an_empty_repository_are_taken(tmp_path: Path, held_before: list[str]) -> None:
    for name in held_before:
        (tmp_path / name).mkdir()
    assert begin(tmp_path, ".", "--name", "Here")[0] == 0
    assert settings(tmp_path).site.name == "Here"


@pytest.mark.parametrize("name", ["file", "file/x"])
def test_a_file_in_the_way_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine")
    code, said, error = begin(tmp_path, name)
    mend = "  Is it a folder, is there room, and may sitegen write there? Nothing was left behind.\n"
    assert (code, said, error) == (1, "", f"Error: {name}: cannot be written (Not a directory)\n{mend}")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("is_there", [True, False])
def test_of_a_site_that_cannot_be_written_nothing_is_left(tmp_path: Path, is_there: bool) -> None:
    if is_there:
        (tmp_path / "x").mkdir()
    code, _, error = begin(tmp_path, "x", fresh=20_000)
    assert (code, "cannot be written (File too large)" in error) == (1, True)
    assert [path.name for path in tmp_path.rglob("*")] == (["x"] if is_there else [])


def test_the_settings_of_a_new_site_tell_of_every_setting() -> None:
    told = opened((PATTERN / "content" / "site.toml").read_text("utf-8"))
    known = {name: parts_of(table) for name, table in get_type_hints(Settings).items()}
    assert known.keys() == {*parts_of(Settings)}
    assert all(known.values())
    assert {name: set(told[name]) for name in known} == {name: {*parts} for name, parts in known.items()}


def test_the_settings_that_are_not_set_are_good_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    text = (PATTERN / "content" / "site.toml").read_text("utf-8")
    (tmp_path / "content" / "site.toml").write_text(uncommented(text), "utf-8")
    assert settings(tmp_path).attributes.genres == ("Comedy", "Dance", "Drama")


def uncommented(text: str) -> str:
    """The settings with all of them set, and every question answered."""
    answers = {"name": "A", "url": "https://a.example", "timezone": "Europe/London", "domain": "a.example"}
    filled = re.sub(
        r"@@(\w+)@@", lambda found: json.dumps(answers[found[1]]) if found[1] in answers else 'client = "a"', text
    )
    return re.sub(r"^# (?=\w+ = )", "", filled, flags=re.MULTILINE)


def opened(text: str) -> dict[str, Any]:
    """What the settings hold with all of them set."""
    return tomllib.loads(uncommented(text))


def test_the_example_of_a_template_is_the_themes_and_one_line() -> None:
    theme = (PROJECT / "templates" / "_partials" / "footer.html").read_text("utf-8").splitlines()
    own = (PATTERN / "templates" / "_partials" / "footer.html").read_text("utf-8").partition("#}\n")[2].splitlines()
    assert own == [*theme[:-2], "<p>© {{ site.name }}</p>", *theme[-2:]]
