"""What a calendar says of each instance, read back from its bytes by anchored lines: cheap enough for every build.

Whether a calendar is one as RFC 5545 has it is not asked here: `check.feeds` reads it with a whole parser.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

_LINE = re.compile(r"^(UID|DTSTART|STATUS|URL)(?:;[^:\r\n]*)?:(.*)$", re.MULTILINE)


def vevents(calendar: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """The id of each instance and its "start" (ISO 8601, UTC), "status" and "address"."""
    text = calendar.decode("utf-8", errors="replace").replace("\r\n ", "").replace("\r\n", "\n")
    for block in text.split("BEGIN:VEVENT\n")[1:]:
        found = dict(_LINE.findall(block.partition("END:VEVENT\n")[0]))
        yield (
            found.get("UID", "").partition("@")[0],
            {
                "start": _start(found.get("DTSTART", "")),
                "status": found.get("STATUS", ""),
                "address": found.get("URL", ""),
            },
        )


def _start(value: str) -> str:
    """A time of the form 20140914T164500Z as ISO 8601; another form stays as it is, and then differs."""
    try:
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).isoformat()
    except ValueError:
        return value
