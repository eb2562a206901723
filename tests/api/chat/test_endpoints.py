"""The contract of the chat routes, over HTTP."""

from __future__ import annotations

import uuid

import pytest

from tests.api.chat.conftest import Gateway

REPLY_KEYS = {"id", "role", "type", "text", "citations", "buttons", "card", "created_at"}


async def test_a_session_greets_in_the_language_asked_for(gateway: Gateway) -> None:
    response = await gateway.http.post("/api/v1/chat/sessions", json={"lang": "en"})
    started = response.json()
    assert response.status_code == 201
    assert set(started) == {"session_id", "token", "lang", "messages"}
    assert started["lang"] == "en"
    (greeting,) = started["messages"]
    assert set(greeting) == REPLY_KEYS
    assert greeting["role"] == "bot"
    assert "privacy policy" in greeting["text"]
    assert "/request_deletion" in [button["payload"] for button in greeting["buttons"]]


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr,en;q=0.3", "en"),
        ("en;q=0.2,zh-Hant;q=0.9", "zh"),
        ("fr", "zh"),
        ("", "zh"),
        (";;;q=x,,", "zh"),
    ],
)
async def test_without_a_language_the_browser_decides(gateway: Gateway, header: str, lang: str) -> None:
    response = await gateway.http.post("/api/v1/chat/sessions", headers={"Accept-Language": header})
    assert response.json()["lang"] == lang


async def test_a_message_is_answered_and_kept(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    response = await visitor.post("多久能注销？")
    body = response.json()
    assert response.status_code == 200
    assert set(body["message"]) == REPLY_KEYS
    assert body["message"]["role"] == "user"
    assert body["message"]["text"] == "多久能注销？"
    assert [reply["text"] for reply in body["replies"]] == ["heard: 多久能注销？"]
    assert (await visitor.history())[1:] == [body["message"], *body["replies"]]
    heard = gateway.rasa.heard[0]
    assert heard["sender"] == visitor.session_id
    assert heard["metadata"]["lang"] == "zh"
    uuid.UUID(heard["metadata"]["turn_id"])


async def test_history_after_a_message(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    first = await visitor.say("你好")
    second = await visitor.say("再见")
    later = await visitor.history(after=first[-1]["id"])
    assert [message["text"] for message in later] == ["再见", "heard: 再见"]
    assert await visitor.history(after=second[-1]["id"]) == []


async def test_history_after_a_message_of_nobody(gateway: Gateway) -> None:
    visitor, other = await gateway.visit(), await gateway.visit()
    for strange in ("x", str(uuid.uuid4()), other.greeting[0]["id"]):
        url = f"{visitor.path}/messages"
        response = await gateway.http.get(url, headers=visitor.headers, params={"after": strange})
        assert (response.status_code, response.json()["error"]["code"]) == (422, "unknown_message")


async def test_a_wrong_token_and_an_unknown_session_look_the_same(gateway: Gateway) -> None:
    visitor, other = await gateway.visit(), await gateway.visit()
    unknown = f"/api/v1/chat/sessions/{uuid.uuid4()}"
    tries = [
        (visitor.path, other.token),
        (visitor.path, "x"),
        (unknown, visitor.token),
        ("/api/v1/chat/sessions/%00", "x"),
    ]
    answers = []
    for path, token in tries:
        headers = {"Authorization": f"Bearer {token}"}
        body = {"client_message_id": str(uuid.uuid4()), "text": "你好"}
        for response in (
            await gateway.http.post(f"{path}/messages", json=body, headers=headers),
            await gateway.http.get(f"{path}/messages", headers=headers),
            await gateway.http.get(f"{path}/events", headers=headers),
            await gateway.http.patch(path, json={"lang": "en"}, headers=headers),
            await gateway.http.get(f"{path}/requests/DSR-7K3M-Q9XA/access", headers=headers),
        ):
            answers.append((response.status_code, response.text))
    assert set(answers) == {(404, answers[0][1])}
    assert '"session_not_found"' in answers[0][1]
    assert gateway.rasa.heard == []


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer "}, {"Authorization": "Basic eDp5"}])
async def test_without_a_token(gateway: Gateway, headers: dict[str, str]) -> None:
    visitor = await gateway.visit()
    response = await gateway.http.get(f"{visitor.path}/messages", headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (401, "not_authenticated")


async def test_the_token_is_long_and_not_stored(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    assert len(visitor.token) >= 43
    assert gateway.database_path is not None
    stored = b"".join(path.read_bytes() for path in gateway.database_path.parent.glob("chat.db*"))
    assert visitor.session_id.encode() in stored
    assert visitor.token.encode() not in stored


async def test_a_session_ends_when_nobody_speaks(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    gateway.clock.forward(hours=23)
    await visitor.say("你好")
    gateway.clock.forward(hours=23)
    await visitor.say("还在吗")
    gateway.clock.forward(hours=25)
    response = await visitor.post("还在吗")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "session_not_found")


async def test_a_session_has_an_end(gateway: Gateway) -> None:
    visitor = await gateway.visit()
    first = str(uuid.uuid4())
    replies = await visitor.say("第一句", first)
    while (response := await visitor.post("再来一句")).status_code == 200:
        assert len(gateway.rasa.heard) < 40
    assert (response.status_code, response.json()["error"]["code"]) == (409, "session_full")
    assert "新对话" in response.json()["error"]["message"]
    assert len(await visitor.history()) in (30, 31)
    assert await visitor.say("第一句", first) == replies


async def test_fixing_the_language(gateway: Gateway) -> None:
    visitor = await gateway.visit("zh")

    async def patch(lang: str | None) -> dict[str, object]:
        response = await gateway.http.patch(visitor.path, json={"lang": lang}, headers=visitor.headers)
        assert response.status_code == 200
        answer: dict[str, object] = response.json()
        return answer

    assert await patch("en") == {"session_id": visitor.session_id, "lang": "en", "lang_fixed": True}
    await visitor.say("多久能注销账号？")
    assert await patch(None) == {"session_id": visitor.session_id, "lang": "en", "lang_fixed": False}
    await visitor.say("多久能注销账号？")
    assert [heard["metadata"]["lang"] for heard in gateway.rasa.heard] == ["en", "zh"]
    response = await gateway.http.patch(visitor.path, json={}, headers=visitor.headers)
    assert response.status_code == 422


async def test_the_language_follows_the_person(gateway: Gateway) -> None:
    visitor = await gateway.visit("zh")
    for text in ("How long does it take?", "好的，删除 cookies", "ok", "123", "who shares my data"):
        await visitor.say(text)
    languages = [heard["metadata"]["lang"] for heard in gateway.rasa.heard]
    assert languages == ["en", "zh", "zh", "zh", "en"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'{"text": "x"}',
        b'{"client_message_id": "1", "text": "x"}',
        b'{"client_message_id": "7c1c0a5e-37a1-4b0e-9d5f-000000000001"}',
        b'{"client_message_id": "7c1c0a5e-37a1-4b0e-9d5f-000000000001", "text": null}',
        b'{"client_message_id": "7c1c0a5e-37a1-4b0e-9d5f-000000000001", "text": 5}',
        b'{"client_message_id": "7c1c0a5e-37a1-4b0e-9d5f-000000000001", "text": "\\ud800"}',
        b'{"client_message_id": "7c1c0a5e-37a1-4b0e-9d5f-000000000001", "text": "\xff"}',
        b'{"client_message_id": "7c1c0a5e-37a1-4b0e-9d5f-000000000001", "text": "' + b"a" * 2001 + b'"}',
        b'{"client_message_id": "7c1c0a5e-37a1-4b0e-9d5f-000000000001", "text": "' + b"a" * 1_000_000 + b'"}',
    ],
)
async def test_bad_bodies_are_refused_in_the_one_error_shape(gateway: Gateway, body: bytes) -> None:
    visitor = await gateway.visit()
    headers = {**visitor.headers, "Content-Type": "application/json"}
    response = await gateway.http.post(f"{visitor.path}/messages", content=body, headers=headers)
    assert response.status_code in (400, 413, 422), response.text
    assert set(response.json()["error"]) == {"code", "message", "fields"}
    assert gateway.rasa.heard == []
    assert len(await visitor.history()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\n\t",
        "👍",
        "🙏🏽👩‍👩‍👧",
        "？？？",
        "...!!!",
        "\u0000\u0001\u200b",
        "／",
        "///",
        "\u3000",
        "\u202e\u2066",
        "❤️",
    ],
)
async def test_what_has_no_words_gets_a_polite_reply_without_rasa(gateway: Gateway, text: str) -> None:
    visitor = await gateway.visit("en")
    (reply,) = await visitor.say(text)
    assert reply["type"] == "notice"
    assert "I can only read words" in reply["text"]
    assert gateway.rasa.heard == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/restart", "restart"),
        ("  /restart", "restart"),
        ("／session_start", "session_start"),
        ("\u0000/restart", "restart"),
        ("\u200b / ／ /restart", "restart"),
        ("\u00ad/restart", "restart"),
        ('/inform{"contact": "x"}', 'inform{"contact": "x"}'),
        ("和/或", "和/或"),
        ("de\u0000lete", "delete"),
        ("  hello there \n", "hello there"),
    ],
)
async def test_commands_do_not_reach_rasa(gateway: Gateway, typed: str, sent: str) -> None:
    visitor = await gateway.visit()
    await visitor.say(typed)
    assert gateway.rasa.messages == [sent]
    assert (await visitor.history())[1]["text"] == sent


