"""A request service on a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.fernet import Fernet

from api.crypto import Vault
from api.db import Database
from api.dsr.deadlines import ChineseCalendar
from api.dsr.service import RequestService
from tests.api.dsr.database import database, database_url, postgres  # noqa: F401 - fixtures
from tests.api.dsr.support import PROMISES, SetClock


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 10, 4, 0, tzinfo=UTC))


@pytest.fixture
def vault() -> Vault:
    return Vault(Fernet.generate_key().decode(), "a signing key for tests")


@pytest.fixture
def make_service(
    database: Database,  # noqa: F811 - the fixture
    vault: Vault,
    clock: SetClock,
) -> Callable[..., RequestService]:
    def make(**changes: Any) -> RequestService:
        parts: dict[str, Any] = {
            "database": database,
            "vault": vault,
            "promises": PROMISES,
            "clock": clock,
            "calendar": ChineseCalendar(),
            "policy_version": "2022-02-17",
        }
        return RequestService(**{**parts, **changes})

    return make


@pytest.fixture
def service(make_service: Callable[..., RequestService]) -> RequestService:
    return make_service()
