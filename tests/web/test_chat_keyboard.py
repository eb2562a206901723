"""Keyboard, focus and input methods in the chat."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.chat_page import ChatPage

OpenChat = Callable[..., ChatPage]
NewPage = Callable[..., Page]
PHONE = (360, 740)
ENTER = """(area, init) => area.dispatchEvent(
  new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, composed: true, ...init }))"""
FOCUSED = "() => document.activeElement.shadowRoot?.activeElement?.dataset.action ?? ''"


@pytest.mark.parametrize("init", [{"isComposing": True}, {"keyCode": 229}])
def test_enter_of_an_input_method_does_not_send(open_chat: OpenChat, init: dict[str, object]) -> None:
    chat = open_chat("zh")
    chat.input.fill("zhu xiao")
    chat.input.evaluate(ENTER, init)
    expect(chat.input).to_have_value("zhu xiao")
    expect(chat.from_user).to_have_count(0)
    chat.input.evaluate(ENTER, {})
    expect(chat.from_user).to_have_count(1)


def test_shift_enter_breaks_the_line(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    chat.input.fill("第一行")
    chat.input.press("Shift+Enter")
    chat.input.press_sequentially("第二行")
    expect(chat.input).to_have_value("第一行\n第二行")
    expect(chat.from_user).to_have_count(0)


def test_the_chat_works_by_keyboard_alone(new_page: NewPage) -> None:
    page = new_page("en")
    page.goto("/")
    chat = ChatPage(page)
    expect(chat.launcher).to_be_visible()
    chat.launcher.focus()
    page.keyboard.press("Enter")
    expect(chat.input).to_be_focused()
    expect(chat.messages.first).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if (
            page.evaluate("() => document.activeElement.shadowRoot?.activeElement?.dataset.payload ?? ''")
            == "/request_copy"
        ):
            break
    page.keyboard.press("Enter")
    expect(chat.from_user).to_have_count(1)
    expect(chat.log.locator("article[data-role=bot]").nth(1)).to_be_visible()
    page.keyboard.press("Escape")
    expect(chat.dialog).to_be_hidden()
    expect(chat.launcher).to_be_focused()
    assert page.evaluate(FOCUSED) == "open-chat"


def test_on_a_small_screen_the_focus_stays_inside(open_chat: OpenChat) -> None:
    chat = open_chat("zh", PHONE)
    expect(chat.dialog).to_have_attribute("aria-modal", "true")
    for _ in range(40):
        chat.page.keyboard.press("Tab")
        assert chat.page.evaluate("() => document.activeElement.localName") == "clausedesk-chat"


def test_too_long_a_message_is_kept_and_not_sent(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    chat.input.fill("长" * 2001)
    chat.input.press("Enter")
    expect(chat.input).to_have_attribute("aria-invalid", "true")
    expect(chat.input).to_have_value("长" * 2001)
    expect(chat.widget.locator("[data-action=send]")).to_be_disabled()
    expect(chat.from_user).to_have_count(0)
