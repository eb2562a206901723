"""No serious accessibility violation, and no sideways scrolling, on any page in either language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.chat_page import ChatPage
from tests.web.desk_page import DeskPage

NewPage = Callable[..., Page]
PHONE = (360, 740)
READY = {
    "/": "#specimen .slip",
    "/policy": "[id='clause-10']",
    "/requests?type=deletion": "[data-part=promise] figure",
    "/requests/DSR-0000-0000": "[data-part=locked]",
    "/desk": "form.credentials",
}
LANGUAGES = ["zh", "en"]


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {node['target']}"
        for item in found
        if item["impact"] in {"serious", "critical"}
        for node in item["nodes"]
    ]


def open_page(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator(READY[path]).first).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", READY)
def test_pages(new_page: NewPage, path: str, lang: str) -> None:
    page = new_page(lang)
    open_page(page, path)
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[lang]
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/", "/policy", "/requests?type=deletion"])
def test_pages_in_the_dark(new_page: NewPage, path: str) -> None:
    page = new_page("zh", dark=True)
    open_page(page, path)
    assert violations(page) == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_opened_chat(open_chat: Callable[..., ChatPage], lang: str, dark: bool) -> None:
    chat = open_chat(lang, dark=dark)
    chat.say("注销账号要多久？")
    chat.widget.locator("[data-action=other-language]").last.click()
    chat.file_request("copy", f"axe.{lang}@example.com")
    assert violations(chat.page) == []


@pytest.mark.parametrize("dark", [False, True])
def test_a_list_in_the_chat(open_chat: Callable[..., ChatPage], dark: bool) -> None:
    chat = open_chat("en", dark=dark)
    chat.say("In which cases may you refuse my request?")
    chat.log.locator("[data-action=all-items]").first.click()
    chat.log.locator("[data-action=other-language]").first.click()
    assert violations(chat.page) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_desk(open_desk: Callable[..., DeskPage], lang: str) -> None:
    desk = open_desk(lang)
    desk.search("注销账号要多久？")
    assert violations(desk.page) == []
    desk.page.locator("#desk-nav a[href='#requests']").click()
    expect(desk.page.locator("#filter-status")).to_be_visible()
    assert violations(desk.page) == []


@pytest.mark.parametrize("path", READY)
def test_nothing_scrolls_sideways_on_a_phone(new_page: NewPage, path: str) -> None:
    page = new_page("en", PHONE)
    open_page(page, path)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0]


def test_the_chat_fills_a_phone(open_chat: Callable[..., ChatPage]) -> None:
    chat = open_chat("zh", PHONE)
    chat.say("注销账号要多久？")
    box = chat.dialog.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, *PHONE)
    overflow = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length"
    assert chat.widget.locator("article, figure, form").evaluate_all(overflow) == 0
