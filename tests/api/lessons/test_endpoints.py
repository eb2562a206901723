"""The agents' routes and the internal ones: who may, what is refused, what comes back."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from api import error_handlers
from api.console.endpoints import router as console_router
from api.console.lessons import router as agents_router
from api.console.service import DeskService
from api.db import Database
from api.internal.lessons import router as internal_router
from api.lessons.service import LessonService
from api.limits import Limiter
from api.models.agent import AgentRow
from api.settings import Settings
from tests.api.console.conftest import assistant, desk, limiter, make_desk, settings  # noqa: F401 - fixtures
from tests.api.console.support import PASSWORD, SAFE, SETUP_TOKEN, USERNAME
from tests.api.dsr.support import SetClock

LESSONS = "/agent/lessons"
INTERNAL = "/internal/lessons"
QUESTION = "will my letters be answered on a Sunday"
BODY = {"question": QUESTION, "clause_ids": ["5"]}
TOKEN = {"Authorization": "Bearer service-token"}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'lessons.db'}"


@pytest.fixture
def app(
    desk: DeskService,  # noqa: F811 - the fixture
    settings: Settings,  # noqa: F811
    limiter: Limiter,  # noqa: F811
    lessons: LessonService,
    clock: SetClock,
) -> FastAPI:
    app = FastAPI()
    for router in (console_router, agents_router):
        app.include_router(router)
    app.include_router(internal_router, prefix="/internal")
    error_handlers.install(app)
    state = app.state
    state.desk, state.settings, state.limiter, state.clock = desk, settings, limiter, clock
    state.lessons, state.policy, state.service_token = lessons, lessons._policy, "service-token"
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.example.com") as client:
        yield client


@pytest.fixture
async def agent(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with the cookie of an agent, which sends the header of our own pages."""
    setup = {"username": USERNAME, "password": PASSWORD, "setup_token": SETUP_TOKEN}
    assert (await client.post("/agent/setup", json=setup, headers=SAFE)).status_code == 201
    client.headers.update(SAFE)
    return client


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_confirm_list_search_withdraw(agent: httpx.AsyncClient) -> None:
    query = {"query": QUESTION}
    before = (await agent.post("/agent/assist/search", json=query)).json()
    assert before["lesson"] is None
    first = await agent.post(LESSONS, json=BODY)
    again = await agent.post(LESSONS, json={**BODY, "question": QUESTION.upper()})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    lesson = first.json()["lesson"]
    assert {**lesson, "id": ""} == {
        "id": "",
        "question": QUESTION,
        "lang": "en",
        "clause_ids": ["5"],
        "state": "active",
        "policy_version": "1",
        "message_id": None,
        "confirmed_by": USERNAME,
        "confirmed_at": "2026-03-10T04:00:00Z",
        "withdrawn_by": None,
        "withdrawn_at": None,
    }
    taught = (await agent.post("/agent/assist/search", json=query)).json()
    assert taught["lesson"] == {"id": lesson["id"], "clause_ids": ["5"], "same_wording": True}
    assert (taught["results"][0]["clause_id"], taught["outcome"]) == ("5", "answer")
    listed = await agent.get(LESSONS)
    assert listed.json() == {"lessons": [lesson], "next_cursor": None}
    assert listed.headers["Cache-Control"] == "no-store"
    gone = (await agent.delete(f"{LESSONS}/{lesson['id']}")).json()["lesson"]
    assert (gone["state"], gone["withdrawn_by"]) == ("withdrawn", USERNAME)
    assert (await agent.delete(f"{LESSONS}/{lesson['id']}")).json()["lesson"] == gone
    assert (await agent.get(LESSONS, params={"state": "active"})).json()["lessons"] == []
    assert (await agent.get(LESSONS, params={"state": "withdrawn"})).json()["lessons"] == [gone]
    assert (await agent.post("/agent/assist/search", json=query)).json() == before


async def test_none_answers(agent: httpx.AsyncClient) -> None:
    answer = await agent.post(LESSONS, json={"question": "how do I close my account", "clause_ids": []})
    assert (answer.status_code, answer.json()["lesson"]["clause_ids"]) == (201, [])
    found = (await agent.post("/agent/assist/search", json={"query": "How do I close my account?"})).json()
    assert (found["outcome"], found["answerable"]) == ("not_in_policy", False)


async def test_five_clicks_at_once_are_one_lesson(agent: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(agent.post(LESSONS, json=BODY) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len((await agent.get(LESSONS)).json()["lessons"]) == 1


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"question": ""}, "question"),
        ({"question": "\u200b"}, "question"),
        ({"question": " … "}, "question"),
        ({"question": "x" * 2001}, "question"),
        ({"question": None}, "question"),
        ({"clause_ids": ["9.9"]}, "clause_ids.0"),
        ({"clause_ids": ["5", "\0"]}, "clause_ids.1"),
        ({"clause_ids": ["5"] * 4}, "clause_ids"),
        ({"clause_ids": None}, "clause_ids"),
        ({"clause_ids": "5"}, "clause_ids"),
        ({"clause_ids": [5]}, "clause_ids.0"),
        ({"clause_ids": ["x" * 41]}, "clause_ids.0"),
        ({"lang": "fr"}, "lang"),
        ({"message_id": "1"}, "message_id"),
        ({"message_id": str(uuid.uuid4())}, "message_id"),
    ],
)
@pytest.mark.parametrize("route", [LESSONS, INTERNAL])
async def test_a_field_at_fault_is_named(
    agent: httpx.AsyncClient, route: str, change: dict[str, Any], path: str
) -> None:
    answer = await agent.post(route, json={**BODY, **change}, headers=TOKEN)
    assert error(answer) == (422, "invalid_request")
    assert [field["path"] for field in answer.json()["error"]["fields"]] == [path]
    assert (await agent.get(LESSONS)).json()["lessons"] == []


