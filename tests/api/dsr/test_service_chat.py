"""Filing from a conversation: once a turn, once a thing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from api.db import Database
from api.dsr.service import RequestService
from api.errors import NotFound
from api.models.idempotency_key import IdempotencyKeyRow
from api.models.request import RequestRow
from tests.api.dsr.support import chat_request, count


async def test_a_turn_files_once_and_is_found_again(service: RequestService) -> None:
    first = await service.file_from_chat(**chat_request())
    again = await service.file_from_chat(**chat_request())
    assert (first.created, again.created, again.ticket) == (True, False, first.ticket)
    assert await service.by_turn("session-1", "turn-1") == first.ticket
    assert await service.by_turn("session-1", "turn-2") is None
    assert await service.by_turn("session-2", "turn-1") is None
    assert await service.by_turn("session-1t", "urn-1") is None


async def test_a_later_turn_for_the_same_thing_gets_the_open_request(service: RequestService) -> None:
    first = await service.file_from_chat(**chat_request())
    again = await service.file_from_chat(
        **chat_request(turn_id="turn-2", contact_value="WANG@example.com", scope=" \n", lang="en")
    )
    assert (again.created, again.ticket.id) == (False, first.ticket.id)
    assert await service.by_turn("session-1", "turn-2") == first.ticket
    assert [ticket.id for ticket in await service.session_requests("session-1")] == [first.ticket.id]


@pytest.mark.parametrize(
    "change",
    [
        {"session_id": "session-2"},
        {"type": "deletion"},
        {"contact_value": "li@example.com"},
        {"contact_kind": "phone", "contact_value": "13800138000"},
        {"scope": "my call records"},
        {"guardian_for_child": True},
    ],
)
async def test_another_session_type_contact_wording_or_guardian_is_another_request(
    service: RequestService, change: dict[str, Any]
) -> None:
    await service.file_from_chat(**chat_request())
    assert (await service.file_from_chat(**chat_request(turn_id="turn-2", **change))).created


@pytest.mark.parametrize(
    ("first", "second", "created"),
    [
        ("my photos", "my call records", True),
        ("my photos", None, True),
        (None, "my photos", True),
        ("My photos ", "my\n photos", False),
    ],
)
async def test_only_the_same_wish_gets_the_open_request(
    service: RequestService, first: str | None, second: str | None, created: bool
) -> None:
    one = await service.file_from_chat(**chat_request(type="deletion", scope=first))
    other = await service.file_from_chat(**chat_request(type="deletion", scope=second, turn_id="turn-2"))
    assert other.created is created
    scopes = {ticket.scope for ticket in await service.session_requests("session-1")}
    assert scopes == ({first, second} if created else {one.ticket.scope})


async def test_another_ground_is_another_request_and_each_is_found_again(service: RequestService) -> None:
    plain = await service.file_from_chat(**chat_request(type="deletion"))
    grounded = await service.file_from_chat(**chat_request(type="deletion", ground="5.3.1", turn_id="turn-2"))
    again = await service.file_from_chat(**chat_request(type="deletion", ground="5.3.1", turn_id="turn-3"))
    assert (grounded.created, again.created) == (True, False)
    assert again.ticket.id == grounded.ticket.id != plain.ticket.id


async def test_after_cancelling_the_same_thing_can_be_asked_again(service: RequestService) -> None:
    first = await service.file_from_chat(**chat_request())
    await service.cancel(first.ticket.reference, first.token)
    again = await service.file_from_chat(**chat_request(turn_id="turn-2"))
    assert again.created
    assert len(await service.session_requests("session-1")) == 2


async def test_turns_at_once_for_the_same_thing_file_one_request(
    service: RequestService, database: Database
) -> None:
    turns = [chat_request(turn_id=f"turn-{n % 10}") for n in range(20)]
    filed = await asyncio.gather(*(service.file_from_chat(**turn) for turn in turns))
    assert len({one.ticket.id for one in filed}) == 1
    assert (await count(database, RequestRow), await count(database, IdempotencyKeyRow)) == (1, 10)


async def test_a_sessions_request_is_reached_from_that_session_only(service: RequestService) -> None:
    filed = await service.file_from_chat(**chat_request())
    found = await service.session_request("session-1", filed.ticket.reference)
    assert service.subject_token(found) == filed.token
    with pytest.raises(NotFound) as refusal:
        await service.session_request("session-2", filed.ticket.reference)
    assert refusal.value.code == "request_not_found"
