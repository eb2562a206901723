"""A whole gateway on a database file, with a Rasa that can be told to fail."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI

from api import error_handlers
from api.chat.endpoints import router
from api.chat.events import EventHub
from api.chat.rasa_client import RasaClient
from api.chat.service import ChatService
from api.crypto import Vault
from api.db import Base, Database
from api.dsr.service import RequestService
from api.limits import Limiter
from api.middleware import BodyLimit
from api.settings import Settings
from tests.api.chat.policies import FourClauses
from tests.api.chat.rasa_double import RasaDouble
from tests.api.dsr.database import postgres  # noqa: F401 - fixture
from tests.api.dsr.support import PROMISES, SetClock


@dataclass
class Visitor:
    """One visitor's session, over HTTP."""

    http: httpx.AsyncClient
    session_id: str
    token: str
    greeting: list[dict[str, Any]]

    @property
    def path(self) -> str:
        return f"/api/v1/chat/sessions/{self.session_id}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, text: Any, client_message_id: str | None = None) -> httpx.Response:
        body = {"client_message_id": client_message_id or str(uuid.uuid4()), "text": text}
        return await self.http.post(f"{self.path}/messages", json=body, headers=self.headers)

    async def say(self, text: str, client_message_id: str | None = None) -> list[dict[str, Any]]:
        """The replies."""
        response = await self.post(text, client_message_id)
        assert response.status_code == 200, response.text
        replies: list[dict[str, Any]] = response.json()["replies"]
        return replies

    async def history(self, after: str | None = None) -> list[dict[str, Any]]:
        params = {"after": after} if after else {}
        response = await self.http.get(f"{self.path}/messages", headers=self.headers, params=params)
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages


@dataclass
class Gateway:
    """Everything a test may want to reach into."""

    app: FastAPI
    chat: ChatService
    requests: RequestService
    database: Database
    rasa: RasaDouble
    policies: FourClauses
    clock: SetClock
    vault: Vault
    settings: Settings
    http: httpx.AsyncClient
    rasa_http: httpx.AsyncClient
    database_path: Path | None

    async def visit(self, lang: str | None = "zh", **headers: str) -> Visitor:
        body = {"lang": lang} if lang else {}
        response = await self.http.post("/api/v1/chat/sessions", json=body, headers=headers)
        assert response.status_code == 201, response.text
        started = response.json()
        return Visitor(self.http, started["session_id"], started["token"], started["messages"])

    def another_worker(self) -> ChatService:
        """The same product in another process, as far as the database can tell."""
        hub = EventHub(self.database, poll_seconds=0.05)
        client = RasaClient(self.rasa_http, self.settings, self.clock)
        return ChatService(
            self.database, self.vault, self.policies, self.requests, client, self.settings, self.clock, hub
        )

    async def file_copy(self, body: dict[str, Any]) -> str:
        """What the action server does when a form ends: files for the session and turn; the reference."""
        session_id, turn_id = body["sender"], body["metadata"]["turn_id"]
        filed = await self.requests.file_from_chat(
            session_id, turn_id, "copy", "zh", None, None, "email", "wang@example.com"
        )
        return filed.ticket.reference

    def rows(self, query: str) -> list[Any]:
        """What lies in the file."""
        assert self.database_path is not None
        with sqlite3.connect(self.database_path) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 10, 4, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def encryption_key() -> str:
    return Fernet.generate_key().decode()


@pytest.fixture
async def rasa() -> AsyncIterator[RasaDouble]:
    double = RasaDouble()
    await double.start()
    yield double
    await double.stop()


@pytest.fixture
def database_path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


@pytest.fixture
async def database(database_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{database_path}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
def settings(rasa: RasaDouble) -> Settings:
    return Settings(
        rasa_port=rasa.port,
        rasa_timeout_seconds=1.5,
        breaker_failures=3,
        breaker_seconds=5,
        session_message_limit=30,
        rate_limits="off",
        _env_file=None,
    )


@pytest.fixture
async def gateway(
    database: Database,
    database_path: Path,
    rasa: RasaDouble,
    settings: Settings,
    clock: SetClock,
    encryption_key: str,
) -> AsyncIterator[Gateway]:
    vault = Vault(encryption_key, "a signing key for tests")
    requests = RequestService(database, vault, PROMISES, clock, policy_version="2022-02-17")
    policies = FourClauses()
    app = FastAPI()
    app.include_router(router, prefix="/api/v1")
    error_handlers.install(app)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        httpx.AsyncClient(trust_env=False) as rasa_http,
        httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30) as http,
    ):
        client = RasaClient(rasa_http, settings, clock)
        chat = ChatService(database, vault, policies, requests, client, settings, clock)
        app.state.chat = chat
        app.state.limiter = Limiter(settings)
        yield Gateway(
            app,
            chat,
            requests,
            database,
            rasa,
            policies,
            clock,
            vault,
            settings,
            http,
            rasa_http,
            database_path,
        )
