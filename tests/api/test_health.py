"""``/ready`` tells the truth about each part, asked over real connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import structlog
from fastapi import FastAPI

from api.db import Database
from api.health import Readers


class Part:
    """A server of Rasa's or the action server's kind: says one status, or is not there, or never answers."""

    def __init__(self) -> None:
        self.status = 200
        self.silent = False
        self.asked: list[str] = []
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.split(b"\r\n")[0].decode())
        if self.silent:
            await reader.read()
        else:
            writer.write(
                f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
            )
        writer.close()


@pytest.fixture
async def rasa() -> AsyncIterator[Part]:
    part = Part()
    await part.start()
    yield part
    await part.stop()


@pytest.fixture
async def actions() -> AsyncIterator[Part]:
    part = Part()
    await part.start()
    yield part
    await part.stop()


@pytest.fixture
async def ready(
    whole_app: FastAPI, web: httpx.AsyncClient, rasa: Part, actions: Part, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'ready.db'}")
    async with httpx.AsyncClient(trust_env=False) as http:
        whole_app.state.readers = Readers(database, http, rasa.url, actions.url)
        yield web
    await database.close()


async def test_health_asks_nobody(web: httpx.AsyncClient) -> None:
    answer = await web.get("/health")  # no part is there at all
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_all_is_well(ready: httpx.AsyncClient, rasa: Part, actions: Part) -> None:
    answer = await ready.get("/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "parts": {"database": "ok", "rasa": "ok", "actions": "ok"}},
    )
    assert (rasa.asked, actions.asked) == (["GET /status HTTP/1.1"], ["GET /health HTTP/1.1"])


@pytest.mark.parametrize("name", ["rasa", "actions"])
async def test_without_a_helper_it_is_reduced_and_recovers(
    ready: httpx.AsyncClient, rasa: Part, actions: Part, name: str
) -> None:
    part = {"rasa": rasa, "actions": actions}[name]
    await part.stop()
    answer = await ready.get("/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "reduced")
    assert {key for key, state in answer.json()["parts"].items() if state == "down"} == {name}
    await part.start()
    assert (await ready.get("/ready")).json()["status"] == "ok"


async def test_a_rasa_without_a_model_is_down(ready: httpx.AsyncClient, rasa: Part) -> None:
    rasa.status = 409
    assert (await ready.get("/ready")).json()["parts"]["rasa"] == "down"


async def test_a_helper_that_never_answers_is_down(ready: httpx.AsyncClient, actions: Part) -> None:
    actions.silent = True
    answer = await asyncio.wait_for(ready.get("/ready"), 10)
    assert answer.json()["parts"]["actions"] == "down"


async def test_without_its_database_the_product_is_down(
    whole_app: FastAPI, ready: httpx.AsyncClient, rasa: Part, actions: Part
) -> None:
    gone = Database("postgresql+asyncpg://desk@127.0.0.1:1/desk")
    async with httpx.AsyncClient(trust_env=False) as http:
        whole_app.state.readers = Readers(gone, http, rasa.url, actions.url)
        answer = await ready.get("/ready")
    await gone.close()
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert answer.json()["parts"] == {"database": "down", "rasa": "ok", "actions": "ok"}


async def test_a_change_is_logged_once(ready: httpx.AsyncClient, rasa: Part) -> None:
    with structlog.testing.capture_logs() as lines:
        await ready.get("/ready")
        await rasa.stop()
        await ready.get("/ready")
        await ready.get("/ready")
        await rasa.start()
        await ready.get("/ready")
    told = [(line["part"], line["state"]) for line in lines if line["event"] == "part changed"]
    assert told == [("rasa", "down"), ("rasa", "ok")]
