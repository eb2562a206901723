"""Settings come from the environment, and a bad one is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CLAUSEDESK_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_prefix_makes_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUSEDESK_PORT", "9000")
    monkeypatch.setenv("RASA_PORT", "9001")
    settings = Settings()
    assert settings.port == 9000
    assert settings.rasa_port == 5005


def test_the_file_beside_the_product_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("CLAUSEDESK_PORT=9000\nCLAUSEDESK_RASA_PORT=9001\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("CLAUSEDESK_PORT", "9100")
    settings = Settings()
    assert (settings.port, settings.rasa_port) == (9100, 9001)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://desk@db.example.com/desk", "postgresql+asyncpg://desk@db.example.com/desk"),
        (
            "postgres://desk:p%40ss@db.example.com/desk",
            "postgresql+asyncpg://desk:p%40ss@db.example.com/desk",
        ),
        ("postgresql+asyncpg://desk@db.example.com/desk", "postgresql+asyncpg://desk@db.example.com/desk"),
        ("sqlite+aiosqlite:////srv/desk.db", "sqlite+aiosqlite:////srv/desk.db"),
    ],
)
def test_a_postgresql_url_gets_the_async_driver(given: str, used: str) -> None:
    assert Settings(database_url=given).sqlalchemy_url == used


def test_without_a_url_the_database_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path / "kept").sqlalchemy_url == (
        f"sqlite+aiosqlite:///{tmp_path}/kept/clausedesk.db"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "eight thousand"),
        ("RATE_LIMITS", "perhaps"),
        ("RATE_LIMIT_LOGIN", "as many as you like"),
        ("RATE_LIMIT_LOOPBACK_FACTOR", "0"),
        ("RASA_TIMEOUT_SECONDS", "-1"),
        ("MAX_BODY_BYTES", "1"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_bad_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"CLAUSEDESK_{name}", value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert [error["loc"] for error in refused.value.errors()] == [(name.lower(),)]


def test_the_address_users_see() -> None:
    assert Settings(port=9000).base_url == "http://127.0.0.1:9000"
    assert Settings(public_url="https://desk.example.com/").base_url == "https://desk.example.com"


def test_rasa_and_the_actions_are_on_loopback_wherever_the_product_listens() -> None:
    settings = Settings(host="0.0.0.0", rasa_port=1, actions_port=2)
    assert (settings.rasa_url, settings.actions_url) == ("http://127.0.0.1:1", "http://127.0.0.1:2")


def test_every_setting_says_what_it_is() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert silent == []
