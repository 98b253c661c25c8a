"""The built site, file by file: every page, link and feed of it, read as its readers will.

`examine` is the door. Each file is read once; what a page says is compared with availability.json.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator import urls
from generator.check import feeds
from generator.check.findings import Findings
from generator.check.heads import Heads
from generator.check.links import Links
from generator.check.lint import lint
from generator.check.surfaces import Comparison, Truth, holds_truth, targets, truth_of
from generator.check.webpage import WebPage, read_page
from generator.check.weight import compressed, too_heavy
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
_WRONG_PAGE = {
    "id": NoticeKind("id that stands twice on a page", "ids that stand twice on a page", _TEMPLATE),
    "title": NoticeKind("page without a title", "pages without a title", _TEMPLATE),
    "alt": NoticeKind("image without alt", "images without alt", _TEMPLATE),
    "JSON-LD": NoticeKind("page with JSON-LD that is no JSON", "pages with JSON-LD that is no JSON", _TEMPLATE),
    "address": NoticeKind("page names another as its address", "pages name another as their address", _TEMPLATE),
}
_WRONG_SITEMAP = NoticeKind("page that the sitemap has wrong", "pages that the sitemap has wrong", _REBUILD)
_WRONG_ROBOTS = NoticeKind("fault in robots.txt", "faults in robots.txt", _REBUILD)
_IN_CSS = re.compile(rb"""url\(\s*["']?(?!data:)([^"')]+)""")
_LOADED = (".css", ".js", ".woff2")
_KEPT = (".ics", ".xml", ".json", ".txt")


@dataclass(slots=True)
class _Site:
    """What is gathered from the files until all are read. Pages are named by their files, or by their addresses.

    `texts` are the files that are read when all the pages are; `weights` those of what pages load.
    """

    addresses: Addresses
    comparison: Comparison
    links: Links
    texts: dict[str, bytes]
    heads: Heads = field(default_factory=Heads)
    ids: dict[str, frozenset[str]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    events: dict[str, int] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)


def examine(output: Path, addresses: Addresses, own: Container[str], gate: Gate, findings: Findings) -> None:
    """Check all that is below the output folder. Raises SiteError where there is no built site.

    Of the venue's `own` files only the links are checked, and that they hold no secret.
    """
    files = frozenset(_files(output))
    if urls.AVAILABILITY not in files:
        raise SiteError(Fault("holds no site that sitegen has built", str(output), "Run sitegen build first."))
    documents = {path: (output / path).read_bytes() for path in sorted(files) if holds_truth(path)}
    truth = _truth(documents, findings)
    site = _Site(addresses, Comparison(truth), Links(addresses), documents)
    for path in sorted(files):
        content = documents[path] if path in documents else (output / path).read_bytes()
        if leak := gate.fault(Path("/"), path, content, _MEND_LEAK):
            findings.leaks.append(leak)
        _take(path, content, path in own, site, findings)
    redirects = targets(site.texts.get(urls.REDIRECTS, b""))
    _calendars(redirects, site, findings)
    _news(site.texts, findings)
    site.comparison.missing_pages()
    findings.wrong += site.comparison.contradictions
    findings.notices += (*site.comparison.silences, *site.heads.notices(), *_heavy(site, files))
    _discovery(site, findings)
    site.links.add(urls.HOME, _calendar_links(truth, addresses))
    findings.faults += site.links.faults(files, redirects, site.ids)
    findings.checked["links"] = len(site.links.places)


def _take(path: str, content: bytes, is_own: bool, site: _Site, findings: Findings) -> None:
    """Read a file, or keep it to be read later."""
    if path.endswith(".html"):
        _page(path, content, is_own, site, findings)
    elif path.endswith(_KEPT) or path == urls.REDIRECTS:
        site.texts[path] = content
    elif path.endswith(_LOADED):
        site.weights[path] = len(content) if path.endswith(".woff2") else compressed(content)
    if path.endswith(".css"):
        site.links.add(path, (match.decode() for match in _IN_CSS.findall(content)))


def _files(output: Path) -> Iterator[str]:
    return (path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file())


def _truth(documents: Mapping[str, bytes], findings: Findings) -> Truth:
    for path, content in documents.items():
        if wrong := feeds.wrong_by_schema(content, urls.AVAILABILITY_SCHEMA):
            findings.faults.append(Fault(wrong, f"/{path}", _REBUILD))
    try:
        truth = truth_of(documents.values())
    except (ValueError, AttributeError) as error:
        raise SiteError(Fault(f"cannot be read ({error})", f"/{urls.AVAILABILITY}", _REBUILD)) from error
    findings.checked["instances"] = len(truth.instances)
    return truth


def _page(path: str, content: bytes, is_own: bool, site: _Site, findings: Findings) -> None:
    page = read_page(content)
    findings.checked["pages"] += 1
    address = urls.page_in(path)
    site.ids[path] = frozenset(page.ids)
    site.links.add(address, page.links)
    if is_own:
        return
    (site.hidden if page.is_hidden else site.shown).add(site.addresses.absolute(address))
    site.comparison.page(path, page.said)
    verdict = lint(page.said.nodes, path)
    findings.wrong += (*verdict.faults, *_wrong_in(page, f"/{address}", site.addresses.absolute(address)))
    findings.notices += (*verdict.gaps, *(Notice(_UNSIZED, src, f"/{address}") for src in page.images_without_size))
    if not page.is_hidden:
        site.heads.add(f"/{address}", page.title, page.description)
    if any(mark.is_page and mark.event and not mark.instance for mark in page.said.marks):
        site.events[f"/{address}"] = compressed(content)


def _wrong_in(page: WebPage, where: str, address: str) -> Iterator[Notice]:
    """What is wrong with a page by itself."""
    twice = [name for name, count in Counter(page.ids).items() if count > 1]
    canonical = page.said.canonical
    yield from (Notice(_WRONG_PAGE["id"], name, where) for name in twice)
    yield from (Notice(_WRONG_PAGE["alt"], src, where) for src in page.images_without_alt)
    if not page.title:
        yield Notice(_WRONG_PAGE["title"], "", where)
    if page.said.unreadable:
        yield Notice(_WRONG_PAGE["JSON-LD"], page.said.unreadable, where)
    if canonical and canonical != address:
        yield Notice(_WRONG_PAGE["address"], canonical, where)


def _heavy(site: _Site, files: frozenset[str]) -> Iterable[Notice]:
    """What is more than a phone should load, of the files that some page leads to."""
    loaded = {path: site.weights[path] for path, _ in site.links.places if path in files and path in site.weights}
    return too_heavy(site.events, loaded)


def _calendars(redirects: dict[str, str], site: _Site, findings: Findings) -> None:
    for path, content in site.texts.items():
        if not path.endswith(".ics"):
            continue
        findings.checked["calendars"] += 1
        if wrong := feeds.wrong_in_calendar(content):
            findings.faults.append(Fault(wrong, f"/{path}", _REBUILD))
        site.comparison.calendar(path, content, redirects)


def _news(texts: Mapping[str, bytes], findings: Findings) -> None:
    """What changed of late, as JSON and as Atom."""
    told = {
        urls.CHANGES: feeds.wrong_by_schema(texts.get(urls.CHANGES, b""), urls.CHANGES_SCHEMA),
        urls.NEWS: feeds.wrong_in_atom(texts.get(urls.NEWS, b"")),
    }
    findings.faults += (Fault(wrong, f"/{path}", _REBUILD) for path, wrong in told.items() if wrong)


def _calendar_links(truth: Truth, addresses: Addresses) -> Iterable[str]:
    """The addresses that calendars and other sites use for good."""
    ids = sorted(truth.instances, key=int)
    return (addresses.href(urls.instance_for_good(int(id_))) for id_ in ids)


def _discovery(site: _Site, findings: Findings) -> None:
    """Sitemap and robots.txt against the pages."""
    sitemaps = {path: content for path, content in site.texts.items() if path.startswith("sitemap")}
    try:
        listed, images = feeds.in_sitemap(sitemaps, site.addresses)
    except (ValueError, KeyError) as error:
        findings.faults.append(Fault(f"cannot be read: {error}", f"/{urls.SITEMAP}", _REBUILD))
        return
    site.links.add(urls.SITEMAP, images)
    wrong = feeds.wrong_with_pages(listed, frozenset(site.shown), frozenset(site.hidden))
    findings.wrong += (Notice(_WRONG_SITEMAP, each, f"/{urls.SITEMAP}") for each in wrong)
    closed = feeds.wrong_in_robots(site.texts.get(urls.ROBOTS, b""), listed, site.addresses)
    findings.wrong += (Notice(_WRONG_ROBOTS, each, f"/{urls.ROBOTS}") for each in closed)
