"""The manifest of a site folder: what the site that stands was made from, and until when it is true.

Where nothing of that has changed, and no moment has passed at which the site changes by itself, `renewed` makes only
the times in availability.json new. It goes by the bytes of all that is read, and by how the output stands; in doubt it
says None, and the site is built. That hardly takes longer for more pages: of a large output it looks at a part, and
each has its turn. This module imports little: most builds of a schedule need no more than it.

A secret that is new since that build could stand in what it made. So all that the site was made from is held against
the secrets each time. No trace of a secret is kept instead, neither digest nor keyed digest: a CI job may cache the
manifest, and whoever reads it could try passwords against it at leisure.
"""

import hashlib
import json
import re
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from generator import urls
from generator.anatomy import Struct, replace, to_builtins
from generator.config import settings
from generator.errors import NoticeKind, Warned
from generator.feedfolder import folder_of
from generator.forms import utc
from generator.gate.premises import refuse_exposed
from generator.order import Order, Report, Written
from generator.processes import ahead
from generator.surroundings import Surroundings, digest_of, surroundings
from generator.swap import files_in, names_in, put, replacing, stats_below
from generator.write import MANY, Known

LOOKED_AT = 5000
"""About how many files of an output are looked at where nothing has changed, however many it has."""

_ABOUT = "snapshot.json"
_TIMES = re.compile(rb'^ "(generated_at|pulled_at)": "(.*)",$', re.MULTILINE)


class Basis(Struct, frozen=True):
    """What a site is about to be made from: what is around every page, and a digest of all of it but the memory.

    Each is nothing where it cannot be told, and is said by who reads it.
    """

    around: Surroundings
    inputs: str


def basis_of(order: Order) -> Basis:
    """What a site is about to be made from. To be taken before that is read, lest what is saved meanwhile is never
    built. Raises SiteError where the settings are wrong."""
    around = surroundings_of(order)
    with suppress(OSError, ValueError, TypeError):
        return Basis(around, _inputs(order, feed_of(order), around))
    return Basis(around, "")


def surroundings_of(order: Order) -> Surroundings:
    """What every page is made with; nothing where that cannot be told."""
    with suppress(OSError):
        return surroundings(order)
    return Surroundings()


def feed_of(order: Order) -> Path:
    """The folder of the feed. Raises SiteError."""
    return order.snapshot or folder_of(settings(order.site), order.site, order.feed)


def _inputs(order: Order, feed: Path, around: Surroundings) -> str:
    """A digest of the surroundings, the site folder and the feed.

    Raises OSError, and ValueError or TypeError where a snapshot does not say what it is.
    """
    by_hand = str(order.feed.resolve()) if order.feed else ""
    digest = hashlib.sha256(repr((around.whole, by_hand, order.allow_shrink)).encode())
    for folder in (order.site / "content", feed):
        for path in sorted(files_in(folder)):
            digest.update(f"{path}\0".encode(errors="surrogateescape"))
            digest.update(_about(folder / path) if path == _ABOUT else digest_of(folder / path))
        digest.update(b"\0")
    return digest.hexdigest()


@contextmanager
def noting(order: Order, files: Mapping[str, Known], keeps_most: bool) -> Iterator[Callable[[str, Report], None]]:
    """Gives what writes the manifest of a report, and of the inputs that all was made from.

    How the `files` were left, by path, is seen meanwhile: of many by another process, where most of them were likely to
    stay. Where all were made, that takes less of the time, and memory is short already.
    """
    look, is_many = partial(_left, order.target), len(files) >= MANY
    with ahead(look, (files,)) if is_many and keeps_most else nullcontext(map(look, (files,))) as left:
        yield partial(_note, order, left)


def _note(order: Order, left: Iterator[Mapping[str, Any]], inputs: str, made: Report) -> None:
    """Write the manifest. Where it cannot be written, the next build makes all."""
    with suppress(OSError):
        known = {"inputs": inputs, "ledger": _ledger(order), "output": next(left), "report": _as_json(made)}
        for aside in _file(order).parent.glob(".new-*"):  # by a build that was killed
            aside.unlink(missing_ok=True)
        put(_file(order), json.dumps(known, indent=1).encode())


