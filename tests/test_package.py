"""The wheel works where there is no checkout: it brings the theme and the demo venue with it."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from surfaces import PROJECT


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from the source distribution as a release makes it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, PROJECT, cwd=folder)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_template_and_the_demo(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    templates = (path for path in (PROJECT / "templates").rglob("*") if path.is_file())
    demo = (path for path in (PROJECT / "generator" / "lantern").rglob("*") if path.is_file())
    expected = {f"generator/theme/{path.relative_to(PROJECT / 'templates').as_posix()}" for path in templates}
    expected |= {path.relative_to(PROJECT).as_posix() for path in demo}
    assert expected - held == set()


def test_an_installed_sitegen_builds_without_a_checkout(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    pins = PROJECT / "requirements.txt"
    run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pins, cwd=tmp_path)
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel, cwd=tmp_path)
    site = tmp_path / "site"
    (site / "content").mkdir(parents=True)
    settings = '[site]\nname = "Tryout"\nurl = "https://tryout.example"\ntimezone = "Europe/London"\n'
    (site / "content" / "site.toml").write_text(settings)
    printed = run(tmp_path / "venv" / "bin" / "sitegen", "build", "--now", "2026-11-25T12:00:00Z", cwd=site)
    assert printed.startswith("Tryout: ")
    assert (site / "output" / "whats-on" / "index.html").is_file()
