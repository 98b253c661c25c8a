"""Four surfaces, one truth (design.md §6): page, JSON-LD and calendar are held against availability.json.

All are read back from the bytes that are published, so what a template shows is compared and not what it was given.
`Comparison` is the door. A surface that says something else is a fault; one that says nothing, as when a template
leaves a mark out, is a notice: it cannot be compared.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from generator import urls
from generator.anatomy import Struct, field, replace
from generator.check.vevents import vevents
from generator.check.webpage import Mark, Marks, Node, objects
from generator.errors import Fault, Notice, NoticeKind, SiteError, tally
from generator.jsonld import AVAILABILITY, OF_EVENT, RESCHEDULED, SCHEDULED, SCHEMA, STATUS
from generator.states import State

Facts = Mapping[str, str]
"""What is said of an instance, by name; times as ISO 8601 in UTC, "" for what is not said."""

OVER = ("past", "cancelled", "postponed")
CALENDAR_STATUS = {"cancelled": "CANCELLED", "postponed": "TENTATIVE"}
_MEND = (
    "The site was not published so. If templates/ has a copy of this page's template, compare it with the built-in one."
)
_SILENT = "Nobody can tell whether it is right. docs/theming.md says which marks a template keeps."


class Truth(Struct, frozen=True):
    """What availability.json says: the instances and events to come, by id."""

    instances: Mapping[str, Mapping[str, Any]]
    events: Mapping[str, Mapping[str, Any]]


def truth_of(documents: Iterable[bytes]) -> Truth:
    """The truth in availability.json and, where it is split, in the files that it leads to. Raises ValueError."""
    instances: dict[str, Mapping[str, Any]] = {}
    events: dict[str, Mapping[str, Any]] = {}
    for document in documents:
        table = json.loads(document)
        instances |= table.get("instances", {})
        events |= table.get("events", {})
    return Truth(instances, events)


def holds_truth(path: str) -> bool:
    """Whether a file is availability.json or a part of it."""
    return path.startswith("availability") and path.endswith(".json") and path != urls.AVAILABILITY_SCHEMA


def targets(redirects: bytes) -> dict[str, str]:
    """_redirects, from path to path: of two for one path, the first is followed."""
    rows = [line.split() for line in redirects.decode().splitlines() if not line.startswith("#")]
    return {row[0]: row[1] for row in reversed(rows) if len(row) > 1}


class Comparison(Struct):
    """Compares what surfaces say with the truth, and keeps where they differ or are silent."""

    truth: Truth
    contradictions: list[Notice] = field(default_factory=list)
    silences: list[Notice] = field(default_factory=list)
    over: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def begun(self) -> "Comparison":
        """A comparison with the same truth, in which nothing has been seen."""
        return Comparison(self.truth)

    def found(self) -> "Comparison":
        """What was found, without the truth that it was found by: for another process to take."""
        return replace(self, truth=Truth({}, {}))

    def take(self, other: "Comparison") -> None:
        """Take what another comparison with the same truth has found."""
        self.contradictions += other.contradictions
        self.silences += other.silences
        self.over |= other.over
        self.seen |= other.seen

    def page(self, path: str, said: Marks) -> None:
        """Compare what a page shows and what its JSON-LD says."""
        own = next((mark for mark in said.marks if mark.is_page and mark.instance), None)
        if own:
            self.seen.add(own.instance)
        if own and own.instance not in self.truth.instances:
            self.over[own.instance] = _utc(own.start)
        for mark in said.marks:
            if mark.instance:
                self._mark(path, mark, said.canonical)
            elif mark.state:
                self._event(path, mark)
        described = [found for node in said.nodes for found in _performances(node)]
        for node in described:
            self._node(path, node, own)
        if own and not any(_instance_of(node) == own.instance for node in described):
            self._silent("JSON-LD", "performance", own.instance, path)

    def calendar(self, path: str, content: bytes, redirects: Mapping[str, str]) -> None:
        """Compare what a calendar says. One that is not the site's own may list less than it."""
        told = dict(vevents(content))
        for id_, facts in told.items():
            shown = {**facts, "address": redirects.get(urlsplit(facts["address"]).path, "")}
            record = self.truth.instances.get(id_)
            if record:
                self._hold("calendar", path, id_, shown, _in_calendar(record))
            elif id_ in self.over:
                self._hold("calendar", path, id_, {"start": facts["start"]}, {"start": self.over[id_]})
        if path == urls.FEED:
            for id_ in self.truth.instances.keys() - told.keys():
                self._contradict("calendar", "performance", path, f"{id_}: not listed")

    def missing_pages(self) -> None:
        """Keep as a fault every instance of the truth that no page was about, unless pages have no marks at all."""
        for id_ in self.truth.instances.keys() - self.seen if self.seen else ():
            self._contradict("page", "performance", urls.AVAILABILITY, f"{id_}: no page is about it")

    def refuse(self, is_strict: bool = False) -> None:
        """Raise SiteError where something differs; where something is silent only if `is_strict`."""
        found = (*self.contradictions, *(self.silences if is_strict else ()))
        if found:
            told = tally(sorted(found, key=str))
            raise SiteError(*(Fault(str(each), "", each.kind.mend) for each in told))

    def _mark(self, path: str, mark: Mark, canonical: str) -> None:
        record = self.truth.instances.get(mark.instance)
        if record is None:
            if mark.state and mark.state not in OVER:
                self._contradict("page", "state", path, f"{mark.instance}: {mark.state}, but it is over")
            return
        said = {
            "event": mark.event,
            "state": mark.state,
            "start": _utc(mark.start),
            "price": mark.price_from,
            "booking address": mark.booking_url,
            "address": canonical if mark.is_page else "",
        }
        true = {
            "event": record["event"],
            "state": record["state"],
            "start": _utc(record["start"]),
            "price": record.get("price_from", ""),
            "booking address": record.get("booking_url", ""),
            "address": record["url"],
        }
        self._hold("page", path, mark.instance, said, true, expects=true if mark.is_page else ("state", "start"))

    def _event(self, path: str, mark: Mark) -> None:
        true = self.truth.events.get(mark.event, {}).get("state", State.PAST.value)
        if mark.state != true:
            self._contradict("page", "state of an event", path, f"{mark.event}: {mark.state}, not {true}")

    def _node(self, path: str, node: Node, own: Mark | None) -> None:
        id_ = _instance_of(node)
        record = self.truth.instances.get(id_)
        if record:
            self._hold("JSON-LD", path, id_, _of_node(node), _in_jsonld(record))
        elif own and own.instance == id_:
            said = _of_node(node)
            kept = {name: said[name] for name in ("start", "availability", "price", "booking address")}
            self._hold("JSON-LD", path, id_, kept, {**dict.fromkeys(kept, ""), "start": _utc(own.start)})

    def _hold(
        self, surface: str, path: str, id_: str, said: Facts, true: Facts, expects: Iterable[str] | None = None
    ) -> None:
        """Compare fact by fact. Silence is noted of what `expects` names: all that is true, if it is None."""
        for name, value in said.items():
            if value and value != true[name]:
                self._contradict(surface, name, path, f"{id_}: {value}, not {true[name] or 'said there'}")
        for name in true if expects is None else expects:
            if true[name] and not said.get(name):
                self._silent(surface, name, id_, path)

    def _contradict(self, surface: str, fact: str, path: str, example: str) -> None:
        kind = NoticeKind(
            f"{surface} has another {fact} than availability.json",
            f"times the {surface} has another {fact} than availability.json",
            _MEND,
        )
        self.contradictions.append(Notice(kind, example, f"/{urls.page_in(path)}"))

    def _silent(self, surface: str, fact: str, id_: str, path: str) -> None:
        kind = NoticeKind(
            f"{surface} does not tell the {fact}", f"times the {surface} does not tell the {fact}", _SILENT
        )
        self.silences.append(Notice(kind, id_, f"/{urls.page_in(path)}"))


