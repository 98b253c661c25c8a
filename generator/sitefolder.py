"""What a site folder says: its settings, its content and its language, and where its templates are.

`read_words` is the door.
"""

from collections.abc import Callable
from pathlib import Path

from generator.anatomy import Struct
from generator.config import Settings, settings
from generator.content import Content, read_content
from generator.errors import Notice
from generator.render import theme_folders
from generator.urls import Addresses
from generator.wording import Language, language


class Words(Struct, frozen=True):
    """All that the site folder says. `folders` are those of its templates, the first winning."""

    site: Path
    settings: Settings
    addresses: Addresses
    folders: tuple[Path, ...]
    language: Language
    content: Content
    notices: tuple[Notice, ...]

    def __reduce__(self) -> tuple[Callable[..., "Words"], tuple[object, ...]]:
        """As it is sent to another process: but for the language, whose catalogue is read there."""
        said = (self.site, self.settings, self.addresses, self.folders)
        return _words, (*said, self.content, self.notices)


def _words(
    site: Path,
    chosen: Settings,
    addresses: Addresses,
    folders: tuple[Path, ...],
    content: Content,
    notices: tuple[Notice, ...],
) -> Words:
    return Words(site, chosen, addresses, folders, language(chosen.site, folders)[0], content, notices)


def read_words(site_folder: Path) -> Words:
    """Settings and content of a site folder, and where its templates are. Raises SiteError."""
    chosen = settings(site_folder)
    addresses = Addresses(chosen.site.url)
    folders = theme_folders(site_folder)
    spoken, unspoken = language(chosen.site, folders)
    return Words(site_folder, chosen, addresses, folders, spoken, read_content(site_folder, addresses.base), unspoken)
