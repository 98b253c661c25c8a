"""A new site folder, ready for git and a host, from a few answers: what `sitegen new` writes.

`files` gives all of it, `put_into` writes it, whole or not at all. The folder `blank/` of this package is the pattern;
in it @@name@@ stands for the answer of that name.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from generator.config import SETTINGS_FILE, Site, Spektrix
from generator.errors import Fault, SiteError
from generator.swap import files_in
from generator.tables import objection
from generator.text import one_line, slug

_PROGRAM = Path(__file__).parent
_PATTERN = _PROGRAM / "blank"
_PINS = "requirements.txt"
_HOMES = {"name": Site, "url": Site, "timezone": Site, "client": Spektrix, "domain": Spektrix}


@dataclass(frozen=True, slots=True)
class Answers:
    """What a new site is told. `client` may be "": it can be set when the key comes."""

    name: str
    url: str
    client: str = ""
    domain: str = "system.spektrix.com"
    timezone: str = "Europe/London"


def guessed(folder: Path) -> Answers:
    """What to propose for a folder: the venue's name and address from its name. The address is one that nobody has."""
    word = slug(folder.resolve().name) or "theatre"
    return Answers(name=word.replace("-", " ").title(), url=f"https://{word}.example")


def wrong(question: str, answer: str) -> str:
    """What is wrong with the answer to a question, named as in `Answers`; "" where it is good."""
    return objection(_HOMES[question], question, answer)


def files(answers: Answers) -> Mapping[str, bytes]:
    """Every file of a new site folder by its path: the pattern filled in, the pins, and the program's wheel."""
    told = {name: one_line(value) for name, value in asdict(answers).items()}
    settings = {name: _toml(value) for name, value in told.items()}
    settings["client"] = f"client = {settings['client']}" if answers.client else '# client = "yourname"'
    filled = {SETTINGS_FILE: settings, "README.md": told}
    made = {path: _filled((_PATTERN / path).read_bytes(), filled.get(path, {})) for path in files_in(_PATTERN)}
    pins = _PROGRAM / _PINS
    made[_PINS] = (pins if pins.is_file() else _PROGRAM.parent / _PINS).read_bytes()
    if wheel := _wheel():
        made[f"wheels/{wheel.name}"] = wheel.read_bytes()
    return made


def refuse_taken(folder: Path) -> None:
    """Raise SiteError where a folder holds anything but an empty git repository: nothing is ever overwritten."""
    with _writing(folder):
        held = sorted(path.name for path in folder.iterdir() if path.name != ".git") if folder.exists() else []
    if held:
        what = f"holds {held[0]}" + (f" and {len(held) - 1} more" if held[1:] else "")
        mend = "A new site needs a new or an empty folder: name another."
        raise SiteError(Fault(f"{what} already", str(folder), mend))


def put_into(folder: Path, made: Mapping[str, bytes]) -> None:
    """Write files into a new or empty folder. Raises SiteError; then nothing is left of them."""
    refuse_taken(folder)
    is_new = not folder.exists()
    with _writing(folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as aside:
                _write(Path(aside), made)
                _move(Path(aside), folder)
        except OSError:
            if is_new:
                shutil.rmtree(folder, ignore_errors=True)
            raise


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Errors of the file system become faults. Raises SiteError."""
    try:
        yield
    except OSError as error:
        mend = "Is it a folder, is there room, and may sitegen write there? Nothing was left behind."
        where = str(error.filename or folder)
        raise SiteError(Fault(f"cannot be written ({error.strerror or error})", where, mend)) from error


def _write(folder: Path, made: Mapping[str, bytes]) -> None:
    for path, content in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _move(source: Path, target: Path) -> None:
    """Move all that lies in a folder into another, or leave that as it was."""
    names = sorted(entry.name for entry in source.iterdir())
    try:
        for name in names:
            (source / name).rename(target / name)
    except OSError:
        for name in names:
            if not (source / name).exists():
                (target / name).rename(source / name)
        raise


def _filled(pattern: bytes, values: Mapping[str, str]) -> bytes:
    return re.sub(rb"@@(\w+)@@", lambda found: values[found[1].decode()].encode(), pattern)


def _toml(text: str) -> str:
    """A text as TOML writes it: the strings of JSON are some of TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _wheel() -> Path | None:
    """The wheel that this program was installed from, where it is still there."""
    with suppress(PackageNotFoundError, ValueError, OSError):
        told = json.loads(distribution("sitegen").read_text("direct_url.json") or "{}")
        address = urlsplit(told.get("url", ""))
        wheel = Path(url2pathname(address.path))
        return wheel if address.scheme == "file" and wheel.suffix == ".whl" and wheel.is_file() else None
    return None
