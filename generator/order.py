"""What a build is asked for, and what it tells of what it made."""

from collections import Counter
from datetime import datetime
from pathlib import Path

from generator.anatomy import Struct, field
from generator.errors import Warned
from generator.gate.gate import Gate


class Order(Struct, frozen=True):
    """What is asked for. `now` is aware; `feed` and `output` may be None for the settings' own.

    `snapshot` is one that was just pulled, and is not yet in its place. `is_unchecked` is whether pages are not held
    against availability.json; `gate` knows what must not be published.
    """

    site: Path
    now: datetime
    output: Path | None = None
    feed: Path | None = None
    jobs: int = 1
    allow_shrink: bool = False
    baseline: str | None = None
    snapshot: Path | None = None
    is_unchecked: bool = False
    gate: Gate = field(default_factory=Gate)

    @property
    def target(self) -> Path:
        """The output folder."""
        return self.output or self.site / "output"


class Written(Struct, frozen=True):
    """How many files of the site are new or changed, as they were, and gone."""

    changed: int
    unchanged: int
    removed: int


class Report(Struct, frozen=True):
    """What a build made. `states` counts the instances by state.

    `content_changed` is whether anything but the times of generation differs from what was last published;
    `next_moment` when the site changes by itself, as a sale opens or a date is over: None where it never does. In UTC.
    """

    site: str
    output: Path
    now: datetime
    pulled_at: datetime | None
    events: int
    instances: int
    states: Counter[str]
    pages: int
    written: Written
    content_changed: bool
    warnings: tuple[Warned, ...]
    next_moment: datetime | None
