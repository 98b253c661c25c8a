"""What pages are called and how they are summed up, in tabs, bookmarks and search results: one page must not be
taken for another.

`Heads` is the door. None of it is a fault: a page is found all the same, only less well.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from generator.errors import Notice, NoticeKind
from generator.text import excerpt

SHARED_TITLE = NoticeKind(
    "title that several pages have",
    "titles that several pages have",
    "In search results nobody can tell them apart. Give each its own title, in content/ or in the box office system.",
)
NO_DESCRIPTION = NoticeKind(
    "page without a description",
    "pages without a description",
    "Search engines then show what they find. Give it one sentence: description in the file of a page, summary in that "
    "of an event, [site] description for the home page.",
)
SHARED_DESCRIPTION = NoticeKind(
    "description that several pages have",
    "descriptions that several pages have",
    "Search results look alike. Give each page a sentence of its own: description in the file of a page, summary in "
    "that of an event.",
)


@dataclass(slots=True)
class Heads:
    """Gathers titles and descriptions of the pages that search engines may show, each with its pages' addresses."""

    titles: dict[str, list[str]] = field(default_factory=dict)
    descriptions: dict[str, list[str]] = field(default_factory=dict)

    def add(self, where: str, title: str, description: str) -> None:
        """The head of the page at an address."""
        self.titles.setdefault(title, []).append(where)
        self.descriptions.setdefault(description, []).append(where)

    def notices(self) -> Iterator[Notice]:
        """What several pages share, and what is missing."""
        yield from _shared(SHARED_TITLE, self.titles)
        yield from (Notice(NO_DESCRIPTION, "", where) for where in self.descriptions.get("", ()))
        yield from _shared(SHARED_DESCRIPTION, self.descriptions)


def _shared(kind: NoticeKind, table: dict[str, list[str]]) -> Iterator[Notice]:
    for text, (first, *others) in table.items():
        if text and others:
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            yield Notice(kind, f"“{excerpt(text, 80)}”, as {others[0]}{more}", first)
