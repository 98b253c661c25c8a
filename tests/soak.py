"""Edits at random, valid and broken, renamed, deleted and twice at once; then the site must be that of a fresh studio.

`python tests/soak.py 2000` does many and says how much memory was in use on the way; the suite does a few.
"""

import random
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from studio import Asked, copy_of_demo

from generator.studio.changes import changed

BROKEN = ("{{ nothing_of_that_name }}", "{% if %}", "{{ event.titel }}", "{{ 1 / 0 }}")
LOOKED_AT = ("/", "/whats-on/", "/events/hamlet/", "/visit/", "/calendar/", "/availability.json", "/calendar.ics")


class Designer:
    """Somebody who edits a site folder; `dice` decide what."""

    def __init__(self, site: Path, dice: random.Random) -> None:
        self.site = site
        self.dice = dice
        self.number = 0
        self.acts: tuple[Callable[[], list[Path]], ...] = (
            self.word, self.word, self.style, self.template, self.template, self.broken, self.broken_words, self.rename,
            self.delete, self.setting, self.static, self.twice,
        )  # fmt: skip

    def act(self) -> list[Path]:
        """Do something; gives the files that were touched."""
        self.number += 1
        return self.dice.choice(self.acts)()

    def word(self) -> list[Path]:
        """A line more in a file of words."""
        return self._write(self._any("content", "*.md"), f"\n\nEdit {self.number}.\n")

    def style(self) -> list[Path]:
        """A line more in the stylesheet."""
        return self._write(self.site / "templates" / "assets" / "site.css", f"\n/* {self.number} */")

    def template(self) -> list[Path]:
        """A comment more in a template."""
        return self._write(self._any("templates", "*.html"), f"<!-- {self.number} -->")

    def broken(self) -> list[Path]:
        """A template that is wrong."""
        return self._write(self._any("templates", "*.html"), self.dice.choice(BROKEN))

    def broken_words(self) -> list[Path]:
        """A file of words without front matter."""
        file = self._any("content", "*.md")
        file.write_text("no front matter")
        return [file]

    def rename(self) -> list[Path]:
        """A page of the venue's own under another name."""
        file = self._any("content/pages", "*.md")
        if not file.is_file():
            return self.word()
        return [file, file.rename(file.with_name(f"{file.stem.split('-')[0]}-{self.number}.md"))]

    def delete(self) -> list[Path]:
        """A file less: of words, or a template that then is the built-in one."""
        file = self._any(self.dice.choice(("content", "templates")), self.dice.choice(("*.md", "*.html")))
        file.unlink(missing_ok=True)
        return [file]

    def setting(self) -> list[Path]:
        """Another name for the site."""
        file = self.site / "content" / "site.toml"
        text = file.read_text()
        name = text.split('name = "', 1)[1].split('"', 1)[0]
        file.write_text(text.replace(f'"{name}"', f'"The Lantern {self.number}"'))
        return [file]

    def static(self) -> list[Path]:
        """A file to be copied."""
        file = self.site / "content" / "static" / f"notes-{self.number % 5}.txt"
        file.parent.mkdir(exist_ok=True)
        return self._write(file, f"{self.number}")

    def twice(self) -> list[Path]:
        """Two edits at once."""
        return [*self.template(), *self.word()]

    def mend(self) -> list[Path]:
        """Bring back all that is broken, and leave the rest."""
        fresh = copy_of_demo(Path(tempfile.mkdtemp(prefix="sitegen-soak-")), has_pictures=False)
        mended = []
        for file in self.site.rglob("*"):
            original = fresh / file.relative_to(self.site)
            if file.suffix in (".md", ".html") and self._is_broken(file):
                mended.append(file)
                shutil.copy(original, file) if original.is_file() else file.unlink()
        shutil.rmtree(fresh)
        return mended

    def _is_broken(self, file: Path) -> bool:
        text = file.read_text()
        return not text.startswith("+++") if file.suffix == ".md" else any(words in text for words in BROKEN)

    def _any(self, folder: str, pattern: str) -> Path:
        files = sorted((self.site / folder).rglob(pattern))
        return self.dice.choice(files or [self.site / "content" / "pages" / "new.md"])

    def _write(self, file: Path, more: str) -> list[Path]:
        before = file.read_text() if file.is_file() else '+++\ntitle = "New"\n+++\n' if file.suffix == ".md" else ""
        file.write_text(before + more)
        return [file]


def soak(site: Path, edits: int, seed: int) -> Iterator[Asked]:
    """A studio after each edit; after the last it has been mended."""
    asked = Asked(site)
    designer = Designer(asked.desk.workshop.bench.site, random.Random(seed))  # noqa: S311  # no secret hangs on it
    for _ in range(edits):
        _follow(asked, designer.act())
        statuses = {path: asked.get(path).status_code for path in LOOKED_AT}
        assert set(statuses.values()) <= {200, 404, 500}, statuses
        yield asked
    _follow(asked, designer.mend())
    yield asked


def _follow(asked: Asked, paths: list[Path]) -> None:
    change = changed(paths, asked.desk.workshop.folders)
    if change:
        asked.desk.follow(change)


def pages(asked: Asked) -> dict[str, tuple[int, bytes]]:
    """Every page and file but calendars and pictures, as the studio serves them; its ledger is made of all files."""
    website = asked.desk.workshop.website()
    paths = [*(page.path for page in website.pages), *website.singles]
    responses = {path: asked.get(f"/{path}?_raw") for path in paths}
    return {path: (response.status_code, response.data) for path, response in responses.items()}


def main(edits: int) -> None:
    """Many edits, with the memory in use."""
    with tempfile.TemporaryDirectory() as folder:
        site = copy_of_demo(Path(folder))
        last = None
        for number, asked in enumerate(soak(site, edits, seed=1), start=1):
            last = asked
            if number % max(1, edits // 10) == 0:
                sys.stdout.write(f"{number} edits, {_memory()} MB\n")
                sys.stdout.flush()
        same = last is not None and pages(last) == pages(Asked(site))
    sys.stdout.write(f"{'The same as' if same else 'NOT the same as'} a studio started anew\n")
    sys.exit(not same)


def _memory() -> int:
    """The megabytes in use, where the system tells; else the most that ever were."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(status.read_text().split("VmRSS:")[1].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
