"""The agents' desk as an agent uses it."""

from __future__ import annotations

from playwright.sync_api import Page, expect


class DeskPage:
    username = "lin-xiaoyu"
    password = "three calm islands, one bridge"

    def __init__(self, page: Page) -> None:
        self.page = page
        self.name = page.locator("#username")
        self.secret = page.locator("#password")
        self.query = page.locator("#assist-query")
        self.verdict = page.locator("[data-outcome]")
        self.results = page.locator(".assist-list [data-clause-id]")
        self.rows = page.locator("tr[data-reference]")
        self.detail = page.locator("section[data-reference][aria-labelledby=detail-title]")

    def set_up(self, token: str) -> None:
        """Creates the first agent; when an earlier run did, its login must still work."""
        self.page.goto(f"/desk#setup={token}" if token else "/desk")
        self._fill(self.username, self.password)
        expect(self.query.or_(self.page.locator("p.notice"))).to_be_visible()
        if not self.query.is_visible():
            self._fill(self.username, self.password)
        expect(self.query).to_be_visible()

    def log_in(self, username: str, password: str) -> None:
        self.page.goto("/desk")
        self._fill(username, password)
        expect(self.query).to_be_visible()

    def search(self, words: str) -> None:
        self.query.fill(words)
        self.query.press("Control+Enter")
        expect(self.verdict).to_be_visible()

    def open_queue(self) -> None:
        self.page.locator("#desk-nav a[href='#requests']").click()
        expect(self.rows.first).to_be_visible()

    def _fill(self, username: str, password: str) -> None:
        self.name.fill(username)
        self.secret.fill(password)
        self.page.locator("form.credentials [type=submit]").click()
