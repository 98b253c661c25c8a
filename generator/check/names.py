"""The names that the settings have from the box office system, held against what its feed holds.

`unknown_names` is the door. Nothing is published unless it is named, so a name that is misspelt is silence.
"""

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from generator.config import Attributes, Settings, WithAttribute
from generator.errors import Notice, NoticeKind
from generator.model import Event, Feed, Instance
from generator.text import one_line


def unknown_names(settings: Settings, feed: Feed, file: Path) -> Iterator[Notice]:
    """Each attribute that the settings name and no event, or no date, of the feed has; `file` is where they stand."""
    if not feed.instances:
        return
    of_events, of_dates = _known(feed.events), _known(feed.instances)
    excluded = [rule.attribute for rule in settings.events.exclude if isinstance(rule, WithAttribute)]
    rows = (
        ("[attributes]", "event", of_events, _of_events(settings.attributes)),
        ("[events] exclude", "event", of_events, excluded),
        ("[attributes]", "date", of_dates, _of_dates(settings.attributes)),
        ("[attributes.access]", "date", of_dates, [*settings.attributes.access]),
    )
    for table, kind, known, names in rows:
        for name in names:
            if name.strip() and name.strip().casefold() not in known:
                yield Notice(_kind(kind, name, known), name, f"{file}, {table}")


def _of_events(names: Attributes) -> Iterable[str]:
    return (*names.genres, names.venue, names.season, names.event_note)


def _of_dates(names: Attributes) -> Iterable[str]:
    return names.instance_note, names.cancelled


def _known(records: Iterable[Event | Instance]) -> dict[str, str]:
    """The names of the attributes as they are written, by how they are compared."""
    return {name.casefold(): one_line(name) for record in records for name in record.attributes}


def _kind(of: str, name: str, known: dict[str, str]) -> NoticeKind:
    """The kind of notice, with the nearest name that there is."""
    close = difflib.get_close_matches(name.strip().casefold(), known, n=1)
    mend = f"Did you mean {known[close[0]]}?" if close else "Is it written so in the box office system?"
    return NoticeKind(
        f"attribute that no {of} of the feed has",
        f"attributes that no {of} of the feed has",
        f"{mend} sitegen list attributes shows them all.",
    )
