"""The catalogues of the theme's words, from its templates and code: `make words` renews them.

A translation whose English changed is dropped, never kept as a guess. Nothing in a catalogue changes from day to day.
"""

import io
import re
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).parent.parent
FOLDER = PROJECT / "templates" / "locale"
TEMPLATE = FOLDER / "sitegen.pot"
HOW = [("generator/**.py", "python"), ("templates/**.html", "jinja2.ext.babel_extract")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
MARKS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "counted": (1, 2)}
_KEPT = ("Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms")
_HEADER = re.compile(rf'^"(?!(?:{"|".join(_KEPT)}):)[A-Z][A-Za-z-]+: .*\\n"\n', re.MULTILINE)


def extracted() -> Catalog:
    """Every message of the theme and the code, with the file that says it."""
    catalog = Catalog(header_comment="# The words of the theme. `make words` renews this file.", fuzzy=False)
    found = extract_from_dir(PROJECT, HOW, OPTIONS, MARKS, directory_filter=lambda _: True)
    for file, line, message, comments, context in sorted(found, key=lambda each: each[:2]):
        catalog.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return catalog


def merged(file: Path, template: Catalog) -> Catalog:
    """A catalogue with the messages of the template, and its own translations of them."""
    with file.open("rb") as text:
        catalog = read_po(text, file.stem, ignore_obsolete=True)
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    return catalog


def text_of(catalog: Catalog) -> str:
    """A catalogue as it is kept: by file, without lines and dates."""
    written = io.BytesIO()
    write_po(written, catalog, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return _HEADER.sub("", written.getvalue().decode())


def main() -> None:
    """Renew the template and every catalogue of the theme."""
    template = extracted()
    TEMPLATE.write_text(text_of(template), encoding="utf-8")
    for file in sorted(FOLDER.glob("*.po")):
        file.write_text(text_of(merged(file, template)), encoding="utf-8")


if __name__ == "__main__":
    main()
