"""A template that tries to climb out of what it is given finds no way, and what it is given leads to nothing else."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

import pytest
from jinja2.exceptions import SecurityError
from surfaces import PROJECT

from generator import source as sources
from generator.anatomy import replace
from generator.config import Settings
from generator.environment import Credentials, Secret
from generator.errors import SiteError
from generator.gate.gate import Gate
from generator.pictures.illustrate import Illustrated
from generator.plan import Page, Plan
from generator.programme import Programme
from generator.render import Renderer
from generator.sitefolder import read_words
from generator.source import Source
from generator.website import Website, composed, website

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def site() -> Website:
    """The demo's website, without pictures."""
    words = read_words(PROJECT)
    source = sources.load(words.settings, PROJECT, NOW)
    return website(words, source, Illustrated(composed(words, source, NOW), {}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of templates, with something beside it that is not for them."""
    (tmp_path / "secret.html").write_text("CANARY")
    (tmp_path / "templates").mkdir()
    return tmp_path / "templates"


def rendered(site: Website, folder: Path, template: str) -> str:
    """What a page's own template makes of the page's context."""
    (folder / "attempt.html").write_text(template)
    page = next(page for page in site.pages if page.template == "event.html")
    attempt = replace(page, template="attempt.html")
    return Renderer(site.plan, (folder, *site.renderer.folders)).page(attempt).decode()


CLIMBS = {
    "class": "''.__class__",
    "ancestors": "''.__class__.__mro__[1].__subclasses__()",
    "item for attribute": "''['__class__']",
    "filter attr": "''|attr('__class__')",
    "filter map": "['']|map(attribute='__class__')|first",
    "filter sort": "['', 'a']|sort(attribute='__class__.__name__')|list",
    "filter groupby": "(['']|groupby('__class__')|first).grouper",
    "globals of cycler": "cycler.__init__.__globals__.os.environ",
    "globals of joiner": "joiner.__init__.__globals__",
    "globals of namespace": "namespace.__init__.__globals__",
    "globals of lipsum": "lipsum.__globals__['os'].environ",
    "globals of a filter's like": "url.__globals__",
    "the context itself": "self._TemplateReference__context",
    "builtins of the context": "self.__init__.__globals__.__builtins__",
    "what a method is bound to": "asset.__self__.plan",
    "what is behind a method": "href.__func__",
    "what a builtin is bound to": "has_asset.__self__",
    "closure": "gettext.__closure__[0].cell_contents",
    "code": "gettext.__code__",
    "undefined": "missing_name.__init__.__globals__",
    "class of a record": "event.__class__.__init__.__globals__",
    "module of a record": "event.__class__.__module__",
    "fields of a record": "language.__dataclass_fields__",
    "parts of a record": "page.__struct_fields__",
    "dict of a record": "language.__dict__",
    "mro of a class": "urls.Addresses.mro()",
    "format": "'{0.__class__.__init__.__globals__}'.format(event)",
    "format by name": "'{a.__class__}'.format(a=event)",
    "format_map": "'{a.__class__}'.format_map({'a': event})",
    "format of markup": "('{0.__class__}'|safe).format(event)",
    "format kept for later": "namespace(f='{0.__class__}'.format).f(event)",
    "format through map": "['{0.__class__}']|map('format', event)|map('upper')|list|first|attr('__class__')",
    "frame of a generator": "(event.instances|map(attribute='id')).gi_frame",
    "code of a generator": "(event.instances|map(attribute='id')).gi_code",
    "loop": "range(1).__reduce__()",
    "change of what others see": "live.update({'a': 1})",
    "change of a list": "[].append(1)",
    "a range without an end": "range(10**9)|list",
}


@pytest.mark.parametrize("climb", CLIMBS)
def test_no_way_leads_out_of_a_template(climb: str, site: Website, folder: Path) -> None:
    with pytest.raises(SiteError) as raised:
        rendered(site, folder, f"{{{{ {CLIMBS[climb]} }}}}")
    assert raised.value.faults[0].where == f"{folder}/attempt.html, line 1"


@pytest.mark.parametrize("climb", ["class", "globals of lipsum", "the context itself", "format", "closure"])
def test_it_is_the_sandbox_that_stops_it(climb: str, site: Website, folder: Path) -> None:
    with pytest.raises(SiteError) as raised:
        rendered(site, folder, f"{{{{ {CLIMBS[climb]} }}}}")
    assert isinstance(raised.value.__cause__, SecurityError)


def test_what_is_safe_once_does_not_make_the_same_name_safe_elsewhere(site: Website, folder: Path) -> None:
    """The sandbox remembers what it has asked."""
    (folder / "first.html").write_text("{{ event.title }}{{ 'a'.upper() }}{{ '{}'.format(1) }}")
    renderer = Renderer(site.plan, (folder, *site.renderer.folders))
    (folder / "attempt.html").write_text("{{ '{0.__class__}'.format(event) }}")
    page = next(page for page in site.pages if page.template == "event.html")
    assert renderer.page(replace(page, template="first.html")).endswith(b"A1")
    with pytest.raises(SiteError, match="unsafe"):
        renderer.page(replace(page, template="attempt.html"))


@pytest.mark.parametrize("name", ["../secret.html", "/secret.html", "./../secret.html", "assets/../../secret.html"])
@pytest.mark.parametrize("tag", ["include", "extends", "import"])
def test_no_file_outside_the_templates_is_read(tag: str, name: str, site: Website, folder: Path) -> None:
    with pytest.raises(SiteError, match="there is no template"):
        rendered(site, folder, f'{{% {tag} "{name}" {"as it " * (tag == "import")}%}}')


@pytest.mark.parametrize("name", ["environ", "os", "environment", "SPEKTRIX_API_KEY", "secrets", "settings", "plan"])
def test_the_machine_is_not_known(name: str, site: Website, folder: Path) -> None:
    with pytest.raises(SiteError, match="undefined"):
        rendered(site, folder, f"{{{{ {name} }}}}")


def test_no_page_holds_a_variable_of_the_environment(
    site: Website, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPEKTRIX_API_KEY", "CANARY-in-the-environment")
    assert "SPEKTRIX_API_KEY" in os.environ
    assert "CANARY" not in rendered(site, folder, "{{ site }}{{ venue }}{{ language }}{{ urls }}{{ live }}{{ event }}")


# What a template can reach by the names that the sandbox lets it say

HIDDEN = (PurePath, Settings, Credentials, Secret, Gate, Source, Plan, Website, Renderer, Programme)


def reachable(value: Any, seen: set[int], path: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every object that plain names lead to, and how."""
    if id(value) in seen or depth > 6 or isinstance(value, str | bytes | int | float | type(None)):
        return
    seen.add(id(value))
    yield path, value
    if isinstance(value, Mapping):
        parts = [(f"{path}[{key!r}]", part) for key, part in value.items()]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = [(f"{path}[{number}]", part) for number, part in enumerate(value)]
    else:
        names = (name for name in dir(value) if name[0] != "_")
        parts = [(f"{path}.{name}", getattr(value, name, None)) for name in names]
    for where, part in parts:
        yield from reachable(part, seen, where, depth + 1)


def test_what_templates_are_given_leads_to_no_path_and_no_settings_but_the_public_ones(site: Website) -> None:
    given = {name: value for name, value in site.renderer.environment.globals.items() if not isinstance(value, type)}
    firsts: Mapping[str, Page] = {page.template: page for page in reversed(site.pages)}
    contexts = {name: {"page": page, **page.context} for name, page in firsts.items()}
    seen: set[int] = set()
    found = [(path, value) for path, value in reachable(given | contexts, seen, "")]
    assert len(found) > 1000
    assert [path for path, value in found if isinstance(value, HIDDEN)] == []
    assert [path for path, value in found if getattr(value, "__name__", "") in ("os", "sys", "io", "pathlib")] == []