def _performances(node: Node) -> Iterator[Node]:
    """The instances that a node of JSON-LD describes: itself, or the parts of a series."""
    if _instance_of(node) and "startDate" in node:
        yield node
    yield from (part for part in objects(node.get("subEvent")) if _instance_of(part))


def _instance_of(node: Node) -> str:
    """The id of the instance that a node is about; "" where it is about something else."""
    before, is_one, id_ = str(node.get("@id", "")).removesuffix(OF_EVENT).rpartition("/i/")
    return id_ if is_one and before else ""


def _of_node(node: Node) -> dict[str, str]:
    offers = objects(node.get("offers"))
    page = str(node.get("url", ""))
    status = _word(node.get("eventStatus", ""))
    return {
        "address": page,
        "start": _utc(str(node.get("startDate", ""))),
        "status": SCHEDULED if status == RESCHEDULED else status,
        "availability": " and ".join(dict.fromkeys(_word(offer.get("availability", "")) for offer in offers)),
        "price": _paid(offers[0].get("price", "")) if offers else "",
        "booking address": " and ".join(
            dict.fromkeys(url for offer in offers if (url := offer.get("url", page)) != page)
        ),
    }


def _in_jsonld(record: Mapping[str, Any]) -> dict[str, str]:
    """A record of availability.json in the words of schema.org."""
    state = State(record["state"])
    is_offered = state in AVAILABILITY
    return {
        "address": record["url"],
        "start": _utc(record["start"]),
        "status": STATUS.get(state, SCHEDULED),
        "availability": AVAILABILITY.get(state, ""),
        "price": record.get("price_from", "") if is_offered else "",
        "booking address": record.get("booking_url", ""),
    }


def _in_calendar(record: Mapping[str, Any]) -> dict[str, str]:
    """A record of availability.json in the words of iCalendar, whose address is sent on to the page."""
    return {
        "start": _utc(record["start"]),
        "status": CALENDAR_STATUS.get(record["state"], "CONFIRMED"),
        "address": urlsplit(record["url"]).path,
    }


def _utc(moment: str) -> str:
    """A time in UTC, to compare; what is no time stays as it is."""
    try:
        return datetime.fromisoformat(moment).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return moment


def _paid(price: object) -> str:
    """A price; "" for what is free, as no other surface names a price of 0."""
    try:
        return str(price) if Decimal(str(price)) else ""
    except InvalidOperation:
        return str(price)


def _word(address: object) -> str:
    return str(address).removeprefix(f"{SCHEMA}/")
