"""Every kind of element Rasa may answer with, as the visitor sees it and as it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.chat.conftest import Gateway, Visitor


async def answered(
    gateway: Gateway, *elements: dict[str, Any], lang: str = "zh"
) -> tuple[Visitor, list[dict[str, Any]]]:
    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"recipient_id": body["sender"], **element} for element in elements]

    gateway.rasa.script = script
    visitor = await gateway.visit(lang)
    replies = await visitor.say("多久能注销？" if lang == "zh" else "how long does it take")
    return visitor, replies


async def test_an_answer_cites_word_for_word(gateway: Gateway) -> None:
    custom = {"reply": "answer", "clause_ids": ["5.5"], "confidence": 0.9}
    visitor, (reply,) = await answered(gateway, {"custom": custom})
    assert reply["type"] == "answer"
    assert reply["text"] == "关于这个问题，政策第五条（五）是这样写的："
    (citation,) = reply["citations"]
    assert citation["clause_id"] == "5.5"
    assert citation["quote"] == "注销需十五个工作日。"
    assert citation["policy_version"] == "2022-02-17"
    assert (await visitor.history())[-1] == reply


async def test_citations_are_as_they_were_when_the_policy_changes(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, (reply,) = await answered(gateway, {"custom": {"reply": "answer", "clause_ids": ["5.5"]}})
    monkeypatch.setattr(gateway.policies, "citation", lambda *_: {"clause_id": "5.5", "quote": "changed"})
    assert (await visitor.history())[-1] == reply


async def test_unknown_and_repeated_clauses_are_dropped(gateway: Gateway) -> None:
    custom = {"reply": "answer", "clause_ids": ["99.9", "5.6", "5.6", 7, None, "2"]}
    _, (reply,) = await answered(gateway, {"custom": custom}, lang="en")
    assert [citation["clause_id"] for citation in reply["citations"]] == ["5.6", "2"]
    assert "2 places" in reply["text"]


@pytest.mark.parametrize("clause_ids", [[], ["99.9"], None, "5.6"])
@pytest.mark.parametrize("kind", ["answer", "choices"])
async def test_an_answer_without_citations_is_none(gateway: Gateway, kind: str, clause_ids: Any) -> None:
    _, (reply,) = await answered(gateway, {"custom": {"reply": kind, "clause_ids": clause_ids}})
    assert reply["type"] == "notice"
    assert "没有找到答案" in reply["text"]
    assert reply["citations"] == []
    assert reply["buttons"] == [{"title": "请人工答复", "payload": "/talk_to_human"}]


async def test_not_in_policy_never_cites(gateway: Gateway) -> None:
    custom = {"reply": "not_in_policy", "clause_ids": ["5.6"]}
    _, (reply,) = await answered(gateway, {"custom": custom})
    assert (reply["type"], reply["citations"]) == ("notice", [])


async def test_choices_are_buttons_that_work(gateway: Gateway) -> None:
    visitor, (reply,) = await answered(
        gateway, {"custom": {"reply": "choices", "clause_ids": ["5.3", "5.6", "0"]}}
    )
    assert reply["type"] == "choices"
    assert reply["buttons"] == [
        {"title": "第五条（三） · 删除", "payload": '/ask_clause{"clause_id": "5.3"}'},
        {"title": "第五条（六） · 副本", "payload": '/ask_clause{"clause_id": "5.6"}'},
    ]
    await visitor.say('/ask_clause{"clause_id": "5.6"}')
    await visitor.say('/ask_clause{"clause_id": "2"}')
    assert gateway.rasa.messages[1:] == ['/ask_clause{"clause_id": "5.6"}', 'ask_clause{"clause_id": "2"}']


async def test_a_form_may_cite_why_it_asks(gateway: Gateway) -> None:
    custom = {"reply": "cite", "clause_ids": ["5.6", "x"], "text": "请留下邮箱，原因见条款。"}
    _, (reply,) = await answered(gateway, {"custom": custom})
    assert (reply["type"], reply["text"]) == ("text", "请留下邮箱，原因见条款。")
    assert [citation["clause_id"] for citation in reply["citations"]] == ["5.6"]


async def test_a_ticket_card_is_shown_and_opens(gateway: Gateway) -> None:
    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        reference = await gateway.file_copy(body)
        return [{"text": "好的"}, {"custom": {"reply": "ticket", "reference": reference}}]

    gateway.rasa.script = script
    visitor, other = await gateway.visit(), await gateway.visit()
    replies = await visitor.say("确认提交")
    card = replies[1]["card"]
    assert replies[1]["type"] == "ticket"
    assert card["type"] == "copy"
    assert card["clause_id"] == "5.6"
    assert (await visitor.history())[-1]["card"] == card
    path = f"requests/{card['reference']}/access"
    response = await gateway.http.get(f"{visitor.path}/{path}", headers=visitor.headers)
    page, _, token = response.json()["url"].partition("#")
    assert page == card["url"]
    assert (await gateway.requests.read(card["reference"], token)).type == "copy"
    refused = await gateway.http.get(f"{other.path}/{path}", headers=other.headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "request_not_found")


async def test_the_ticket_of_another_session_is_not_shown(gateway: Gateway) -> None:
    stranger = await gateway.visit()
    reference = await gateway.file_copy({"sender": stranger.session_id, "metadata": {"turn_id": "t"}})
    element = {"custom": {"reply": "ticket", "reference": reference}}
    visitor, replies = await answered(gateway, {"text": "看看"}, element)
    assert [reply["type"] for reply in replies] == ["text"]
    await gateway.file_copy({"sender": visitor.session_id, "metadata": {"turn_id": "t"}})
    assert [reply["type"] for reply in await visitor.say("再看看")] == ["text"]


async def test_all_tickets_of_a_session(gateway: Gateway) -> None:
    visitor, (reply,) = await answered(gateway, {"custom": {"reply": "tickets"}})
    assert reply["type"] == "text"
    reference = await gateway.file_copy({"sender": visitor.session_id, "metadata": {"turn_id": "t"}})
    (reply,) = await visitor.say("我的请求呢")
    assert (reply["type"], reply["card"]["reference"]) == ("ticket", reference)


async def test_the_form_state_is_remembered_and_not_shown(gateway: Gateway) -> None:
    state = {"custom": {"state": {"form": "deletion", "step": "scope"}}}
    visitor, replies = await answered(gateway, {"text": "删除哪些？"}, state)
    assert [reply["text"] for reply in replies] == ["删除哪些？"]
    kept = await gateway.chat.state(visitor.session_id)
    assert kept is not None
    assert (kept.form.name, kept.form.step) == ("deletion", "scope")


@pytest.mark.parametrize(
    "element",
    [
        {"custom": {"reply": "unheard_of"}},
        {"custom": {"reply": "cite"}},
        {"custom": []},
        {"custom": {"state": "x"}},
        {"image": "x.png"},
        {"text": 5},
    ],
)
async def test_strange_elements_are_left_out(gateway: Gateway, element: dict[str, Any]) -> None:
    _, replies = await answered(gateway, element, {"text": "好的", "buttons": [{"title": 1}, "x"]})
    assert [(reply["type"], reply["text"], reply["buttons"]) for reply in replies] == [("text", "好的", [])]
