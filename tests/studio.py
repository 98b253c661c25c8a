"""A studio on a site folder, asked without a network: what the tests of `sitegen serve` share."""

import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from surfaces import PROJECT, share_pictures
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request

from generator.gate.gate import Gate
from generator.studio.changes import Change, Follow, Stage
from generator.studio.desk import Desk
from generator.studio.server import Studio
from generator.studio.workshop import Bench, Workshop

NOW = "2026-11-25T12:00:00Z"
RUN = "run"


@dataclass
class Asked:
    """A studio, what it has told the terminal, and who asks it."""

    site: Path
    feed: Path | None = None
    now: str = NOW
    gate: Gate = field(default_factory=Gate)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        bench = Bench(self.site.resolve(), self.feed, self.gate)
        self.desk = Desk(Workshop(bench, lambda: datetime.fromisoformat(self.now)), RUN, self.told.append)
        self.desk.open()
        self.client = Client(Request.application(Studio(self.desk, ("theatre.local",)).respond))

    def get(self, path: str, **headers: str) -> TestResponse:
        """The response to a browser that asks for a path."""
        asked = {"Host": "localhost:8000", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.get(path, headers=asked)

    def saved(self, stage: Stage, follow: Follow = Follow.RELOAD) -> None:
        """What happens when something is saved."""
        self.desk.follow(Change(stage, follow))


def copy_of_demo(folder: Path, site: Path = PROJECT, *, has_pictures: bool = True) -> Path:
    """A site folder with the content of the demo, or of another site, and a copy of every template."""
    shutil.copytree(site / "content", folder / "content")
    shutil.copytree(PROJECT / "templates", folder / "templates")
    if has_pictures:
        share_pictures(folder)
    return folder
