"""The workflows of a new site: sound, safe, and their steps do what they say, run as they stand.

The steps are run with the sandbox in the place of Spektrix, a server that takes what is published in that of Netlify,
and a `gh` that writes down what it is asked. What GitHub's own actions do is not run.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from folder_served import Quiet, served
from live import Live, contents, options, self_signed, site_of
from ruamel.yaml import YAML
from surfaces import PROJECT

from generator.sandbox.server import running

FOLDER = PROJECT / "generator" / "blank" / ".github" / "workflows"
OWN = PROJECT / ".github" / "workflows"
NAMES = ("site.yml", "watch.yml")
BEGUN, LATER, OLD = 1772452800, 1772452800 + 600, 1772452800 + 3 * 3600
TOKEN = "token-of-a-test"  # noqa: S105 - of a host that lives as long as the tests
SECRETS = ("SPEKTRIX_API_KEY", "SPEKTRIX_CERT", "SPEKTRIX_KEY", "SPEKTRIX_KEY_PASSWORD")
GH = """#!/bin/sh
echo "$@" >>"$GH_SAID"
[ "$1 $2" = "issue list" ] && cat "$GH_OPEN"
for last; do :; done
case $last in *.md) cp "$last" "$GH_BODY" ;; esac
"""


def workflow(name: str) -> Any:
    """A workflow as data."""
    return YAML(typ="safe").load((FOLDER / name).read_text("utf-8"))


def steps(name: str) -> dict[str, dict[str, Any]]:
    """The steps of all jobs of a workflow by name."""
    return {step["name"]: step for job in workflow(name)["jobs"].values() for step in job["steps"]}


# As they stand


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_is_one_by_githubs_schema(name: str) -> None:
    run_tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(FOLDER / name))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_unsafe_is_found_in_a_workflow(name: str) -> None:
    run_tool("zizmor", "--offline", "--no-progress", "--persona=pedantic", str(FOLDER / name))


def run_tool(name: str, *options: str) -> None:
    """A tool beside this Python; it must find nothing."""
    tool = Path(sys.executable).parent / name
    done = subprocess.run([str(tool), *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_actions_are_pinned_and_every_job_has_only_the_permissions_it_needs(name: str) -> None:
    jobs = workflow(name)["jobs"]
    uses = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert [use for use in uses if not re.fullmatch(r"actions/[a-z/-]+@[0-9a-f]{40}", use)] == []
    assert workflow(name)["permissions"] == {}
    first, tell = jobs.values()
    assert (first["permissions"], tell["permissions"]) == ({"contents": "read"}, {"issues": "write"})
    assert [step for step in tell["steps"] if "uses" in step] == []


def test_the_same_action_has_the_same_pin_everywhere() -> None:
    whole = "".join((FOLDER / name).read_text() for name in NAMES)
    pins: dict[str, set[str]] = {}
    for action, pin in re.findall(r"uses: ([\w/-]+)(@\w+ # v[\d.]+)\n", whole):
        pins.setdefault("/".join(action.split("/")[:2]), set()).add(pin)
    assert sorted((action, len(each)) for action, each in pins.items()) == [
        ("actions/cache", 1), ("actions/checkout", 1), ("actions/setup-python", 1),
    ]  # fmt: skip


def test_secrets_are_in_one_step_each() -> None:
    knowing = {
        (name, step): sorted(set(re.findall(r"secrets\.(\w+)", json.dumps(about))))
        for name in NAMES
        for step, about in steps(name).items()
    }
    assert {where: found for where, found in knowing.items() if found} == {
        ("site.yml", "Pull"): sorted(SECRETS),
        ("site.yml", "Publish at Netlify"): ["NETLIFY_AUTH_TOKEN"],
    }
    whole = "".join((FOLDER / name).read_text() for name in NAMES)
    assert len(re.findall(r"secrets\.", whole)) == len(SECRETS) + 1


def test_the_cache_holds_pictures_alone_and_is_saved_last() -> None:
    order = ["Restore pictures", "Pull", "Build", "Publish at Netlify", "Save pictures"]
    assert [name for name in steps("site.yml") if name in order] == order
    restore, save = steps("site.yml")["Restore pictures"], steps("site.yml")["Save pictures"]
    kept = [step["with"]["path"].split() for step in (restore, save)]
    assert kept == [[".sitegen/images", ".sitegen/snapshot/images"]] * 2
    assert "always" not in save["if"]


def test_the_watch_does_not_run_when_the_site_does() -> None:
    crons = {name: [line["cron"].split()[0] for line in workflow(name)["on"]["schedule"]] for name in NAMES}
    assert crons == {"site.yml": ["11,41"], "watch.yml": ["27"]}


@pytest.mark.parametrize("name", NAMES)
def test_the_projects_own_workflow_is_that_of_a_new_site(name: str) -> None:
    pattern = (FOLDER / name).read_text("utf-8").replace("README.md", "docs/operator.md")
    assert (OWN / name).read_text("utf-8") == pattern.replace(
        "--no-deps wheels/sitegen-*.whl", "--no-deps --no-build-isolation ."
    )


def test_both_tell_in_the_same_way() -> None:
    names = ("Open an issue, or bring it up to date", "Keep what was said", "Install sitegen", "Fetch Python")
    assert [steps("site.yml")[name] for name in names] == [steps("watch.yml")[name] for name in names]


# As they run


@dataclass
class Runner:
    """A machine of GitHub's with a site folder, and what its steps have put out."""

    live: Live
    home: Path
    seen: dict[str, dict[str, str]] = field(default_factory=dict)

    def run(self, name: str, workflow_file: str = "site.yml", **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run a step's own script, with an environment in which nothing else is set."""
        step = steps(workflow_file)[name]
        written = self.home / "output.txt"
        written.write_text("")
        plain = {key: value for key, value in step.get("env", {}).items() if "${{" not in str(value)}
        around = {
            "PATH": f"{self.home}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.home), "RUNNER_TEMP": str(self.home), "GITHUB_OUTPUT": str(written),
        }  # fmt: skip
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],  # noqa: S607 - as GitHub does
            cwd=self.live.site, env=around | plain | environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.seen[name] = dict(line.partition("=")[::2] for line in written.read_text().splitlines() if "=" in line)
        return done

    def turn(self, now: int, published: str = "") -> bool:
        """A turn of the schedule on a machine that is empty but for pictures; whether there is something to publish."""
        for name in ("ledger.json", "manifest.json"):
            (self.live.site / ".sitegen" / name).unlink(missing_ok=True)
        shutil.rmtree(self.live.snapshot, ignore_errors=True)
        shutil.rmtree(self.live.site / "output", ignore_errors=True)
        told = {"BASELINE": f"--baseline={published}/availability.json" if published else "", "ALLOW_SHRINK": ""}
        secret = {name: value for name, value in self.live.environment.items() if name in SECRETS}
        trust = {"REQUESTS_CA_BUNDLE": self.live.environment["REQUESTS_CA_BUNDLE"]}
        for name, more in (
            ("Read the settings", {}),
            ("Pull", secret | trust),
            ("Build", {"SOURCE_DATE_EPOCH": str(now)}),
        ):
            done = self.run(name, **told, **more)
            assert done.returncode == 0, done.stdout + done.stderr
        self.run("Decide whether to publish")
        return self.seen["Decide whether to publish"]["publish"] == "true"


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    """A runner with the little venue, whose news may be four hours old."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "gh").write_text(GH)
    (home / "gh").chmod(0o755)
    (home / "sitegen").write_text(f'#!/bin/sh\nPYTHONPATH={PROJECT} exec {sys.executable} -m generator "$@"\n')
    (home / "sitegen").chmod(0o755)
    with running(options()) as sandbox:
        live = site_of(tmp_path / "a", sandbox)
        with (live.site / "content" / "site.toml").open("a") as settings:
            settings.write("\n[availability]\nstale_minutes = 240\n")
        yield Runner(live, home)


class Host(Quiet):
    """A host that takes a zip at /api/sites/NAME/deploys, says `state` of it, and serves what was in it."""

    state = "ready"

    def do_POST(self) -> None:  # noqa: N802  # the name is the library's
        """Take a site."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        good = (self.path, self.headers["Authorization"], self.headers["Content-Type"]) == (
            "/api/sites/thimble.netlify.app/deploys", f"Bearer {TOKEN}", "application/zip",
        )  # fmt: skip
        if good:
            zipfile.ZipFile(io.BytesIO(body)).extractall(self.directory)
        self._answer(200 if good else 401, {"id": "d1"} if good else {"message": "Access Denied"})

    def do_GET(self) -> None:  # noqa: N802  # the name is the library's
        """Say how far a site is, or serve a file of it."""
        if self.path == "/api/deploys/d1":
            self._answer(200, {"state": self.state})
        else:
            super().do_GET()

    def _answer(self, status: int, about: Mapping[str, str]) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(about).encode())