def renewed(order: Order, is_strict: bool, basis: Basis | None = None) -> Report | None:
    """What stands, once the times in availability.json are new; None where something must be made.

    `basis` is what it would be made from, where that was found out.

    With a baseline the feed must be held against it, so that all is made. Raises SiteError where another build is at
    work in the output, and SecretError where a secret stands in what the site is made from.
    """
    if order.baseline and not order.allow_shrink:
        return None
    try:
        return _renewed(order, is_strict, basis or basis_of(order))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):  # a manifest of another program, or broken
        return None


def _renewed(order: Order, is_strict: bool, basis: Basis) -> Report | None:
    known = json.loads(_file(order).read_bytes())
    made = _report(known["report"], order.target)
    is_true = made.now <= order.now and (made.next_moment is None or order.now < made.next_moment)
    if not is_true or (is_strict and made.warnings):
        return None
    if known["ledger"] != _ledger(order) or known["inputs"] != basis.inputs or not basis.inputs:
        return None
    feed = feed_of(order)
    fresh = replace(made, now=order.now.astimezone(made.now.tzinfo), pulled_at=_pulled_at(feed, made))
    with replacing(order.target):
        refuse_exposed(order.site, order.gate, feed)
        return _with_new_times(fresh) if _stands(order.target, known["output"], order.now) else None


def _file(order: Order) -> Path:
    return order.site / ".sitegen" / "manifest.json"


def _with_new_times(made: Report) -> Report:
    """Make the times in availability.json new: all else in it is as it would be made."""
    file = made.output / urls.AVAILABILITY
    times = {b"generated_at": made.now, b"pulled_at": made.pulled_at}

    def time(found: re.Match[bytes]) -> bytes:
        moment = times[found[1]]
        return b' "%s": "%s",' % (found[1], utc(moment).encode()) if moment else found[0]

    before = file.read_bytes()
    after = _TIMES.sub(time, before)
    if after != before:
        put(file, after)
    count, changed = made.written.changed + made.written.unchanged, int(after != before)
    return replace(made, written=Written(changed, count - changed, 0), content_changed=False)


def _ledger(order: Order) -> str:
    """A digest of the memory."""
    file = order.site / ".sitegen" / urls.LEDGER
    return digest_of(file).hex() if file.is_file() else ""


def _about(file: Path) -> bytes:
    """What a snapshot says of itself, but for when it was pulled."""
    return json.dumps(json.loads(file.read_bytes()) | {"pulled_at": None}, sort_keys=True).encode()


def _pulled_at(feed: Path, made: Report) -> datetime | None:
    """When the feed was pulled, in UTC. Raises ValueError where that is not as this program writes it."""
    file = feed / _ABOUT
    text = json.loads(file.read_bytes()).get("pulled_at") if file.is_file() else None
    moment = datetime.fromisoformat(text).replace(microsecond=0) if text else None
    if (moment is None) != (made.pulled_at is None) or (moment and moment.tzinfo is None):
        raise ValueError(text)
    return moment


