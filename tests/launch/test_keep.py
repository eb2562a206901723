"""A kept process comes back when it dies, stops when told, and does not outlive its keeper."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
CHILD = """
import os, signal, sys, time
from pathlib import Path
with Path(sys.argv[1]).open("a") as lives:
    lives.write(f"{os.getpid()}\\n")
if sys.argv[2:] == ["dies"]:
    sys.exit(3)
time.sleep(60)
"""


class Kept:
    """A keeper in a session of its own, and the lives its child had."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._lives = folder / "lives"
        command = [sys.executable, "-c", CHILD, str(self._lives), *arguments]
        self.keeper = subprocess.Popen(
            [sys.executable, "-m", "api.launch.keep", "part", "--", *command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def lives(self) -> list[int]:
        return [int(line) for line in self._lives.read_text().split()] if self._lives.exists() else []

    def life(self, number: int) -> int:
        """The process id of that life of the child, counted from 1."""
        wait(lambda: len(self.lives) >= number)
        return self.lives[number - 1]


def wait(until: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Callable[..., Kept]]:
    made: list[Kept] = []

    def make(*arguments: str) -> Kept:
        made.append(Kept(tmp_path, *arguments))
        return made[-1]

    yield make
    for kept in made:
        if kept.keeper.poll() is None:
            os.killpg(kept.keeper.pid, signal.SIGKILL)
        kept.keeper.communicate()


def test_a_killed_child_is_started_again(keep: Callable[..., Kept]) -> None:
    kept = keep()
    os.kill(kept.life(1), signal.SIGKILL)
    second = kept.life(2)
    assert psutil.pid_exists(second)
    kept.keeper.terminate()
    output, _ = kept.keeper.communicate(timeout=10)
    assert "part ended with code -9; starting it again in 0.5 s" in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_the_child_and_then_the_keeper(keep: Callable[..., Kept], number: int) -> None:
    kept = keep()
    child = kept.life(1)
    kept.keeper.send_signal(number)
    assert kept.keeper.wait(10) == 0
    assert not psutil.pid_exists(child)
    assert kept.lives == [child]


def test_a_child_that_keeps_dying_gets_longer_pauses_and_a_stop_does_not_wait_for_them(
    keep: Callable[..., Kept],
) -> None:
    kept = keep("dies")
    kept.life(3)
    time.sleep(0.3)  # it is pausing for two seconds now
    started = time.monotonic()
    kept.keeper.terminate()
    output, _ = kept.keeper.communicate(timeout=10)
    assert time.monotonic() - started < 1
    assert kept.keeper.returncode == 0
    assert [line.rpartition("in ")[2] for line in output.splitlines()] == ["0.5 s", "1.0 s", "2.0 s"]
    assert len(kept.lives) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_child_does_not_outlive_a_killed_keeper(keep: Callable[..., Kept]) -> None:
    kept = keep()
    child = psutil.Process(kept.life(1))
    kept.keeper.kill()
    kept.keeper.wait(10)
    wait(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_how_it_is_called_is_told() -> None:
    for arguments in ([], ["part"], ["part", "--"], ["part", "sleep", "1"]):
        done = subprocess.run(
            [sys.executable, "-m", "api.launch.keep", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr.split()[0]) == (2, "usage:")
