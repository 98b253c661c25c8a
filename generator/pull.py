"""From the net to a snapshot: every collection asked for, proved by reading, held against what there was, swapped in.

`pulling` is the door, and `pull` for a pull alone. The old snapshot stands until the new one is whole and right.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from generator.baseline import read_baseline, shown
from generator.compose import compose, originals_of
from generator.config import Settings
from generator.content import read_content
from generator.environment import Credentials
from generator.errors import Fault, SiteError
from generator.guard import Counts, counts_of_programme, refuse_empty, refuse_shrink
from generator.model import Feed
from generator.pictures.gather import gather, keep
from generator.pictures.originals import Originals
from generator.programme import Programme
from generator.source import kept_of
from generator.spektrix import parse, snapshot
from generator.spektrix.client import AT_ONCE, Client, client
from generator.spektrix.iframe import booking_path
from generator.spektrix.markup import identity, items, merged
from generator.swap import Places, replacing, swap
from generator.together import together
from generator.urls import Addresses, is_address


@dataclass(frozen=True, slots=True)
class PullOrder:
    """What is asked for. `now` is aware; `to` may be None for the site's memory; `baseline` is a file or an address."""

    site: Path
    now: datetime
    to: Path | None = None
    also: tuple[str, ...] = ()
    allow_shrink: bool = False
    baseline: str | None = None

    @property
    def target(self) -> Path:
        """The folder of the snapshot."""
        return self.to or self.site / ".sitegen" / "snapshot"


@dataclass(frozen=True, slots=True)
class Pulled:
    """A new snapshot, whole and right but not yet in its place: its folder, and the items of each collection."""

    folder: Path
    counts: Mapping[str, int]


@contextmanager
def pulling(
    order: PullOrder, settings: Settings, credentials: Credentials, tell: Callable[[str], None]
) -> Iterator[Pulled]:
    """Pull everything into a new snapshot, which takes the place of the old one when the context ends well.

    Raises SourceError where the source fails, GuardError where the feed shrank. Then, and where the context ends with
    any error, the old snapshot stands.
    """
    tell("Asking Spektrix")
    with replacing(order.target) as places:
        _refuse_foreign(places.target)
        places.new.mkdir(parents=True)
        source = client(settings.spektrix, credentials)
        counts = _fetch_all(source, settings, order, places.new, tell)
        snapshot.describe(places.new, settings.spektrix.client, order.now, counts)
        tell("Reading what came")
        names = {path: source.address(_collection(path.stem)) for path in places.new.glob("*.xml")}
        feed = snapshot.read(places.new, called=names.__getitem__, kept=kept_of(order.site)).feed
        if not order.allow_shrink:
            _guard(order, settings, feed, counts, snapshot.counts(places.target))
        _gather_images(places, order, settings, feed, tell)
        yield Pulled(places.new, counts)
        swap(places)


def pull(
    order: PullOrder, settings: Settings, credentials: Credentials, tell: Callable[[str], None]
) -> Mapping[str, int]:
    """`pulling`, and nothing else; gives the items of each collection."""
    with pulling(order, settings, credentials, tell) as pulled:
        return pulled.counts


def _gather_images(
    places: Places, order: PullOrder, settings: Settings, feed: Feed, tell: Callable[[str], None]
) -> None:
    """The pictures of the feed and of the venue's words come to lie beside the feed, if the site is to serve them."""
    before, folder = places.target / "images", places.new / "images"
    if settings.images.mode == "link":
        keep(Originals(before), folder)
        return
    content = read_content(order.site, Addresses(settings.site.url).base)
    gather(filter(is_address, originals_of(feed, content, settings)), before, folder, tell)


def _collection(name: str) -> str:
    """The collection of a file: "offers2" of "offers2-14473"."""
    return name if name in parse.TAGS else name.partition("-")[0]


def _refuse_foreign(folder: Path) -> None:
    """Files that no pull has put there must not be removed; pictures may lie there before the first pull."""
    held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if held - {"images"} and snapshot.MANIFEST not in held:
        mend = "Choose another folder with --to, or empty this one yourself."
        raise SiteError(
            Fault("holds files, but no snapshot that sitegen has pulled; they would be lost", str(folder), mend)
        )


