"""Why a page is as it is: which templates made it, from which records, and by which rule a date has its state.

`why` is the door. It asks the records and the rules that made the page; it decides nothing itself.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from generator import source as sources
from generator import urls
from generator.content import EventWords
from generator.plan import Page
from generator.programme import ListedEvent, ListedInstance
from generator.render import Renderer
from generator.states import State
from generator.studio.ruled import Case, Ruled, ruled
from generator.studio.tree import Node, node
from generator.website import Website

Shown = TypeVar("Shown", ListedEvent, ListedInstance)


@dataclass(frozen=True, slots=True)
class Used:
    """A template that made a page: its name and file, whether it is the site's own, how deep it stands, how often."""

    name: str
    file: Path
    is_own: bool
    depth: int
    times: int


@dataclass(frozen=True, slots=True)
class Why:
    """All that can be said of why a page is so. `lost` is None where there is no event."""

    page: Page
    templates: Sequence[Used]
    rules: Sequence[Ruled]
    event: ListedEvent | None
    records: Sequence[Node]
    words: str
    lost: Mapping[str, int] | None
    context: Sequence[Node]
    folder: Path
    age: timedelta | None
    given_by: State | None


def why(website: Website, page: Page, site: Path, now: datetime) -> Why:
    """Why a page is so; `site` is the site folder, `now` the time it really is. Raises SitegenError."""
    event = _of_type(page.context.get("event"), ListedEvent)
    instance = _of_type(page.context.get("instance"), ListedInstance)
    pulled_at = website.source.pulled_at
    case = _case(website, instance) if instance else None
    found = tuple(ruled(case)) if case else ()
    return Why(
        page=page,
        templates=_templates(website, page, site),
        rules=found,
        event=event,
        records=tuple(_records(website, event, instance, case)),
        words=_words_file(website, event, page),
        lost=sources.lost_of(website.source, event.id) if event else None,
        context=tuple(node(name, value) for name, value in {"page": page, **page.context}.items()),
        folder=website.source.folder,
        age=now - pulled_at if pulled_at else None,
        given_by=next((rule.state for rule in found if rule.fits), None),
    )


def _of_type(value: Any, kind: type[Shown]) -> Shown | None:
    return value if isinstance(value, kind) else None


def _templates(website: Website, page: Page, site: Path) -> tuple[Used, ...]:
    """The templates of a page in the order in which they were first used, seen by rendering it once more."""
    renderer = Renderer(website.plan, website.renderer.folders, website.renderer.compiled)
    environment, used = renderer.environment, dict[str, Used]()
    environment.often = math.inf
    load, own = environment.get_template, (site / "templates").resolve()

    def noted(name: Any, parent: str | None = None, globals: Any = None) -> Any:  # noqa: A002  # the name is Jinja's
        template = load(name, parent, globals)
        key, file = str(template.name), Path(str(template.filename))
        known = used.get(key)
        depth = known.depth if known else used[parent].depth + 1 if parent and parent in used else 0
        used[key] = Used(key, file, file.is_relative_to(own), depth, known.times + 1 if known else 1)
        return template

    environment.get_template = noted  # type: ignore[method-assign]  # in this renderer alone
    renderer.page(page)
    return tuple(used.values())


def _case(website: Website, instance: ListedInstance) -> Case | None:
    """A date as its records have it."""
    feed, plan = website.source.feed, website.plan
    event = next((found for found in feed.events if found.id == instance.event_id), None)
    fed = next((found for found in feed.instances if found.id == instance.id), None)
    if event is None or fed is None:
        return None
    rows = tuple({row.plan_id: row for row in reversed(feed.statuses) if row.instance_id == fed.id}.values())
    overlay = plan.content.overlays.get(event.id)
    words = overlay.words if overlay else EventWords(event.id)
    return Case(event, fed, rows[::-1], words, plan.settings, plan.programme.now)


def _records(
    website: Website, event: ListedEvent | None, instance: ListedInstance | None, case: Case | None
) -> Iterator[Node]:
    """The records of the feed that a page of an event, or of a date, is made from."""
    feed = website.source.feed
    if event:
        yield from (node("Event", found) for found in feed.events if found.id == event.id)
    if not case:
        return
    yield node("Instance", case.instance)
    yield from (node("InstancePlanStatus", row) for row in case.rows)
    yield from (node("Plan", plan) for plan in feed.plans if plan.id == case.instance.plan_id)
    yield from (node("PriceList", prices) for prices in feed.price_lists if prices.id == case.instance.price_list_id)


def _words_file(website: Website, event: ListedEvent | None, page: Page) -> str:
    """The file of the venue's words that a page is made from; "" where there is none."""
    content = website.plan.content
    if event:
        return content.overlays[event.id].file if event.id in content.overlays else ""
    return next((own.file for own in content.pages if urls.page(own.name) == page.path), "")
