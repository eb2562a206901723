"""The card of a ticket in a conversation names nobody."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.chat.cards import masked
from api.chat.wording import Wording
from api.dsr.contacts import Contact
from api.internal.scope import ScopeReader
from tests.api.chat.conftest import Gateway

VALUES = (
    "+8613800138000",
    "+8613900139000",
    "+864008001234",
    "+12025550123",
    "li.na@example.cn",
    "10086@example.com",
)
WORDING = Wording.load()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("手机号从+8613800138000改成+8613900139000", "手机号从138****8000改成139****9000"),
        ("write to wang@example.com, please", "write to w***@example.com, please"),
        ("2024年3月的照片", "2024年3月的照片"),
        ("〔证件号未保存〕", "〔证件号未保存〕"),
    ],
)
def test_identifiers_become_hints(text: str, shown: str) -> None:
    assert masked(text, WORDING, "zh") == shown


class Conversation:
    """Placeholders [EMAIL_1] to [EMAIL_6] for the values."""

    async def contact(self, session_id: str, placeholder: str) -> Contact | None:
        value = VALUES[int(placeholder[-2]) - 1]
        return Contact("email" if "@" in value else "phone", value)


PIECES = st.sampled_from([f"[EMAIL_{n}]" for n, _ in enumerate(VALUES, 1)]) | st.sampled_from("01 改.-+@a,(/")


@given(st.lists(PIECES | st.text(max_size=6), max_size=8))
def test_no_value_gets_through_whatever_stands_beside_it(pieces: list[str]) -> None:
    scope = asyncio.run(ScopeReader(Conversation()).read("session-1", "".join(pieces), "en"))
    assert scope is not None
    shown = masked(scope, WORDING, "en")
    assert not [value for value in VALUES if value in shown]


async def test_the_stored_card_is_masked_and_the_request_is_clear(gateway: Gateway) -> None:
    scope = "手机号从+8613800138000改成+8613900139000"

    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        filed = await gateway.requests.file_from_chat(
            body["sender"],
            body["metadata"]["turn_id"],
            "copy",
            "zh",
            scope,
            None,
            "email",
            "wang@example.com",
        )
        return [{"custom": {"reply": "ticket", "reference": filed.ticket.reference}}]

    gateway.rasa.script = script
    visitor = await gateway.visit()
    (reply,) = await visitor.say("请更正我的手机号")
    assert reply["card"]["scope"] == "手机号从138****8000改成139****9000"
    assert (await visitor.history())[-1]["card"] == reply["card"]
    (ticket,) = await gateway.requests.session_requests(visitor.session_id)
    assert ticket.scope == scope
    assert gateway.database_path is not None
    with sqlite3.connect(gateway.database_path) as connection:
        dump = "\n".join(connection.iterdump())
    assert "13800138000" not in dump
    assert "13900139000" not in dump
