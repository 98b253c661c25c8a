"""The files `_redirects` and `_headers`, taken as Netlify takes them, so that the studio answers as the live site will.

What is understood: statuses (200 is a rewrite), `*` with `:splat`, placeholders, headers by path in the same way. A
rule with conditions (country, language, query) fits nobody here. A file wins over a rule, even over a forced one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from generator.hostfiles import read_headers, read_redirects

_PLACE = re.compile(r":([A-Za-z_]\w*)|\*")


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a path leads, and with which status."""

    to: str
    status: int


@dataclass(frozen=True, slots=True)
class _Rule:
    number: int
    pattern: re.Pattern[str]
    to: str
    status: int


@dataclass(frozen=True, slots=True)
class Redirects:
    """The rules of a `_redirects` file: plain ones by path, the others in order."""

    plain: dict[str, tuple[int, Redirect]]
    others: tuple[_Rule, ...]

    def of(self, path: str) -> Redirect | None:
        """The first rule that fits a path, with or without a slash at its end; None where none does."""
        bare = path.rstrip("/") or "/"
        number, found = self.plain.get(bare, (None, None))
        for rule in self.others:
            if number is not None and rule.number > number:
                break
            if fits := rule.pattern.fullmatch(path):
                return Redirect(_filled(rule.to, fits.groupdict()), rule.status)
        return found


def redirects(text: bytes) -> Redirects:
    """The rules of a `_redirects` file."""
    plain: dict[str, tuple[int, Redirect]] = {}
    others: list[_Rule] = []
    for number, rule in enumerate(read_redirects(text)):
        if _PLACE.search(rule.path):
            others.append(_Rule(number, _pattern(rule.path), rule.to, rule.status))
        else:
            plain.setdefault(rule.path.rstrip("/") or "/", (number, Redirect(rule.to, rule.status)))
    return Redirects(plain, tuple(others))


def _pattern(source: str) -> re.Pattern[str]:
    """A path with placeholders, as an expression; a `*` is called "splat"."""
    parts, end = [], 0
    for place in _PLACE.finditer(source):
        parts.append(re.escape(source[end : place.start()]))
        parts.append(f"(?P<{place[1]}>[^/]+)" if place[1] else "(?P<splat>.*)")
        end = place.end()
    whole = "".join(parts) + re.escape(source[end:])
    return re.compile(whole.replace("/(?P<splat>.*)", "(?:/(?P<splat>.*))?") + "/?")


def _filled(to: str, values: dict[str, str | None]) -> str:
    return re.sub(r":([A-Za-z_]\w*)", lambda place: values.get(place[1]) or "" if place[1] in values else place[0], to)


@lru_cache(4)
def _headers(text: bytes) -> tuple[tuple[re.Pattern[str], tuple[tuple[str, str], ...]], ...]:
    return tuple((header_pattern(rule.path), rule.headers) for rule in read_headers(text))


def header_pattern(path: str) -> re.Pattern[str]:
    """The paths that a rule of `_headers` is for, with or without a slash at their end.

    After `@netlify/headers-parser`, to which `/a/*` is `/ab`, too.
    """
    parts = (_header_part(part) for part in map(str.rstrip, path.split("/")) if part)
    return re.compile(f"/{'/'.join(parts)}/?", re.IGNORECASE)


def _header_part(part: str) -> str:
    if part == "*":
        return "?.*"
    return "[^/]+" if part.startswith(":") else ".*".join(map(re.escape, part.split("*")))


def headers_for(text: bytes, path: str) -> list[tuple[str, str]]:
    """The headers that a path gets from a `_headers` file; of one that is named more than once, all values in one."""
    values: dict[str, list[str]] = {}
    for pattern, pairs in _headers(text):
        if pattern.fullmatch(path):
            for name, value in pairs:
                values.setdefault(name, []).append(value)
    return [(name, ", ".join(parts)) for name, parts in values.items()]
