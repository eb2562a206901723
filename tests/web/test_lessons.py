"""Agents teach the search: confirm an answer, see it count, find it in the list, take it back; by keyboard too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.desk_page import DeskPage
from tests.web.test_accessibility import violations

OpenDesk = Callable[..., DeskPage]

QUESTION = "Does the office dog read my files on Sundays?"
IN_CHINESE = "你们办公室的猫周末会翻我的文件吗？"
PHONE = (360, 740)


@pytest.fixture
def desk(open_desk: OpenDesk) -> Iterator[DeskPage]:
    """Logged in; whatever a test has confirmed is taken back in the end."""
    opened = open_desk("en")
    yield opened
    take_all_back(opened)


def note(desk: DeskPage) -> Locator:
    return desk.page.locator(".lesson-note")


def taught(desk: DeskPage) -> Locator:
    return desk.page.locator("[data-part=taught]")


def rows(desk: DeskPage, state: str = "active") -> Locator:
    return desk.page.locator(f"tr[data-lesson-id][data-state={state}]")


def open_list(desk: DeskPage) -> None:
    desk.page.locator("#desk-nav a[href='#lessons']").click()
    expect(desk.page.locator("#filter-lessons")).to_be_visible()
    expect(desk.page.locator("[data-part=lessons] [role=status]")).not_to_be_empty()


def take_all_back(desk: DeskPage) -> None:
    desk.page.goto("/desk#lessons")
    desk.page.reload()
    expect(desk.page.locator("[data-part=lessons] [role=status]")).not_to_be_empty()
    # Taking one back can bring back an earlier one about the same words.
    while rows(desk).count():
        lesson_id = rows(desk).first.get_attribute("data-lesson-id")
        rows(desk).first.locator("[data-action=withdraw-lesson]").click()
        expect(desk.page.locator(f"tr[data-lesson-id='{lesson_id}']")).to_have_attribute(
            "data-state", "withdrawn"
        )


def search_anew(desk: DeskPage, words: str) -> None:
    """On a fresh page, so that nothing of an earlier answer is taken for this one's."""
    desk.page.reload()
    expect(desk.query).to_be_visible()
    desk.search(words)


def result_ids(desk: DeskPage) -> list[str | None]:
    return [item.get_attribute("data-clause-id") for item in desk.results.all()]


def test_an_answer_is_confirmed_counts_at_once_and_is_taken_back(desk: DeskPage) -> None:
    desk.search(QUESTION)
    before, outcome = result_ids(desk), desk.verdict.get_attribute("data-outcome")
    confidence = desk.verdict.locator("meter").get_attribute("value")
    expect(note(desk)).to_have_count(0)
    third = before[2]
    desk.page.locator(f"[data-action=teach][data-lesson-clause='{third}']").click()
    expect(note(desk)).to_have_attribute("data-same-wording", "true")
    expect(taught(desk)).to_be_focused()
    expect(desk.verdict).to_have_attribute("data-answerable", "true")
    expect(desk.results.first).to_have_attribute("data-clause-id", str(third))
    expect(desk.results.first.locator(".lesson-mark")).to_be_visible()
    search_anew(desk, QUESTION.upper().rstrip("?"))
    expect(note(desk)).to_be_visible()
    note(desk).locator("[data-action=withdraw-lesson]").click()
    expect(note(desk)).to_have_count(0)
    search_anew(desk, QUESTION)
    assert (result_ids(desk), desk.verdict.get_attribute("data-outcome")) == (before, outcome)
    assert desk.verdict.locator("meter").get_attribute("value") == confidence


def test_two_clauses_answer(desk: DeskPage) -> None:
    desk.search(QUESTION)
    third = result_ids(desk)[2]
    desk.page.locator(f"[data-lesson-clause='{third}']").click()
    expect(desk.page.locator(".lesson-mark")).to_have_count(1)
    second = desk.page.locator("[data-action=teach]").first.get_attribute("data-lesson-clause")
    desk.page.locator(f"[data-lesson-clause='{second}']").click()
    expect(desk.page.locator(".lesson-mark")).to_have_count(2)
    assert result_ids(desk)[:2] == [third, second]
    desk.page.locator("#lesson-clause").select_option("7")
    desk.page.locator("[data-action=teach-also]").click()
    expect(desk.page.locator(".lesson-mark")).to_have_count(3)
    assert result_ids(desk)[:3] == [third, second, "7"]


