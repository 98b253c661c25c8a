"""How long a command takes from its start to its exit, what it says on the way, and how much memory it takes at most.

Memory is that of all its processes together, each page that several of them share being counted once (PSS, which Linux
tells). Asking for it makes a command wait now and then, so a run is either timed or watched.
"""

import os
import resource
import subprocess
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

LOOK_EVERY = 0.02  # seconds
ROLLUP = "smaps_rollup"
CAN_WATCH = Path("/proc/self", ROLLUP).exists()


class FailedError(Exception):
    """A command ended with a fault; says what it said last."""


@dataclass(frozen=True)
class Run:
    """A run of a command: seconds by the clock, seconds of processor time, and each line of stderr with its second."""

    seconds: float
    cpu: float
    told: tuple[tuple[float, str], ...] = ()


def run(command: Sequence[str], folder: Path) -> Run:
    """Run a command in a folder. Raises FailedError."""
    before = _processor_time()
    started = time.perf_counter()
    with _started(command, folder) as process:
        told = _listened(process, started)
        status = process.wait()
        seconds = time.perf_counter() - started
    _expect_success(status, command, told)
    return Run(seconds, _processor_time() - before, told)


def peak_of(command: Sequence[str], folder: Path) -> int:
    """The most bytes of memory that a command's processes held at one moment. Raises FailedError."""
    most, ended = 0, Event()

    def look() -> None:
        nonlocal most
        while not ended.wait(LOOK_EVERY):
            most = max(most, memory_of(process.pid))

    with _started(command, folder) as process:
        watcher = Thread(target=look)
        watcher.start()
        try:
            told = _listened(process, time.perf_counter())
            status = process.wait()
        finally:
            ended.set()
            watcher.join()
    _expect_success(status, command, told)
    return most


def memory_of(group: int) -> int:
    """The bytes of memory that the processes of a group hold together."""
    found = 0
    for pid in (int(name) for name in os.listdir("/proc") if name.isdecimal()):  # noqa: PTH208  # names are wanted
        with suppress(OSError):  # it has ended
            if os.getpgid(pid) == group:
                found += _pss(Path("/proc", str(pid), ROLLUP).read_text())
    return found


def _pss(rollup: str) -> int:
    return sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))


def _started(command: Sequence[str], folder: Path) -> "subprocess.Popen[str]":
    """A command that has begun, in a process group of its own."""
    return subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _listened(process: "subprocess.Popen[str]", started: float) -> tuple[tuple[float, str], ...]:
    """Each line of stderr, and the second in which it came; the last thousand."""
    lines = deque[tuple[float, str]](maxlen=1000)
    for line in process.stderr or ():
        lines.append((time.perf_counter() - started, line.rstrip()))
    return tuple(lines)


def _processor_time() -> float:
    """Seconds that all commands so far have taken of processors."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _expect_success(status: int, command: Sequence[str], told: Sequence[tuple[float, str]]) -> None:
    if status:
        last = " ".join(line.strip() for _, line in told[-3:])
        raise FailedError(f"{Path(command[0]).name} ended with {status}: {last or 'it said nothing'}")
