"""The races of a turn on PostgreSQL, where rows are locked one by one."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.db import Base, Database
from tests.api.chat.conftest import Gateway


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[Database]:
    """In place of the SQLite file."""
    database = Database(postgres)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


async def test_one_turn_for_five_and_order_for_different_ones(gateway: Gateway) -> None:
    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        await asyncio.sleep(0.03)
        return [{"text": f"heard: {body['message']}"}]

    gateway.rasa.script = script
    visitor, other = await gateway.visit(), gateway.another_worker()
    same = uuid.uuid4()
    workers = [gateway.chat, other]
    five = await asyncio.gather(
        *(workers[n % 2].send(visitor.session_id, visitor.token, same, "注销要多久") for n in range(5))
    )
    assert len({answer.replies[0].id for answer in five}) == 1
    await asyncio.gather(
        *(
            workers[n % 2].send(visitor.session_id, visitor.token, uuid.uuid4(), f"第{n}句话")
            for n in range(4)
        )
    )
    history = (await visitor.history())[1:]
    assert len(gateway.rasa.heard) == 5
    assert gateway.rasa.messages == [message["text"] for message in history if message["role"] == "user"]


async def test_contacts_buttons_and_cards_are_kept(gateway: Gateway) -> None:
    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        reference = await gateway.file_copy(body)
        buttons = [{"title": "好", "payload": "/affirm"}]
        return [{"text": "?", "buttons": buttons}, {"custom": {"reply": "ticket", "reference": reference}}]

    gateway.rasa.script = script
    visitor = await gateway.visit()
    replies = await visitor.say("邮箱 wang@example.com")
    assert (await visitor.history())[2:] == replies
    await visitor.say("/affirm")
    assert gateway.rasa.messages == ["邮箱 [EMAIL_1]", "/affirm"]
    contact = await gateway.chat.contact(visitor.session_id, "[EMAIL_1]")
    assert contact is not None
    assert contact.value == "wang@example.com"
