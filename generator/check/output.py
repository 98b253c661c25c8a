"""The built site, file by file: every page, link and feed of it, read as its readers will.

`examine` is the door. Each file is read once; what a page says is compared with availability.json.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generator import urls
from generator.check import feeds
from generator.check.findings import Findings
from generator.check.links import Links
from generator.check.lint import lint
from generator.check.surfaces import Comparison, Truth, holds_truth, targets, truth_of
from generator.check.webpage import WebPage, read_page
from generator.errors import Fault, Notice, NoticeKind, SiteError
from generator.gate.gate import Gate
from generator.urls import Addresses

_REBUILD = "Build again; if it stays so, it is a fault of sitegen."
_MEND_LEAK = "Take the site down, take the secret back, then find where it came from: content/, templates/?"
_TEMPLATE = "Mend the template, or what fills it."
_UNSIZED = NoticeKind(
    "image without width and height",
    "images without width and height",
    "The page jumps while it loads. Pictures in Markdown have none: nothing needs to be done.",
)
_IN_CSS = re.compile(rb"""url\(\s*["']?(?!data:)([^"')]+)""")


@dataclass(slots=True)
class _Site:
    """What is gathered from the pages until all are read. Pages are named by their files."""

    addresses: Addresses
    comparison: Comparison
    links: Links
    ids: dict[str, frozenset[str]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)


def examine(output: Path, addresses: Addresses, own: Container[str], gate: Gate, findings: Findings) -> None:
    """Check all that is below the output folder. Raises SiteError where there is no built site.

    Of the venue's `own` files only the links are checked, and that they hold no secret.
    """
    files = frozenset(_files(output))
    if urls.AVAILABILITY not in files:
        raise SiteError(Fault("holds no site that sitegen has built", str(output), "Run sitegen build first."))
    truth = _truth(output, files, findings)
    site = _Site(addresses, Comparison(truth), Links(addresses))
    for path in sorted(files):
        content = (output / path).read_bytes()
        if leak := gate.fault(Path("/"), path, content, _MEND_LEAK):
            findings.leaks.append(leak)
        if path.endswith(".html"):
            _page(path, read_page(content), path in own, site, findings)
        elif path.endswith(".css"):
            site.links.add(path, (match.decode() for match in _IN_CSS.findall(content)))
    redirects = targets(_bytes(output, urls.REDIRECTS))
    _calendars(output, files, redirects, site, findings)
    _news(output, findings)
    site.comparison.missing_pages()
    findings.wrong += site.comparison.contradictions
    findings.notices += site.comparison.silences
    _discovery(output, files, site, findings)
    site.links.add(urls.HOME, _calendar_links(truth, addresses))
    findings.faults += site.links.faults(files, redirects, site.ids)
    findings.checked["links"] = len(site.links.places)


def _files(output: Path) -> Iterator[str]:
    return (path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file())


def _bytes(output: Path, path: str) -> bytes:
    return (output / path).read_bytes() if (output / path).is_file() else b""


def _truth(output: Path, files: frozenset[str], findings: Findings) -> Truth:
    documents = {path: (output / path).read_bytes() for path in sorted(files) if holds_truth(path)}
    for path, content in documents.items():
        if wrong := feeds.wrong_by_schema(content, urls.AVAILABILITY_SCHEMA):
            findings.faults.append(Fault(wrong, f"/{path}", _REBUILD))
    try:
        truth = truth_of(documents.values())
    except (ValueError, AttributeError) as error:
        raise SiteError(Fault(f"cannot be read ({error})", f"/{urls.AVAILABILITY}", _REBUILD)) from error
    findings.checked["instances"] = len(truth.instances)
    return truth


def _page(path: str, page: WebPage, is_own: bool, site: _Site, findings: Findings) -> None:
    findings.checked["pages"] += 1
    address = path.removesuffix("index.html")
    site.ids[path] = frozenset(page.ids)
    site.links.add(address, page.links)
    if is_own:
        return
    (site.hidden if page.is_hidden else site.shown).add(site.addresses.absolute(address))
    site.comparison.page(path, page.said)
    verdict = lint(page.said.nodes, path)
    findings.wrong += verdict.faults
    findings.notices += verdict.gaps
    for (one, many), examples in _wrong_in(page, path, site.addresses.absolute(address)).items():
        findings.note(one, many, _TEMPLATE, examples)
    findings.notices += [Notice(_UNSIZED, f"/{path}")] * page.images_without_size


def _wrong_in(page: WebPage, path: str, address: str) -> dict[tuple[str, str], list[str]]:
    """What is wrong with a page by itself, in words for one and for many, with an example each."""
    twice = [name for name, count in Counter(page.ids).items() if count > 1]
    canonical = page.said.canonical
    return {
        ("page has an id twice", "pages have an id twice"): [f"{name} (/{path})" for name in twice[:1]],
        ("page without a title", "pages without a title"): [] if page.title else [f"/{path}"],
        ("image without alt", "images without alt"): [f"/{path}"] * page.images_without_alt,
        ("page with JSON-LD that is no JSON", "pages with JSON-LD that is no JSON"): (
            [f"/{path}: {page.said.unreadable}"] if page.said.unreadable else []
        ),
        ("page names another as its address", "pages name another as their address"): (
            [f"{canonical} (/{path})"] if canonical and canonical != address else []
        ),
    }


def _calendars(output: Path, files: frozenset[str], redirects: dict[str, str], site: _Site, findings: Findings) -> None:
    for path in sorted(file for file in files if file.endswith(".ics")):
        content = (output / path).read_bytes()
        findings.checked["calendars"] += 1
        if wrong := feeds.wrong_in_calendar(content):
            findings.faults.append(Fault(wrong, f"/{path}", _REBUILD))
        site.comparison.calendar(path, content, redirects)


def _news(output: Path, findings: Findings) -> None:
    """What changed of late, as JSON and as Atom."""
    told = {
        urls.CHANGES: feeds.wrong_by_schema(_bytes(output, urls.CHANGES), urls.CHANGES_SCHEMA),
        urls.NEWS: feeds.wrong_in_atom(_bytes(output, urls.NEWS)),
    }
    findings.faults += (Fault(wrong, f"/{path}", _REBUILD) for path, wrong in told.items() if wrong)


def _calendar_links(truth: Truth, addresses: Addresses) -> Iterable[str]:
    """The addresses that calendars and other sites use for good."""
    ids = sorted(truth.instances, key=int)
    return (addresses.href(urls.instance_for_good(int(id_))) for id_ in ids)


def _discovery(output: Path, files: frozenset[str], site: _Site, findings: Findings) -> None:
    """Sitemap and robots.txt against the pages."""
    sitemaps = {path: (output / path).read_bytes() for path in files if path.startswith("sitemap")}
    try:
        listed, images = feeds.in_sitemap(sitemaps, site.addresses)
    except (ValueError, KeyError) as error:
        findings.faults.append(Fault(f"cannot be read: {error}", f"/{urls.SITEMAP}", _REBUILD))
        return
    site.links.add(urls.SITEMAP, images)
    wrong = feeds.wrong_with_pages(listed, frozenset(site.shown), frozenset(site.hidden))
    findings.note("page that the sitemap has wrong", "pages that the sitemap has wrong", _REBUILD, wrong)
    closed = feeds.wrong_in_robots(_bytes(output, urls.ROBOTS), listed, site.addresses)
    findings.note("fault in robots.txt", "faults in robots.txt", _REBUILD, closed)
