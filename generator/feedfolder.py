"""Where the feed of a site folder lies; who only asks that need not know how a feed is read."""

from pathlib import Path

from generator.config import DEMO, LIVE, Settings
from generator.spektrix import demo


def folder_of(settings: Settings, site_folder: Path, feed: Path | None = None) -> Path:
    """Where the feed lies, or would lie: it may not be there yet. A `feed` given by hand comes before the settings."""
    if feed:
        return feed
    named = {DEMO: demo.FOLDER, LIVE: site_folder / ".sitegen" / "snapshot"}
    return named.get(settings.source.feed, site_folder / settings.source.feed)


def is_unpulled(settings: Settings, site_folder: Path) -> bool:
    """Whether the source is live and was never pulled, so that the demo's feed stands in for it."""
    return settings.source.feed == LIVE and not folder_of(settings, site_folder).is_dir()
