"""Whether what pages link to is there: a file of the output, a redirect, and the place that a fragment names.

`Links` is the door. Addresses of other hosts are not asked for.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit

from generator import urls
from generator.errors import Fault
from generator.urls import Addresses

_MEND = "Mend the link where it is written: in content/, in a template of yours, or in the box office system."
Place = tuple[str, str]
"""A path on the site, and the fragment within it or ""."""


@dataclass(slots=True)
class Links:
    """Gathers the links of a site's pages: each place with the first page that leads there and how many do.

    `beside` has addresses that are on the site's host, but not below the site's own path, or are none at all.
    """

    addresses: Addresses
    places: dict[Place, tuple[str, int]] = field(default_factory=dict)
    beside: dict[Place, tuple[str, int]] = field(default_factory=dict)

    def add(self, path: str, written: Iterable[str]) -> None:
        """The addresses on the page at a path, as they are written."""
        here = self.addresses.absolute(path)
        for address in written:
            if address.startswith("#"):
                _count(self.places, (path, unquote(address[1:])), path)
            else:
                self._add(path, address, here)

    def _add(self, path: str, address: str, here: str) -> None:
        base = self.addresses.base
        try:
            parts = urlsplit(re.sub("^webcal:", "https:", urljoin(here, address.strip())))
        except ValueError:
            _count(self.beside, (address, ""), path)
            return
        if parts.netloc != urlsplit(self.addresses.url).netloc:
            return
        if f"{parts.path}/".startswith(base):
            _count(self.places, (unquote(parts.path.removeprefix(base)), unquote(parts.fragment)), path)
        else:
            _count(self.beside, (address, ""), path)

    def faults(
        self, files: frozenset[str], redirects: Mapping[str, str], ids: Mapping[str, frozenset[str]]
    ) -> Iterator[Fault]:
        """Each place that is not there. `ids` are those of each page, by its file."""
        rules = [_pattern(rule) for rule in redirects if "*" in rule or ":" in rule]
        for (path, fragment), found in sorted(self.places.items()):
            file = _file(path, files)
            if file is None and not _is_redirected(self.addresses.href(path), redirects, rules):
                yield _fault(f"/{path}", "leads nowhere", found)
            elif file and fragment and file in ids and fragment not in ids[file]:
                yield _fault(f"/{path}#{fragment}", "names no place there", found)
        for (address, _), found in sorted(self.beside.items()):
            yield _fault(address, "leads out of the site's own path", found)


def _count(table: dict[Place, tuple[str, int]], place: Place, path: str) -> None:
    first, count = table.get(place, (path, 0))
    table[place] = first, count + 1


def _file(path: str, files: frozenset[str]) -> str | None:
    """The file that answers for a path; hosts add the slash that a folder's address lacks."""
    candidates = (urls.file(path), f"{path}/index.html")
    return next((file for file in candidates if file in files), None)


def _pattern(rule: str) -> re.Pattern[str]:
    """A redirect rule with * for anything and :name for one part of a path."""
    parts = re.split(r"(\*|:\w+)", rule)
    return re.compile("".join(".*" if p == "*" else "[^/]+" if p.startswith(":") else re.escape(p) for p in parts))


def _is_redirected(href: str, redirects: Mapping[str, str], rules: Iterable[re.Pattern[str]]) -> bool:
    return href in redirects or any(rule.fullmatch(unquote(href)) for rule in rules)


def _fault(shown: str, wrong: str, found: tuple[str, int]) -> Fault:
    page, count = found
    what = f"{count} pages link to {shown}, which {wrong}" if count > 1 else f"a link to {shown} {wrong}"
    return Fault(what, f"/{page}", _MEND)