async def test_what_is_missing_is_not_taken_for_unanswerable(agent: httpx.AsyncClient) -> None:
    answer = await agent.post(LESSONS, json={"question": QUESTION})
    assert [field["path"] for field in answer.json()["error"]["fields"]] == ["clause_ids"]


async def test_the_longest_question(agent: httpx.AsyncClient) -> None:
    longest = "注销" * 1000
    assert (await agent.post(LESSONS, json={"question": longest, "clause_ids": ["3.2"]})).status_code == 201
    found = (await agent.post("/agent/assist/search", json={"query": longest})).json()
    assert found["results"][0]["clause_id"] == "3.2"


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"state": "gone"}, "state"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "0"}, "cursor"),
        ({"cursor": "²"}, "cursor"),
        ({"cursor": "9" * 12}, "cursor"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
    ],
)
async def test_a_filter_at_fault_is_named(agent: httpx.AsyncClient, query: dict[str, str], path: str) -> None:
    answer = await agent.get(LESSONS, params=query)
    assert error(answer) == (422, "invalid_request")
    assert [field["path"] for field in answer.json()["error"]["fields"]] == [path]


async def test_pages(agent: httpx.AsyncClient) -> None:
    for number in range(3):
        await agent.post(LESSONS, json={**BODY, "question": f"question number {number}"})
    first = (await agent.get(LESSONS, params={"limit": 2, "state": ""})).json()
    second = (await agent.get(LESSONS, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["question"] for item in first["lessons"] + second["lessons"]] == [
        "question number 2",
        "question number 1",
        "question number 0",
    ]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("lesson_id", ["1", str(uuid.uuid4()), "%00"])
@pytest.mark.parametrize("route", [LESSONS, INTERNAL])
async def test_an_unknown_lesson(agent: httpx.AsyncClient, route: str, lesson_id: str) -> None:
    assert error(await agent.delete(f"{route}/{lesson_id}", headers=TOKEN)) == (404, "lesson_not_found")


async def test_nobody_who_is_not_logged_in(client: httpx.AsyncClient) -> None:
    for answer in (
        await client.post(LESSONS, json=BODY, headers=SAFE),
        await client.get(LESSONS),
        await client.delete(f"{LESSONS}/1", headers=SAFE),
    ):
        assert error(answer) == (401, "not_authenticated")


async def test_no_other_site(agent: httpx.AsyncClient) -> None:
    del agent.headers["X-ClauseDesk-Request"]
    for answer in (await agent.post(LESSONS, json=BODY), await agent.delete(f"{LESSONS}/1")):
        assert error(answer) == (403, "csrf_header_missing")


@pytest.mark.parametrize(("role", "may"), [("agent", True), ("supervisor", True), ("auditor", False)])
async def test_an_auditor_only_looks(
    agent: httpx.AsyncClient, database: Database, role: str, may: bool
) -> None:
    async with database.transaction() as session:
        await session.execute(update(AgentRow).values(role=role))
    answer = await agent.post(LESSONS, json=BODY)
    assert answer.status_code == (201 if may else 403)
    assert (await agent.get(LESSONS)).status_code == 200
    if not may:
        assert error(answer) == error(await agent.delete(f"{LESSONS}/1")) == (403, "role_not_permitted")


async def test_the_limit(app: FastAPI, agent: httpx.AsyncClient) -> None:
    strict = Settings(rate_limit_lessons="2/minute", rate_limit_loopback_factor=1, _env_file=None)
    app.state.limiter = Limiter(strict)
    answers = [await agent.post(LESSONS, json=BODY) for _ in range(2)]
    refused = await agent.post(LESSONS, json=BODY)
    assert [answer.status_code for answer in answers] == [201, 200]
    assert error(refused) == (429, "too_many_requests")
    assert int(refused.headers["Retry-After"]) > 0
    assert error(await agent.delete(f"{LESSONS}/1")) == (429, "too_many_requests")
    assert (await agent.get(LESSONS)).status_code == 200


async def test_the_internal_routes(client: httpx.AsyncClient) -> None:
    client.headers.update(TOKEN)
    first = await client.post(INTERNAL, json=BODY)
    again = await client.post(INTERNAL, json={**BODY, "confirmed_by": "li"})
    assert (first.status_code, again.status_code) == (201, 200)
    lesson = first.json()["lesson"]
    assert (lesson["confirmed_by"], again.json()["lesson"]) == ("service", lesson)
    assert (await client.get(INTERNAL)).json()["lessons"] == [lesson]
    other = await client.post(INTERNAL, json={**BODY, "clause_ids": [], "confirmed_by": "li"})
    assert (other.status_code, other.json()["lesson"]["confirmed_by"]) == (201, "li")
    gone = await client.delete(f"{INTERNAL}/{lesson['id']}", params={"withdrawn_by": "li"})
    assert (gone.json()["lesson"]["state"], gone.json()["lesson"]["withdrawn_by"]) == ("withdrawn", "li")


@pytest.mark.parametrize("token", [{}, {"Authorization": "Bearer wrong"}])
async def test_the_internal_routes_need_the_service_token(
    agent: httpx.AsyncClient, token: dict[str, str]
) -> None:
    for answer in (
        await agent.post(INTERNAL, json=BODY, headers=token),
        await agent.get(INTERNAL, headers=token),
        await agent.delete(f"{INTERNAL}/1", headers=token),
    ):
        assert error(answer) == (401, "not_authenticated")
