"""What docs/theming.md says of the templates' contexts is what the code gives them.

`python tests/test_theming_docs.py` writes that part of the page anew.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

from surfaces import PROJECT

from generator import source as sources
from generator.anatomy import parts_of
from generator.content import Credit
from generator.images import Picture, Source
from generator.model import Membership, Offer
from generator.months import Day, Month
from generator.pictures.illustrate import Illustrated
from generator.place import Place
from generator.plan import Choice, Facet, Link, Page
from generator.prices import PriceRow, PriceTable
from generator.programme import Kind, ListedEvent, ListedInstance
from generator.sitefolder import read_words
from generator.subscription import EntryLinks, Subscription
from generator.text import Html
from generator.website import Website, composed, website

DOCS = PROJECT / "docs" / "theming.md"
BEGIN, END = "<!-- written by tests/test_theming_docs.py: begin -->\n", "<!-- end -->\n"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NAMES: Mapping[type, str] = {
    ListedEvent: "event", ListedInstance: "instance", Kind: "kind", Place: "place", Picture: "picture",
    Source: "source",
    PriceTable: "price table", PriceRow: "price row", Credit: "credit", Offer: "offer", Membership: "membership",
    Page: "page", Link: "link", Facet: "facet", Choice: "choice", Month: "month", Day: "day",
    EntryLinks: "entry", Subscription: "subscription",
}  # fmt: skip
PLAIN = {
    str: "text",
    Html: "HTML",
    int: "number",
    bool: "true or false",
    Decimal: "amount",
    datetime: "time",
    date: "day",
}


def made() -> Website:
    """The demo's website, without pictures."""
    words = read_words(PROJECT)
    source = sources.load(words.settings, PROJECT, NOW, None, None)
    return website(words, source, Illustrated(composed(words, source, NOW), {}))


def described(value: Any) -> str:
    """A value in the words of a designer; "" where it does not tell, such as an empty list."""
    if isinstance(value, tuple) and not isinstance(value, list) and value and type(value[0]) is not type(value[-1]):
        return f"({', '.join(described(part) for part in value)})"
    if isinstance(value, list | tuple):
        return f"list of {described(value[0])}" if value else ""
    return "" if value is None else NAMES.get(type(value)) or PLAIN.get(type(value), type(value).__name__)


def contexts(site: Website) -> dict[str, dict[str, str]]:
    """Of each template the names in its context, and what they hold."""
    found: dict[str, dict[str, str]] = {}
    for page in site.pages:
        names = found.setdefault(page.template, {})
        for name, value in page.context.items():
            names[name] = names.get(name) or described(value)
    return dict(sorted(found.items()))


def hinted(hint: Any) -> str:
    """An annotation in the words of a designer."""
    text = re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", hint.__name__ if isinstance(hint, type) and hint in NAMES else str(hint))
    text = re.sub(r"<(?:class|enum) '(\w+)'>", r"\1", text)
    for kind, name in (*NAMES.items(), *PLAIN.items()):
        text = re.sub(rf"\b{kind.__name__}\b", name, text)
    text = text.replace(" | None", ", or none").replace("State", "state")
    text = re.sub(r"tuple\[([^\[\]]*), \.\.\.\]", r"list of \1", text)
    text = re.sub(r"tuple\[([^\[\]]*)\]", r"(\1)", text)
    return re.sub(r"tuple\[([^\[\]]*), \.\.\.\]", r"list of \1", text)


def is_told(name: str, hint: Any) -> bool:
    """Whether a designer is told of a part: it is no secret of its record, and no call that makes another part."""
    return not name.startswith("_") and "Callable" not in str(hint)


def record(kind: type) -> str:
    """The fields and properties of a record that templates have use for."""
    hints = get_type_hints(kind)
    fields = [f"`{name}` ({hinted(hints[name])})" for name in parts_of(kind) if is_told(name, hints[name])]
    properties = {name: value for name, value in vars(kind).items() if isinstance(value, property) and name[0] != "_"}
    fields += [f"`{name}` ({hinted(get_type_hints(value.fget)['return'])})" for name, value in properties.items()]
    return f"- **{NAMES[kind]}**: {', '.join(fields)}"


def written() -> str:
    """That part of the page."""
    site = made()
    tables = [
        f"| `{template}` | {', '.join(f'`{name}` ({kind})' if kind else f'`{name}`' for name, kind in names.items())} |"
        for template, names in contexts(site).items()
    ]
    environment = site.renderer.environment
    usual = (
        "range",
        "dict",
        "lipsum",
        "cycler",
        "joiner",
        "namespace",
        "_",
        "gettext",
        "ngettext",
        "pgettext",
        "npgettext",
    )
    known = sorted(environment.globals.keys() - {*usual})
    filters = sorted(environment.filters.keys() - {*type(environment)().filters})
    return "\n".join(
        (
            "| template | its own names |",
            "|---|---|",
            *tables,
            "",
            "What the records hold:",
            "",
            *(record(kind) for kind in NAMES),
            "",
            "Names that every template knows: " + ", ".join(f"`{name}`" for name in ("page", *known)) + ".",
            "",
            "Filters beside Jinja's own: " + ", ".join(f"`{name}`" for name in filters) + ".",
            "",
        )
    )


def test_the_docs_say_what_the_templates_are_given() -> None:
    text = DOCS.read_text("utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == written()


def test_every_template_is_in_the_docs() -> None:
    templates = {path.name for path in (PROJECT / "templates").glob("*.html")}
    assert templates == {*contexts(made()), "base.html"}


if __name__ == "__main__":
    before, _, rest = DOCS.read_text("utf-8").partition(BEGIN)
    Path(DOCS).write_text(before + BEGIN + written() + END + rest.partition(END)[2], "utf-8")
