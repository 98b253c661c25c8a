"""The site folder itself, before anything is made of it: keys that lie in it, and links that lead out.

`exposed` is the door. What lies in `content/` and `templates/` is published, or at least kept in git, so that no secret
belongs there. Files that were looked at and did not change since are not read again by the same gate.
"""

from collections.abc import Iterator
from pathlib import Path

from generator.errors import Fault, SecretError
from generator.gate.gate import Gate
from generator.gate.keys import is_key_by_name
from generator.swap import files_in

FOLDERS = ("content", "templates")
_MEND = "Take it out of the site folder, and out of git. If anybody else could read it, have a new one made."
_MEND_NAME = "Move it out of the site folder: what lies there is published. If it is no key, give it another name."
_MEND_LINK = "Put the file itself there, or take the link away."


def exposed(site: Path, gate: Gate) -> Iterator[Fault]:
    """What in a site folder must not be there: where, which secret, and never its value."""
    home = site.resolve()
    for folder in FOLDERS:
        links = (folder,) if (site / folder).is_symlink() else ()
        for path in sorted((*links, *(f"{folder}/{path}" for path in files_in(site / folder)))):
            if fault := _fault(site, path, home, gate):
                yield fault


def refuse_exposed(site: Path, gate: Gate, feed: Path | None = None) -> None:
    """Raise SecretError with every such fault; a `feed` is looked at, too, where what stands was made from it."""
    faults = list(exposed(site, gate))
    documents = sorted(feed.glob("*.xml")) if feed else ()
    faults += (fault for file in documents if (fault := _in_content(file.parent, file.name, gate)))
    if faults:
        raise SecretError(*faults)


def _fault(site: Path, path: str, home: Path, gate: Gate) -> Fault | None:
    file = site / path
    if file.is_symlink() and not file.resolve().is_relative_to(home):
        return Fault("is a link that leads out of the site folder", str(file), _MEND_LINK)
    found = _in_content(site, path, gate)
    if found is None and is_key_by_name(file.name):
        return Fault("is a key or a file of passwords, by its name", str(file), _MEND_NAME)
    return found


def _in_content(root: Path, path: str, gate: Gate) -> Fault | None:
    """What is wrong with a file, which is read if it was not before. One that cannot be read cannot be published."""
    try:
        about = (root / path).stat()
        seen = str(root / path), about.st_size, about.st_mtime_ns
        content = b"" if seen in gate.clean else (root / path).read_bytes()
    except OSError:
        return gate.fault(root, path, b"", _MEND)
    found = gate.fault(root, path, content, _MEND)
    if found is None:
        gate.clean.add(seen)
    return found
