"""A desk on a real database with a quick password hash."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

import api.console.assist
from api.console.assist import Assistant
from api.console.passwords import PasswordKeeper
from api.console.service import DeskService
from api.db import Database
from api.limits import Limiter
from api.settings import Settings
from tests.api.console.support import SETUP_TOKEN
from tests.api.dsr.conftest import (  # noqa: F401 - fixtures
    clock,
    database,
    database_url,
    make_service,
    postgres,
    service,
    vault,
)
from tests.api.dsr.support import SetClock

MakeDesk = Callable[..., DeskService]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, rate_limits="off", public_url="http://desk.example.com", _env_file=None
    )


@pytest.fixture
def limiter(settings: Settings) -> Limiter:
    return Limiter(settings)


@pytest.fixture
def assistant() -> Assistant:
    return Assistant.open(Path(api.console.assist.__file__).with_name("wording.yml"))


@pytest.fixture
def make_desk(
    database: Database,  # noqa: F811 - the fixture
    clock: SetClock,  # noqa: F811
    limiter: Limiter,
    assistant: Assistant,
) -> MakeDesk:
    def make(**changes: Any) -> DeskService:
        parts: dict[str, Any] = {
            "database": database,
            "clock": clock,
            "limiter": limiter,
            "passwords": PasswordKeeper(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
            "assistant": assistant,
            "setup_token": SETUP_TOKEN,
            "lifetime": timedelta(hours=12),
            "idle": timedelta(hours=1),
        }
        return DeskService(**{**parts, **changes})

    return make


@pytest.fixture
def desk(make_desk: MakeDesk) -> DeskService:
    return make_desk()
