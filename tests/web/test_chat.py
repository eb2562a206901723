"""Asking and filing in the chat."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.chat_page import ChatPage

OpenChat = Callable[..., ChatPage]
REFERENCE = re.compile(r"^DSR-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$")
QUESTIONS = [
    ("zh", "注销账号要多久？", "5.5", "十五个工作日"),
    ("en", "How do I get a copy of my personal information?", "5.6", "copy"),
]


@pytest.mark.parametrize(("lang", "question", "clause_id", "words"), QUESTIONS)
def test_a_question_is_answered_with_its_clause(
    open_chat: OpenChat, lang: str, question: str, clause_id: str, words: str
) -> None:
    chat = open_chat(lang)
    chat.say(question)
    slip = chat.log.locator(f'article[data-type=answer] figure[data-clause-id="{clause_id}"]')
    expect(slip.locator("blockquote")).to_contain_text(words)
    expect(slip.locator("blockquote")).to_have_attribute("lang", re.compile(f"^{lang}"))
    link = slip.locator("[data-citation-link]")
    assert re.search("第五条" if lang == "zh" else r"Article 5\(", link.inner_text())
    assert (link.get_attribute("href") or "").endswith(f"/policy#clause-{clause_id}")


def test_the_other_language_is_one_press_away(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    chat.say("注销账号要多久？")
    slip = chat.log.locator("figure[data-clause-id='5.5']")
    toggle = slip.locator("[data-action=other-language]")
    toggle.click()
    expect(slip.locator("blockquote[lang=en]")).to_contain_text("15 working days")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    toggle.click()
    expect(slip.locator("blockquote[lang=en]")).to_be_hidden()


def test_known_defects_are_told_with_the_clause(open_chat: OpenChat) -> None:
    chat = open_chat("en")
    chat.say("How do I get a copy of my personal information?")
    expect(chat.log.locator("figure[data-clause-id='5.6'] [data-note-kind]").first).to_be_visible()


def test_what_the_policy_does_not_say_is_not_cited(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    replies = chat.say("明天上海的天气怎么样？")
    expect(replies.first).to_be_visible()
    expect(replies.locator("blockquote")).to_have_count(0)


@pytest.mark.parametrize(
    ("kind", "clause_id", "lang"),
    [("deletion", "5.3", "zh"), ("copy", "5.6", "en"), ("account_closure", "5.5", "zh")],
)
def test_a_request_is_filed_and_can_be_followed(
    open_chat: OpenChat, kind: str, clause_id: str, lang: str
) -> None:
    chat = open_chat(lang)
    card = chat.file_request(kind, f"someone.{kind}@example.com")
    reference = card.get_attribute("data-reference") or ""
    assert REFERENCE.match(reference)
    expect(card).to_have_attribute("data-type", kind)
    expect(card.locator(f"a[data-clause-id='{clause_id}']")).to_be_visible()
    expect(card.locator("[data-part=due]")).to_contain_text(re.compile(r"20\d\d"))
    with chat.page.expect_popup() as opened:
        card.locator("[data-action=request-status]").click()
    status = opened.value
    expect(status.locator("main [data-reference]")).to_have_attribute("data-reference", reference)
    assert "#" not in status.url


def test_switching_the_language_keeps_the_conversation(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    chat.say("注销账号要多久？")
    count = chat.messages.count()
    with chat.page.expect_response(lambda response: response.request.method == "PATCH") as patched:
        chat.widget.locator("[data-action=switch-language]").click()
    assert patched.value.json()["lang"] == "en"
    expect(chat.dialog).to_have_accessible_name("Privacy questions")
    expect(chat.messages).to_have_count(count)
    expect(chat.log.locator("article")).to_have_count(0)


def test_a_new_conversation_forgets_the_old_one(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    chat.say("注销账号要多久？")
    chat.widget.locator("[data-action=new-conversation]").click()
    expect(chat.from_user).to_have_count(0)
    expect(chat.messages.first).to_be_visible()
