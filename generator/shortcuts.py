"""Jinja without the work that many pages have in common: the same bytes, sooner.

A message is translated once. What needs no escaping is written as it is. A partial is rendered once for all pages on
which it says the same: what it reads of a page is known from its syntax tree and those of the partials that it
includes, and where all of that are plain values that are equal, or of the very same records, and all else is the same
for every page, so are the bytes. In doubt it is rendered.
"""

import re
from collections.abc import Callable, Mapping, MutableMapping
from enum import Enum
from functools import cached_property
from typing import Any

import markupsafe
from jinja2 import Template, TemplateNotFound, nodes
from jinja2.runtime import Context
from jinja2.utils import missing
from markupsafe import Markup, escape

from generator.anatomy import Struct
from generator.compiling import GETTEXT, Generator, Looked, Need
from generator.confined import Confined
from generator.text import Html

MANY = 100
"""How many different things that a partial said are kept; then, if that spared half of its work, others are."""

_PLAIN = (str, int, bool, type(None), Html, Markup)
_MARKUP = (Markup, Html)
_escaped: Callable[[str], str] = getattr(markupsafe, "_escape_inner", escape)  # the inside of it, where it is there
_of_text = re.compile(r"(?:[^%]|%%|%\(\w+\)s)*").fullmatch


def written(value: Any) -> str:
    """What `escape` makes of a value, as a page has it: text, which need not become markup on its way there."""
    kind = type(value)
    if kind is str:
        return _escaped(value)
    return value if kind in _MARKUP else escape(value)


class _Pattern(Markup):
    """A message with places for texts: `%` puts them in, as it does with any markup, in half the time."""

    def __mod__(self, variables: Mapping[str, Any]) -> Markup:  # type: ignore[override]  # it is asked with names alone
        return Markup(str.__mod__(self, {name: written(value) for name, value in variables.items()}))  # noqa: S704  # so


def _pattern(said: str) -> Markup:
    return _Pattern(said) if _of_text(said) else Markup(said)  # noqa: S704  # as the extension does it


class _Messages(dict[str, Markup]):
    """Messages, each said once, as `finish` makes them markup."""

    def __init__(self, say: Callable[[str], str], finish: Callable[[str], Markup]) -> None:
        self._say, self._finish = say, finish

    def __missing__(self, message: str) -> Markup:
        said = self[message] = self._finish(self._say(message))
        return said


class Environment(Confined):
    """An environment that spares work; `say` is how it says messages, as markup.

    A partial is rendered `often` times before anybody looks whether that could be spared: one page is made sooner.
    """

    code_generator_class = Generator
    written = staticmethod(written)
    say: Callable[[str], str]
    often: float = 8

    @cached_property
    def messages(self) -> _Messages:
        """What messages say that have no variables."""
        return _Messages(self.say, lambda said: Markup(said % {}))  # noqa: S704  # as the extension does it

    @cached_property
    def with_variables(self) -> _Messages:
        """What messages say that have variables, before those are put in."""
        return _Messages(self.say, _pattern)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        stored = {found.name for found in source.find_all(nodes.Name) if found.ctx != "load"}
        if stored.isdisjoint(GETTEXT) and not source.find(nodes.EvalContextModifier):  # such as autoescape false
            source = Looked().visit(source)
        return super()._generate(source, name, filename, defer_init)

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002  # as Jinja calls it
    ) -> Template:
        """A template; one that was had before without names of its own is at hand, as every page asks for two."""
        if globals is not None or not isinstance(name, str):
            return super().get_template(name, parent, globals)
        known = self._at_hand.get(name)
        if known is None:
            known = self._at_hand[name] = super().get_template(name, parent)
        return known

    def rendered(self, name: str, context: Mapping[str, Any]) -> str:
        """What a template says in a context; its globals are put together once for all pages."""
        template = self.get_template(name)
        try:
            return self.said_by(template, {**self._globals, **context})
        except Exception:  # noqa: BLE001 - Jinja raises it again, with the template's lines
            self.handle_exception()

    def said_by(self, template: Template, names: dict[str, Any]) -> str:
        """What a template says that knows these names, those of all templates among them."""
        own = self.context_class(self, names, template.name, template.blocks)
        return "".join(template.root_render_func(own))

    @cached_property
    def _globals(self) -> dict[str, Any]:
        return dict(self.make_globals(None))

    @cached_property
    def _at_hand(self) -> dict[str, Template]:
        return {}

    @cached_property
    def _partials(self) -> dict[str, "_Partial"]:
        return {}

    def partial(self, name: str, context: Context, local: Mapping[str, Any]) -> str:
        """What a partial says, included from a template at work."""
        partial = self._partials.get(name) or self._partials.setdefault(name, _Partial(self, name))
        return partial.text(context, local)

    def needs(self, name: str) -> frozenset[Need] | None:
        """What a template and all that belong to it read from outside; None where that cannot be told."""
        names = self.closure(name)
        if names is None:
            return None
        return frozenset(Need(*need) for each in names for need in self._compiled(each)["needs"])

    def closure(self, name: str) -> frozenset[str] | None:
        """A template and all that belong to it, by name; None where that cannot be told."""
        to_read, known = [name], {name}
        while to_read:
            try:
                refers_to = self._compiled(to_read.pop())["refers_to"]
            except TemplateNotFound:  # it may be there by the time it is wanted, if it ever is
                return None
            if None in refers_to:
                return None
            to_read += {*refers_to} - known
            known |= {*refers_to}
        return frozenset(known)

    def source(self, name: str) -> str:
        """The text of a template. Raises TemplateNotFound."""
        loader = self.loader
        if loader is None:
            raise TemplateNotFound(name)
        return loader.get_source(self, name)[0]

    def _compiled(self, name: str) -> Mapping[str, Any]:
        """What a compiled template tells of itself."""
        return self.get_template(name).root_render_func.__globals__


