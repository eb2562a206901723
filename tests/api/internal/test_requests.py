"""The action server's request routes: placeholders in, references out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
import yaml
from fastapi import FastAPI

from api import error_handlers
from api.chat.identifiers import Kind
from api.console.presenter import desk_view, queue_entry
from api.dsr.contacts import Contact
from api.dsr.presenter import card
from api.dsr.service import RequestService
from api.internal.requests import router
from api.internal.scope import NOTES
from tests.api.dsr.support import SetClock

REQUESTS = "/internal/dsr/requests"


class Conversations:
    """What the chat knows: one session with one address of each kind, and a number that is none."""

    known = {  # noqa: RUF012 - read only
        ("session-1", "[EMAIL_1]"): Contact("email", "wang@example.com"),
        ("session-1", "[PHONE_1]"): Contact("phone", "13800138000"),
        ("session-1", "[PHONE_2]"): Contact("phone", "12345"),
    }

    async def contact(self, session_id: str, placeholder: str) -> Contact | None:
        return self.known.get((session_id, placeholder))


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'requests.db'}"


@pytest.fixture
async def client(service: RequestService) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(router, prefix="/internal")
    error_handlers.install(app)
    app.state.requests = service
    app.state.chat = Conversations()
    app.state.service_token = "service-token"
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": "Bearer service-token"}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        yield client


def body(**changes: Any) -> dict[str, Any]:
    return {
        "session_id": "session-1",
        "turn_id": "turn-1",
        "type": "copy",
        "lang": "zh",
        "scope": None,
        "ground": None,
        "contact": "[EMAIL_1]",
        **changes,
    }


async def test_a_turn_files_once(client: httpx.AsyncClient, service: RequestService) -> None:
    first, again = await client.post(REQUESTS, json=body()), await client.post(REQUESTS, json=body())
    assert (first.status_code, again.status_code) == (201, 200)
    answer = first.json()
    assert again.json() == {**answer, "created": False}
    assert answer["created"] is True
    assert (answer["status"], answer["due_at"], answer["clause_id"]) == (
        "received",
        "2026-03-25T15:59:59Z",
        "5.6",
    )
    ticket = await service.by_turn("session-1", "turn-1")
    assert ticket is not None
    assert (ticket.contact.value, ticket.events[0].origin) == ("wang@example.com", "chat")


async def test_five_retries_at_once_file_one(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.post(REQUESTS, json=body(contact="[PHONE_1]")) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["reference"] for answer in answers}) == 1
    assert [answer.json()["created"] for answer in answers] == [
        answer.status_code == 201 for answer in answers
    ]


async def test_a_deletion_was_confirmed_in_the_conversation(client: httpx.AsyncClient) -> None:
    answer = await client.post(REQUESTS, json=body(type="deletion", ground="5.3.1", scope="账号 [ID_1]"))
    assert answer.status_code == 201


async def test_a_second_complaint_is_not_the_first(
    client: httpx.AsyncClient, service: RequestService
) -> None:
    first = await client.post(REQUESTS, json=body(scope="the app is slow"))
    second = await client.post(REQUESTS, json=body(turn_id="turn-2", scope="nobody answers"))
    repeated = await client.post(REQUESTS, json=body(turn_id="turn-3", scope="Nobody  answers"))
    assert [answer.status_code for answer in (first, second, repeated)] == [201, 201, 200]
    assert repeated.json() == {**second.json(), "created": False}
    scopes = {ticket.scope for ticket in await service.session_requests("session-1")}
    assert scopes == {"the app is slow", "nobody answers"}


@pytest.mark.parametrize(
    ("lang", "typed", "filed"),
    [
        ("zh", "手机号从[PHONE_1]改成[PHONE_2]", "手机号从13800138000改成12345"),
        ("en", "from[PHONE_1][PHONE_2] to [EMAIL_1].", "from 13800138000 12345 to wang@example.com."),
        ("zh", "证件[ID_1]、[CARD_2]", "证件〔证件号未保存〕、〔银行卡号未保存〕"),
        ("en", "my [ID_1] and [CODE_1]", "my [ID number not kept] and [code not kept]"),
        ("en", "[CONTACT_1], [EMAIL_7]", "[contact account not kept], [e-mail address not kept]"),
        ("en", "rows [TABLE_1] and [PHONE_0]", "rows [TABLE_1] and [PHONE_0]"),
    ],
)
async def test_an_agent_reads_what_was_written(
    client: httpx.AsyncClient, service: RequestService, lang: str, typed: str, filed: str
) -> None:
    answer = await client.post(REQUESTS, json=body(lang=lang, scope=typed))
    ticket = await service.read_by_agent(answer.json()["reference"], "mei")
    assert ticket.scope == filed


async def test_addresses_never_make_a_request_too_long(
    client: httpx.AsyncClient, service: RequestService
) -> None:
    answer = await client.post(REQUESTS, json=body(scope="[EMAIL_1]" * 222))
    assert answer.status_code == 201
    (ticket,) = await service.session_requests("session-1")
    assert ticket.scope == " ".join(["wang@example.com"] * 222)


def test_every_kind_of_placeholder_has_its_note() -> None:
    notes = yaml.safe_load(NOTES.read_text("utf-8"))
    assert notes["zh"].keys() == notes["en"].keys() >= {kind.upper() for kind in get_args(Kind)}


@pytest.mark.parametrize("guardian", [True, False])
async def test_a_guardian_is_recorded(
    client: httpx.AsyncClient, service: RequestService, clock: SetClock, guardian: bool
) -> None:
    answer = await client.post(REQUESTS, json=body(guardian_for_child=guardian))
    ticket = await service.read_by_agent(answer.json()["reference"], "mei")
    assert ticket.events[0].data["guardian_for_child"] is guardian
    for shown in (card(ticket), queue_entry(ticket, clock()), desk_view(ticket, clock())):
        assert shown["guardian_for_child"] is guardian


async def test_another_body_in_the_same_turn_is_a_conflict(client: httpx.AsyncClient) -> None:
    await client.post(REQUESTS, json=body())
    answer = await client.post(REQUESTS, json=body(contact="[PHONE_1]"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    "change",
    [
        {"contact": "[EMAIL_2]"},
        {"contact": "[ID_1]"},
        {"contact": "[CODE_1]"},
        {"contact": "wang@example.com"},
        {"contact": ""},
        {"session_id": "session-2"},
    ],
)
async def test_an_unknown_contact(client: httpx.AsyncClient, change: dict[str, Any]) -> None:
    answer = await client.post(REQUESTS, json=body(**change))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["fields"][0]["path"]) == (
        422,
        "contact_unknown",
        "contact",
    )


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"contact": "[PHONE_2]"}, "contact.value"),
        ({"type": "export"}, "type"),
        ({"ground": "5.3.1"}, "ground"),
        ({"lang": "fr"}, "lang"),
        ({"session_id": ""}, "session_id"),
        ({"turn_id": "x" * 65}, "turn_id"),
        ({"scope": "x" * 2001}, "scope"),
    ],
)
async def test_a_field_at_fault_is_named(
    client: httpx.AsyncClient, change: dict[str, Any], path: str
) -> None:
    answer = await client.post(REQUESTS, json=body(**change))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "invalid_request")
    assert [field["path"] for field in error["fields"]] == [path]


async def test_the_list_of_a_session(client: httpx.AsyncClient) -> None:
    first = (await client.post(REQUESTS, json=body())).json()
    second = (await client.post(REQUESTS, json=body(turn_id="turn-2", type="deletion"))).json()
    listed = (await client.get(REQUESTS, params={"session_id": "session-1"})).json()["requests"]
    assert {entry["reference"] for entry in listed} == {first["reference"], second["reference"]}
    assert set(listed[0]) == {"reference", "type", "status", "due_at"}
    assert (await client.get(REQUESTS, params={"session_id": "session-2"})).json() == {"requests": []}
    assert (await client.get(REQUESTS)).status_code == 422


async def test_the_types(client: httpx.AsyncClient) -> None:
    types = (await client.get("/internal/dsr/types")).json()["types"]
    assert types["deletion"] == {"clause_id": "5.3", "ground_ids": ["5.3.1"]}


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic c2VydmljZS10b2tlbg==", "service-token"])
async def test_only_our_own_side_gets_in(client: httpx.AsyncClient, authorization: str) -> None:
    headers = {"Authorization": authorization}
    for call in (
        client.post(REQUESTS, json=body(), headers=headers),
        client.get(REQUESTS, params={"session_id": "session-1"}, headers=headers),
        client.get("/internal/dsr/types", headers=headers),
    ):
        assert (await call).status_code == 401
