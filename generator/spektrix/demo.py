"""The demo venue's feed, always current: its dates are stored around an anchor day and shifted when it is read.

The shift is of whole weeks on the wall clock of the venue, so a Saturday matinée at 2.30 stays one, in summer and in
winter. The files are this program's own (`lantern/README.md` says what is in them).
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parent.parent / "lantern"
ANCHOR = date(2026, 1, 5)
ZONE = ZoneInfo("Europe/London")
_TIME = re.compile(rb">(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(Z?)<")


def shift_for(now: datetime) -> timedelta:
    """Whole weeks from the anchor, a Monday, to the Monday of the week of `now`."""
    today = now.astimezone(ZONE).date()
    return timedelta(days=(today - ANCHOR).days // 7 * 7)


def moves_at(now: datetime) -> datetime:
    """The Monday after *now* at which every date of the demo feed moves by a week."""
    monday = ANCHOR + shift_for(now) + timedelta(days=7)
    return datetime.combine(monday, time(), ZONE)


def shifted(document: bytes, shift: timedelta) -> bytes:
    """A document of the demo feed with every time moved by `shift` on the wall clock of the venue."""

    def move(found: re.Match[bytes]) -> bytes:
        moment = datetime.fromisoformat(found[1].decode())
        if not found[2]:
            return b">" + (moment + shift).isoformat().encode() + b"<"
        local = moment.replace(tzinfo=UTC).astimezone(ZONE) + shift
        return b">" + local.astimezone(UTC).replace(tzinfo=None).isoformat().encode() + b"Z<"

    return _TIME.sub(move, document)
