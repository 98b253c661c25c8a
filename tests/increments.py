"""Builds on top of each other, with changes at random between: each must be, byte for byte, as one of a fresh folder.

`python tests/increments.py 2000` does many; the suite does a few.
"""

import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from live import TINY, contents
from pictures_made import jpeg
from surfaces import PROJECT, share_pictures

from generator.anatomy import replace
from generator.build import build
from generator.errors import SiteError
from generator.order import Order, Report

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WAITS = (timedelta(), timedelta(minutes=7), timedelta(hours=5), timedelta(days=3))


def made(order: Order) -> Report:
    """A build."""
    return build(order, lambda _: None)


def fresh(folder: Path) -> Order:
    """A site folder that was never built."""
    site = Path(shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns(".sitegen", "output")))
    shutil.copytree(PROJECT / "templates", site / "templates", dirs_exist_ok=True)
    share_pictures(site)
    return Order(site, NOW)


@dataclass
class Venue:
    """Whoever changes a site folder between two builds; `dice` decide what."""

    order: Order
    dice: random.Random
    number: int = 0

    def change(self) -> str:
        """Change something, or nothing but the time; gives what was done."""
        self.number += 1
        self.order = replace(
            self.order,
            now=self.order.now + self.dice.choice(WAITS),
            jobs=self.dice.choice((1, 2)),
            is_unchecked=self.dice.random() < 0.5,
        )
        acts: tuple[Callable[[], object], ...] = (
            self.nothing, self.availability, self.availability, self.name, self.sale, self.date, self.words, self.page,
            self.setting, self.partial, self.template, self.include, self.style,
            self.catalogue, self.output, self.less, self.memory, self.earlier, self.rules, self.picture,
        )  # fmt: skip
        act = self.dice.choice(acts)
        act()
        return act.__name__

    def nothing(self) -> None:
        """Only time passes."""

    def availability(self) -> None:
        """A status row has other numbers."""
        self._record("instance-status.xml", "Available", str(self.dice.choice((0, 3, 40, 200))))

    def name(self) -> None:
        """An event has another name."""
        self._record("events.xml", "Name", f"Renamed {self.number}")

    def sale(self) -> None:
        """Something goes on sale or off."""
        self._record(self.dice.choice(("events.xml", "instances.xml")), "IsOnSale", self.dice.choice(("true", "false")))

    def date(self) -> None:
        """A date moves."""
        file = self.order.site / "feed" / "instances.xml"
        text, hour = file.read_text(), f"{self.dice.randrange(10, 22)}"
        items = re.findall(r"(?s)<EventInstance.*?</EventInstance>|<Instance .*?</Instance>", text)
        if items:
            item = self.dice.choice(items)
            moved = re.sub(r"(<Start(?:Utc)?>\d{4}-\d\d-\d\dT)\d\d", lambda found: found[1] + hour, item)
            file.write_text(text.replace(item, moved, 1))

    def words(self) -> None:
        """The venue says more of an event."""
        self._append(self.dice.choice(sorted((self.order.site / "content" / "events").glob("*.md"))), "\n\nMore {}.\n")

    def page(self) -> None:
        """The venue says more on a page of its own, or has another."""
        pages = self.order.site / "content" / "pages"
        if self.dice.random() < 0.5:
            self._append(self.dice.choice(sorted(pages.glob("*.md"))), "\n\nMore {}.\n")
        else:
            (pages / f"page-{self.number}.md").write_text(f'+++\ntitle = "Page {self.number}"\nnav = 9\n+++\nWords.\n')

    def setting(self) -> None:
        """A setting is another."""
        file = self.order.site / "content" / "site.toml"
        file.write_text(re.sub(r'(?m)^name = ".*"$', f'name = "House {self.number}"', file.read_text(), count=1))

    def partial(self) -> None:
        """A partial says more."""
        self._append(self._any("templates", "_partials/*.html"), "<!-- {} -->")

    def template(self) -> None:
        """A template says more, in its first block if it has any."""
        file = self._any("templates", "*.html")
        first, block, rest = re.split(r"({% block main %})|$", file.read_text(), maxsplit=1)
        file.write_text(f"{first}{block or ''}<!-- {self.number} -->{rest}")

    def include(self) -> None:
        """A template includes what is not there, or is by a name that it makes up; or it does no longer."""
        file, more = self._any("templates", "*.html"), self.order.site / "templates" / "_partials" / "more.html"
        made_up = """{% include "_partials/" ~ "mo" ~ "re.html" ignore missing %}"""
        perhaps = """{% include "_partials/more.html" ignore missing %}"""
        if self.dice.random() < 0.4:
            more.unlink() if more.is_file() else more.write_text(f"<!-- more {self.number} -->")
        else:
            place = "{% block main %}"
            text = file.read_text().replace(made_up, "").replace(perhaps, "")
            file.write_text(text.replace(place, place + self.dice.choice((made_up, perhaps, "")), 1))

    def style(self) -> None:
        """A stylesheet says more, so that it has another name."""
        self._append(self.order.site / "templates" / "assets" / "site.css", "\n/* {} */")

    def catalogue(self) -> None:
        """A word of the theme is another."""
        file = self.order.site / "templates" / "locale" / "en.po"
        file.parent.mkdir(exist_ok=True)
        head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        file.write_text(f'{head}msgid "What’s on"\nmsgstr "On now {self.number}"\n')

    def output(self) -> None:
        """Somebody has been at the output."""
        file = self._any("output", self.dice.choice(("**/*.html", "**/*.html", "**/*.ics", "assets/images/*")))
        if self.dice.random() < 0.5:
            file.unlink()
        else:
            file.write_text("Changed by hand.")

    def less(self) -> None:
        """A collection that is not needed is not there, or is again."""
        for name in ("offers.xml", "price-lists.xml"):
            file, aside = self.order.site / "feed" / name, self.order.site / f"{name}.aside"
            if self.dice.random() < 0.3:
                file.rename(aside) if file.is_file() else aside.rename(file)

    def memory(self) -> None:
        """Something that was left is lost, or broken."""
        file = self.order.site / ".sitegen" / "made"
        if self.dice.random() < 0.5:
            file.unlink(missing_ok=True)
        elif file.is_file():
            file.write_bytes(file.read_bytes()[: self.dice.randrange(90)])

    def earlier(self) -> None:
        """The ledger is that of an earlier build, as a cache of CI may have it; what else that left is gone on with."""
        ledger, aside = self.order.site / ".sitegen" / "ledger.json", self.order.site / "ledger.aside"
        if self.dice.random() < 0.5 and aside.is_file():
            shutil.copyfile(aside, ledger)
        else:
            shutil.copyfile(ledger, aside)

    def rules(self) -> None:
        """The venue has rules for its host, or others."""
        name, line = self.dice.choice((("_redirects", "/old-{} /whats-on/ 301"), ("_headers", "/x-{}\n  X-By: us")))
        file = self.order.site / "content" / "static" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{line.format(self.number)}\n")

    def picture(self) -> None:
        """An event has a picture of the venue's, or another one of that name."""
        file, words = (self.order.site / "content" / name for name in ("static/macbeth.jpg", "events/macbeth.md"))
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(jpeg(900, 600, self.dice.choice(("teal", "maroon"))))
        text, image = words.read_text(), 'image = "macbeth.jpg"\n'
        words.write_text(text if image in text else text.replace("event = 101\n", f"event = 101\n{image}"))

    def _record(self, name: str, field: str, value: str) -> None:
        """Some element of that name in a collection has another value."""
        file = self.order.site / "feed" / name
        text = file.read_text()
        places = [found.span(1) for found in re.finditer(f"<{field}>([^<]*)</{field}>", text)]
        first, last = self.dice.choice(places)
        file.write_text(text[:first] + value + text[last:])

    def _append(self, file: Path, text: str) -> None:
        with file.open("a") as opened:
            opened.write(text.format(self.number))

    def _any(self, folder: str, pattern: str) -> Path:
        return self.dice.choice(sorted((self.order.site / folder).glob(pattern)))


