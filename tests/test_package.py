"""The wheel and the source distribution work where there is no checkout: they bring all that a site needs."""

import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from surfaces import PROJECT, share_pictures


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel made from it, as a release makes them."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, PROJECT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of an environment in which there is nothing but what sitegen needs."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder)
    install(folder / "bin", "--require-hashes", "-r", PROJECT / "requirements.txt")
    return folder / "bin"


def install(commands: Path, *what: str | Path) -> None:
    """Install something where those commands are."""
    pip = (sys.executable, "-m", "pip", "--python", commands / "python")
    run(*pip, "install", "--quiet", *what, cwd=commands)


def install_anew(commands: Path, distribution: Path) -> None:
    """Install sitegen anew, and nothing else."""
    install(commands, "--no-deps", "--no-build-isolation", "--force-reinstall", distribution)


def files_of(folder: Path, name: str) -> set[str]:
    """The files below a folder of the project, as the wheel names them."""
    return {f"{name}/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.is_file()}


def test_the_wheel_holds_every_template_the_demo_and_the_pattern_of_a_site(release: Path) -> None:
    held = set(zipfile.ZipFile(next(release.glob("*.whl"))).namelist())
    expected = files_of(PROJECT / "templates", "generator/theme") | {"generator/requirements.txt"}
    for name in ("lantern", "blank"):
        expected |= files_of(PROJECT / "generator" / name, f"generator/{name}")
    assert expected - held == set()


def test_the_version_has_one_home(release: Path, commands: Path) -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    sdist = release / f"sitegen-{version}.tar.gz"
    install_anew(commands, sdist)
    assert run(commands / "sitegen", "--version", cwd=release) == f"sitegen {version}\n"
    assert sorted(path.name for path in release.iterdir()) == [f"sitegen-{version}-py3-none-any.whl", sdist.name]


def test_a_new_site_is_built_at_once_by_an_installed_sitegen(release: Path, commands: Path, tmp_path: Path) -> None:
    wheel = next(release.glob("*.whl"))
    install_anew(commands, wheel)
    run(commands / "sitegen", "new", "tryout", cwd=tmp_path)
    site = tmp_path / "tryout"
    share_pictures(site)
    assert (site / "wheels" / wheel.name).read_bytes() == wheel.read_bytes()
    assert run(commands / "sitegen", "build", cwd=site).startswith("Tryout: ")
    assert "0 faults" in run(commands / "sitegen", "check", cwd=site)
    assert "© Tryout" in (site / "output" / "visit" / "index.html").read_text("utf-8")
