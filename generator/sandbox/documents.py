"""A recorded collection, cut into its items byte by byte, so that any choice of them has the recording's own form.

The form is spektrix-api.md §1.4: one line, `&#xD;` and `<Value/>` as they were sent. Parsing and writing XML anew would
change such things; here the parser only tells where the items stand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from generator.errors import Fault, SourceError

# The roots that no recording shows are guessed from those it shows (spektrix-api.md §2).
ROOTS = {
    "events": "Events",
    "instances": "Instances",
    "instance-status": "InstancePlanStatuses",
    "price-lists": "PriceLists",
    "plans": "Plans",
    "bands": "Bands",
    "ticket-types": "TicketTypes",
    "offers": "Offers",
    "memberships": "Memberships",
    "statements": "Statements",
}
_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><{} xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item as it was sent, and what it is chosen by.

    `refs` holds the first reference of each kind: {"Event": "14473", "Plan": "5029"}. `start` is the text of Start, on
    the clock of the venue: "2014-06-14T17:45:00"; "" where there is none.
    """

    xml: bytes
    id: str
    refs: dict[str, str]
    start: str


@dataclass(frozen=True, slots=True)
class Document:
    """A collection: what stands before its items, the items, and what stands after them."""

    head: bytes
    items: tuple[Item, ...]
    tail: bytes

    def of(self, items: Iterable[Item]) -> bytes:
        """The document with these items only; with none the root is closed at once, as empty lists are (§1.4)."""
        inside = b"".join(item.xml for item in items)
        return self.head + inside + self.tail if inside else self.head.removesuffix(b">") + b"/>"


def empty(collection: str) -> bytes:
    """The document of a collection that holds nothing."""
    return _HEAD.format(ROOTS[collection]).encode()


@lru_cache(maxsize=32)
def read(xml: bytes, where: str) -> Document:
    """A document cut into its items. Raises SourceError where it is no XML; `where` names it then."""
    cutter = _Cutter()
    try:
        cutter.parser.Parse(xml, True)
    except expat.ExpatError as error:
        mend = "It can be served with all=true and no filter only, as it stands."
        raise SourceError(Fault(f"cannot be cut into items ({error})", where, mend)) from error
    if not cutter.found:
        return Document(xml[: cutter.end].strip().removesuffix(b"/>").removesuffix(b">") + b">", (), b"")
    edges = [found.begin for found in cutter.found] + [cutter.end]
    items = tuple(
        Item(xml[found.begin : end].strip(), found.id, found.refs, "".join(found.start))
        for found, end in zip(cutter.found, edges[1:], strict=True)
    )
    return Document(xml[: edges[0]].strip(), items, xml[cutter.end :].strip())


@dataclass(slots=True)
class _Found:
    begin: int
    id: str
    refs: dict[str, str] = field(default_factory=dict)
    start: list[str] = field(default_factory=list)


class _Cutter:
    """Notes where each child of the root begins, and where the root ends."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.path: list[str] = []
        self.found: list[_Found] = []
        self.end = 0

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.path) == 1:
            self.found.append(_Found(self.parser.CurrentByteIndex, attributes.get("id", "")))
        elif len(self.path) == 2 and "id" in attributes:
            self.found[-1].refs.setdefault(tag, attributes["id"])
        self.path.append(tag)

    def _text(self, text: str) -> None:
        if len(self.path) == 3 and self.path[2] == "Start":
            self.found[-1].start.append(text)

    def _end(self, _tag: str) -> None:
        self.path.pop()
        self.end = self.parser.CurrentByteIndex