class _Same:
    """A record, equal to itself alone: to compare all that it is made of takes longer than a page."""

    __slots__ = ("record",)

    def __init__(self, record: object) -> None:
        self.record = record

    def __hash__(self) -> int:
        return id(self.record)

    def __eq__(self, other: object) -> bool:
        return type(other) is _Same and other.record is self.record


class _Partial:
    """A partial, and what it said before."""

    def __init__(self, environment: Environment, name: str) -> None:
        self.environment, self.name = environment, name
        self.times = self.spared = 0
        self.said: dict[tuple[Any, ...] | None, str] | None = {}

    @cached_property
    def needs(self) -> tuple[Need, ...] | None:
        """What it reads, in an order; None where that cannot be told."""
        found = self.environment.needs(self.name)
        return None if found is None else tuple(sorted(found, key=repr))

    def text(self, context: Context, local: Mapping[str, Any]) -> str:
        """What it says."""
        self.times += 1
        said = self.said  # which another thread of the studio may give up meanwhile
        if said is None or self.times <= self.environment.often or self.needs is None:
            return self._rendered(context, local)
        key = self._key(context, local)
        text = said.get(key)
        if text is not None:
            self.spared += 1
            return text
        if self.times - self.spared > max(MANY, self.spared):
            self.said = None  # it hardly ever says the same
        elif len(said) >= MANY:  # the dates of an event come together: what was said of others comes no more
            self.said = said = {}
        text = self._rendered(context, local)
        if key is not None:
            said[key] = text
        return text

    @cached_property
    def template(self) -> Template:
        """Its template."""
        return self.environment.get_template(self.name)

    def _rendered(self, context: Context, local: Mapping[str, Any]) -> str:
        known = {name: value for name, value in local.items() if value is not missing}
        return self.environment.said_by(self.template, context.get_all() | known)

    def _key(self, context: Context, local: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """What it reads, with the types; None where some of it is neither plain nor of a record."""
        key: list[Any] = []
        for need in self.needs or ():
            owner = value = self._named(need.name, context, local)
            if need.attribute is not None and owner is not missing:
                value = self.environment.getattr(owner, need.attribute)
            if type(value) in _PLAIN or isinstance(value, Enum) or value is missing:
                key += (type(value), value)
            elif isinstance(owner, Struct) and owner.__struct_config__.frozen:
                key.append(_Same(owner))
            else:
                return None
        return tuple(key)

    def _named(self, name: str, context: Context, local: Mapping[str, Any]) -> Any:
        """What has a name on the page; `missing` for what is the same for every page."""
        value = local.get(name, missing)
        if value is missing:
            value = context.resolve_or_missing(name)
        everywhere = self.environment.globals
        return missing if name in everywhere and value is everywhere[name] else value