def test_a_clause_that_was_not_found_and_none_at_all(desk: DeskPage) -> None:
    desk.search("注销账号要多久？")
    expect(desk.verdict).to_have_attribute("data-answerable", "true")
    desk.page.locator("[data-action=teach-none]").click()
    expect(desk.verdict).to_have_attribute("data-outcome", "not_in_policy")
    expect(desk.page.locator("[data-part=suggested-reply]")).to_have_count(0)
    desk.page.locator("#lesson-clause").select_option("7")
    desk.page.locator("[data-action=teach-other]").click()
    expect(desk.verdict).to_have_attribute("data-answerable", "true")
    expect(desk.results.first).to_have_attribute("data-clause-id", "7")
    open_list(desk)
    expect(rows(desk)).to_have_count(1)
    expect(rows(desk, "overruled")).to_have_count(1)
    # The former lesson counts again once the later one is gone.
    rows(desk).locator("[data-action=withdraw-lesson]").click()
    expect(rows(desk, "overruled")).to_have_count(0)
    expect(rows(desk)).to_have_count(1)
    expect(rows(desk)).to_contain_text("Not in the policy")


def test_the_list_is_filtered_and_says_who_and_when(desk: DeskPage) -> None:
    desk.search(IN_CHINESE)
    desk.page.locator("[data-action=teach]").first.click()
    expect(note(desk)).to_be_visible()
    open_list(desk)
    row = rows(desk).filter(has_text=IN_CHINESE)
    expect(row).to_contain_text(DeskPage.username)
    expect(row.locator("[lang=zh-CN]")).to_have_text(IN_CHINESE)
    desk.page.locator("#filter-lessons").select_option("withdrawn")
    expect(row).to_have_count(0)
    desk.page.locator("#filter-lessons").select_option("active")
    expect(row).to_be_visible()


def test_it_all_goes_by_keyboard(desk: DeskPage) -> None:
    desk.search(QUESTION)
    page = desk.page
    press_tab_until(page, "[data-action=teach]")
    page.keyboard.press("Enter")
    expect(taught(desk)).to_be_focused()
    press_tab_until(page, "[data-action=withdraw-lesson]", back=True)
    page.keyboard.press("Space")
    expect(note(desk)).to_have_count(0)
    press_tab_until(page, "#lesson-clause")
    page.keyboard.type("Article 7")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(note(desk)).to_be_visible()
    open_list(desk)
    press_tab_until(page, "[data-action=withdraw-lesson]")
    page.keyboard.press("Enter")
    expect(rows(desk)).to_have_count(0)
    expect(page.locator("[data-part=lessons] [role=status]")).to_be_focused()
    expect(page.locator("[data-part=lessons] [role=status]")).to_contain_text(QUESTION)


def press_tab_until(page: Page, selector: str, back: bool = False) -> None:
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", selector):
            return
    raise AssertionError(f"the focus never came to {selector}")


def test_a_failure_is_said_and_nothing_is_lost(desk: DeskPage) -> None:
    desk.search(QUESTION)
    desk.page.route(re.compile(r"/agent/lessons$"), lambda route: route.abort())
    desk.page.locator("[data-action=teach]").first.click()
    expect(taught(desk)).not_to_be_empty()
    expect(note(desk)).to_have_count(0)
    expect(desk.results.first).to_be_visible()
    desk.page.unroute(re.compile(r"/agent/lessons$"))
    desk.page.locator("[data-action=teach]").first.click()
    expect(note(desk)).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_in_the_way_of_anybody(open_desk: OpenDesk, lang: str) -> None:
    desk = open_desk(lang, PHONE)
    desk.search(QUESTION)
    desk.page.locator("[data-action=teach]").first.click()
    expect(note(desk)).to_be_visible()
    assert violations(desk.page) == []
    assert desk.page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0]
    open_list(desk)
    expect(rows(desk).first).to_be_visible()
    assert violations(desk.page) == []
    assert desk.page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0]
    take_all_back(desk)
