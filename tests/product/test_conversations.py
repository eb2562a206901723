"""Conversations end to end: the public API, the real Rasa, the real action server, a real database, both languages."""

from __future__ import annotations

import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.product.conftest import NewTalk
from tests.product.talk import API, Talk, cited, payloads, ticket
from tests.running import Product

ASKED = [
    ("zh", "账号注销之后要等几天才生效？", "5.5"),
    ("zh", "个人信息存在国内还是国外？", "4.2"),
    ("zh", "怎么拿到一份我的个人信息副本", "5.6"),
    ("en", "How many working days until my account is closed?", "5.5"),
    ("en", "Is my personal information kept inside China?", "4.2"),
    ("en", "Why would you open my camera?", "1.2.10.1"),
]
FILED = [
    ("zh", "request_deletion", "帮我把聊天记录都删了", "deletion", "5.3"),
    ("zh", "request_copy", "把你们存的我的资料发我一份", "copy", "5.6"),
    ("zh", "request_account_closure", "我要销号，帮我办一下", "account_closure", "5.5"),
    ("en", "request_deletion", "please erase my order history", "deletion", "5.3"),
    ("en", "request_copy", "send me a copy of everything you hold on me", "copy", "5.6"),
    ("en", "request_account_closure", "shut my account down for me please", "account_closure", "5.5"),
]
CONTACT = {"zh": "我的邮箱是 wang.wu@example.cn", "en": "you can write to wu.wang@example.com"}
YES = {"zh": "对，提交吧", "en": "yes, please file it"}


def fill(talk: Talk, lang: str, first: str) -> dict[str, object]:
    """Answer a form's questions as they come, until the ticket stands."""
    replies = talk.say(first)
    for _ in range(8):
        card = ticket(replies)
        if card is not None:
            return card
        offered = payloads(replies)
        if "/affirm" in offered:
            replies = talk.say(YES[lang])
        elif any(payload.startswith("/answer_scope") for payload in offered):
            replies = talk.say(next(payload for payload in offered if payload.startswith("/answer_scope")))
        elif "/skip" in offered:
            replies = talk.say("/skip")
        else:
            replies = talk.say(CONTACT[lang])
    raise AssertionError(f"no ticket; the last replies were {[reply['text'] for reply in replies]}")


@pytest.mark.parametrize(("lang", "question", "clause_id"), ASKED)
def test_a_question_is_answered_with_its_clause_word_for_word(
    product: Product, lang: str, question: str, clause_id: str, new_talk: NewTalk
) -> None:
    talk = new_talk(lang)
    replies = talk.say(question)
    assert cited(replies)[:1] == [clause_id]
    citation = next(reply for reply in replies if reply["citations"])["citations"][0]
    clause = httpx.get(f"{product.url}{API}/policy/clauses/{clause_id}").json()
    assert citation["quote"] == clause["text"][lang]
    assert citation["lang"] == lang
    assert citation["label"] == clause["label"]


@pytest.mark.parametrize(("lang", "question"), [("zh", "今天晚上吃什么好"), ("en", "who won the world cup")])
def test_a_question_the_policy_does_not_answer_gets_no_citation(
    lang: str, question: str, new_talk: NewTalk
) -> None:
    assert cited(new_talk(lang).say(question)) == []


