"""``python -m api.launch.keep NAME -- COMMAND…``: run a process and start it again when it dies.

honcho stops everything when one of its processes ends; a killed Rasa must not take the product with it.
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from types import FrameType

LONGEST_PAUSE = 10.0
HEALTHY_SECONDS = 30.0
PR_SET_PDEATHSIG = 1


class Keeper:
    """Owns one child process; a stop signal ends the child and then the keeper."""

    def __init__(self, name: str, command: list[str]) -> None:
        self._name = name
        self._command = command
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        pause = 0.5
        while not self._stopping:
            started = time.monotonic()
            self._child = subprocess.Popen(self._command, preexec_fn=_die_with_parent)
            if self._stopping:  # the signal came while the child was being started
                self._child.terminate()
            code = self._child.wait()
            if self._stopping:
                break
            if time.monotonic() - started > HEALTHY_SECONDS:
                pause = 0.5
            print(f"{self._name} ended with code {code}; starting it again in {pause:.1f} s", flush=True)
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        if self._child is None:
            return  # run() ends it as soon as it is there
        if self._child.poll() is None:
            self._child.terminate()
        else:
            sys.exit(0)  # between two lives of the child: a sleep would go on after this handler


def _die_with_parent() -> None:
    # Without this a killed keeper would leave its child holding the port. Linux only; elsewhere it is just not set.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> int:
    name, separator, command = sys.argv[1:2], sys.argv[2:3], sys.argv[3:]
    if separator != ["--"] or not command:
        print("usage: python -m api.launch.keep NAME -- COMMAND [ARGUMENT …]", file=sys.stderr)
        return 2
    return Keeper(name[0], command).run()


if __name__ == "__main__":
    sys.exit(main())
