"""Policies whose every clause says which edition it is of, and the gateway that serves them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

from api.migrations import migrate
from api.settings import Settings
from knowledge.editions.publishing import publish
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.search.retriever import open_encoders
from tests.running import ROOT, free_ports

SUBJECTS = ("couriers", "cookies", "invoices", "telephones", "birthdays", "newsletters")


def write_edition(folder: Path, number: int) -> None:
    """The same subjects under other numbers each time, each with the number of its edition."""
    shift = number % len(SUBJECTS)
    articles = [*SUBJECTS[shift:], *SUBJECTS[:shift]]
    text = "\n\n".join(
        f"{place}. About {subject}\n\nEdition {number} says all about {subject} here."
        for place, subject in enumerate(articles, 1)
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.md").write_text(text)
    (folder / "policy.yml").write_text(
        f'id: shifting\nversion: "v{number}"\neffective_date: 2024-01-01\nlanguages: [en]\n'
        "title: {en: Shifting Policy}\n"
    )


class Gateway:
    """The gateway alone, as a process of its own; Rasa is away, so that it answers by itself."""

    def __init__(self, folder: Path) -> None:
        self.policy, self.index = folder / "policies" / "shifting", folder / "var" / "index" / "shifting"
        self.port, rasa, actions = free_ports(3)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        self._folder = folder
        self._environment = {
            "CLAUSEDESK_PORT": str(self.port),
            "CLAUSEDESK_RASA_PORT": str(rasa),
            "CLAUSEDESK_ACTIONS_PORT": str(actions),
            "CLAUSEDESK_DATA_DIR": str(folder / "data"),
            "CLAUSEDESK_PREPARED_DIR": str(folder / "var"),
            "CLAUSEDESK_POLICIES_DIR": str(folder / "policies"),
            "CLAUSEDESK_POLICY": "shifting",
            "CLAUSEDESK_ENCODER": "hash:64",
            "CLAUSEDESK_RATE_LIMITS": "off",
            "CLAUSEDESK_INDEX_POLL_SECONDS": "0.05",
        }
        self.encoders: JoinedEncoder = open_encoders(Path("hash:64"))

    def publish(self, number: int) -> None:
        write_edition(self.policy, number)
        publish(self.index, self.policy, self.encoders)

    def __enter__(self) -> Gateway:
        self.publish(0)
        (self._folder / "data").mkdir()
        migrate(Settings(data_dir=self._folder / "data", _env_file=None).sqlalchemy_url)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api.server"],
                cwd=ROOT,
                env={**os.environ, **self._environment},
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/health", timeout=2)
                return self
            except httpx.TransportError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)

    def serves(self, number: int, seconds: float = 60) -> None:
        """Wait until that edition serves."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.version() == f"v{number}":
                return
            time.sleep(0.02)
        raise AssertionError(
            f"v{number} does not serve but {self.version()}:\n{self.log.read_text()[-2000:]}"
        )

    def version(self) -> str:
        return str(httpx.get(f"{self.url}/api/v1/policy", timeout=20).json()["policy"]["version"])