@pytest.mark.parametrize(("lang", "intent", "wish", "kind", "clause_id"), FILED)
def test_a_request_is_filed_and_stands_in_the_database(
    product: Product, lang: str, intent: str, wish: str, kind: str, clause_id: str, new_talk: NewTalk
) -> None:
    talk = new_talk(lang)
    card = fill(talk, lang, wish)
    assert (card["type"], card["clause_id"], card["status"]) == (kind, clause_id, "received")
    with sqlite3.connect(product.data / "clausedesk.db") as database:
        found = database.execute(
            "SELECT count(*) FROM requests WHERE reference = ?", (card["reference"],)
        ).fetchone()
    assert found == (1,)
    access = talk.http.get(f"{talk.path}/requests/{card['reference']}/access", headers=talk.headers).json()
    token = access["url"].partition("#")[2]
    status = talk.http.get(f"/dsr/requests/{card['reference']}", headers={"Authorization": f"Bearer {token}"})
    assert status.json()["request"]["reference"] == card["reference"]
    refused = talk.http.get(f"/dsr/requests/{card['reference']}", headers=talk.headers)
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("lang", "wish", "question", "clause_id"),
    [
        ("zh", "帮我删除我的浏览记录", "你们会把我的信息卖给别人吗？", "3.1.6"),
        ("en", "I want my search history deleted", "do you sell my data to other companies?", "3.1.6"),
    ],
)
def test_a_question_inside_a_form_is_answered_and_the_form_goes_on(
    lang: str, wish: str, question: str, clause_id: str, new_talk: NewTalk
) -> None:
    talk = new_talk(lang)
    talk.say(wish)
    replies = talk.say(question)
    assert clause_id in cited(replies)
    assert replies[-1]["text"], "the form asks again after the answer"
    assert fill(talk, lang, CONTACT[lang])["type"] == "deletion"


def test_the_language_follows_the_person(new_talk: NewTalk) -> None:
    talk = new_talk("zh")
    english = talk.say("Where do you store my personal data?")
    chinese = talk.say("那会保存多长时间？")
    assert english[0]["citations"][0]["lang"] == "en"
    assert chinese[0]["citations"][0]["lang"] == "zh"


def test_five_equal_messages_at_once_file_one_request(new_talk: NewTalk) -> None:
    talk = new_talk("en")
    replies = talk.say("please delete all my data")
    while "/affirm" not in payloads(replies):
        offered = payloads(replies)
        scope = [payload for payload in offered if payload.startswith("/answer_scope")]
        replies = talk.say(scope[0] if scope else "/skip" if "/skip" in offered else CONTACT["en"])
    message_id = str(uuid.uuid4())
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: Talk.say(talk, "/affirm", message_id), range(5)))
    references = {(ticket(answer) or {}).get("reference") for answer in answers}
    assert len(references) == 1
    assert None not in references
    tickets = [message for message in talk.history() if message["type"] == "ticket"]
    assert len(tickets) == 1


@pytest.mark.parametrize(
    ("lang", "question"),
    [("zh", "你们在哪些情形下可以不响应我的请求？"), ("en", "In which cases may you refuse my request?")],
)
def test_a_question_for_a_whole_list_gets_all_its_items(
    product: Product, lang: str, question: str, new_talk: NewTalk
) -> None:
    replies = new_talk(lang).say(question)
    assert cited(replies)[:1] == ["5.7"]
    items = next(reply for reply in replies if reply["citations"])["citations"][0]["items"]
    url = f"{product.url}{API}/policy/clauses"
    children = httpx.get(f"{url}/5.7").json()["child_ids"]
    assert [item["clause_id"] for item in items] == children
    texts = [httpx.get(f"{url}/{child}").json()["text"][lang] for child in children]
    assert [item["quote"] for item in items] == texts


def test_citations_survive_a_reload(new_talk: NewTalk) -> None:
    talk = new_talk("zh")
    asked = talk.say("发生数据泄露会通知我吗")
    stored = [message for message in talk.history() if message["role"] == "bot"][-len(asked) :]
    assert [message["citations"] for message in stored] == [reply["citations"] for reply in asked]


@pytest.mark.parametrize(
    "text", ["/restart", "/request_deletion", '/request_deletion{"ground": "5.3.1"}', "／restart"]
)
def test_internal_commands_typed_by_a_person_are_not_obeyed(text: str, new_talk: NewTalk) -> None:
    talk = new_talk("en")
    talk.say("what is a cookie used for?")
    replies = talk.say(text)
    assert ticket(replies) is None
    kept = [message["text"] for message in talk.history() if message["role"] == "user"]
    assert len(kept) == 2
    assert talk.say("thanks"), "the conversation goes on"
