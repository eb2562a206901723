"""A message is answered once: repetitions, races, crashes, several workers."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from api.chat.replies import Form, Reply
from api.chat.turn import Outcome, Turn
from api.chat.turns import Claim, Speech
from api.chat.views import Exchange
from api.errors import ClauseDeskError
from tests.api.chat.conftest import Gateway, Visitor
from tests.api.chat.rasa_double import saying


def slowly(seconds: float) -> Any:
    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        await asyncio.sleep(seconds)
        return [{"text": f"heard: {body['message']}"}]

    return script


async def test_a_repetition_gets_the_same_replies(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    same = str(uuid.uuid4())
    first = await visitor.say("多久能注销？", same)
    for again in (same, same.upper(), same.replace("-", "")):
        assert await visitor.say("多久能注销？", again) == first
    assert len(gateway.rasa.heard) == 1
    assert len(await visitor.history()) == 3


async def test_a_repetition_with_another_text_is_a_conflict(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    same = str(uuid.uuid4())
    await visitor.say("多久能注销？", same)
    response = await visitor.post("多久能删除？", same)
    assert (response.status_code, response.json()["error"]["code"]) == (409, "message_conflict")
    assert len(gateway.rasa.heard) == 1


async def test_a_repetition_differing_only_in_the_masked_value_is_a_conflict(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    same = str(uuid.uuid4())
    await visitor.say("我的手机是 13800138000", same)
    assert (await visitor.post("我的手机是 13800138001", same)).status_code == 409


async def test_five_at_once_are_one_turn(gateway: Gateway) -> None:
    gateway.rasa.script = slowly(0.1)
    visitor = await gateway.visit()
    same = str(uuid.uuid4())
    answers = await asyncio.gather(*(visitor.say("注销要多久", same) for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0]["text"] == "heard: 注销要多久"
    assert len(gateway.rasa.heard) == 1


async def test_five_at_once_over_two_workers_are_one_turn(gateway: Gateway) -> None:
    gateway.rasa.script = slowly(0.1)
    visitor = await gateway.visit()
    same = uuid.uuid4()
    workers = [gateway.chat, gateway.another_worker()]
    answers = await asyncio.gather(
        *(workers[n % 2].send(visitor.session_id, visitor.token, same, "注销要多久") for n in range(5))
    )
    assert {answer.replies[0].id for answer in answers} == {answers[0].replies[0].id}
    assert len(gateway.rasa.heard) == 1


async def test_two_messages_at_once_are_answered_one_after_the_other(gateway: Gateway) -> None:
    running: list[str] = []

    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        running.append(body["message"])
        assert len(running) == 1, "Rasa got two messages of one session at once"
        await asyncio.sleep(0.05)
        running.remove(body["message"])
        return [{"text": f"heard: {body['message']}"}]

    gateway.rasa.script = script
    visitor = await gateway.visit()
    other = gateway.another_worker()
    texts = ["one hello", "two hello", "three hello", "four hello"]

    async def say(worker: Any, text: str) -> Exchange:
        answer: Exchange = await worker.send(visitor.session_id, visitor.token, uuid.uuid4(), text)
        return answer

    answers = await asyncio.gather(*(say((gateway.chat, other)[n % 2], text) for n, text in enumerate(texts)))
    assert [answer.replies[0].text for answer in answers] == [f"heard: {text}" for text in texts]
    written = [message["text"] for message in await visitor.history() if message["role"] == "user"]
    assert gateway.rasa.messages == written, "answered in another order than asked"


async def test_sessions_do_not_wait_for_each_other(gateway: Gateway) -> None:
    arrived = asyncio.Barrier(3)

    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        async with asyncio.timeout(2), arrived:
            return [{"text": "together"}]

    gateway.rasa.script = script
    visitors = [await gateway.visit() for _ in range(3)]
    answers = await asyncio.gather(*(visitor.say("hello there") for visitor in visitors))
    assert [answer[0]["text"] for answer in answers] == ["together"] * 3


async def die_after_claiming(gateway: Gateway, visitor: Visitor, same: str, text: str) -> Turn:
    """What a killed process leaves behind: a claimed turn with a lease, and no replies."""
    speech = Speech(visitor.session_id, visitor.token, same, text, owner=str(uuid.uuid4()))
    turn = await gateway.chat._desk.claim(speech)
    assert isinstance(turn, Turn)
    return turn


async def test_a_dead_turn_is_answered_again_under_the_same_turn_id(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    same = str(uuid.uuid4())
    turn = await die_after_claiming(gateway, visitor, same, "注销要多久")
    gateway.clock.forward(minutes=1)
    replies = await visitor.say("注销要多久", same)
    assert replies[0]["text"] == "heard: 注销要多久"
    assert gateway.rasa.heard[0]["metadata"]["turn_id"] == turn.id
    assert [message["role"] for message in await visitor.history()] == ["bot", "user", "bot"]


async def test_a_dead_turn_is_waited_for_until_its_lease_ends(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    same = str(uuid.uuid4())
    await die_after_claiming(gateway, visitor, same, "注销要多久")
    waiting = asyncio.create_task(visitor.say("注销要多久", same))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    assert gateway.rasa.heard == []
    gateway.clock.forward(minutes=1)
    assert (await waiting)[0]["text"] == "heard: 注销要多久"


async def test_a_retried_turn_shows_the_ticket_its_first_try_filed(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    same = str(uuid.uuid4())
    turn = await die_after_claiming(gateway, visitor, same, "确认提交")
    reference = await gateway.file_copy({"sender": turn.session_id, "metadata": {"turn_id": turn.id}})
    gateway.clock.forward(minutes=1)
    replies = await visitor.say("确认提交", same)
    assert [reply["type"] for reply in replies] == ["ticket", "text"]
    assert replies[0]["card"]["reference"] == reference
    assert reference in replies[0]["text"]


async def test_a_retried_turn_shows_its_ticket_once(gateway: Gateway) -> None:
    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"custom": {"reply": "ticket", "reference": await gateway.file_copy(body)}}]

    gateway.rasa.script = script
    visitor = await gateway.visit()
    same = str(uuid.uuid4())
    await die_after_claiming(gateway, visitor, same, "确认提交")
    gateway.clock.forward(minutes=1)
    (reply,) = await visitor.say("确认提交", same)
    assert reply["type"] == "ticket"
    assert len(await gateway.requests.session_requests(visitor.session_id)) == 1


async def test_a_dead_turn_does_not_hold_up_the_next_message(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    await die_after_claiming(gateway, visitor, str(uuid.uuid4()), "first message")
    gateway.clock.forward(minutes=1)
    assert (await visitor.say("second message"))[0]["text"] == "heard: second message"


async def test_who_lost_the_lease_does_not_answer_too(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    same = str(uuid.uuid4())
    arrived = asyncio.Event()

    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        arrived.set()
        answers: list[dict[str, Any]] = await slowly(0.2)(body)
        return answers

    gateway.rasa.script = script
    slow = asyncio.create_task(visitor.say("注销要多久", same))
    await asyncio.wait_for(arrived.wait(), 5)
    gateway.clock.forward(minutes=1)
    gateway.rasa.script = slowly(0.0)
    quick = await visitor.say("注销要多久", same)
    assert await slow == quick
    assert len(await visitor.history()) == 3


async def test_only_the_last_owner_may_store_replies(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    desk, same = gateway.chat._desk, str(uuid.uuid4())
    first = Speech(visitor.session_id, visitor.token, same, "注销要多久", owner="first")
    second = Speech(visitor.session_id, visitor.token, same, "注销要多久", owner="second")
    turn = await desk.claim(first)
    assert await desk.claim(second) is Claim.BUSY
    gateway.clock.forward(minutes=1)
    again = await desk.claim(second)
    assert isinstance(turn, Turn)
    assert isinstance(again, Turn)
    assert (again.id, turn.retried, again.retried) == (turn.id, False, True)
    outcome = Outcome((Reply("text", "好的"),), Form(), told_reduced=False, unsure_turn_id=None)
    assert await desk.finish(first, turn, outcome) is None
    assert len(await visitor.history()) == 2
    exchange = await desk.finish(second, again, outcome)
    assert exchange is not None
    assert [reply.text for reply in exchange.replies] == ["好的"]


async def test_a_failed_turn_is_given_back_at_once(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = await gateway.visit()
    same = str(uuid.uuid4())

    async def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(gateway.requests, "session_requests", broken)

        async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
            return [{"custom": {"reply": "tickets"}}]

        gateway.rasa.script = script
        assert (await visitor.post("我的请求", same)).status_code == 500
    (reply,) = await visitor.say("我的请求", same)
    assert "还没有登记过请求" in reply["text"]


async def test_waiting_has_an_end(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    same = str(uuid.uuid4())
    await die_after_claiming(gateway, visitor, same, "注销要多久")
    gateway.chat._longest_wait = 0.05
    with pytest.raises(ClauseDeskError) as raised:
        await gateway.chat.send(visitor.session_id, visitor.token, uuid.UUID(same), "注销要多久")
    assert (raised.value.status, raised.value.code) == (503, "turn_in_progress")


async def test_a_button_of_the_last_replies_may_be_typed(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    greeting = (await visitor.history())[0]
    button = greeting["buttons"][0]
    await visitor.say(button["title"] + "。")
    assert gateway.rasa.heard[-1]["message"] == button["payload"]
    await visitor.say(button["title"])
    assert gateway.rasa.heard[-1]["message"] == button["title"], "it was not offered again"


async def test_a_button_of_an_earlier_step_does_not_answer_a_later_one(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    asking = {"text": "File it?", "buttons": [{"title": "File it", "payload": "/affirm"}]}
    gateway.rasa.script = saying(asking)
    await visitor.say("delete my data")
    gateway.rasa.script = saying({"text": "Anything else?"})
    await visitor.say("/affirm")
    heard = len(gateway.rasa.heard)
    replies = await visitor.say("/affirm")
    assert len(gateway.rasa.heard) == heard, "Rasa never hears it"
    assert replies[0]["type"] == "notice"
    await visitor.say("/request_deletion")
    assert gateway.rasa.heard[-1]["message"] == "/request_deletion", "what begins something new stays live"
