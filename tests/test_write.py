"""The writer: what did not change is not touched, and the output is wholly the old site or wholly the new one."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from publishing import Files, large, put

from generator import processes, swap, write
from generator.errors import SiteError
from generator.order import Written

PROJECT = Path(__file__).resolve().parent.parent
RENAME = "Rename one of the two: a page in content/pages, a file in content/static, or a genre."
ROUNDS = 30
SMALL: Files = {
    "availability.json": b"{}",
    "index.html": b"<h1>Home</h1>",
    "events/macbeth/index.html": b"<h1>Macbeth</h1>",
    "events/macbeth/1002/index.html": b"<h1>Friday</h1>",
    "assets/site.css": b"h1 { color: teal }",
}


@pytest.fixture(params=[write.MANY, 0], ids=["", "looked at ahead"])
def output(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the small site in it; another process looks at it where it is said to hold many files."""
    monkeypatch.setattr(write, "MANY", request.param)
    folder = tmp_path / "output"
    put(folder, SMALL.items())
    return folder


def files_in(folder: Path) -> Files:
    """Every file below a folder: its path and its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def beside(output: Path) -> list[str]:
    """What lies beside the output, save the lock and the spare, of which the next site is made."""
    kept = (output.name, ".output.lock", ".output.spare")
    return sorted(path.name for path in output.parent.iterdir() if path.name not in kept)


def marks(folder: Path) -> dict[str, tuple[int, int]]:
    """Which file stands at each path, and when it was written: inode and time; the folders too."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in (folder, *folder.rglob("*"))
    }


def marks_of_files(folder: Path) -> dict[str, tuple[int, int]]:
    """The marks without those of the folders."""
    return {path: mark for path, mark in marks(folder).items() if (folder / path).is_file()}


# What is written


def test_a_first_site_is_written_whole(tmp_path: Path) -> None:
    output = tmp_path / "not" / "yet" / "there"
    assert put(output, SMALL.items()) == Written(changed=5, unchanged=0, removed=0)
    assert files_in(output) == SMALL