def _fetch_all(
    source: Client, settings: Settings, order: PullOrder, folder: Path, tell: Callable[[str], None]
) -> dict[str, int]:
    """Every collection as a file of the folder, each asked for once, some at a time; gives how many items each has."""
    wanted = [*parse.COLLECTIONS, *(name for name in order.also if name != "offers2")]
    counts = _together(source, [_Task(name, name, {"all": "true"}) for name in wanted], settings, folder)
    if settings.spektrix.offers_per_event or "offers2" in order.also:
        tell("Asking for the offers of each event")
        counts |= _together(source, list(_offer_tasks(folder)), settings, folder)
    return counts


@dataclass(frozen=True, slots=True)
class _Task:
    """A collection to ask for, with its parameters, and the name of its file."""

    name: str
    collection: str
    parameters: Mapping[str, str]


def _offer_tasks(folder: Path) -> Iterable[_Task]:
    """One question for the offers of each event that is on sale."""
    path = folder / "events.xml"
    with path.open("rb") as document:
        on_sale = [
            item.get("id") for item in items(document, str(path), "Event") if item.findtext("IsOnSale") != "false"
        ]
    return (_Task(f"offers2-{event}", "offers2", {"event_id": str(event), "all": "true"}) for event in on_sale)


def _together(source: Client, tasks: list[_Task], settings: Settings, folder: Path) -> dict[str, int]:
    """Run tasks, some at a time; the first that fails ends them all."""
    calls = {task.name: partial(_fetch, source, task, settings.spektrix.page_size, folder) for task in tasks}
    try:
        return together(calls, AT_ONCE, source.watch)
    finally:
        if source.heard:
            source.is_cancelled.set()


def _fetch(source: Client, task: _Task, page_size: int, folder: Path) -> int:
    """A collection as a file; gives the number of its items. One that looks capped is paged through."""
    path = folder / f"{task.name}.xml"
    source.fetch(task.collection, task.parameters, path)
    found = _identities(path, task, source)
    return _fetch_rest(source, task, page_size, path, set(found)) if len(found) == page_size else len(found)


def _identities(path: Path, task: _Task, source: Client) -> list[tuple[str, ...]]:
    """What the items of a document are. Raises SourceError with the address it came from."""
    with path.open("rb") as document:
        return [
            identity(item) for item in items(document, source.address(task.collection), parse.TAGS[task.collection])
        ]


def _fetch_rest(source: Client, task: _Task, page_size: int, path: Path, seen: set[tuple[str, ...]]) -> int:
    """Ask for page after page behind the first, until one brings nothing new, and make them one document."""
    parameters = {name: value for name, value in task.parameters.items() if name != "all"}
    pages = [path.read_bytes()]
    page = path.with_suffix(".page")
    while True:
        rest = {"offset": str(page_size * len(pages)), "limit": str(page_size)}
        source.fetch(task.collection, {**parameters, **rest}, page)
        found = _identities(page, task, source)
        pages.append(page.read_bytes())
        page.unlink()
        if seen.issuperset(found):
            break
        seen.update(found)
    if len(seen) > page_size:
        path.write_bytes(merged(pages))
    return len(seen)


def _guard(
    order: PullOrder, settings: Settings, feed: Feed, counts: Mapping[str, int], before: Mapping[str, int]
) -> None:
    """Refuse a feed that shrank against the last snapshot; without one, against the published site."""
    refuse_empty(_guarded(counts))
    limit = settings.guard.max_drop_percent
    if before:
        refuse_shrink(_guarded(before), _guarded(counts), limit, "against the last snapshot")
    elif order.baseline and (published := read_baseline(order.baseline, order.now)):
        now = counts_of_programme(_programme(order, settings, feed))
        refuse_shrink(published, now, limit, shown(order.baseline))


def _guarded(counts: Mapping[str, int]) -> Counts:
    names = {"events": "events", "instances": "instances", "status rows": "instance-status"}
    return {name: counts.get(collection, 0) for name, collection in names.items()}


def _programme(order: PullOrder, settings: Settings, feed: Feed) -> Programme:
    """The programme that a build would publish, to compare with what is published."""
    content = read_content(order.site, Addresses(settings.site.url).base)
    return compose(feed, content, settings, booking_path(settings.spektrix), order.now)
