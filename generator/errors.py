"""What can go wrong, told so that it can be mended.

A fault says what happened, where, and how to mend it. A `SitegenError` carries one or more faults and the exit
code of its kind (design.md §2). A `Notice` is a single thing that was passed over; `tally` counts notices by kind.
"""

from collections import Counter
from collections.abc import Iterable

from generator.anatomy import Struct


class Fault(Struct, frozen=True):
    """One thing that is wrong: what happened, where (file, line, item, address without its query), how to mend it."""

    what: str
    where: str = ""
    mend: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  {self.mend}" if self.mend else head


class SitegenError(Exception):
    """The run ends here; what was published before stands untouched."""

    exit_code = 1

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class SiteError(SitegenError):
    """The site is wrong: settings, content or templates."""

    exit_code = 1


class InternalError(SitegenError):
    """The program is wrong: it would have published what contradicts its own rules."""

    exit_code = 1


class SourceError(SitegenError):
    """The source failed: missing, cut short, not XML, or not what it should hold."""

    exit_code = 3


class GuardError(SitegenError):
    """The guard refused to publish: the feed holds less than it should."""

    exit_code = 4


class SecretError(SitegenError):
    """A secret would be, or was, published."""

    exit_code = 5


class NoticeKind(Struct, frozen=True):
    """A kind of thing that is passed over. `one` and `many` read after the count; `mend` is the advice."""

    one: str
    many: str
    mend: str = ""


class Notice(Struct, frozen=True):
    """One thing of a kind that was passed over, with the ids that show which; `where` is its file or page."""

    kind: NoticeKind
    example: str
    where: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.example) if part)


class Warned(Struct, frozen=True):
    """All notices of one kind: how many, and the first as the example."""

    kind: NoticeKind
    count: int
    example: str

    def __str__(self) -> str:
        words = self.kind.one if self.count == 1 else self.kind.many
        return f"{self.count} {words}, e.g. {self.example}" if self.count > 1 else f"1 {words}: {self.example}"


def tally(notices: Iterable[Notice]) -> tuple[Warned, ...]:
    """Count notices by kind, in the order in which the kinds first appeared."""
    counts: Counter[NoticeKind] = Counter()
    examples: dict[NoticeKind, str] = {}
    for notice in notices:
        counts[notice.kind] += 1
        examples.setdefault(notice.kind, str(notice))
    return tuple(Warned(kind, count, examples[kind]) for kind, count in counts.items())
