"""Starts the real product, all three processes, as ``make run`` does, on free ports and with data of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 240.0
STOP_SECONDS = 30.0


def free_ports(count: int) -> list[int]:
    """Loopback ports nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@dataclass
class Product:
    """One running product; ``data`` holds its database, secrets and dialogue store, ``log`` all it printed."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port, self.rasa_port, self.actions_port = free_ports(3)
        self.url = f"http://127.0.0.1:{self.port}"
        self.rasa_url = f"http://127.0.0.1:{self.rasa_port}"
        self.log = self.data / "product.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._file: IO[bytes] | None = None

    def start(self) -> None:
        """Returns when every part is ready; fails with the log's end when that takes too long."""
        environment = {
            **os.environ,
            "CLAUSEDESK_PORT": str(self.port),
            "CLAUSEDESK_RASA_PORT": str(self.rasa_port),
            "CLAUSEDESK_ACTIONS_PORT": str(self.actions_port),
            "CLAUSEDESK_DATA_DIR": str(self.data),
            **self.settings,
        }
        self._file = self.log.open("ab")
        command = [sys.executable, "-m", "api.launch.serve"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self._file, stderr=self._file, start_new_session=True
        )
        self.wait_until("ok", START_SECONDS)

    def wait_until(self, status: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self._process is None or self._process.poll() is None, self._tail()
            if self.status() == status:
                return
            time.sleep(0.2)
        raise AssertionError(f"not {status} after {seconds:.0f} s:\n{self._tail()}")

    def status(self) -> str:
        try:
            return str(httpx.get(f"{self.url}/ready", timeout=3).json()["status"])
        except httpx.TransportError:
            return "down"

    def setup_token(self) -> str:
        return (self.data / "secrets" / "setup_token").read_text().strip()

    def kill(self, part: str) -> None:
        """SIGKILL the process that listens on a part's port: ``api``, ``rasa`` or ``actions``."""
        port = {"api": self.port, "rasa": self.rasa_port, "actions": self.actions_port}[part]
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr[1] == port and connection.pid:
                os.kill(connection.pid, signal.SIGKILL)
                return
        raise AssertionError(f"nothing listens on the port of {part}")

    def resident_bytes(self) -> int:
        """Memory of all of it, the launcher and its helpers too."""
        assert self._process is not None
        family = [
            psutil.Process(self._process.pid),
            *psutil.Process(self._process.pid).children(recursive=True),
        ]
        return sum(process.memory_info().rss for process in family)

    def stop(self) -> None:
        """Ctrl-C, as a person would; fails when something outlives it."""
        assert self._process is not None
        assert self._file is not None
        children = psutil.Process(self._process.pid).children(recursive=True)
        self._process.send_signal(signal.SIGINT)
        self._process.wait(STOP_SECONDS)
        _, alive = psutil.wait_procs(children, timeout=10)
        self._file.close()
        self._process = None
        assert not alive, f"still running after Ctrl-C: {alive}"

    def _tail(self) -> str:
        text = self.log.read_text(errors="replace")
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(text.splitlines()[-25:]))
