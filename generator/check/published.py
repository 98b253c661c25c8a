"""How old the published site is, by what its own availability.json says."""

import json
from datetime import datetime

from generator import urls
from generator.baseline import fetched
from generator.errors import Fault, SourceError

_MEND = "Name the address of the published site, or of its availability.json, with --published."


def age(address: str, now: datetime) -> tuple[int, str]:
    """The minutes since the published site was true, and which of its two times says so: the older of them.

    `generated_at` is when it was built, `pulled_at` when the box office system was asked: a site that is built anew
    every hour from last week's snapshot is a week old. Raises SourceError where it cannot be fetched or read.
    """
    file = address if address.partition("?")[0].endswith(".json") else f"{address.rstrip('/')}/{urls.AVAILABILITY}"
    shown = file.partition("?")[0]
    document = fetched(file, "--published")
    if document is None:
        raise SourceError(Fault("nothing is published there (HTTP 404)", shown, _MEND))
    try:
        table = json.loads(document)
        names = [name for name in ("generated_at", "pulled_at") if name in table or name == "generated_at"]
        times = {name: datetime.fromisoformat(table[name]) for name in names}
        oldest = min(times, key=times.__getitem__)
        return int((now - times[oldest]).total_seconds() // 60), oldest
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(Fault("is no availability.json that sitegen has written", shown, _MEND)) from error
