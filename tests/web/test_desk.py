"""The agents' desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.desk_page import DeskPage

NewPage = Callable[..., Page]
OpenDesk = Callable[..., DeskPage]


@pytest.fixture
def filed(new_page: NewPage) -> str:
    """A request in the queue; returns its reference."""
    page = new_page("zh")
    page.goto("/requests?type=complaint")
    page.locator("#contact-value").fill("desk.queue@example.com")
    page.locator("#scope").fill("推送短信太多")
    page.locator("[data-action=file-request]").click()
    card = page.locator("[data-part=filed] [data-reference]")
    return card.get_attribute("data-reference") or ""


def test_the_one_time_link_leaves_the_address_bar(new_page: NewPage, desk_agent: tuple[str, str]) -> None:
    page = new_page("zh")
    page.goto("/desk#setup=used-or-wrong")
    desk = DeskPage(page)
    expect(desk.name).to_be_visible()
    assert "setup" not in page.url
    desk.name.fill("second-agent")
    desk.secret.fill("another calm island, far away")
    page.locator("form.credentials [type=submit]").click()
    expect(page.locator("p.notice")).to_be_visible()
    expect(desk.query).to_have_count(0)


def test_a_wrong_password_is_refused_and_logging_out_ends_it(
    new_page: NewPage, desk_agent: tuple[str, str]
) -> None:
    page = new_page("en")
    desk = DeskPage(page)
    page.goto("/desk")
    desk.name.fill(desk_agent[0])
    desk.secret.fill("not the password at all")
    page.locator("form.credentials [type=submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    desk.log_in(*desk_agent)
    page.reload()
    expect(desk.query).to_be_visible()
    page.locator("#desk-logout").click()
    expect(desk.secret).to_be_visible()
    page.reload()
    expect(desk.secret).to_be_visible()


def test_the_customers_words_find_a_clause_and_a_reply(open_desk: OpenDesk) -> None:
    desk = open_desk("zh")
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.search("客户问：注销账号要多久？")
    expect(desk.verdict).to_have_attribute("data-answerable", "true")
    clause = desk.page.locator(".assist-list [data-clause-id='5.5']")
    expect(clause.locator("blockquote[lang=zh-CN]")).to_contain_text("十五个工作日")
    expect(clause.locator("blockquote[lang=en]")).to_contain_text("15 working days")
    desk.page.locator("[data-action=copy-reply][data-lang=en]").click()
    assert "Article 5" in str(desk.page.evaluate("() => navigator.clipboard.readText()"))
    clause.locator("[data-action=copy-citation][data-lang=zh]").click()
    assert "第五条（五）" in str(desk.page.evaluate("() => navigator.clipboard.readText()"))


def test_no_reply_is_suggested_for_what_the_policy_does_not_say(open_desk: OpenDesk) -> None:
    desk = open_desk("zh")
    desk.search("明天上海的天气怎么样？")
    expect(desk.verdict).to_have_attribute("data-answerable", "false")
    expect(desk.page.locator("[data-part=suggested-reply]")).to_have_count(0)


def test_the_queue_is_filtered_and_a_request_is_opened(open_desk: OpenDesk, filed: str) -> None:
    desk = open_desk("zh")
    desk.open_queue()
    desk.page.locator("#filter-type").select_option("complaint")
    row = desk.page.locator(f"tr[data-reference='{filed}']")
    expect(row).to_be_visible()
    expect(desk.page.locator("tr[data-reference]:not([data-type=complaint])")).to_have_count(0)
    expect(row).not_to_contain_text("desk.queue@example.com")
    row.locator("a").click()
    expect(desk.detail).to_have_attribute("data-reference", filed)
    expect(desk.detail.locator("[data-part=contact]")).to_contain_text("desk.queue@example.com")
    expect(desk.detail.locator("[data-event=received]")).to_be_visible()
    desk.page.locator("[data-action=close-detail]").click()
    expect(desk.detail).to_have_count(0)
    expect(row.locator("a")).to_be_focused()
    desk.page.locator("#filter-status").select_option("refused")
    expect(row).to_have_count(0)
