"""libical, which GNOME, KDE and Orage read calendars with; run by the Python of the system, which knows it."""

import json
import sys
from pathlib import Path

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402  # a version has to be asked for first


def read(path):
    """The entries of a calendar."""
    calendar = ICalGLib.Component.new_from_string(Path(path).read_bytes().decode())
    kind = ICalGLib.ComponentKind.VEVENT_COMPONENT
    event = calendar.get_first_component(kind)
    while event:
        yield entry(event)
        event = calendar.get_next_component(kind)


def entry(event):
    """An entry, its times in seconds since 1970."""
    has_end = event.get_first_property(ICalGLib.PropertyKind.DTEND_PROPERTY) is not None
    status = event.get_first_property(ICalGLib.PropertyKind.STATUS_PROPERTY)
    utc = ICalGLib.Timezone.get_utc_timezone()
    return {
        "uid": event.get_uid(),
        "start": event.get_dtstart().as_timet_with_zone(utc),
        "end": event.get_dtend().as_timet_with_zone(utc) if has_end else None,
        "title": event.get_summary(),
        "description": event.get_description(),
        "place": event.get_location(),
        "state": status.get_value_as_string(),
        "sequence": event.get_sequence(),
    }


print(json.dumps({path: list(read(path)) for path in sys.stdin.read().split("\n") if path}))  # noqa: T201
