"""The three processes, and what is said when they cannot start."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.launch import preflight, serve
from api.launch.environments import LaunchError
from api.migrations import migrate
from api.settings import Settings
from tests.running import free_ports


@pytest.fixture(autouse=True)
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, port in zip(("PORT", "RASA_PORT", "ACTIONS_PORT"), free_ports(3), strict=True):
        monkeypatch.setenv(f"CLAUSEDESK_{name}", str(port))
    monkeypatch.setenv("CLAUSEDESK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CLAUSEDESK_PREPARED_DIR", str(tmp_path / "prepared"))


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """The product makes its files private; the other tests keep the umask they were started with."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_rasa_listens_on_loopback_wherever_the_product_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUSEDESK_HOST", "0.0.0.0")
    monkeypatch.setenv("CLAUSEDESK_RASA_PORT", "6005")
    monkeypatch.setenv("CLAUSEDESK_ACTIONS_PORT", "6055")
    commands = serve.commands(Settings(_env_file=None))
    assert set(commands) == {"api", "actions", "rasa"}
    rasa = commands["rasa"]
    assert rasa[rasa.index("--interface") + 1] == "127.0.0.1"
    assert rasa[rasa.index("-p") + 1] == "6005"
    assert "--enable-api" in rasa
    assert commands["actions"][-2:] == ["--port", "6055"]
    assert "0.0.0.0" not in str(commands)


def test_the_action_server_binds_loopback() -> None:
    source = (Path(__file__).parents[2] / "actions" / "__main__.py").read_text(encoding="utf-8")
    assert 'app.run("127.0.0.1", options.port' in source


def test_a_setting_that_is_not_valid_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLAUSEDESK_PORT", "none")
    monkeypatch.setenv("CLAUSEDESK_RATE_LIMIT_LOGIN", "often")
    assert serve.main() == 1
    assert "not valid: CLAUSEDESK_PORT, CLAUSEDESK_RATE_LIMIT_LOGIN" in capsys.readouterr().err


def test_a_port_in_use_stops_the_start_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        monkeypatch.setenv("CLAUSEDESK_RASA_PORT", str(listener.getsockname()[1]))
        assert serve.main() == 1
    assert "or choose another with CLAUSEDESK_RASA_PORT=<port>" in capsys.readouterr().err
    assert not (tmp_path / "prepared").exists()


def test_what_is_kept_is_for_its_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def migrate_and_stop(url: str) -> None:
        migrate(url)
        raise LaunchError("far enough for this test")

    monkeypatch.setattr(preflight, "check", lambda settings: None)
    monkeypatch.setattr(serve, "prepare", lambda settings, say: None)
    monkeypatch.setattr(serve, "migrate", migrate_and_stop)
    assert serve.main() == 1
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    assert modes.pop("secrets") == 0o700
    assert modes.pop("clausedesk.db") == 0o600
    assert set(modes.values()) <= {0o600}


def test_it_is_told_what_is_not_ready(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "READY_SECONDS", 0.5)
    serve.announce(Settings(_env_file=None))
    assert "the product does not answer" in capsys.readouterr().out
