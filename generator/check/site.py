"""A site folder and what was built from it, checked as a whole, without changing anything (design.md §2).

`check` is the door. It goes on after a fault, so that all of them are told at once; what depends on a broken part is
left unchecked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from generator import source as sources
from generator.certificate import Verdict
from generator.check.findings import Findings
from generator.check.output import examine
from generator.check.published import age
from generator.config import DEMO, LIVE, SourceSettings
from generator.errors import Fault, Notice, NoticeKind, SitegenError, SourceError
from generator.gate.gate import Gate
from generator.gate.premises import exposed
from generator.pictures.illustrate import Illustrated
from generator.source import Source
from generator.urls import AVAILABILITY
from generator.website import Words, composed, read_words, website


@dataclass(frozen=True, slots=True)
class CheckOrder:
    """What is to be checked. `now` is aware; `gate` knows what no file may hold.

    `published` is the address of the live site, and `max_age` the minutes that it may be old, None for what the
    settings say; `verdict` is on the client certificate, None where there is none.
    """

    site: Path
    now: datetime
    output: Path | None = None
    published: str | None = None
    max_age: int | None = None
    verdict: Verdict | None = None
    gate: Gate = field(default_factory=Gate)

    @property
    def target(self) -> Path:
        """The folder of the built site."""
        return self.output or self.site / "output"


def check(order: CheckOrder, tell: Callable[[str], None]) -> Findings:
    """Check it all. `tell` is called with a word on each stage."""
    findings = Findings()
    if order.verdict:
        findings.faults += order.verdict.faults
        findings.notices += _warning(order.verdict)
    tell("Reading settings and content")
    if leaks := list(exposed(order.site, order.gate)):
        findings.leaks += leaks
        return findings  # lest a message about the settings quotes it
    try:
        words = read_words(order.site)
    except SitegenError as error:
        findings.catch(error)
        return findings
    findings.notices += words.notices
    for stage, work in (("Trying the templates", _templates), ("Reading the built site", _output)):
        tell(stage)
        try:
            work(order, words, findings)
        except SitegenError as error:
            findings.catch(error)
    if order.published:
        tell("Asking the published site")
        _published(order, order.published, words, findings)
    return findings


def _warning(verdict: Verdict) -> tuple[Notice, ...]:
    """What will soon be wrong with the certificate."""
    soon = verdict.warning
    return (Notice(NoticeKind(soon.what, soon.what, soon.mend), soon.where),) if soon else ()


def _templates(order: CheckOrder, words: Words, findings: Findings) -> None:
    """Compile every template, and make a page of each from the programme: the last snapshot's, else the demo's."""
    source = _source(order, words)
    made = website(words, source, Illustrated(composed(words, source, order.now), {}))
    faults = list(made.renderer.broken())
    findings.checked["templates"] = len(made.renderer.names)
    findings.faults += faults
    firsts = {page.template: page for page in reversed(made.pages)}
    for page in firsts.values() if not faults else ():
        made.renderer.page(page)


def _source(order: CheckOrder, words: Words) -> Source:
    try:
        return sources.load(words.settings, order.site, order.now)
    except SourceError:
        if words.settings.source.feed != LIVE:
            raise
        demo = replace(words.settings, source=SourceSettings(DEMO))
        return sources.load(demo, order.site, order.now)


def _output(order: CheckOrder, words: Words, findings: Findings) -> None:
    if order.published and not (order.target / AVAILABILITY).is_file():
        return  # a watch over the live site needs no built one
    examine(order.target, words.addresses, words.content.static.keys(), order.gate, findings)


def _published(order: CheckOrder, address: str, words: Words, findings: Findings) -> None:
    limit = order.max_age or words.settings.availability.stale_minutes
    try:
        minutes, what = age(address, order.now)
    except SourceError as error:
        findings.unreachable += error.faults
        return
    findings.checked["published minutes ago"] = minutes
    if minutes > limit:
        told = f"the published site is {minutes} minutes old by {what}, more than the {limit} that it may be"
        findings.faults.append(Fault(told, address.partition("?")[0], "Is the build still run, and still published?"))
