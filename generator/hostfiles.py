"""The form of the files `_headers` and `_redirects`, which Netlify and Cloudflare Pages share: read, and written.

What is not understood is passed over: a redirect with conditions (country, language, query), a header that is taken
away (`! Name`). What a rule means to a host is said where that host is spoken to: `nginx`, `studio.netlify`.
"""

import re
from collections.abc import Iterable, Iterator

from generator.anatomy import Struct


class HeaderRule(Struct, frozen=True):
    """What goes with the paths of a pattern: name and value of each header.

    A part of a pattern that is `:name` stands for any one part of a path; `*`, at the end, for all that follows.
    """

    path: str
    headers: tuple[tuple[str, str], ...]


class RedirectRule(Struct, frozen=True):
    """Where a path, or those of a pattern, leads, and with which status; 200 shows another file in its place."""

    path: str
    to: str
    status: int = 302


def headers_text(rules: Iterable[HeaderRule]) -> str:
    """Rules as the text of `_headers`."""
    return "".join(f"{rule.path}\n" + "".join(f"  {name}: {value}\n" for name, value in rule.headers) for rule in rules)


def redirects_text(rules: Iterable[RedirectRule]) -> str:
    """Rules as the text of `_redirects`."""
    return "".join(f"{rule.path} {rule.to} {rule.status}\n" for rule in rules)


def read_headers(text: bytes) -> tuple[HeaderRule, ...]:
    """The rules of a `_headers` file; of a header that stands twice in one, all values in one."""
    found: list[tuple[str, dict[str, str]]] = []
    for line in map(str.strip, text.decode("utf-8", "replace").splitlines()):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if line.startswith("/"):
            found.append((line, {}))
        elif found and name and colon and value and not line.startswith("#"):
            headers = found[-1][1]
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return tuple(HeaderRule(path, tuple(headers.items())) for path, headers in found if headers)


def read_redirects(text: bytes) -> Iterator[RedirectRule]:
    """The rules of a `_redirects` file that have no conditions."""
    for line in text.decode("utf-8", "replace").splitlines():
        words = re.split(r"(?:^|\s)#", line)[0].split()
        if len(words) == 2:
            yield RedirectRule(words[0], words[1], 301)
        elif len(words) == 3 and re.fullmatch(r"[1-5]\d\d!?", words[2]):
            yield RedirectRule(words[0], words[1], int(words[2].rstrip("!")))
