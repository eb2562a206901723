"""The chat widget as a person uses it; found by roles and data attributes, never by the bot's wording."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

MOST_STEPS = 8
PRESSED_IN_FORMS = ("/affirm", "/skip", "/answer_scope")


class ChatPage:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.widget = page.locator("clausedesk-chat")
        self.launcher = self.widget.locator("[data-action=open-chat]")
        self.dialog = self.widget.get_by_role("dialog")
        self.input = self.widget.get_by_role("textbox")
        self.history = self.widget.locator("[data-part=history]")
        self.log = self.widget.get_by_role("log")
        self.messages = self.widget.locator("article[data-message-id]")
        self.from_user = self.widget.locator("article[data-role=user]")
        self.banner = self.widget.locator("[data-part=banner]")

    def open(self) -> None:
        self.launcher.click()
        expect(self.messages.first).to_be_visible()

    def type(self, words: str) -> None:
        self.input.fill(words)
        self.input.press("Enter")

    def say(self, words: str) -> Locator:
        """Types and sends; returns the replies."""
        return self._exchange(lambda: self.type(words))

    def press(self, button: Locator) -> Locator:
        """Presses a reply button; returns the replies."""
        return self._exchange(button.click)

    def offered(self, payload: str) -> Locator:
        """The latest button whose payload begins so."""
        return self.widget.locator(f'button[data-payload^="{payload}"]').last

    def file_request(self, kind: str, email: str) -> Locator:
        """Asks by the greeting's button, walks the form and returns the ticket's card."""
        replies = self.press(self.offered(f"/request_{kind}"))
        for _ in range(MOST_STEPS):
            card = replies.locator("[data-reference]")
            if card.count():
                return card
            replies = self._answer_form(replies, email)
        raise AssertionError(f"no ticket after {MOST_STEPS} steps, but: {replies.all_inner_texts()}")

    def _answer_form(self, replies: Locator, email: str) -> Locator:
        """Presses what helps the form on when offered; otherwise it is the contact that is asked."""
        for payload in PRESSED_IN_FORMS:
            button = replies.locator(f'button[data-payload^="{payload}"]')
            if button.count():
                return self.press(button.first)
        return self.say(email)

    def _exchange(self, act: Callable[[], None]) -> Locator:
        sent = self.from_user.nth(self.from_user.count())
        act()
        # The widget gives the message its id and shows the replies in one go.
        expect(sent).to_have_attribute("data-message-id", re.compile(".+"))
        message_id = sent.get_attribute("data-message-id")
        return self.widget.locator(f'article[data-message-id="{message_id}"] ~ article:not([data-role=user])')