def differing(venue: Venue) -> dict[str, str]:
    """What differs, reports too, between a build on top of the last and one of a fresh folder with the same memory."""
    site, clean = venue.order.site, venue.order.site.with_name("clean")
    kept = shutil.ignore_patterns("output", ".output*", "made", "manifest.json")
    shutil.copytree(site, clean, ignore=kept, symlinks=True)
    try:
        report = made(venue.order)
        expected = made(replace(venue.order, site=clean, jobs=1))
    except SiteError as error:  # as when a change of templates makes no sense
        return {"": str(error)}
    finally:
        found, wanted = contents(venue.order.target), contents(clean / "output")
        shutil.rmtree(clean)
    told = {path: "differs" for path in found.keys() | wanted if found.get(path) != wanted.get(path)}
    same = replace(expected, output=report.output, written=report.written)
    return told | ({} if report == same else {"the report": f"{report} is not {same}"})


def run(folder: Path, times: int, seed: int) -> None:
    """So many changes, each built and compared. Raises AssertionError."""
    venue = Venue(fresh(folder / "site"), random.Random(seed))  # noqa: S311  # no secret hangs on it
    done: list[str] = []
    made(venue.order)
    for _ in range(times):
        done.append(venue.change())
        assert differing(venue) == {}, f"seed {seed}: {', '.join(done)}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for number in range(int(sys.argv[1]) // 40):
            run(Path(folder) / str(number), 40, number)
            print(f"{(number + 1) * 40} builds are as builds of a fresh folder")  # noqa: T201
