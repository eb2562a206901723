"""The policy page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

NewPage = Callable[..., Page]


def test_an_anchor_leads_to_its_clause(new_page: NewPage) -> None:
    page = new_page("zh")
    page.route("**/api/v1/policy/clauses", _late)
    page.goto("/policy#clause-5.6")
    clause = page.locator("[id='clause-5.6']")
    expect(clause).to_be_in_viewport()
    expect(clause).to_be_focused()
    expect(clause).to_contain_text("十五天")
    expect(clause.locator("[data-note-kind]").first).to_be_visible()


def _late(route: Route) -> None:
    """Later than the page's own load, after which a browser no longer looks for the anchor."""
    time.sleep(1)
    route.continue_()


def test_both_languages_stand_side_by_side(new_page: NewPage) -> None:
    page = new_page("zh")
    page.goto("/policy#clause-5.5")
    page.locator("[data-view=both]").click()
    clause = page.locator("[id='clause-5.5']")
    expect(clause.locator("p[lang=zh-CN]").first).to_contain_text("十五个工作日")
    expect(clause.locator("p[lang=en]").first).to_contain_text("15 working days")
    expect(clause).to_be_in_viewport()
    page.locator("[data-view=en]").click()
    expect(clause.locator("p[lang=zh-CN]")).to_have_count(0)


def test_the_whole_policy_is_there_in_order(new_page: NewPage, product_url: str) -> None:
    page = new_page("en")
    page.goto("/policy")
    expect(page.locator("[id='clause-10']")).to_be_attached()
    shown = page.locator("section[data-clause-id]").evaluate_all(
        "(all) => all.map((one) => one.dataset.clauseId)"
    )
    served = page.request.get(f"{product_url}/api/v1/policy/clauses").json()["clauses"]
    assert shown == [clause["clause_id"] for clause in served]
    targets = page.locator("#outline a").evaluate_all("(all) => all.map((one) => one.hash.slice(1))")
    assert targets
    assert [target for target in targets if page.locator(f"[id='{target}']").count() != 1] == []


def test_a_search_marks_its_words_and_leads_to_the_clause(new_page: NewPage) -> None:
    page = new_page("zh")
    page.goto("/policy")
    page.locator("#policy-query").fill("注销账号要多久")
    page.locator("#policy-query").press("Enter")
    expect(page.locator("#search-state")).to_have_attribute("data-answerable", "true")
    result = page.locator(".results [data-clause-id='5.5']")
    expect(result.locator("mark").first).to_be_attached()
    result.locator("a").first.click()
    expect(page).to_have_url(re.compile(r"#clause-5\.5$"))
    expect(page.locator("[id='clause-5.5']")).to_be_in_viewport()


def test_what_is_not_in_the_policy_is_said_so(new_page: NewPage) -> None:
    page = new_page("zh")
    page.goto("/policy")
    page.locator("#policy-query").fill("明天上海的天气怎么样")
    page.locator("#policy-query").press("Enter")
    expect(page.locator("#search-state")).to_have_attribute("data-answerable", "false")
    expect(page.locator("#search-state")).to_contain_text("政策没有写到这个问题")


def test_a_citation_can_be_copied(new_page: NewPage) -> None:
    page = new_page("en")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/policy#clause-5.6")
    page.locator("[id='clause-5.6'] [data-action=copy-citation]").click()
    copied = str(page.evaluate("() => navigator.clipboard.readText()"))
    assert "Article 5(f)" in copied
    assert copied.endswith("/policy#clause-5.6")
