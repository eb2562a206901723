"""The chat when things go wrong: refreshes, lost connections, ended sessions, servers that are down."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.web.chat_page import ChatPage

OpenChat = Callable[..., ChatPage]
SEND = "**/api/v1/chat/sessions/*/messages"
ANY_CHAT = "**/api/v1/chat/**"


def cut(page: Page, pattern: str) -> list[dict[str, str]]:
    """Lets no POST through; returns where their bodies are gathered."""
    bodies: list[dict[str, str]] = []

    def handle(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        bodies.append(json.loads(route.request.post_data or "{}"))
        route.abort()

    page.route(pattern, handle)
    return bodies


def test_a_refresh_keeps_the_history_and_reads_none_of_it_again(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    chat.say("注销账号要多久？")
    shown = chat.messages.count()
    ids = [message.get_attribute("data-message-id") for message in chat.messages.all()]
    chat.page.reload()
    expect(chat.history.locator("article")).to_have_count(shown)
    assert [message.get_attribute("data-message-id") for message in chat.messages.all()] == ids
    expect(chat.history.locator("figure[data-clause-id='5.5'] blockquote")).to_be_visible()
    expect(chat.log.locator("article")).to_have_count(0)
    assert chat.history.locator("xpath=ancestor::*[@aria-live]").count() == 0


def test_the_ticket_survives_a_refresh(open_chat: OpenChat) -> None:
    chat = open_chat("en")
    reference = chat.file_request("copy", "keeps@example.com").get_attribute("data-reference")
    chat.page.reload()
    expect(chat.history.locator(f"[data-reference='{reference}']")).to_be_visible()


def test_a_failed_send_keeps_the_words_and_retries_as_the_same_message(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    lost = cut(chat.page, SEND)
    chat.type("注销账号要多久？")
    failed = chat.widget.locator("article[data-state=failed]")
    expect(failed).to_contain_text("注销账号要多久？")
    chat.page.unroute(SEND)
    with chat.page.expect_request(
        lambda request: request.method == "POST" and request.url.endswith("/messages")
    ) as again:
        failed.locator("[data-action=retry]").click()
    assert json.loads(again.value.post_data or "{}") == lost[0]
    expect(chat.log.locator("article[data-type=answer]")).to_be_visible()
    expect(chat.from_user).to_have_count(1)


def test_an_answer_lost_on_the_way_does_not_double_the_message(open_chat: OpenChat) -> None:
    chat = open_chat("zh")

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    chat.page.route(SEND, lose_the_answer)
    chat.type("注销账号要多久？")
    failed = chat.widget.locator("article[data-state=failed]")
    expect(failed).to_be_visible()
    chat.page.unroute(SEND)
    failed.locator("[data-action=retry]").click()
    expect(failed).to_have_count(0)
    expect(chat.widget.locator("article[data-type=answer]")).to_have_count(1)
    chat.page.reload()
    expect(chat.history.locator("article[data-type=answer]")).to_have_count(1)
    expect(chat.from_user).to_have_count(1)


def test_unsent_words_survive_a_refresh(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    cut(chat.page, SEND)
    chat.type("注销账号要多久？")
    failed = chat.widget.locator("article[data-state=failed]")
    expect(failed).to_be_visible()
    chat.page.unroute(SEND)
    chat.page.reload()
    failed.locator("[data-action=retry]").click()
    expect(chat.widget.locator("article[data-type=answer]")).to_have_count(1)
    expect(chat.from_user).to_have_count(1)


def test_an_ended_session_is_followed_by_a_new_one(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    chat.page.evaluate(
        """() => {
          const key = Object.keys(localStorage).find((name) => name.startsWith('clausedesk.chat '));
          localStorage.setItem(key, JSON.stringify({ session_id: crypto.randomUUID(), token: 'ended' }));
        }"""
    )
    chat.page.reload()
    expect(chat.widget.locator("[data-notice='chat.renewed']")).to_be_visible()
    expect(chat.messages.first).to_be_visible()
    chat.say("注销账号要多久？")
    expect(chat.log.locator("article[data-type=answer]")).to_have_count(1)


def test_a_server_that_is_down_leaves_ways_to_reach_a_person(open_chat: OpenChat) -> None:
    chat = open_chat("en")
    chat.page.evaluate("() => localStorage.clear()")
    chat.page.route(ANY_CHAT, lambda route: route.abort())
    chat.page.reload()
    chat.launcher.click()
    expect(chat.banner).to_have_attribute("data-state", "down")
    expect(chat.banner.locator("a[href$='/requests']")).to_be_visible()
    expect(chat.banner.locator("a[href^='mailto:']")).to_be_visible()
    chat.type("How long does closing my account take?")
    expect(chat.widget.locator("article[data-state=failed]")).to_contain_text(
        "How long does closing my account take?"
    )
    chat.page.unroute(ANY_CHAT)
    chat.banner.locator("[data-action=reconnect]").click()
    expect(chat.log.locator("article[data-type=answer]")).to_be_visible()
    expect(chat.banner).to_have_attribute("data-state", "online")


def test_going_offline_is_told(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    chat.page.context.set_offline(True)
    expect(chat.banner).to_have_attribute("data-state", "offline")
    chat.page.context.set_offline(False)
    expect(chat.banner).to_have_attribute("data-state", "online")


def test_what_another_page_says_arrives_once(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    chat.say("注销账号要多久？")
    other = ChatPage(chat.page.context.new_page())
    other.page.goto("/policy")
    other.launcher.click()
    expect(other.history.locator("article[data-type=answer]")).to_have_count(1)
    other.say("怎样获取我的个人信息副本？")
    expect(chat.widget.locator("article[data-type=answer]")).to_have_count(2)
    expect(chat.from_user).to_have_count(2)
    expect(other.widget.locator("article[data-type=answer]")).to_have_count(2)
