"""The files `_redirects` and `_headers`, read as Netlify reads them, so that the studio answers as the live site will.

What is understood: statuses (200 is a rewrite), `*` with `:splat`, placeholders, headers by path in the same way. A
rule with conditions (country, language, query) fits nobody here. A file wins over a rule, even over a forced one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

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
    for number, (source, to, status) in enumerate(_rules(text)):
        if _PLACE.search(source):
            others.append(_Rule(number, _pattern(source), to, status))
        else:
            plain.setdefault(source.rstrip("/") or "/", (number, Redirect(to, status)))
    return Redirects(plain, tuple(others))


def _rules(text: bytes) -> Iterator[tuple[str, str, int]]:
    """Source, target and status of each rule without conditions."""
    for line in text.decode("utf-8", "replace").splitlines():
        words = re.split(r"(?:^|\s)#", line)[0].split()
        if len(words) == 2:
            yield words[0], words[1], 301
        elif len(words) == 3 and re.fullmatch(r"[1-5]\d\d!?", words[2]):
            yield words[0], words[1], int(words[2].rstrip("!"))


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
def headers(text: bytes) -> tuple[tuple[re.Pattern[str], tuple[tuple[str, str], ...]], ...]:
    """The headers of a `_headers` file: which paths, and which headers they get."""
    found: list[tuple[re.Pattern[str], list[tuple[str, str]]]] = []
    for line in text.decode("utf-8", "replace").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            found.append((_pattern(line.strip()), []))
        elif found and ":" in line:
            name, _, value = line.partition(":")
            found[-1][1].append((name.strip(), value.strip()))
    return tuple((pattern, tuple(pairs)) for pattern, pairs in found)


def headers_for(text: bytes, path: str) -> list[tuple[str, str]]:
    """The headers that a path gets; of one that is named more than once, all values in one."""
    values: dict[str, list[str]] = {}
    for pattern, pairs in headers(text):
        if pattern.fullmatch(path):
            for name, value in pairs:
                values.setdefault(name, []).append(value)
    return [(name, ", ".join(parts)) for name, parts in values.items()]
