"""What nginx is told: the rules of `hosting` as two files that a self-hoster includes.

`maps` goes beside the server, `server` into it. All that differs by path is a map, as nginx forgets in one place what
was added to a response in another. A path gets a header from the last rule that fits, and is led on by the first.
Rewrites and rules with conditions are left out. https://nginx.org/en/docs/http/ngx_http_map_module.html
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from urllib.parse import unquote

from generator import urls
from generator.anatomy import Struct
from generator.hostfiles import HeaderRule, RedirectRule
from generator.hosting import REVALIDATED
from generator.urls import Addresses, quoted

_HEAD = "# Written by sitegen with every build. How to include it: docs/operator.md\n"
_TYPE, _KEPT = "content-type", "cache-control"
_REDIRECTING = (301, 302, 303, 307, 308)
_LONGEST_WORD = 40
_SAFE = "%/:?#[]@!&'()*+,;=~"
_has_parameter = re.compile(r"(^|/)(\*(/|\Z)|:)").search


class Nginx(Struct, frozen=True, dict=True):
    """A site and its rules, the venue's own among them."""

    addresses: Addresses
    headers: Sequence[HeaderRule]
    redirects: Sequence[RedirectRule]

    def maps(self) -> bytes:
        """What stands beside the server: for each header its value by path, and where addresses lead."""
        path = self._variable("path")
        asked = [(f"~^(?<{path[1:]}>/[^?]*?)/*(\\?|$)", path)]
        parts = (*self._header_maps(), self._map("$request_uri", "asked", asked), *self._redirect_maps())
        return "".join((_HEAD, *parts)).encode()

    def server(self) -> bytes:
        """What stands in the server."""
        return "".join((_HEAD, *self._added(), *self._types(), *self._closed(), *self._missing())).encode()

    def _variable(self, what: str) -> str:
        """The name of a variable: short, as nginx wants it, and the site's own, as one nginx may serve several."""
        return f"$sitegen_{zlib.crc32(self.addresses.url.encode()):08x}_{what}"

    def _map(self, source: str, what: str, rows: Sequence[tuple[str, str]], default: str = "") -> str:
        lines = (f"  {_quoted(key)} {_quoted(value)};\n" for key, value in rows)
        otherwise = f"  default {_quoted(default)};\n" if default else ""
        return f"map {source} {self._variable(what)} {{\n{otherwise}{''.join(lines)}}}\n"

    def _by_header(self) -> dict[str, list[tuple[str, str]]]:
        """For each header, in small letters, the paths that get it, as expressions, and its value: the last first."""
        found: dict[str, list[tuple[str, str]]] = {}
        for rule in reversed(self.headers):
            for name, value in rule.headers:
                if "$" not in value:  # nginx has no way to write it
                    found.setdefault(name.casefold(), []).append((_paths(rule.path), value))
        return found

    def _mapped(self) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
        """The headers that are added, and the name of the map of each, with its rows."""
        for number, (name, rows) in enumerate(self._by_header().items()):
            if name != _TYPE:
                yield name, f"header_{number}", [(f"~{paths}", value) for paths, value in rows]

    def _header_maps(self) -> Iterator[str]:
        for name, variable, rows in self._mapped():
            yield self._map("$uri", variable, rows, REVALIDATED[1] if name == _KEPT else "")

    def _added(self) -> Iterator[str]:
        for name, variable, _ in self._mapped():
            yield f"add_header {name.title()} {self._variable(variable)}{'' if name == _KEPT else ' always'};\n"

    def _types(self) -> Iterator[str]:
        for paths, kind in self._by_header().get(_TYPE, ()):
            yield f"location ~ {_quoted(paths)} {{\n  types {{ }}\n  default_type {_quoted(kind)};\n}}\n"

    def _closed(self) -> Iterator[str]:
        """What is for the server, and for no visitor."""
        base = self.addresses.base
        for place in (f"^~ {base}{urls.NGINX}", f"= {base}{urls.HEADERS}", f"= {base}{urls.REDIRECTS}"):
            yield f"location {place} {{\n  return 404;\n}}\n"

    @cached_property
    def _groups(self) -> list[tuple[str, int, list[RedirectRule]]]:
        """Redirects in their order, those of one status together that follow each other: all patterns, or none.

        A map looks for plain paths before patterns, so that the two would not keep their order in one.
        """
        rules = (rule for rule in self.redirects if rule.status in _REDIRECTING)
        groups = groupby(rules, lambda rule: (rule.status, _is_pattern(rule)))
        return [(f"to_{number}", status, list(found)) for number, ((status, _), found) in enumerate(groups)]

    def _redirect_maps(self) -> Iterator[str]:
        for name, _, rules in self._groups:
            rows: dict[str, str] = {}
            for rule in rules:
                path, to = self._lead(rule)
                rows.setdefault(path, to)
            yield self._map(self._variable("asked"), name, list(rows.items()))

    def _lead(self, rule: RedirectRule) -> tuple[str, str]:
        """A redirect's path, or expression, and its target, in which variables stand for the parts of a pattern."""
        to = quoted(rule.to, _SAFE)
        if not _is_pattern(rule):
            return quoted(rule.path.rstrip("/") or "/", _SAFE), to
        expression = ""
        for part in rule.path.strip("/").split("/"):
            name = "splat" if part == "*" else part[1:]
            variable = self._variable(f"of_{name}")
            if part == "*":
                expression += f"(/(?<{variable[1:]}>.*))?"
            elif part.startswith(":"):
                expression += f"/(?<{variable[1:]}>[^/]+)"
            else:
                expression += "/" + re.escape(quoted(part, _SAFE))
                continue
            to = re.sub(rf":{name}\b", f"${{{variable[1:]}}}", to)
        return f"~^{expression}$", to

    def _missing(self) -> Iterator[str]:
        """Where there is no file, a redirect may lead on; else there is the page that says so."""
        place = f"@{self._variable('missing')[1:]}"
        yield f"error_page 404 = {place};\nrecursive_error_pages on;\nlocation {place} {{\n  absolute_redirect off;\n"
        for name, status, _ in self._groups:
            yield f"  if ({self._variable(name)}) {{\n    return {status} {self._variable(name)};\n  }}\n"
        yield f"  error_page 404 {_quoted(self.addresses.base + urls.NOT_FOUND)};\n  return 404;\n}}\n"


def _is_pattern(rule: RedirectRule) -> bool:
    """Whether a map holds an expression for a rule: for a pattern, and for what is too long for its table of words."""
    return len(rule.path) > _LONGEST_WORD or bool(_has_parameter(rule.path))


def _paths(pattern: str) -> str:
    """The paths of a rule for headers, as an expression; a page is also its file."""
    parts = ("[^/]+" if part.startswith(":") else _literal(part) for part in unquote(pattern).split("/"))
    page = r"(index\.html)?" if pattern.endswith("/") else ""
    return f"^{'/'.join(parts)}{page}$"


def _literal(part: str) -> str:
    return ".*".join(map(re.escape, part.split("*")))


def _quoted(text: str) -> str:
    """Text as nginx reads it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
