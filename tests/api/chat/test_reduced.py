"""The product without its dialogue engine: dead, slow, dying, broken; and its return."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import pytest

from tests.api.chat.conftest import Gateway, Visitor


async def form_opened(gateway: Gateway, lang: str = "zh") -> Visitor:
    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"text": "?"}, {"custom": {"state": {"form": "deletion", "step": "scope"}}}]

    gateway.rasa.script = script
    visitor = await gateway.visit(lang)
    await visitor.say("删除我的数据" if lang == "zh" else "delete all of my data")
    return visitor


@pytest.mark.parametrize("mode", ["dies", "slow", "status", "garbage", "object", "empty"])
async def test_questions_are_answered_however_rasa_fails(gateway: Gateway, mode: Any) -> None:
    gateway.rasa.mode, gateway.rasa.seconds = mode, 5.0
    visitor = await gateway.visit()
    started = time.monotonic()
    notice, answer = await visitor.say("多久能注销？")
    assert time.monotonic() - started < 2
    assert (notice["type"], answer["type"]) == ("notice", "answer")
    assert "简化方式" in notice["text"]
    assert answer["citations"][0]["clause_id"] == "5.5"
    assert len(gateway.rasa.heard) == 1, "a message that may have been heard was sent again"


async def test_questions_are_answered_when_rasa_is_dead(gateway: Gateway) -> None:
    await gateway.rasa.stop()
    visitor = await gateway.visit("en")
    notice, answer = await visitor.say("how long until you close it")
    assert "reduced service" in notice["text"]
    assert answer["citations"][0]["clause_id"] == "5.5"
    assert (await visitor.history())[-1] == answer


async def test_the_notice_comes_once_an_outage(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    gateway.rasa.mode = "status"
    counts = [len(await visitor.say(text)) for text in ("多久能注销？", "我要副本吗", "cookie 呢")]
    assert counts == [2, 1, 1]
    gateway.rasa.mode = "fine"
    gateway.clock.forward(seconds=6)
    assert (await visitor.say("你好"))[0]["text"] == "heard: 你好"
    gateway.rasa.mode = "status"
    assert len(await visitor.say("多久能注销？")) == 2


async def test_other_outcomes_of_the_search(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    gateway.rasa.mode = "status"
    _, choices = await visitor.say("哪一条？")
    assert choices["type"] == "choices"
    assert len(choices["buttons"]) == 2
    (unknown,) = await visitor.say("今天天气怎么样？")
    assert (unknown["type"], unknown["citations"]) == ("notice", [])
    gateway.policies.down = True
    (down,) = await visitor.say("多久能注销？")
    assert "查不了" in down["text"]


async def test_buttons_without_rasa(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    gateway.rasa.mode = "status"
    await visitor.say("哪一条？")
    (answer,) = await visitor.say('/ask_clause{"clause_id": "5.6"}')
    assert (answer["type"], answer["citations"][0]["clause_id"]) == ("answer", "5.6")
    (page,) = await visitor.say("/request_deletion")
    assert page["buttons"] == [{"title": "打开请求页面：删除数据", "payload": "/requests?type=deletion"}]
    (person,) = await visitor.say("/talk_to_human")
    assert person["buttons"][0]["payload"] == "/requests?type=complaint"
    (other,) = await visitor.say("/check_request_status")
    assert "按钮" in other["text"]


async def test_the_page_button_is_never_sent_to_rasa(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    gateway.rasa.mode = "status"
    await visitor.say("帮我删除我的资料")
    gateway.rasa.mode = "fine"
    gateway.clock.forward(seconds=6)
    heard = len(gateway.rasa.heard)
    (link,) = await visitor.say("/requests?type=deletion")
    assert "/requests?type=deletion" in link["text"]
    assert len(gateway.rasa.heard) == heard


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("帮我删除我的资料", "deletion"),
        ("please delete my data", "deletion"),
        ("请注销我的账号", "account_closure"),
        ("I want to delete my account", "account_closure"),
        ("send me a copy of my data", "copy"),
        ("我要撤回同意", "consent_withdrawal"),
        ("我要投诉", "complaint"),
    ],
)
async def test_a_wish_for_a_request_gets_the_page(gateway: Gateway, text: str, kind: str) -> None:
    visitor = await gateway.visit()
    gateway.rasa.mode = "status"
    replies = await visitor.say(text)
    assert replies[-1]["buttons"][0]["payload"] == f"/requests?type={kind}"


async def test_an_open_form_is_not_forgotten(gateway: Gateway) -> None:
    visitor = await form_opened(gateway)
    await gateway.rasa.stop()
    _, interrupted = await visitor.say("全部聊天记录")
    assert "还没有登记" in interrupted["text"]
    assert "留着" in interrupted["text"]
    assert interrupted["buttons"][0]["payload"] == "/requests?type=deletion"
    (answer,) = await visitor.say("副本要多久？")
    assert answer["type"] == "answer"
    state = await gateway.chat.state(visitor.session_id)
    assert state is not None
    assert state.form.name == "deletion"


async def test_a_request_that_was_filed_before_rasa_died_is_shown(gateway: Gateway) -> None:
    visitor = await form_opened(gateway)

    async def file_and_fail(body: dict[str, Any]) -> list[dict[str, Any]]:
        await gateway.file_copy(body)
        return []

    gateway.rasa.script = file_and_fail
    replies = await visitor.say("确认提交")
    assert replies[-1]["type"] == "ticket"
    assert "没有登记" not in str(replies)
    state = await gateway.chat.state(visitor.session_id)
    assert state is not None
    assert state.form.name is None


async def test_a_request_filed_after_the_time_limit_is_told_later(gateway: Gateway) -> None:
    visitor = await form_opened(gateway)
    filed: list[str] = []
    late = asyncio.Event()

    async def file_late(body: dict[str, Any]) -> list[dict[str, Any]]:
        if body["message"] == "确认提交":
            await asyncio.sleep(2.2)  # past the time limit
            filed.append(await gateway.file_copy(body))
            late.set()
        return [{"text": "回来了"}]

    gateway.rasa.script = file_late
    replies = await visitor.say("确认提交")
    assert "如果稍后登记成功" in replies[-1]["text"]
    await asyncio.wait_for(late.wait(), 5)
    ticket, text = await visitor.say("好了吗")
    assert (ticket["type"], ticket["card"]["reference"]) == ("ticket", filed[0])
    assert text["text"] == "回来了"
    assert [reply["type"] for reply in await visitor.say("谢谢您")] == ["text"]


async def test_the_breaker_leaves_a_failing_rasa_alone_and_tries_again(gateway: Gateway) -> None:
    gateway.rasa.mode = "status"
    visitor = await gateway.visit()
    for _ in range(5):
        await visitor.say("多久能注销？")
    assert len(gateway.rasa.heard) == 3
    gateway.clock.forward(seconds=6)
    await asyncio.gather(*[(await gateway.visit()).say("多久能注销？") for _ in range(4)])
    assert len(gateway.rasa.heard) == 4, "only one caller tries whether it works again"
    gateway.rasa.mode = "fine"
    gateway.clock.forward(seconds=6)
    assert (await visitor.say("你好"))[0]["text"] == "heard: 你好"
    assert (await visitor.say("你好"))[0]["text"] == "heard: 你好"


async def test_empty_answers_do_not_open_the_breaker(gateway: Gateway) -> None:
    gateway.rasa.mode = "empty"
    visitor = await gateway.visit()
    for _ in range(5):
        await visitor.say("多久能注销？")
    assert len(gateway.rasa.heard) == 5


async def test_only_a_state_is_no_answer(gateway: Gateway) -> None:
    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"custom": {"state": {"form": "copy", "step": "contact"}}}]

    gateway.rasa.script = script
    visitor = await gateway.visit()
    assert (await visitor.say("多久能注销？"))[-1]["type"] == "answer"


async def test_a_repetition_in_reduced_mode_is_the_same_too(gateway: Gateway) -> None:
    await gateway.rasa.stop()
    visitor = await gateway.visit()
    same = str(uuid.uuid4())
    assert await visitor.say("多久能注销？", same) == await visitor.say("多久能注销？", same)