async def test_an_offered_button_is_obeyed_and_shown_by_its_title(gateway: Gateway) -> None:
    visitor = await gateway.visit("zh")
    await visitor.say("/request_deletion")
    assert gateway.rasa.messages == ["/request_deletion"]
    assert (await visitor.history())[1]["text"] == "删除我的数据"


async def test_a_button_offered_to_somebody_else_is_not_obeyed(gateway: Gateway) -> None:
    async def offer(body: dict[str, object]) -> list[dict[str, object]]:
        return [{"text": "Which?", "buttons": [{"title": "Secret", "payload": '/secret{"a": "b"}'}]}]

    gateway.rasa.script = offer
    visitor, other = await gateway.visit("en"), await gateway.visit("en")
    (reply,) = await visitor.say("hello there")
    assert reply["type"] == "choices"
    assert reply["buttons"] == [{"title": "Secret", "payload": '/secret{"a": "b"}'}]
    await other.say('/secret{"a": "b"}')
    await visitor.say('/secret{"a": "b"}')
    await visitor.say('/secret{"a": "c"}')
    assert gateway.rasa.messages[1:] == ['secret{"a": "b"}', '/secret{"a": "b"}', 'secret{"a": "c"}']


async def test_sessions_do_not_see_each_other(gateway: Gateway) -> None:
    visitor, other = await gateway.visit(), await gateway.visit()
    same_id = str(uuid.uuid4())
    await visitor.say("我的邮箱是 wang@example.com", same_id)
    replies = await other.say("另一个人的话", same_id)
    assert replies[0]["text"] == "heard: 另一个人的话"
    assert "wang" not in str(await other.history())
    assert await gateway.chat.contact(other.session_id, "[EMAIL_1]") is None
    response = await gateway.http.get(f"{visitor.path}/messages", headers=other.headers)
    assert response.status_code == 404