def _left(output: Path, files: Mapping[str, Known]) -> dict[str, Any]:
    """How `files` were left in an output, for `_stands`. Raises OSError where they are not all there any more."""
    below = _by_beginning(files, 2)
    full = sorted(name for name, paths in below.items() if len(paths) > LOOKED_AT // 10)
    for name in full:
        below |= _by_beginning(below.pop(name), 3)
    own, names = _names_in(output, full)
    if not below.keys() <= {*own, *names}:
        raise FileNotFoundError(output)

    def said(names: Iterable[str]) -> Iterator[str]:
        known = ((path, files[path]) for name in names for path in below.get(name, ()))
        return (_line(path, file.size, file.time, file.mode) for path, file in known)

    turns = len(files) // LOOKED_AT + 1
    return {
        "full": full,
        "upper": _said_of_upper(output, said(own), names),
        "turns": [_said(said(names[turn::turns])) for turn in range(turns)],
    }


def _stands(output: Path, left: Mapping[str, Any], now: datetime) -> bool:
    """Whether an output stands as it was left: its own files, the names in its folders, and what lies below some names.

    Those are as many as have about `LOOKED_AT` files. Which they are goes by the time, so that each has its turn.
    """
    if not (output / urls.AVAILABILITY).is_file():
        return False
    own, names = _names_in(output, left["full"])
    if left["upper"] != _said_of_upper(output, _lines(output, own), names):
        return False
    turns = len(left["turns"])
    turn = int(hashlib.sha256(utc(now).encode()).hexdigest(), 16) % turns
    return bool(left["turns"][turn] == _said(_lines(output, names[turn::turns])))


def _names_in(output: Path, full: Collection[str]) -> tuple[list[str], list[str]]:
    """The names of an output's own files; and, in order, of what lies in its folders, and in those below that are full.

    A folder that is full has more than a tenth of `LOOKED_AT` files.
    """
    top = names_in(output, "")
    upper = chain.from_iterable(names_in(output, name) for name in top if name.endswith("/"))
    names = chain.from_iterable(names_in(output, name) if name in full else (name,) for name in upper)
    return [name for name in top if not name.endswith("/")], sorted(names)


def _by_beginning(paths: Iterable[str], length: int) -> dict[str, list[str]]:
    """Paths by their first names, as `_names_in` has them: "events/hamlet/", or all of a path."""
    found = defaultdict[str, list[str]](list)
    for path in paths:
        above = path.split("/", length)
        found["/".join((*above[:-1], "")) if len(above) > length else path].append(path)
    return found


def _said_of_upper(output: Path, own: Iterable[str], names: Iterable[str]) -> str:
    """A digest of the upper levels of an output, from the lines of its `own` files; but for times, and what they do."""
    counted = (line for line in own if not line.startswith(f"{urls.AVAILABILITY}\0"))
    truth = hashlib.sha256(_TIMES.sub(b"", (output / urls.AVAILABILITY).read_bytes())).hexdigest()
    return _said((truth, *counted, *names))


def _lines(output: Path, names: Iterable[str]) -> Iterator[str]:
    """A line for each file below some names."""
    for path, found in chain.from_iterable(stats_below(output, name) for name in names):
        yield _line(path, found.st_size, found.st_mtime_ns, found.st_mode)


def _line(path: str, size: int, time: int, mode: int) -> str:
    return f"{path}\0{size} {time} {mode}"


def _said(lines: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(sorted(lines)).encode(errors="surrogateescape")).hexdigest()


def _as_json(made: Report) -> dict[str, Any]:
    times = {name: moment.isoformat() if moment else None for name, moment in _times_of(made).items()}
    kept = ("site", "events", "instances", "states", "pages")
    return {
        **{name: getattr(made, name) for name in kept},
        "zone": str(made.now.tzinfo),
        **times,
        "files": made.written.changed + made.written.unchanged,
        "warnings": to_builtins(made.warnings),
    }


def _times_of(made: Report) -> dict[str, datetime | None]:
    return {"now": made.now, "pulled_at": made.pulled_at, "next_moment": made.next_moment}


def _report(kept: dict[str, Any], output: Path) -> Report:
    """The report of the last build. Raises what a broken one makes."""
    times = {name: kept[name] and datetime.fromisoformat(kept[name]) for name in ("now", "pulled_at", "next_moment")}
    times["now"] = times["now"].astimezone(zoneinfo.ZoneInfo(kept["zone"]))
    return Report(
        site=kept["site"],
        output=output,
        events=kept["events"],
        instances=kept["instances"],
        states=Counter(kept["states"]),
        pages=kept["pages"],
        written=Written(0, kept["files"], 0),
        content_changed=False,
        warnings=tuple(
            Warned(NoticeKind(**warning["kind"]), warning["count"], warning["example"]) for warning in kept["warnings"]
        ),
        **times,
    )
