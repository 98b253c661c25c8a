"""An error that nobody expected becomes one that can be shown: the studio must not die of it."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from generator.errors import Fault, SitegenError


@contextmanager
def told_as_fault() -> Iterator[None]:
    """Whatever goes wrong inside comes out as a SitegenError."""
    try:
        yield
    except SitegenError:
        raise
    except Exception as error:
        raise SitegenError(_fault(error)) from error


def _fault(error: Exception) -> Fault:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = f"{type(error).__name__}: {error}"
    return Fault(
        what, f"{frame.filename}, line {frame.lineno}", "Nobody thought of this; save again, or tell us of it."
    )
