"""The theme's words in other languages: gettext catalogues, `locale/*.po` of the template folders.

`catalogue` is the door. The site folder's words win one by one, so that its catalogue need not hold more
than what it says otherwise. English stands in the code and the templates themselves.
"""

import io
import re
from collections.abc import Iterable
from gettext import GNUTranslations
from itertools import pairwise
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from generator.errors import Fault, SiteError

FOLDER = "locale"
_GAP = re.compile(r"%\(\w+\)s|%%?")
_MEND_GAP = "Write what stands like %(name)s as in the English, and a percent sign as %%."


def N_(message: str) -> str:  # noqa: N802  # the mark that gettext's tools look for
    """Marks a message for the catalogues where it is not yet to be translated."""
    return message


def catalogue(locale: Locale, folders: Iterable[Path]) -> GNUTranslations | None:
    """The words of a locale, else of its language, in the first folder that has them; None where no folder has any.

    Raises SiteError for a catalogue that is broken.
    """
    names = dict.fromkeys((str(locale), locale.language))
    files = (folder / FOLDER / f"{name}.po" for folder in folders for name in names)
    found = [_read(file, locale) for file in files if file.is_file()]
    for words, more in pairwise(found):
        words.add_fallback(more)
    return found[0] if found else None


def _read(file: Path, locale: Locale) -> GNUTranslations:
    compiled = io.BytesIO()
    try:
        with file.open("rb") as text:
            read = read_po(text, locale, ignore_obsolete=True, abort_invalid=True)
        _leave_untranslated(read)
        write_mo(compiled, read)
        compiled.seek(0)
        words = GNUTranslations(compiled)
    except (PoFileError, ValueError, LookupError, OSError) as error:
        what = f"not a gettext catalogue: {error}"
        raise SiteError(Fault(what, str(file), "Open it in Poedit, which tells.")) from error
    faults = [_fault(message, file) for message in read if message.id and not _has_its_gaps(message)]
    if faults:
        raise SiteError(*faults)
    return words


def _leave_untranslated(read: Catalog) -> None:
    """Take out what has no translation yet, so that other words can stand for it."""
    for message in list(read):
        if message.id and not all(_texts(message.string)):
            read.delete(message.id, message.context)


def _texts(said: str | Iterable[str] | None) -> tuple[str, ...]:
    """A message, or its forms."""
    return (said,) if isinstance(said, str) else tuple(said or ("",))


def _has_its_gaps(message: Message) -> bool:
    """Whether a translation has no gap to fill that the English has not."""
    known = {"%%", *_GAP.findall(" ".join(_texts(message.id)))}
    return known >= {*_GAP.findall(" ".join(_texts(message.string)))}


def _fault(message: Message, file: Path) -> Fault:
    said, english = _texts(message.string)[-1], _texts(message.id)[-1]
    return Fault(f'"{said}" cannot stand for "{english}"', f"{file}, line {message.lineno}", _MEND_GAP)
