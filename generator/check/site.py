"""A site folder and what was built from it, checked as a whole, without changing anything (design.md §2).

`check` is the door. It goes on after a fault, so that all of them are told at once; what depends on a broken part is
left unchecked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from generator import source as sources
from generator.anatomy import replace
from generator.certificate import Verdict
from generator.check.findings import Findings
from generator.check.names import unknown_names
from generator.check.output import examine
from generator.check.published import age
from generator.check.templates import try_templates
from generator.check.words import odd_words
from generator.compose import OLD_INSTANCE_WORDS, OLD_WORDS
from generator.config import DEMO, SourceSettings
from generator.errors import Fault, Notice, NoticeKind, SitegenError
from generator.feedfolder import is_unpulled
from generator.gate.gate import Gate
from generator.gate.premises import exposed
from generator.pictures.illustrate import Illustrated
from generator.sitefolder import Words, read_words
from generator.urls import AVAILABILITY
from generator.website import Website, composed, website

_UNPULLED = "settings and words could not be held against the feed: nothing was pulled yet"
UNPULLED = NoticeKind(
    _UNPULLED, _UNPULLED, "The templates were tried with the demo's programme. Run sitegen pull, then check again."
)


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
    words = None
    with _going_on(findings):
        words = read_words(order.site)
    if words is None:
        return findings
    tell("Reading the feed")
    made = None
    with _going_on(findings):
        made = _website(order, words, findings)
    _words(order, words, made, findings)
    tell("Trying the templates")
    with _going_on(findings):
        findings.checked["templates"], faults = try_templates(words, made, order.now)
        findings.faults += faults
    tell("Reading the built site")
    with _going_on(findings):
        _output(order, words, findings)
    if order.published:
        tell("Asking the published site")
        with _going_on(findings):
            _published(order, order.published, words, findings)
    return findings


@contextmanager
def _going_on(findings: Findings) -> Iterator[None]:
    """What ends a stage is a finding, and the next one begins."""
    try:
        yield
    except SitegenError as error:
        findings.catch(error)


def _warning(verdict: Verdict) -> tuple[Notice, ...]:
    """What will soon be wrong with the certificate."""
    soon = verdict.warning
    return (Notice(NoticeKind(soon.what, soon.what, soon.mend), "", soon.where),) if soon else ()


def _website(order: CheckOrder, words: Words, findings: Findings) -> Website:
    """The website as it would be made, without pictures. Raises SourceError."""
    settings = words.settings
    if is_unpulled(settings, order.site):
        findings.notices.append(Notice(UNPULLED, "", str(order.site)))
        settings = replace(settings, source=SourceSettings(DEMO))
    source = sources.load(settings, order.site, order.now)
    return website(words, source, Illustrated(composed(words, source, order.now), {}))


def _words(order: CheckOrder, words: Words, made: Website | None, findings: Findings) -> None:
    """Settings and content, held against the feed where it is the site's own."""
    findings.notices += words.notices
    is_own = made and not is_unpulled(words.settings, order.site)
    programme = made.plan.programme if made and is_own else None
    if made and programme:
        findings.notices += unknown_names(words.settings, made.source.feed, order.site / "content" / "site.toml")
        findings.notices += (each for each in programme.notices if each.kind in (OLD_WORDS, OLD_INSTANCE_WORDS))
    findings.notices += odd_words(words.content, programme)


def _output(order: CheckOrder, words: Words, findings: Findings) -> None:
    if order.published and not (order.target / AVAILABILITY).is_file():
        return  # a watch over the live site needs no built one
    examine(order.target, words.addresses, words.content.static.keys(), order.gate, findings)


def _published(order: CheckOrder, address: str, words: Words, findings: Findings) -> None:
    limit = order.max_age or words.settings.availability.stale_minutes
    minutes, what = age(address, order.now)
    findings.checked["published minutes ago"] = minutes
    if minutes > limit:
        told = f"the published site is {minutes} minutes old by {what}, more than the {limit} that it may be"
        findings.faults.append(Fault(told, address.partition("?")[0], "Is the build still run, and still published?"))
