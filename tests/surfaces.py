"""Builds a site as a user does and reads what it says back from the files, surface by surface.

Nothing here knows the feed or the rules: what a page, its JSON-LD, availability.json and the calendar say of
an instance comes back as `Facts`, in which a key that is missing is a thing that the surface does not say.
"""

import atexit
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import lxml.html

Facts = dict[str, str]
TEXT_FILES = {".html", ".json", ".ics", ".xml", ".txt", ".css", ".js", ".svg", ".webmanifest", ""}

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"


@cache
def build(site: Path, feed: Path | None, now: str, *more: str) -> Path:
    """Builds `feed`, or the site's own source, through a copy of the folder `site` at `now`, once per run."""
    work = Path(tempfile.mkdtemp(prefix="sitegen-test-"))
    atexit.register(shutil.rmtree, work, ignore_errors=True)
    shutil.copytree(site / "content", work / "site" / "content")
    share_made(work / "site")
    options = ["--site", work / "site", "--output", work / "output", "--now", now]
    options += [*(["--feed", feed] if feed else []), *more]
    command = [sys.executable, "-m", "generator", "build", *map(str, options)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return work / "output"


def share_pictures(site: Path) -> None:
    """Lets a site use the files made from pictures that the tests before it made; those that run beside it do, too."""
    _share(site, "images")


def share_made(site: Path) -> None:
    """Lets a site use their compiled templates, too."""
    share_pictures(site)
    _share(site, "templates")


def _share(site: Path, name: str) -> None:
    cache, own = PROJECT / ".pytest_cache" / name, site / ".sitegen" / name
    cache.mkdir(parents=True, exist_ok=True)
    own.parent.mkdir(exist_ok=True)
    if not own.exists():
        own.symlink_to(cache)


def shared_folder(*names: str) -> Path | None:
    """A folder beside the project that a checkout may have; None where it has not."""
    folder = SHARED.joinpath(*names)
    return folder if folder.is_dir() else None


# One instance, surface by surface


def page_facts(output: Path, instance_id: str) -> Facts:
    """What the instance's page shows, `path` being where it lies under the site's address."""
    path = instance_pages(output)[instance_id]
    main = only(read_page(path), "main")
    price = next((data.get("value", "") for data in main.iter("data") if has_class(data, "price-from")), "")
    frames = (frame for frame in main.iter("iframe") if frame.get("id") == "SpektrixIFrame")
    return said(
        path=address_under(output, path),
        title=one_line(text_in(next(main.iter("h1")))),
        event=main.get("data-event", ""),
        state=main.get("data-state", ""),
        start=first_time(main),
        price_from=price,
        booking_url=next((frame.get("src", "") for frame in frames), ""),
    )


def jsonld_facts(output: Path, instance_id: str) -> Facts:
    """What the page's one JSON-LD script says of the instance."""
    node = next(node for node in jsonld_nodes(instance_pages(output)[instance_id]) if "startDate" in node)
    offers = node.get("offers", {})
    offer = offers[0] if isinstance(offers, list) else offers
    address = offer.get("url", "")
    return said(
        name=one_line(node["name"]),
        url=node["url"],
        start=canonical(node["startDate"]),
        end=canonical(node.get("endDate", "")),
        status=last_word(node["eventStatus"]),
        availability=last_word(offer.get("availability", "")),
        price_from=amount(offer.get("price", offer.get("lowPrice"))),
        booking_url=address if "ChooseSeats.aspx" in address else "",
    )


def availability_facts(output: Path, instance_id: str) -> Facts:
    """What availability.json says of the instance, every value of it, the access codes in one word each."""
    record = dict(availability(output)["instances"][instance_id])
    return said(**{**record, "access": " ".join(sorted(record.get("access", [])))})


def calendar_facts(output: Path, instance_id: str, calendar: str = "calendar.ics") -> Facts:
    """What the calendar says of the instance, `to` being the page that its URL is sent on to."""
    events = calendar_events(output / calendar)
    event = next(event for uid, event in events.items() if uid.startswith(f"{instance_id}@"))
    return said(
        uid=event["UID"],
        summary=one_line(event["SUMMARY"]),
        status=event["STATUS"],
        start=canonical(event["DTSTART"]),
        end=canonical(event.get("DTEND", "")),
        url=event["URL"],
        to=redirects(output).get(urlsplit(event["URL"]).path, ""),
    )


def event_facts(output: Path, event_id: str) -> dict[str, object]:
    """What the event's page shows, with the state and the start of each of its dates."""
    path = event_pages(output)[event_id]
    main = only(read_page(path), "main")
    dates = [item for item in main.iter("li") if item.get("data-instance")]
    return {
        "path": address_under(output, path),
        "title": one_line(text_in(next(main.iter("h1")))),
        "state": main.get("data-state"),
        "dates": {item.get("data-instance"): (item.get("data-state"), first_time(item)) for item in dates},
        "linked": all(f"/{item.get('data-instance')}/" in " ".join(addresses(item)) for item in dates),
    }


# All instances, surface by surface


def every_page(output: Path) -> dict[str, Facts]:
    """What the page of every instance shows."""
    return {id_: page_facts(output, id_) for id_ in instance_pages(output)}


def every_jsonld(output: Path) -> dict[str, Facts]:
    """What the JSON-LD says of every instance that has a page."""
    return {id_: jsonld_facts(output, id_) for id_ in instance_pages(output)}


def every_availability(output: Path) -> dict[str, Facts]:
    """What availability.json says of every instance in it."""
    return {id_: availability_facts(output, id_) for id_ in availability(output)["instances"]}


def every_calendar(output: Path, calendar: str = "calendar.ics") -> dict[str, Facts]:
    """What a calendar says of every instance in it."""
    ids = [uid.partition("@")[0] for uid in calendar_events(output / calendar)]
    return {id_: calendar_facts(output, id_, calendar) for id_ in ids}


def every_event(output: Path) -> dict[str, dict[str, object]]:
    """What the page of every event shows."""
    return {id_: event_facts(output, id_) for id_ in event_pages(output)}


# Whole files


@cache
def instance_pages(output: Path) -> dict[str, Path]:
    """The pages of instances, by the id that their main element names."""
    return pages_by(output.glob("events/*/*/index.html"), "data-instance")


@cache
def event_pages(output: Path) -> dict[str, Path]:
    """The pages of events, by the id that their main element names."""
    return pages_by(output.glob("events/*/index.html"), "data-event")


def pages_by(pages: Iterable[Path], attribute: str) -> dict[str, Path]:
    """The pages by that attribute of their main element; two of one thing are refused."""
    named = []
    for page in sorted(pages):
        (main,) = lxml.html.document_fromstring(page.read_bytes()).iter("main")
        named.append((main.get(attribute, ""), page))
    found = dict(named)
    assert len(found) == len(named), f"two pages have the same {attribute}"
    return found


def read_page(path: Path) -> Element:
    """A page as a browser reads it."""
    return _parsed(path)[0]


def html_faults(path: Path) -> list[str]:
    """What in a page is not as HTML has it, each fault by its name in html5lib."""
    return _parsed(path)[1]


@cache
def _parsed(path: Path) -> tuple[Element, list[str]]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page: Element = parser.parse(path.read_bytes(), transport_encoding="utf-8")
    return page, [f"line {place[0]}: {fault} {about}" for place, fault, about in parser.errors]


def elements(page: Path) -> Iterator[Element]:
    """The elements of a page, comments left out."""
    return (element for element in read_page(page).iter() if isinstance(element.tag, str))


def texts(output: Path) -> Iterator[tuple[str, str]]:
    """The name and text of every text file of the output; calendars as they are before folding."""
    for path in sorted(output.rglob("*")):
        if path.is_file() and path.suffix in TEXT_FILES:
            yield path.relative_to(output).as_posix(), path.read_bytes().decode("utf-8").replace("\r\n ", "")


def jsonld_scripts(path: Path) -> list[str]:
    """The text of the page's JSON-LD scripts."""
    scripts = read_page(path).iter("script")
    return [text_in(script) for script in scripts if script.get("type") == "application/ld+json"]


def jsonld_nodes(path: Path) -> list[dict[str, Any]]:
    """The objects of the page's one JSON-LD script, those under @graph each by itself."""
    (script,) = jsonld_scripts(path)
    document: dict[str, Any] = json.loads(script)
    nodes: list[dict[str, Any]] = document.get("@graph", [document])
    return nodes


@cache
def availability(output: Path) -> dict[str, Any]:
    """availability.json as it stands."""
    document: dict[str, Any] = json.loads((output / "availability.json").read_text("utf-8"))
    return document


@cache
def calendar_events(path: Path) -> dict[str, Facts]:
    """The VEVENTs of a calendar by UID, each as its properties; two with one UID are refused."""
    text = path.read_bytes().decode("utf-8").replace("\r\n ", "")
    events = [properties(block.partition("END:VEVENT\r\n")[0]) for block in text.split("BEGIN:VEVENT\r\n")[1:]]
    found = {event["UID"]: event for event in events}
    assert len(found) == len(events), f"a UID stands twice in {path}"
    return found


def properties(lines: str) -> Facts:
    """The properties of a component's unfolded lines, unescaped by RFC 5545 §3.3.11, parameters left out.

    Read by hand, since the program writes with the library that would read it.
    """
    split = [re.match(r'([\w-]+)(?:;(?:"[^"]*"|[^":])*)?:(.*)', line) for line in lines.split("\r\n")]
    return {match[1]: re.sub(r"\\(.)", unescaped, match[2]) for match in split if match}


def unescaped(escape: re.Match[str]) -> str:
    """The character that an escape in a calendar's text stands for."""
    return "\n" if escape[1] in "nN" else escape[1]


@cache
def redirects(output: Path) -> dict[str, str]:
    """_redirects, from address to address."""
    lines = (output / "_redirects").read_text("utf-8").splitlines()
    rules = [line.split() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return {rule[0]: rule[1] for rule in rules}


# Small readings


def said(**facts: str) -> Facts:
    """The facts without those that are not said."""
    return {name: value for name, value in facts.items() if value}


def only(element: Element, tag: str) -> Element:
    """The one element of that name below `element`."""
    found = list(element.iter(tag))
    assert len(found) == 1, f"{len(found)} <{tag}> where one should be"
    return found[0]


def has_class(element: Element, name: str) -> bool:
    """Whether the element is of that class."""
    return name in element.get("class", "").split()


def text_in(element: Element) -> str:
    """The element's text, that of its children included."""
    return "".join(element.itertext())


def first_time(element: Element) -> str:
    """The moment that the element names first."""
    return canonical(next(element.iter("time")).get("datetime", ""))


def addresses(element: Element) -> list[str]:
    """The addresses that the element's links lead to, in their order."""
    return [link.get("href", "") for link in element.iter("a")]


def one_line(text: str) -> str:
    """The text with control characters and runs of blanks as one space: how these are shown is free."""
    blank = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    return " ".join(blank.split())


def canonical(moment: str) -> str:
    """An ISO time with its offset, in one spelling."""
    return datetime.fromisoformat(moment).isoformat() if moment else ""


def amount(price: str | float | None) -> str:
    """A price of JSON-LD, which may be text or a number, as the other surfaces write it: those tell none of 0."""
    return "" if price is None or not Decimal(str(price)) else f"{Decimal(str(price)):.2f}"


def last_word(address: str) -> str:
    """The term at the end of a schema.org address."""
    return address.removeprefix("https://schema.org/")


def address_under(output: Path, page: Path) -> str:
    """The page's address under that of the site."""
    folder = page.parent.relative_to(output).as_posix()
    return "/" if folder == "." else f"/{folder}/"
