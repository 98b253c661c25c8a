"""The site as it is published, to compare with where there is no memory: a fresh machine has no last snapshot."""

from datetime import datetime
from pathlib import Path

from generator.errors import Fault, SiteError
from generator.guard import Counts, counts_of_published
from generator.urls import is_address


def read_baseline(baseline: str, now: datetime) -> Counts | None:
    """The counts of a published availability.json, a file or an address; None where nothing is published there yet.

    Raises SourceError where it cannot be fetched or is something else, SiteError where the file cannot be read.
    """
    if is_address(baseline):
        from generator.spektrix.client import published  # slow to import, and seldom needed

        document = published(baseline)
        return counts_of_published(document, now, shown(baseline)) if document is not None else None
    try:
        return counts_of_published(Path(baseline).read_bytes(), now, baseline)
    except OSError as error:
        mend = "Name the availability.json of the published site with --baseline."
        raise SiteError(Fault(f"cannot be read ({error.strerror})", baseline, mend)) from error


def shown(baseline: str) -> str:
    """A baseline as it may be shown: an address without its query."""
    return baseline.partition("?")[0]