def test_a_first_site_of_nothing_is_nothing(tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert put(output, []) == Written(changed=0, unchanged=0, removed=0)
    assert (files_in(output), beside(output)) == ({}, [])


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir()
    assert put(output, SMALL.items()) == Written(changed=5, unchanged=0, removed=0)
    assert files_in(output) == SMALL


def test_the_same_bytes_again_touch_nothing(output: Path) -> None:
    before = marks(output)
    assert put(output, SMALL.items()) == Written(changed=0, unchanged=5, removed=0)
    assert marks(output) == before


def test_a_changed_file_alone_is_written(output: Path) -> None:
    before = marks_of_files(output)
    assert put(output, {**SMALL, "index.html": b"<h1>Away</h1>"}.items()) == Written(1, 4, 0)
    after = marks_of_files(output)
    assert {path for path in after if after[path] != before[path]} == {"index.html"}
    assert files_in(output) == {**SMALL, "index.html": b"<h1>Away</h1>"}


def test_a_change_does_not_reach_into_a_copy_of_the_old_site(output: Path, tmp_path: Path) -> None:
    """A deploy may hold the old site by hard links."""
    copy = tmp_path / "copy.html"
    os.link(output / "index.html", copy)
    put(output, {**SMALL, "index.html": b"<h1>Away</h1>"}.items())
    assert copy.read_bytes() == SMALL["index.html"]


@pytest.mark.parametrize("keeps_most", [False, True])
def test_a_spare_folder_is_linked_ahead_where_most_is_likely_to_stay(
    keeps_most: bool, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "MANY", 0)
    with write.publishing(output, keeps_most=keeps_most) as publication:
        publication.publish(lambda aside: [(path, path not in aside.look.strange) for path in SMALL])
    spare = output.with_name(".output.spare")
    assert (marks_of_files(spare) if spare.exists() else None) == (marks_of_files(output) if keeps_most else None)


def test_a_folder_is_seen_as_it_stands_beside_one_that_shares_its_files(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, paths in ((one, ("same", "deep/same", "copied", "gone", "other")), (other, ("copied", "new"))):
        for path in paths:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(b"content")
    (other / "deep").mkdir()
    for path, source in (("same", "same"), ("deep/same", "deep/same"), ("other", "gone")):
        os.link(one / source, other / path)
    twins, stands = swap.standing_in(one), swap.standing_in(other)
    assert swap.standing_in(other, twins) == stands

    twin = twins["same"]._replace(size=-1)  # a file that is the same is not asked how it stands
    assert swap.standing_in(other, {"same": twin}) == stands | {"same": twin}
    unknown = twin._replace(inode=0)  # but where nobody knows which it is
    assert swap.standing_in(other, {"same": unknown}) == stands


def test_who_looks_beside_does_not_take_the_look_from_this_process(output: Path) -> None:
    away = {**SMALL, "index.html": b"<h1>Gone</h1>"}
    put(output, away.items())  # of the same size: the spare folder has the old one

    def make(aside: write.Aside) -> list[write.Placed]:
        with processes.beside(lambda _: aside.look.strange["index.html"], 2, "looked") as looked:
            assert looked() == aside.look.strange["index.html"]
        return [(path, False) for path in away]

    with write.publishing(output) as publication:
        publication.publish(make)
    assert files_in(output) == away


def test_what_is_no_longer_made_is_removed_with_its_folder(output: Path) -> None:
    kept = {path: content for path, content in SMALL.items() if not path.startswith("events/macbeth/1002/")}
    before = marks_of_files(output)
    assert put(output, kept.items()) == Written(changed=0, unchanged=4, removed=1)
    assert files_in(output) == kept
    assert not (output / "events" / "macbeth" / "1002").exists()
    assert marks_of_files(output) == {path: mark for path, mark in before.items() if path in kept}


def test_a_file_can_become_a_folder_and_a_folder_a_file(output: Path) -> None:
    turned = {"availability.json": b"{}", "index.html/index.html": b"deep", "events": b"flat"}
    assert put(output, turned.items()) == Written(changed=2, unchanged=1, removed=4)
    assert files_in(output) == turned


def test_a_link_in_the_output_becomes_a_file(output: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.html"
    elsewhere.write_bytes(SMALL["index.html"])
    (output / "index.html").unlink()
    (output / "index.html").symlink_to(elsewhere)
    assert put(output, SMALL.items()) == Written(changed=1, unchanged=4, removed=0)
    assert not (output / "index.html").is_symlink()


def test_an_output_that_is_a_link_stays_one(output: Path, tmp_path: Path) -> None:
    link = tmp_path / "public"
    link.symlink_to(output, target_is_directory=True)
    changed = {**SMALL, "index.html": b"<h1>Away</h1>"}
    put(link, changed.items())
    assert (link.is_symlink(), files_in(output)) == (True, changed)


# What is refused


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../up.html",
        "events/../../up.html",
        "events/..",
        "a\\b.html",
        "a\0b.html",
        "",
        "a//b.html",
        "a/",
        ".",
    ],
)
def test_a_path_that_is_not_inside_is_refused(path: str, output: Path) -> None:
    before = marks(output)
    with pytest.raises(SiteError) as refused:
        put(output, [*SMALL.items(), ("new.html", b"new"), (path, b"bad")])
    assert str(refused.value) == f'"{path}": is no path inside the output folder\n  Rename what is published there.'
    assert (marks(output), beside(output)) == (before, [])


@pytest.mark.parametrize(
    ("first", "second"),
    [("new.html", "new.html"), ("new", "new/index.html"), ("new/index.html", "new"), ("new/a/b/c", "new/a")],
)
def test_two_things_at_one_path_are_refused(first: str, second: str, output: Path) -> None:
    before = marks(output)
    with pytest.raises(SiteError) as refused:
        put(output, [*SMALL.items(), (first, b"first"), (second, b"second")])
    where = min(first, second)
    assert str(refused.value) == f"/{where}: two things would be published at this path\n  {RENAME}"
    assert (marks(output), beside(output)) == (before, [])


def test_a_folder_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    output = tmp_path / "novels"
    output.mkdir()
    (output / "first.txt").write_bytes(b"It was a dark and stormy night.")
    with pytest.raises(SiteError) as refused:
        put(output, SMALL.items())
    assert str(refused.value) == (
        f"{output}: holds files, but no site that sitegen has made; they would be lost\n"
        "  Choose another folder with --output, or empty this one yourself."
    )
    assert files_in(output) == {"first.txt": b"It was a dark and stormy night."}


def test_a_file_in_place_of_the_output_is_refused(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.write_bytes(b"a file")
    with pytest.raises(SiteError) as refused:
        put(output, SMALL.items())
    assert str(refused.value) == f"{output}: is a file, not a folder\n  Choose another folder with --output."
    assert output.read_bytes() == b"a file"


def test_an_output_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a file")
    with pytest.raises(SiteError) as refused:
        put(tmp_path / "file" / "output", SMALL.items())
    assert str(refused.value) == (
        f"{tmp_path / 'file'}: cannot be written (File exists)\n"
        "  Is there room, and may sitegen write there? What was there before stands."
    )


def test_a_name_too_long_for_the_file_system_is_told(output: Path) -> None:
    before = marks(output)
    name = "n" * 300
    with pytest.raises(SiteError) as refused:
        put(output, [*SMALL.items(), ("new.html", b"new"), (name, b"long")])
    assert str(refused.value) == (
        f"{output.parent / '.output.changed' / name}: cannot be written (File name too long)\n"
        "  Is there room, and may sitegen write there? What was there before stands."
    )
    assert (marks(output), beside(output)) == (before, [])


def test_an_error_on_the_way_leaves_the_old_site_and_nothing_beside_it(output: Path) -> None:
    before = marks(output)
    with pytest.raises(ZeroDivisionError):
        put(output, failing())
    assert (marks(output), beside(output)) == (before, [])


def failing() -> Iterator[tuple[str, bytes]]:
    """Files, and then an error."""
    yield "availability.json", b"new"
    yield "events/macbeth/index.html", b"new"
    yield "more.html", b"%d" % (1 // 0)


# Two at once, and one that is killed


def publishing(how: str, output: Path) -> subprocess.Popen[str]:
    """A process that publishes (see `publishing`), when it has said that it is ready."""
    command = [sys.executable, "-m", "tests.publishing", how, str(output)]
    process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_second_build_into_one_output_is_refused(output: Path) -> None:
    with publishing("hold", output) as first:
        with pytest.raises(SiteError) as refused:
            put(output, SMALL.items())
        first.communicate(timeout=10)
    assert str(refused.value) == (
        f"{output}: another sitegen is writing here\n  Wait until it is done; or stop it, the lock goes with it."
    )
    assert files_in(output) == {"availability.json": b"held", "index.html": b"held"}


def test_the_lock_goes_with_a_build_that_is_killed(output: Path) -> None:
    with publishing("hold", output) as first:
        first.kill()
    assert beside(output) == [".output.changed"]
    assert put(output, SMALL.items()) == Written(changed=0, unchanged=5, removed=0)
    assert beside(output) == []


def test_a_build_killed_at_any_moment_leaves_the_old_site_or_the_new(tmp_path: Path) -> None:
    """In each round two sites take turns in the output until the process is killed; then a third is published."""
    output, moments = tmp_path / "output", random.Random(1616)  # noqa: S311  # no secret hangs on it
    even, odd, third = large("even"), large("odd"), large("third")
    put(output, third.items())
    left_over = set()
    for _ in range(ROUNDS):
        with publishing("turns", output) as process:
            time.sleep(moments.uniform(0, 0.08))
            process.kill()
        left_over.update(beside(output))
        assert files_in(output) in (even, odd, third)
        put(output, third.items())
        assert (files_in(output), beside(output)) == (third, [])
    assert left_over, "no kill came while a build was at work"


# Without a step that makes two folders trade names.
# Linux and macOS have that step, so its absence is pretended: the one way to walk the other path on them.


@pytest.fixture
def without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system in which two folders cannot trade names."""
    monkeypatch.setattr(swap, "_exchange", lambda one, other: False)


@pytest.mark.usefixtures("without_exchange")
def test_two_renames_publish_as_well(output: Path) -> None:
    before = marks_of_files(output)
    changed = {**SMALL, "index.html": b"<h1>Away</h1>"}
    assert put(output, changed.items()) == Written(1, 4, 0)
    assert (files_in(output), beside(output)) == (changed, [])
    after = marks_of_files(output)
    assert {path for path in after if after[path] != before[path]} == {"index.html"}


def killed_between_two_renames(output: Path) -> None:
    """What a build leaves that is killed when the old site has gone aside and the new one has not come."""
    output.rename(output.with_name(".output.old"))
    new = output.with_name(".output.new")
    new.mkdir()
    (new / "availability.json").write_bytes(b"half")


@pytest.mark.usefixtures("without_exchange")
def test_after_a_kill_between_two_renames_the_next_build_publishes(output: Path) -> None:
    before = marks_of_files(output)
    killed_between_two_renames(output)
    changed = {**SMALL, "index.html": b"<h1>Away</h1>"}
    assert put(output, changed.items()) == Written(1, 4, 0)
    assert (files_in(output), beside(output)) == (changed, [])
    after = marks_of_files(output)
    assert {path for path in after if after[path] != before[path]} == {"index.html"}


def test_after_a_kill_between_two_renames_a_build_that_fails_brings_the_old_site_back(output: Path) -> None:
    before = marks(output)
    killed_between_two_renames(output)
    with pytest.raises(ZeroDivisionError):
        put(output, failing())
    assert (marks(output), beside(output)) == (before, [])


def test_after_a_kill_behind_both_renames_the_new_site_stays(output: Path) -> None:
    old = output.with_name(".output.old")
    old.mkdir()
    (old / "availability.json").write_bytes(b"old")
    before = marks(output)
    assert put(output, SMALL.items()) == Written(changed=0, unchanged=5, removed=0)
    assert (marks(output), beside(output)) == (before, [])
