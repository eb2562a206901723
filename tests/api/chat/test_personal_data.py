"""Identifiers never reach Rasa, the database in clear, or a log; their owner sees a hint of them."""

from __future__ import annotations

import logging

import pytest
import structlog

from api.dsr.contacts import Contact
from tests.api.chat.conftest import Gateway

PHONE, EMAIL, IDENTITY, CARD, CODE = (
    "13800138000",
    "wang@example.com",
    "110101199003077774",
    "4111111111111111",
    "246810",
)
ALL = f"我是 {EMAIL}，手机{PHONE}，身份证{IDENTITY}，卡 {CARD}，验证码{CODE}"
PLAIN = (PHONE, EMAIL, IDENTITY, CARD, CODE)


async def test_rasa_gets_placeholders(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    await visitor.say(ALL)
    assert gateway.rasa.messages == [
        "我是 [EMAIL_1]，手机[PHONE_1]，身份证[ID_1]，卡 [CARD_1]，验证码[CODE_1]"
    ]


async def test_nothing_is_stored_in_clear(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    await visitor.say(ALL)
    assert gateway.database_path is not None
    stored = b"".join(path.read_bytes() for path in gateway.database_path.parent.glob("chat.db*"))
    assert b"[PHONE_1]" in stored
    for value in PLAIN:
        assert value.encode() not in stored


async def test_only_addresses_are_kept_at_all(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    await visitor.say(ALL)
    kept = gateway.rows("SELECT kind FROM chat_contacts WHERE value IS NOT NULL")
    assert sorted(kind for (kind,) in kept) == ["email", "phone"]
    assert len(gateway.rows("SELECT 1 FROM chat_contacts")) == 5


async def test_nothing_is_logged(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    visitor = await gateway.visit()
    with structlog.testing.capture_logs() as logs:
        await visitor.say(ALL)
        gateway.rasa.mode = "garbage"
        gateway.policies.down = True
        await visitor.say(f"再说一遍：{ALL}")
        await visitor.post(5)
        await visitor.post(ALL + "很长" * 1000)
    written = caplog.text + str(logs)
    assert "rasa gave no answer" in written
    for value in PLAIN:
        assert value not in written


async def test_the_owner_sees_hints(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    (reply,) = await visitor.say(ALL)
    message = (await visitor.history())[1]
    assert message["text"] == (
        "我是 w***@example.com，手机138****8000，"
        "身份证〔证件号已隐藏〕，卡 〔银行卡号已隐藏〕，验证码〔验证码已隐藏〕"
    )
    assert reply["text"] == f"heard: {message['text']}"


async def test_hints_also_in_button_titles(gateway: Gateway) -> None:
    async def script(body: dict[str, object]) -> list[dict[str, object]]:
        return [{"text": "确认？", "buttons": [{"title": "用 [PHONE_1]", "payload": "/affirm"}]}]

    gateway.rasa.script = script
    visitor = await gateway.visit()
    (reply,) = await visitor.say(f"手机{PHONE}")
    assert reply["buttons"] == [{"title": "用 138****8000", "payload": "/affirm"}]


async def test_contacts_are_found_by_their_placeholder(gateway: Gateway) -> None:
    visitor, other = await gateway.visit(), await gateway.visit()
    await visitor.say(f"手机 {PHONE}")
    await visitor.say(f"还是 138-0013-8000，邮箱 {EMAIL}")
    await other.say("手机 13900139000")
    chat, own = gateway.chat, visitor.session_id
    assert gateway.rasa.messages[1] == "还是 [PHONE_1]，邮箱 [EMAIL_1]"
    assert await chat.contact(own, "[PHONE_1]") == Contact("phone", "+8613800138000")
    assert await chat.contact(own, "[EMAIL_1]") == Contact("email", EMAIL)
    assert await chat.contact(other.session_id, "[PHONE_1]") == Contact("phone", "+8613900139000")
    for wrong in ("[PHONE_2]", "[EMAIL_2]", "PHONE_1", "", "[phone_1]"):
        assert await chat.contact(own, wrong) is None
    assert await chat.contact("nobody", "[PHONE_1]") is None


async def test_what_is_no_address_is_no_contact(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    await visitor.say(f"身份证{IDENTITY}")
    assert await gateway.chat.contact(visitor.session_id, "[ID_1]") is None


async def test_a_typed_placeholder_means_nothing_before_it_is_earned(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    await visitor.say("写信到 [EMAIL_1]")
    await visitor.say(f"写信到 {EMAIL}")
    await visitor.say("就是 [EMAIL_1]")
    assert gateway.rasa.messages == ["写信到 (EMAIL_1)", "写信到 [EMAIL_1]", "就是 [EMAIL_1]"]
    assert (await visitor.history())[1]["text"] == "写信到 (EMAIL_1)"


@pytest.mark.parametrize("broken", ["john..doe@example.com", "li@corp.local", "14100000000", "17912345678"])
async def test_what_nobody_could_be_written_to_is_hidden_and_no_contact(
    gateway: Gateway, broken: str
) -> None:
    visitor = await gateway.visit()
    await visitor.say(f"写到 {broken} 吧")
    assert gateway.rasa.messages == ["写到 [CONTACT_1] 吧"]
    assert gateway.rows("SELECT kind, value FROM chat_contacts") == [("contact", None)]
    assert await gateway.chat.contact(visitor.session_id, "[CONTACT_1]") is None
    assert (await visitor.history())[1]["text"] == "写到 〔联系方式已隐藏〕 吧"