@contextmanager
def host(folder: Path, state: str = "ready") -> Iterator[str]:
    """Such a host over a folder; gives its address."""
    folder.mkdir()
    with served(folder, type("Stated", (Host,), {"state": state})) as address:
        yield address


def publish(runner: Runner, url: str, token: str = TOKEN) -> "subprocess.CompletedProcess[str]":
    """Run the step that publishes."""
    known = {"NETLIFY_SITE": "thimble.netlify.app", "NETLIFY_AUTH_TOKEN": token, "NETLIFY_API": f"{url}/api"}
    return runner.run("Publish at Netlify", **known)


def test_published_is_what_is_new_what_changed_and_what_would_be_old(runner: Runner, tmp_path: Path) -> None:
    with host(tmp_path / "host") as url:
        assert runner.turn(BEGUN)
        assert publish(runner, url).returncode == 0
        assert contents(tmp_path / "host") == contents(runner.live.site / "output")
        first = json.loads((tmp_path / "host" / "ledger.json").read_bytes())
        assert not runner.turn(LATER, url)
        assert json.loads((runner.live.site / "output" / "ledger.json").read_bytes()) == first
        assert runner.turn(OLD, url)
        (runner.live.site / "content" / "pages").mkdir(exist_ok=True)
        (runner.live.site / "content" / "pages" / "visit.md").write_text('+++\ntitle = "Visit"\n+++\nBy tram.\n')
        assert runner.turn(LATER, url)
    assert runner.seen["Read the settings"] == {"live": "true"}


