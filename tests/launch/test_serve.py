"""The three processes, and what is said when they cannot start."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from api.launch import serve
from api.settings import Settings
from tests.running import free_ports


@pytest.fixture(autouse=True)
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, port in zip(("PORT", "RASA_PORT", "ACTIONS_PORT"), free_ports(3), strict=True):
        monkeypatch.setenv(f"CLAUSEDESK_{name}", str(port))
    monkeypatch.setenv("CLAUSEDESK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CLAUSEDESK_PREPARED_DIR", str(tmp_path / "prepared"))


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


def test_it_is_told_what_is_not_ready(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "READY_SECONDS", 0.5)
    serve.announce(Settings(_env_file=None))
    assert "the product does not answer" in capsys.readouterr().out
