"""The files beside a theme's templates: stylesheets, scripts, fonts, icons, each published under a name of its bytes.

`assets` is the door. Browsers may keep such a file for ever, as a change gives it another name; so what a stylesheet
says in `url(…)` of a file beside it is made to follow that name.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

from generator.anatomy import Struct
from generator.errors import Fault, SiteError
from generator.urls import ASSETS

FOLDER = "assets"
_URL = re.compile(rb"""url\(\s*(["']?)([^"')#?:]+)\1\s*\)""")


class Asset(Struct, frozen=True):
    """A file of the theme: its path on the site, and its bytes."""

    path: str
    content: bytes


def assets(folders: Iterable[Path]) -> Mapping[str, Asset]:
    """Every file below `assets/` of the template folders by its name there, the first folder winning.

    Raises SiteError where one cannot be read.
    """
    files = {name: file for folder in reversed([*folders]) for name, file in _files(folder / FOLDER)}
    plain = {name: _read(file) for name, file in sorted(files.items())}
    made = {name: _asset(name, content) for name, content in plain.items() if not name.endswith(".css")}
    for name in plain.keys() - made.keys():
        made[name] = _asset(name, _URL.sub(lambda found, name=name: _followed(found, name, made), plain[name]))  # type: ignore[misc]
    return dict(sorted(made.items()))


def _files(folder: Path) -> Iterable[tuple[str, Path]]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file() and not file.name.startswith("."))
    return ((file.relative_to(folder).as_posix(), file) for file in files)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SiteError(Fault(f"cannot be read ({error.strerror})", str(file), "May sitegen read it?")) from error


def _asset(name: str, content: bytes) -> Asset:
    path = PurePosixPath(name)
    digest = hashlib.sha256(content).hexdigest()[:10]
    return Asset(f"{ASSETS}{path.with_name(f'{path.stem}.{digest}{path.suffix}')}", content)


def _followed(found: re.Match[bytes], stylesheet: str, made: Mapping[str, Asset]) -> bytes:
    """A `url(…)` of a stylesheet that leads to the published name of a file of the theme; any other stays."""
    folder = str(PurePosixPath(stylesheet).parent)
    target = made.get(normpath(f"{folder}/{found[2].decode(errors='replace').strip()}"))
    if target is None:
        return found[0]
    return f'url("{relpath(target.path, normpath(ASSETS + folder))}")'.encode()
