"""Which libraries are installed: what they have a part in is made anew where one of them is another.

Told by the names of what pip leaves beside each: every build asks, and to import `importlib.metadata` takes long.
"""

import sys
from functools import cache
from pathlib import Path


@cache
def libraries() -> bytes:
    """The libraries with their versions, as "lxml-6.1.3.dist-info", a line each."""
    return "\n".join(sorted(path.name for folder in {*sys.path} for path in Path(folder).glob("*.dist-info"))).encode()
