"""What a check found: faults, secrets, warnings, each with its place and its mend, and how much was looked at."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from generator.errors import Fault, Notice, NoticeKind, SecretError, SitegenError, SourceError

MOST_PLACES = 100
"""Places of one kind of thing that are told; beyond them only their number is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found: a file, a page of the site, an address; and what stands there, or ""."""

    where: str
    example: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, or all that were found of its kind.

    `what` says it without its place, `where` and `example` are those of the first, `others` the places of those that
    follow it, at most 99; `count` is of all of them.
    """

    what: str
    where: str
    mend: str
    example: str = ""
    count: int = 1
    others: tuple[Place, ...] = ()


@dataclass(slots=True)
class Findings:
    """Gathered as a check goes on. `failed` are faults of the source, or of a published site that could not be read."""

    faults: list[Fault] = field(default_factory=list)
    leaks: list[Fault] = field(default_factory=list)
    failed: list[Fault] = field(default_factory=list)
    wrong: list[Notice] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is not as it should be, but keeps nobody from publishing."""
        return tuple(_gathered(self.notices))

    @property
    def all_faults(self) -> tuple[Finding, ...]:
        """Everything that is wrong, the gravest first, alike things once and counted."""
        single = (*self.leaks, *self.failed, *self.faults)
        return (*(Finding(fault.what, fault.where, fault.mend) for fault in single), *_gathered(self.wrong))

    def catch(self, error: SitegenError) -> None:
        """Take the faults of an error."""
        kinds = ((SecretError, self.leaks), (SourceError, self.failed), (SitegenError, self.faults))
        next(found for kind, found in kinds if isinstance(error, kind)).extend(error.faults)


def _gathered(notices: Iterable[Notice]) -> Iterator[Finding]:
    """A finding for each kind of notice, in the order in which the kinds first appeared."""
    by_kind: dict[NoticeKind, list[Notice]] = {}
    for notice in notices:
        by_kind.setdefault(notice.kind, []).append(notice)
    for kind, (first, *rest) in by_kind.items():
        others = tuple(Place(notice.where, notice.example) for notice in rest[: MOST_PLACES - 1])
        what = kind.many if rest else kind.one
        yield Finding(what, first.where, kind.mend, first.example, 1 + len(rest), others)