@pytest.mark.parametrize(
    ("state", "token", "said"),
    [("error", TOKEN, "Netlify: error\n"), ("ready", "another", "curl: (22) The requested URL returned error: 401\n")],
)
def test_what_netlify_does_not_take_fails_the_run(
    runner: Runner, tmp_path: Path, state: str, token: str, said: str
) -> None:
    (runner.live.site / "output").mkdir()
    (runner.live.site / "output" / "index.html").write_text("A page")
    with host(tmp_path / "host", state) as url:
        assert publish(runner, url, token).returncode == 1
    assert (runner.home / "said.txt").read_text().endswith(said)


def test_a_pull_that_is_refused_ends_the_run_and_is_told_in_one_issue(runner: Runner) -> None:
    secrets = {
        name: value for name, value in runner.live.environment.items() if name in (*SECRETS, "REQUESTS_CA_BUNDLE")
    }
    refused = runner.run("Pull", **secrets | {"SPEKTRIX_API_KEY": "another"}, BASELINE="", ALLOW_SHRINK="")
    runner.run("Keep what was said")
    said = (runner.home / "output.txt").read_text()
    assert (refused.returncode, said.count("(HTTP 401)")) == (3, 1)
    assert said.startswith("text<<END-OF-WHAT-WAS-SAID\n")
    assert said.endswith("\nEND-OF-WHAT-WAS-SAID\n")
    asked = {}
    for number in ("", "7"):
        (runner.home / "open.txt").write_text(number)
        (runner.home / "gh.txt").unlink(missing_ok=True)
        named = {"GH_SAID": "gh.txt", "GH_OPEN": "open.txt", "GH_BODY": "body.md"}
        files = {variable: str(runner.home / name) for variable, name in named.items()}
        told = {"SAID": "Error: refused\n  Mend it.", "WHAT": "It failed.", "RUN": "https://run.example"}
        done = runner.run(
            "Open an issue, or bring it up to date", **{k: str(runner.home / v) for k, v in files.items()}, **told
        )
        assert done.returncode == 0, done.stderr
        asked[number] = (runner.home / "gh.txt").read_text().splitlines()[-1].replace(str(runner.home), "TEMP")
    assert asked == {
        "": "issue create --title The website needs somebody --label website --body-file TEMP/issue.md",
        "7": "issue edit 7 --body-file TEMP/issue.md",
    }
    assert (runner.home / "body.md").read_text() == (
        "It failed. What was published before stands.\n\n    Error: refused\n      Mend it.\n\n"
        "The latest run: https://run.example\n\nREADME.md says what to do. Close this when it is done.\n"
    )


def test_a_certificate_that_ends_soon_is_told_while_all_is_well(runner: Runner, tmp_path: Path) -> None:
    own = self_signed(tmp_path / "own", timedelta(days=12))
    with running(options(needs_certificate=False)) as sandbox:
        runner.live = site_of(tmp_path / "b", sandbox)
        known = {name: runner.live.environment[name] for name in ("SPEKTRIX_API_KEY", "REQUESTS_CA_BUNDLE")}
        assert runner.run("Pull", **known, **own, BASELINE="", ALLOW_SHRINK="").returncode == 0
    by_the_date = r"the certificate ends on .+, in 1[12] days"  # 11 where it is midnight meanwhile
    assert re.fullmatch(by_the_date, runner.seen["Pull"]["soon"])
    assert workflow("site.yml")["jobs"]["tell"]["if"].endswith("needs.publish.outputs.soon != '')")
