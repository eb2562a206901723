"""A real browser against a really running product.

`product_url` and `desk_setup_token` are the root conftest's; a server that already runs can
stand in for them with CLAUSEDESK_TEST_URL and CLAUSEDESK_TEST_SETUP_TOKEN.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.web.chat_page import ChatPage
from tests.web.desk_page import DeskPage

NewContext = Callable[..., BrowserContext]
NewPage = Callable[..., Page]

DESKTOP = (1280, 860)
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
def product_url(request: pytest.FixtureRequest) -> str:
    given = os.environ.get("CLAUSEDESK_TEST_URL")
    return (given or str(request.getfixturevalue("product_url"))).rstrip("/")


@pytest.fixture(scope="session")
def desk_setup_token(request: pytest.FixtureRequest) -> str:
    """The one-time token that creates the first agent."""
    if os.environ.get("CLAUSEDESK_TEST_URL"):
        return os.environ.get("CLAUSEDESK_TEST_SETUP_TOKEN", "")
    return str(request.getfixturevalue("desk_setup_token"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CLAUSEDESK_TEST_CHROMIUM") or shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing; in CI the browser tests must run")
        pytest.skip("chromium is missing: install it or set CLAUSEDESK_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=path, args=args)
        yield started
        started.close()


@pytest.fixture
def new_context(browser: Browser, product_url: str) -> Iterator[NewContext]:
    """Makes browser contexts for a language and a size; an uncaught error in a page fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(lang: str = "zh", size: tuple[int, int] = DESKTOP, dark: bool = False) -> BrowserContext:
        context = browser.new_context(
            base_url=product_url,
            locale=LOCALES[lang],
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def new_page(new_context: NewContext) -> NewPage:
    def make(lang: str = "zh", size: tuple[int, int] = DESKTOP, dark: bool = False) -> Page:
        return new_context(lang, size, dark).new_page()

    return make


@pytest.fixture
def open_chat(new_page: NewPage) -> Callable[..., ChatPage]:
    """The demonstration page in a fresh browser, the chat opened and greeted."""

    def make(lang: str = "zh", size: tuple[int, int] = DESKTOP, dark: bool = False) -> ChatPage:
        page = new_page(lang, size, dark)
        page.goto("/")
        chat = ChatPage(page)
        chat.open()
        return chat

    return make


@pytest.fixture(scope="session")
def desk_agent(browser: Browser, product_url: str, desk_setup_token: str) -> tuple[str, str]:
    """Name and password of the first agent, created through the setup page (or left by an earlier run)."""
    context = browser.new_context(base_url=product_url, locale=LOCALES["zh"])
    context.set_default_timeout(PATIENCE_MS)
    desk = DeskPage(context.new_page())
    desk.set_up(desk_setup_token)
    context.close()
    return desk.username, desk.password


@pytest.fixture
def open_desk(new_page: NewPage, desk_agent: tuple[str, str]) -> Callable[..., DeskPage]:
    """The desk in a fresh browser, logged in."""

    def make(lang: str = "zh", size: tuple[int, int] = DESKTOP) -> DeskPage:
        desk = DeskPage(new_page(lang, size))
        desk.log_in(*desk_agent)
        return desk

    return make
