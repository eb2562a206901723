"""The public routes: who gets in, what is refused and how, what an answer holds."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api import error_handlers
from api.dsr.endpoints import router
from api.dsr.service import RequestService
from api.limits import Limiter
from api.settings import Settings
from tests.api.dsr.support import SetClock

REQUESTS = "/dsr/requests"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'requests.db'}"


@pytest.fixture
def app(service: RequestService, clock: SetClock, tmp_path: Path) -> FastAPI:
    app = FastAPI()
    app.include_router(router)
    error_handlers.install(app)
    app.state.requests = service
    app.state.limiter = Limiter(Settings(data_dir=tmp_path, rate_limits="off", _env_file=None))
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.example.com") as client:
        yield client


def body(**changes: Any) -> dict[str, Any]:
    contact = {"kind": "phone", "value": "13800138000"}
    return {"type": "copy", "lang": "zh", "contact": contact, "scope": "全部订单", **changes}


async def file(client: httpx.AsyncClient, key: str = "a key of this test", **changes: Any) -> httpx.Response:
    return await client.post(REQUESTS, json=body(**changes), headers={"Idempotency-Key": key})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_the_types_with_their_clauses(client: httpx.AsyncClient) -> None:
    types = {entry["type"]: entry for entry in (await client.get("/dsr/types")).json()["types"]}
    assert list(types) == ["copy", "account_closure", "deletion"]
    assert types["account_closure"]["working_days"] == 15
    assert types["account_closure"]["days"] is None
    assert types["deletion"]["clock_clause_id"] == "10"
    assert types["deletion"]["grounds"] == [
        {
            "clause_id": "5.3.1",
            "label": {"zh": "第五条（三）1", "en": "Article 5(c)(i)"},
            "text": {"zh": "处理违法", "en": "unlawful"},
        }
    ]


async def test_filing_gives_the_card_the_token_and_the_link(client: httpx.AsyncClient) -> None:
    response = await file(client)
    answer = response.json()
    assert response.status_code == 201
    assert response.headers["Cache-Control"] == "no-store"
    request = answer["request"]
    assert re.fullmatch(r"DSR-[0-9A-Z]{4}-[0-9A-Z]{4}", request["reference"])
    assert answer["url"] == f"/requests/{request['reference']}#{answer['token']}"
    expected = {
        "type": "copy",
        "status": "received",
        "received_at": "2026-03-10T04:00:00Z",
        "due_at": "2026-03-25T15:59:59Z",
        "provisional": False,
        "clause_id": "5.6",
        "label": {"zh": "第五条（六）", "en": "Article 5(f)"},
        "scope": "全部订单",
        "url": f"/requests/{request['reference']}",
        "lang": "zh",
        "ground": None,
        "guardian_for_child": False,
        "paused": False,
        "clock": {"days": 15, "working_days": None, "clause_id": "5.6"},
        "contact_masked": "138****8000",
        "events": [{"kind": "received", "at": "2026-03-10T04:00:00Z"}],
    }
    assert {name: value for name, value in request.items() if name != "reference"} == expected


async def test_the_same_call_again_gives_the_same_answer(client: httpx.AsyncClient) -> None:
    first, again = await file(client), await file(client)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


async def test_five_calls_at_once_file_one_request(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(file(client) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.text for answer in answers}) == 1


async def test_the_same_key_with_another_body_is_a_conflict(client: httpx.AsyncClient) -> None:
    await file(client)
    refused = await file(client, scope="别的")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "idempotency_conflict")


async def test_the_subject_reads_and_cancels(client: httpx.AsyncClient, service: RequestService) -> None:
    answer = (await file(client)).json()
    url = f"{REQUESTS}/{answer['request']['reference']}"
    await service.read_by_agent(answer["request"]["reference"], "mei")
    read = await client.get(url, headers=bearer(answer["token"]))
    assert (read.status_code, read.json()["request"]) == (200, answer["request"]), (
        "the desk's reading is not shown"
    )
    cancelled = await client.post(f"{url}/cancel", headers=bearer(answer["token"]))
    assert cancelled.json()["request"]["status"] == "cancelled"
    again = await client.post(f"{url}/cancel", headers=bearer(answer["token"]))
    assert (again.status_code, again.json()["error"]["code"]) == (409, "move_not_allowed")


@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("POST", "/cancel")])
async def test_without_the_right_token_there_is_nothing(
    client: httpx.AsyncClient, method: str, tail: str
) -> None:
    mine, other = (await file(client)).json(), (await file(client, key="another key of it")).json()
    url = f"{REQUESTS}/{mine['request']['reference']}{tail}"
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}):
        answer = await client.request(method, url, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")
    told = set()
    for target, token in [
        (url, other["token"]),
        (url, "wrong"),
        (f"{REQUESTS}/DSR-0000-0000{tail}", mine["token"]),
        (f"{REQUESTS}/nonsense{tail}", mine["token"]),
    ]:
        answer = await client.request(method, target, headers=bearer(token))
        told.add((answer.status_code, answer.text))
    assert len(told) == 1
    assert told.pop()[0] == 404


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"type": "export"}, "type"),
        ({"type": None}, "type"),
        ({"lang": "fr"}, "lang"),
        ({"contact": None}, "contact"),
        ({"contact": {"kind": "fax", "value": "1"}}, "contact.kind"),
        ({"contact": {"kind": "phone", "value": ""}}, "contact.value"),
        ({"contact": {"kind": "phone", "value": "12345"}}, "contact.value"),
        ({"contact": {"kind": "email", "value": "x" * 255}}, "contact.value"),
        ({"scope": "字" * 2001}, "scope"),
        ({"ground": "5.3.1"}, "ground"),
        ({"guardian_for_child": "yes"}, "guardian_for_child"),
        ({"type": "deletion"}, "confirm"),
        ({"type": "deletion", "confirm": False}, "confirm"),
        ({"type": "deletion", "confirm": "true"}, "confirm"),
        ({"type": "account_closure"}, "confirm"),
    ],
)
async def test_a_field_at_fault_is_named_and_its_value_not_repeated(
    client: httpx.AsyncClient, change: dict[str, Any], path: str
) -> None:
    answer = await file(client, **change)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "invalid_request")
    assert [field["path"] for field in error["fields"]] == [path]
    assert "12345" not in answer.text


@pytest.mark.parametrize(
    "key", [None, "", " ", "k", "x" * 15, "x" * 201, "ein langer schl\u00fcssel", "a tab\tin the middle"]
)
async def test_the_key_is_needed(client: httpx.AsyncClient, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key.encode("latin-1")}
    answer = await client.post(REQUESTS, json=body(), headers=headers)
    assert answer.status_code == 422
    (problem,) = answer.json()["error"]["fields"]
    assert problem["path"] == "Idempotency-Key"
    assert "16 to 200" in problem["message"]


@pytest.mark.parametrize("key", ["x" * 16, "x" * 200, "a key with spaces", "{'$ne': 1}; DROP TABLE requests"])
async def test_any_printable_key_does(client: httpx.AsyncClient, key: str) -> None:
    assert (await file(client, key=key)).status_code == 201


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"scope": "\\ud800"}']
)
async def test_a_broken_body_is_refused(client: httpx.AsyncClient, content: bytes) -> None:
    headers = {"Idempotency-Key": "a key of this test", "Content-Type": "application/json"}
    answer = await client.post(REQUESTS, content=content, headers=headers)
    assert answer.status_code == 422
    assert set(answer.json()) == {"error"}


async def test_a_lone_surrogate_is_refused_wherever_it_stands(client: httpx.AsyncClient) -> None:
    for text in (
        '{"type": "copy", "lang": "zh", "contact": {"kind": "email", "value": "\\ud800@example.com"}}',
        '{"type": "\\ud800", "lang": "zh", "contact": {"kind": "email", "value": "a@example.com"}}',
        '{"type": "copy", "lang": "zh", "ground": "\\ud800", "contact": {"kind": "phone", "value": "1"}}',
    ):
        headers = {"Idempotency-Key": "a key of this test", "Content-Type": "application/json"}
        assert (await client.post(REQUESTS, content=text, headers=headers)).status_code == 422


async def test_a_scope_is_measured_in_characters(client: httpx.AsyncClient) -> None:
    assert (await file(client, scope="话" * 2000)).status_code == 201
    (problem,) = (await file(client, scope="话" * 2001)).json()["error"]["fields"]
    assert problem == {"path": "scope", "message": "must have at most 2000 characters"}


async def test_filing_is_limited(app: FastAPI, client: httpx.AsyncClient, tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, rate_limit_requests="2/minute", rate_limit_loopback_factor=1, _env_file=None
    )
    app.state.limiter = Limiter(settings)
    codes = [(await file(client, key=f"a key of this test {n}")).status_code for n in range(3)]
    assert codes == [201, 201, 429]


async def test_no_log_line_names_a_person(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "api")
    await file(client)
    await file(client, contact={"kind": "phone", "value": "138001380"})
    assert "138001380" not in caplog.text
