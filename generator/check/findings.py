"""What a check found: faults, secrets, warnings, and how much was looked at."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from generator.errors import Fault, Notice, NoticeKind, SitegenError, Warned, tally


@dataclass(slots=True)
class Findings:
    """Gathered as a check goes on. `unreachable` are faults of a published site that could not be read."""

    faults: list[Fault] = field(default_factory=list)
    leaks: list[Fault] = field(default_factory=list)
    unreachable: list[Fault] = field(default_factory=list)
    wrong: list[Notice] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """What is not as it should be, but keeps nobody from publishing."""
        return tally(self.notices)

    @property
    def all_faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong, the gravest first, alike things once and counted."""
        counted = (Fault(str(each), "", each.kind.mend) for each in tally(self.wrong))
        return (*self.leaks, *self.unreachable, *self.faults, *counted)

    def catch(self, error: SitegenError) -> None:
        """Take the faults of an error."""
        self.faults += error.faults

    def note(self, one: str, many: str, mend: str, examples: Iterable[str]) -> None:
        """Count things of a kind that are wrong."""
        kind = NoticeKind(one, many, mend)
        self.wrong += (Notice(kind, example) for example in examples)
