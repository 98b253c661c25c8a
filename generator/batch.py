"""What became of files that some process made and put aside, as it tells it to the first one."""

from collections.abc import Callable

import msgspec

from generator.anatomy import Struct, field
from generator.before import Unit
from generator.check.surfaces import Comparison
from generator.write import Known, Placed


class Batch(Struct):
    """What became of some files: whether each is new or changed, how it stands, what its pages were found to be.

    `templates` are the digests of the templates that were asked for, as `Keys` has them.
    """

    comparison: Comparison | None = None
    placed: list[Placed] = field(default_factory=list)
    files: dict[str, Known] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    keyed: dict[str, bytes] = field(default_factory=dict)
    templates: dict[str, bytes] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Callable[[bytes], "Batch"], tuple[bytes]]:
        """As it is sent to another process: it holds many records, each of which would be pickled by itself."""
        return _batch, (msgspec.msgpack.encode(self),)

    def take(self, other: "Batch") -> None:
        """Take what became of other files, but for where they were put: that is told and done with."""
        self.files |= other.files
        self.units |= other.units
        self.keyed |= other.keyed
        self.templates |= other.templates
        if self.comparison and other.comparison:
            self.comparison.take(other.comparison)

    def compare(self, unit: Unit) -> None:
        """Hold the pages of a unit against the other surfaces, where that is asked for."""
        if self.comparison:
            self.comparison.seen |= set(unit.seen)
            self.comparison.over |= unit.over
            self.comparison.silences += unit.silences


def _batch(content: bytes) -> Batch:
    """A batch as it was sent; a path is one text, wherever it stands, as there are a hundred thousand."""
    batch = msgspec.msgpack.decode(content, type=Batch)
    same = {path: path for path, _ in batch.placed}
    batch.files = {same[path]: known for path, known in batch.files.items()}
    batch.keyed = {same[path]: key for path, key in batch.keyed.items()}
    for unit in batch.units.values():
        unit.files = [same[path] for path in unit.files]
    return batch
