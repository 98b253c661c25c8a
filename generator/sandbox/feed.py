"""The folder of XML that the sandbox serves, read anew for every request: a file changed by hand is served at once."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from generator.errors import Fault, SourceError
from generator.sandbox import before_2025, documents
from generator.sandbox.documents import Document
from generator.spektrix import demo


@dataclass(frozen=True, slots=True)
class FeedFolder:
    """Where the documents lie, by how much their times are moved, and whether they take the form of before 2025."""

    folder: Path
    shift: timedelta
    is_older: bool
    seed: int

    def xml(self, collection: str) -> bytes:
        """The whole document of a collection; one without items where the folder has no file for it.

        Raises SourceError where the file cannot be read, or has to be cut for the older form and is no XML.
        """
        if not self.is_older:
            return self._stored(collection)
        document = self.document(collection)
        return document.of(document.items)

    def document(self, collection: str) -> Document:
        """A collection cut into its items. Raises SourceError where it cannot be read or is no XML."""
        document = documents.read(self._stored(collection), f"{collection}.xml")
        return before_2025.older(collection, document, self.seed) if self.is_older else document

    def _stored(self, collection: str) -> bytes:
        path = self.folder / f"{collection}.xml"
        try:
            stored = path.read_bytes()
        except FileNotFoundError:
            return documents.empty(collection)
        except OSError as error:
            raise SourceError(Fault(f"cannot be read ({error.strerror})", str(path))) from error
        return demo.shifted(stored, self.shift) if self.shift else stored


def opened(folder: Path, shift: timedelta, is_older: bool, seed: int) -> FeedFolder:
    """The feed in a folder. Raises SourceError where it holds no collection at all."""
    if not any((folder / f"{collection}.xml").is_file() for collection in documents.ROOTS):
        mend = "Name a folder with events.xml, instances.xml and so on."
        raise SourceError(Fault("holds no collection", str(folder), mend))
    return FeedFolder(folder, shift, is_older, seed)
