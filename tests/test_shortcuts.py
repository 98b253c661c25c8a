"""What the shortcuts through Jinja make is what Jinja makes, byte for byte, and fault for fault."""

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import ref

import jinja2
import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from generator.anatomy import Struct
from generator.shortcuts import MANY, Environment
from generator.states import State
from generator.text import Html

PARTIALS = {
    "card.html": "<li>{{ show.title }}{% if show.number %} {{ show.number }}{% endif %}{{ end }}</li>",
    "table.html": "<td>{{ table.rows|join(', ') }} {{ table.last }} {{ table }}</td>",
    "rows.html": "<td>{{ table.rows|join(', ') }} {{ end }}</td>",
    "frame.html": "<{{ tag }}>{% block main %}{% endblock %}</{{ tag }}>",
}
TEMPLATES = {
    "values": "{{ text }}|{{ plain }}|{{ markup }}|{{ html }}|{{ state }}|{{ 5 }}|{{ 1.5 }}|{{ none }}|{{ true }}",
    "in an attribute": '<a title="{{ text }}" href="{{ link(text) }}">{{ link("<b>") }}</a>',
    "attributes of attributes": "{{ show.next.next.title.upper() }} {{ show.next.number + show.number }}",
    "an attribute in an argument": "{{ link(show.title) }} {{ [show.number, show.next.number]|max }}",
    "a name that is a word of Python": "{{ words.class }} {{ words.from }} {{ words.is }}",
    "an item as an attribute": "{{ words.title }} {{ words['title'] }} {{ words.items()|length }}",
    "an attribute in a filtered loop": "{% for each in shows if each.number > 1 %}{{ each.title }},{% endfor %}",
    "an attribute in a macro": "{% macro tell(show) %}<i>{{ show.title }}</i>{% endmacro %}{{ tell(show) }}",
    "an attribute in a default": "{% macro tell(title=show.title) %}{{ title }}{% endmacro %}{{ tell() }}",
    "a block of text": "{% set text %}{{ show.title }}{% endset %}{{ text }}{{ text|length }}",
    "a message": "{{ _('Hello & welcome') }} {{ _('100%%') }}",
    "a message with variables": "{{ _('%(title)s & more', title=show.title) }} {{ _('<b>%(x)s</b>', x=markup) }}",
    "a message with a variable called context": "{{ _('%(context)s %(obj)s', context=text, obj=show.number) }}",
    "a message in a block": "{% trans title=show.title %}All about {{ title }}{% endtrans %}",
    "a message of many": "{{ ngettext('%(num)s seat of %(title)s', '%(num)s seats', 1, title=text) }}",
    "a message without escaping": "{% autoescape false %}{{ _('%(x)s', x=text) }}{{ text }}{% endautoescape %}",
    "a message with values of every sort": "{{ _('%(a)s %(b)s: 100 %%', a=text, b=none) }} "
    "{{ _('%(a)s %(b)s %(c)s', a=markup, b=html, c=1.5) }}",
    "a message with a number as a number": "{{ _('%(n)d of %(m)05.1f and %(x)r', n=show.number, m=2, x=text) }}",
    "a message that lacks a variable": "{{ _('%(title)s by %(name)s', title=text) }}",
    "a name for messages that is taken": "{% set _ = link %}{{ _('Hello') }}",
    "partials": "{% for each in shows %}{% with show = each, end = loop.index %}{% include 'card.html' %}{% endwith %}"
    "{% endfor %}",
    "a partial that the page tells apart": "{% for end in 'abcabcabcabcabc' %}{% include 'card.html' %}{% endfor %}",
    "partials of records": "{% for table in tables * 3 %}{% include 'table.html' %}{% endfor %}",
    "partials of records that the page tells apart": "{% for table in tables * 3 %}{% for end in 'aba' %}"
    "{% include 'rows.html' %}{% endfor %}{% endfor %}",
    "partials of a record that changes": "{% for table in [loose, loose, loose, loose] %}{{ change(table) }}"
    "{% include 'rows.html' %}{% endfor %}",
    "partials of what comes and goes": "{% for end in range(300) %}{% with table = new(end) %}"
    "{% include 'table.html' %}{% endwith %}{% endfor %}",
    "a page in a frame": "{% extends 'frame.html' %}{% block main %}{{ show.title }}{{ super() }}{% endblock %}",
    "a name that nobody knows": "{{ show.titel }}",
    "an attribute of nothing": "{{ show.next.next.next.title }}",
    "an inside": "{{ show.__class__ }}",
    "an inside by a filter": "{{ show|attr('__init__') }}",
    "a change": "{{ [].append(1) }}",
    "a format of insides": "{{ '{0.__class__}'.format(show) }}",
    "links in links": "{{ link(link(link(text))) }} {{ link(_('%(x)s', x=link(show.title))) }}",
    "links in every form": "{{ link(text=text) }} {{ link(*[text]) }} {{ link(**{'text': text}) }}",
    "links in a loop and a block": "{% for link_to in [link, link] %}{{ link_to(text) }}{% block one scoped %}"
    "{{ link_to(loop.index) }}{% endblock %}{% endfor %}{% set it = link %}{{ it(it(text)) }}",
    "a name for links that is taken": "{% macro link(simple) %}<i>{{ simple }}</i>{% endmacro %}{{ link(text) }}",
    "a link that is called with a block": "{% call link(text) %}a{% endcall %}",
    "a link to nothing": "{{ link() }}",
    "a link that nobody knows": "{{ links(text) }}",
    "a link with two names": "{{ link(text, text) }}",
}


