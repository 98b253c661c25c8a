"""The tiny site, file by file, as it was when somebody last looked at it: a change of the output shows as its diff.

`python tests/test_golden.py` writes tests/golden/ anew; read the diff before you commit it. The theme's own files are
left out, and the hash in their names, so that a change of style is not a change of every page.
"""

import re
import shutil
from pathlib import Path

from surfaces import PROJECT, build

GOLDEN = PROJECT / "tests" / "golden"
TINY = PROJECT / "tests" / "tiny"
NOW = "2026-02-20T12:00:00Z"


def read(folder: Path) -> dict[str, str]:
    """Every file below a folder but the assets, without the hashes of those and of the whole."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "assets" not in path.parts)
    texts = {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in files}
    hashes = re.compile(r'(?<=assets/)([\w/-]+)\.[0-9a-f]{10}(?=\.)|(?<="content": ")[0-9a-f]{64}')
    return {path: hashes.sub(r"\1", text) for path, text in texts.items()}


def test_the_site_is_as_it_was_when_somebody_last_looked() -> None:
    assert read(build(TINY, TINY / "feed", NOW)) == read(GOLDEN)


def renew() -> None:
    """Write the golden site anew."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for path, text in read(build(TINY, TINY / "feed", NOW)).items():
        (GOLDEN / path).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / path).write_bytes(text.encode())


if __name__ == "__main__":
    renew()
