"""Several processes do what one would, forked or begun anew; one that dies is an error."""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from live import contents
from surfaces import PROJECT, build, share_pictures

from generator import production, rounds
from generator.anatomy import replace
from generator.batch import Batch
from generator.build import build as build_order
from generator.environment import Secret
from generator.errors import Fault, SecretError, SiteError
from generator.gate.gate import Gate
from generator.order import Order
from generator.processes import ahead, beside, can_fork, spread
from generator.production import Begun

NOW = "2026-11-25T12:00:00+00:00"
HERE = os.getpid()


@pytest.fixture(params=["fork", "spawn"])
def begun(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How processes can be begun here, and how they were."""
    method: str = request.param
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system cannot {method}")
    contexts: list[str] = []

    def get_context(asked: str) -> Any:
        contexts.append(asked)
        return context(asked)

    context: Callable[[str], Any] = multiprocessing.get_context
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: [method])
    monkeypatch.setattr(multiprocessing, "get_context", get_context)
    return contexts


def squared(number: int) -> int:
    """Work of which nothing goes wrong but with 7, and 13, at which it is killed."""
    if number == 7:
        raise SiteError(Fault("is a seven", "number 7"))
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def test_what_processes_make_comes_in_the_order_of_the_tasks(begun: list[str]) -> None:
    assert list(spread(squared, range(6), 2, "squared")) == [0, 1, 4, 9, 16, 25]
    assert len(begun) == 1


def test_an_error_of_a_process_is_an_error_here(begun: list[str]) -> None:
    with pytest.raises(SiteError) as raised:
        list(spread(squared, range(9), 2, "squared"))
    assert (raised.value.faults, len(begun)) == ((Fault("is a seven", "number 7"),), 1)


def test_a_process_that_dies_is_an_error_and_no_hang(begun: list[str]) -> None:
    with pytest.raises(SiteError) as raised:
        list(spread(squared, (1, 13, 2), 2, "squared"))
    mend = "It may have run out of memory: build with --jobs 1."
    assert raised.value.faults == (Fault("a process that squared was killed", "", mend),)
    assert len(begun) == 1


def test_one_process_is_not_begun_at_all(begun: list[str]) -> None:
    assert (list(spread(squared, (2, 3), 1, "squared")), list(spread(squared, (4,), 2, "squared"))) == ([4, 9], [16])
    assert begun == []


def known(number: int) -> bytes:
    """As much as a pipe does not hold; a forked process does not come as far as 13."""
    if number == 13 and os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return bytes([number]) * 1_000_000


@pytest.mark.parametrize("tasks", [(), (1,), (1, 2, 3), (13,), (1, 13, 2)])
def test_what_was_made_ahead_is_what_would_be_made_here(begun: list[str], tasks: tuple[int, ...]) -> None:
    with ahead(known, tasks) as made:
        assert list(made) == list(map(known, tasks))
    assert begun == (["fork"] if "fork" in multiprocessing.get_all_start_methods() else [])


def whose(_: int) -> int:
    """Which process works."""
    return os.getpid()


def test_it_is_made_by_another_process_where_one_can_be_forked(begun: list[str]) -> None:
    with ahead(whose, (1, 2)) as made:
        others = {*made} - {HERE}
    assert len(others) == len(begun)


def test_what_nobody_asks_for_is_not_waited_for(begun: list[str]) -> None:
    with ahead(known, (1, 2)):
        pass
    with pytest.raises(KeyError), ahead(known, (1, 2)) as made:
        next(made)
        raise KeyError
    assert multiprocessing.active_children() == []


def counted(is_enough: Callable[[], bool]) -> tuple[int, bytes]:
    """Who worked until it was enough, and more than a pipe holds."""
    while not is_enough():
        pass
    return os.getpid(), bytes(1_000_000)


def test_another_process_works_until_it_is_asked_what_it_made(begun: list[str]) -> None:
    with beside(counted, 2, "counted") as made:
        who, content = made()
    assert (who == HERE, len(content)) == (not begun, 1_000_000)
    assert multiprocessing.active_children() == []


def test_beside_a_single_process_there_is_no_other(begun: list[str]) -> None:
    with beside(counted, 1, "counted") as made:
        assert (made()[0], begun) == (HERE, [])


def test_what_is_wrong_beside_is_wrong_here(begun: list[str]) -> None:
    with pytest.raises(SiteError, match="is a seven"), beside(lambda _: squared(7), 2, "squared") as made:
        made()


@pytest.mark.skipif(not can_fork(), reason="this system cannot fork a process")
def test_a_process_that_dies_beside_is_an_error_and_no_hang() -> None:
    with pytest.raises(SiteError, match="a process that squared was killed"):  # noqa: SIM117  # it is what must end
        with beside(lambda _: squared(13), 2, "squared") as made:
            made()


def test_nobody_waits_for_what_goes_on_beside_an_error(begun: list[str]) -> None:
    with pytest.raises(KeyError), beside(counted, 2, "counted"):
        raise KeyError
    assert multiprocessing.active_children() == []


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """The demo in a folder of its own, to be built by two processes."""
    shutil.copytree(PROJECT / "content", tmp_path / "site" / "content")
    share_pictures(tmp_path / "site")
    return Order(tmp_path / "site", datetime.fromisoformat(NOW), jobs=2)


def test_a_site_is_the_same_however_processes_begin(begun: list[str], order: Order) -> None:
    report = build_order(order, lambda _: None)
    assert contents(order.target) == contents(build(PROJECT, None, NOW))
    again = build_order(replace(order, output=order.site / "again"), lambda _: None)
    assert (contents(order.site / "again"), again.pages) == (contents(order.target), report.pages)
    assert len(begun) > 1


@pytest.mark.skipif(not can_fork(), reason="this system cannot fork a process")
def test_a_site_that_is_made_in_rounds_is_the_same(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "TASKS_A_ROUND", 3)
    monkeypatch.setattr(rounds, "AT_ONCE", 3)
    sizes: list[int] = []

    def noted(work: Callable[[int], Batch], tasks: Sequence[int], jobs: int, what: str) -> Iterator[Batch]:
        sizes.append(len(tasks))
        return spread(work, tasks, jobs, what)

    monkeypatch.setattr(production, "spread", noted)
    build_order(order, lambda _: None)
    assert contents(order.target) == contents(build(PROJECT, None, NOW))
    assert len(sizes) > 3
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("number", [0, 1, 200, 201, 240, 2500])
@pytest.mark.parametrize("large", [0, 1, 12])
def test_every_task_has_its_round_large_ones_are_apart_and_the_others_in_order(number: int, large: int) -> None:
    found = [*rounds.in_rounds(range(number), min(large, number))]
    assert sorted(task for some in found for task in some) == [*range(number)]
    assert len(found) == (number // rounds.TASKS_A_ROUND + 1 if number > rounds.AT_ONCE else 1)
    assert max(map(len, found)) - min(map(len, found)) <= 1
    assert [task for some in found for task in some if task >= large] == [*range(large, number)]
    if len(found) >= large:
        assert max(sum(task < large for task in some) for some in found) <= 1


ALL = {*range(4, 1000)}


@pytest.mark.parametrize(
    ("enough", "few", "made"), [(0, production.FEW, {0}), (3, production.FEW, {3}), (1000, 0, ALL), (0, 1000, ALL)]
)
def test_a_site_is_the_same_however_far_another_process_came(
    order: Order, monkeypatch: pytest.MonkeyPatch, enough: int, few: int, made: set[int]
) -> None:
    monkeypatch.setattr(production, "FEW", few)
    came: set[int] = set()

    @contextmanager
    def looked_at(work: Callable[[Callable[[], bool]], object], *_: object) -> Iterator[Callable[[], object]]:
        looks = count()
        done = work(lambda: next(looks) >= enough)
        if isinstance(done, Begun):
            came.add(done.portions)
        yield lambda: done

    monkeypatch.setattr(production, "beside", looked_at)
    build_order(order, lambda _: None)
    assert contents(order.target) == contents(build(PROJECT, None, NOW))
    assert len(came & made) == 1


def test_a_process_lets_no_secret_through_however_it_begins(begun: list[str], order: Order) -> None:
    gate = Gate([Secret("SPEKTRIX_API_KEY", "Skip to the content")])  # as only the theme says
    with pytest.raises(SecretError) as raised:
        build_order(replace(order, gate=gate), lambda _: None)
    assert {(fault.what, Path(fault.where).name) for fault in raised.value.faults} == {
        ("holds SPEKTRIX_API_KEY", "index.html")
    }
    assert not order.target.exists()
    assert len(begun) > 0
