"""The site as it is published, to compare with where there is no memory: a fresh machine has no last snapshot.

A baseline is its availability.json, a file or an address; what else is needed lies beside it. `read_baseline` gives
what the guard compares, `beside` any other file, `instances_of` what availability.json says of each instance.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from generator import urls
from generator.errors import Fault, SiteError, SourceError
from generator.guard import Counts, counts_of_published
from generator.urls import is_address

_MEND = "Name the availability.json of the published site with --baseline."


def read_baseline(baseline: str, now: datetime) -> Counts | None:
    """The counts of a published availability.json; None where nothing is published there yet.

    Raises SourceError where it cannot be fetched or is something else, SiteError where the file cannot be read.
    """
    instances = instances_of(baseline)
    if instances is None:
        return None
    try:
        return counts_of_published(instances.values(), now)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _is_none(baseline) from error


def instances_of(baseline: str) -> Mapping[str, Mapping[str, Any]] | None:
    """Every instance of a published availability.json by id, whether it stands there or in files by month.

    None where nothing is published there yet. Raises like `read_baseline`.
    """
    document = _content(baseline)
    if document is None:
        return None
    try:
        index = json.loads(document)
        if "shards" not in index:
            whole: Mapping[str, Mapping[str, Any]] = index["instances"]
            return whole
        shards = [json.loads(beside(baseline, urls.availability_of(month)) or b"") for month in index["shards"]]
        return {key: instance for shard in shards for key, instance in shard["instances"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _is_none(baseline) from error


def beside(baseline: str, path: str) -> bytes | None:
    """The file at a path of the same site; None where there is none. Raises like `read_baseline`."""
    if not is_address(baseline):
        file = Path(baseline).parent / path
        return _content(str(file)) if file.is_file() else None
    parts = urlsplit(baseline)
    folder = parts.path.rpartition("/")[0]
    return _content(urlunsplit(parts._replace(path=f"{folder}/{path}")))


def fetched(address: str, option: str) -> bytes | None:
    """What is published at an address that `option` names; None where nothing is (404). Raises SourceError."""
    from generator.spektrix.client import published  # slow to import, and seldom needed

    return published(address, option)


def shown(baseline: str) -> str:
    """A baseline as it may be shown: an address without its query."""
    return baseline.partition("?")[0]


def _content(place: str) -> bytes | None:
    if is_address(place):
        return fetched(place, "--baseline")
    try:
        return Path(place).read_bytes()
    except OSError as error:
        raise SiteError(Fault(f"cannot be read ({error.strerror})", place, _MEND)) from error


def _is_none(baseline: str) -> SourceError:
    return SourceError(Fault("is no availability.json that sitegen has written", shown(baseline), _MEND))
