"""Which source the settings name, and what it gives: the one place where a second source would be added."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from generator.anatomy import Struct, replace
from generator.config import DEMO, LIVE, Settings
from generator.errors import Fault, SourceError
from generator.feedfolder import folder_of
from generator.model import BookingPath, Feed
from generator.spektrix import demo, markup, snapshot
from generator.spektrix.iframe import booking_path
from generator.spektrix.kept import Kept


class Source(Struct, frozen=True):
    """A feed and what goes with it.

    `folder` is where it was read from. `namespace` follows the @ in the ids of calendar entries. Feeds of one `series`
    are told apart from build to build; to those of another they are no news. `images` is the folder where the pull put
    pictures; it may not be there. `missing` names collections that the source could have given, but did not. `moves_at`
    is when the feed will say something else by itself; None where it never does.
    """

    feed: Feed
    folder: Path
    pulled_at: datetime | None
    images: Path
    missing: tuple[str, ...]
    booking: BookingPath
    namespace: str
    series: str
    is_live: bool
    moves_at: datetime | None = None


def load(
    settings: Settings, site_folder: Path, now: datetime, feed: Path | None = None, snapshot_folder: Path | None = None
) -> Source:
    """The source of a site. A `feed` given by hand comes before the settings; a `snapshot_folder` is a live one's own.

    Raises SourceError.
    """
    is_demo = feed is None and settings.source.feed == DEMO
    folder = feed or snapshot_folder or folder_of(settings, site_folder)
    if not folder.is_dir():
        raise SourceError(_nothing_there(folder, settings, site_folder))
    shift = demo.shift_for(now) if is_demo else None
    found = snapshot.read(folder, shift, kept=None if is_demo else kept_of(site_folder))
    namespace = f"{settings.spektrix.client}.spektrix"
    return Source(
        feed=found.feed,
        folder=folder,
        pulled_at=found.pulled_at,
        images=found.images,
        missing=found.missing,
        booking=booking_path(settings.spektrix),
        namespace=namespace,
        series=f"{namespace}, demo moved by {shift.days} days" if shift is not None else namespace,
        is_live=feed is None and settings.source.feed == LIVE,
        moves_at=demo.moves_at(now) if is_demo else None,
    )


def for_settings(source: Source, settings: Settings) -> Source:
    """The same feed for other settings, of which [source] is the same."""
    namespace = f"{settings.spektrix.client}.spektrix"
    series = namespace + source.series.removeprefix(source.namespace)
    return replace(source, booking=booking_path(settings.spektrix), namespace=namespace, series=series)


def lost_of(source: Source, event_id: int) -> Mapping[str, int]:
    """What the sanitiser takes out of an event's description, and how often. Raises SourceError."""
    return markup.lost(snapshot.description(source.folder, event_id))


def kept_of(site_folder: Path) -> Kept:
    """Where a site folder keeps what was read of large feeds."""
    return Kept(site_folder / ".sitegen" / "parsed")


def _nothing_there(folder: Path, settings: Settings, site_folder: Path) -> Fault:
    if settings.source.feed == LIVE:
        mend = "Run sitegen pull; or name a folder of XML with --feed."
        return Fault("there is no snapshot of the live source yet", str(folder), mend)
    what = f'there is no folder "{settings.source.feed}", which [source] feed names'
    return Fault(what, str(site_folder), 'Set it to a folder of XML, from the site folder, or to "demo".')
