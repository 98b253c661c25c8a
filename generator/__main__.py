"""`python -m generator` is the command `sitegen`."""

import os
import sys
from contextlib import suppress

from generator.cli.main import main


def run() -> None:
    """The command, as a process that ends at once: to free piece by piece all that a build holds takes long."""
    try:
        main()
    except SystemExit as ended:
        if not isinstance(ended.code, int):
            raise
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):  # nobody reads on
                stream.flush()
        os._exit(ended.code)


if __name__ == "__main__":
    run()