@dataclass(frozen=True)
class Show:
    """A record that templates are given."""

    title: str
    number: int
    next: "Show | None" = None


class Table(Struct, frozen=True, weakref=True):
    """A record that never changes."""

    rows: tuple[str, ...]

    @property
    def last(self) -> str:
        """The last row."""
        return self.rows[-1]


class Loose(Struct):
    """A record that may change."""

    rows: list[str]


class Links:
    """What gives templates a method that is known to be simple."""

    def to(self, text: str) -> str:
        """A link."""
        return f"/{text}"


LINK = Links().to
SHOWS = [Show("Mother & Child", number) for number in range(12)]
NAMES: Mapping[str, Any] = {
    "text": "Tom & 'Jerry' <b>\"",
    "plain": "Hamlet, Prince of Denmark; née ü",
    "markup": Markup("<b>&amp;</b>"),
    "html": Html("<p>Tom &amp; Jerry</p>"),
    "state": State.ON_SALE,
    "words": {"class": "<c>", "from": "f", "is": "i", "title": "<t>"},
    "show": Show("Ham<let>", 1, Show("Lear", 2, Show("Mac&beth", 3))),
    "shows": SHOWS,
    "tables": [Table(("a", "<b>")), Table(("a", "<b>")), Table(("c",))],
    "tag": "main",
    "end": "",
}


def in_german(message: str, *more: str | int) -> str:
    """A translation as the site's is: text, escaped where the English has no tags of its own."""
    said = f"<{message}>"
    return said if "<" in message else escape(said)


def made_by(environment: jinja2.Environment, template: str) -> str:
    """What a template says, or what fault it has."""
    environment.add_extension("jinja2.ext.i18n")
    loose = Loose([])
    environment.globals |= {"new": lambda number: Table((str(number),)), "change": lambda it: it.rows.append("<")}
    environment.globals |= {"link": LINK}
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        in_german, lambda one, many, count: in_german(one if count == 1 else many), newstyle=True
    )
    names = {**NAMES, "loose": loose}
    try:
        page = environment.get_template(template)
        return environment.rendered(template, names) if isinstance(environment, Environment) else page.render(names)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_same_as_jinja_makes(name: str) -> None:
    options: dict[str, Any] = {
        "loader": jinja2.DictLoader(PARTIALS | TEMPLATES),
        "autoescape": True,
        "undefined": jinja2.StrictUndefined,
    }
    ours = Environment(simple=[LINK], **options)
    ours.say, ours.often = in_german, 2
    expected = made_by(ImmutableSandboxedEnvironment(**options), name)
    assert expected
    assert [made_by(ours, name) for _ in range(3)] == [expected] * 3


def test_what_is_compiled_grows_with_the_template_and_no_sooner() -> None:
    environment = Environment(simple=[LINK], autoescape=True)
    few, many = (f"{{{{ {'link(' * depth}text{')' * depth} }}}}" for depth in (5, 10))
    assert len(environment.compile(many, raw=True)) < 2 * len(environment.compile(few, raw=True))


def test_a_partial_of_records_that_come_in_turns_is_rendered_once_for_each() -> None:
    tables = [Table((str(number),)) for number in range(3 * MANY)]
    assert rendered([table for table in tables for _ in range(4)]) == tables


def test_a_partial_that_hardly_ever_says_the_same_is_no_longer_looked_at() -> None:
    tables = [Table((str(number),)) for number in range(MANY + 1)]
    assert rendered([*tables, *tables[:2], *tables[:2]]) == [*tables, *tables[:2], *tables[:2]]


def test_a_record_of_which_something_was_said_stays_so_that_no_other_takes_its_place() -> None:
    environment = Environment(loader=jinja2.DictLoader(PARTIALS | {"page": "{% include 'table.html' %}"}))
    environment.often = 0
    table = Table(("a",))
    stays = ref(table)
    environment.rendered("page", {"table": table})
    del table
    gc.collect()
    assert stays() == Table(("a",))


def rendered(tables: Sequence[Table]) -> list[Table]:
    """The tables for which a partial is rendered, when one after the other is shown."""
    shown: list[Table] = []
    partials = {"page": "{% include 'table' %}", "table": "{{ table|show }}"}
    environment = Environment(loader=jinja2.DictLoader(partials), autoescape=True)
    environment.often = 0
    environment.filters["show"] = shown.append
    assert {environment.rendered("page", {"table": table}) for table in tables} == {"None"}
    return shown
