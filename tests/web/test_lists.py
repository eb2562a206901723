"""A cited list is seen with its items, in the chat, in the desk and in what is copied."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.chat_page import ChatPage
from tests.web.desk_page import DeskPage

NewPage = Callable[..., Page]
OpenChat = Callable[..., ChatPage]
OpenDesk = Callable[..., DeskPage]

REFUSAL = {"zh": "你们在哪些情形下可以不响应我的请求？", "en": "In which cases may you refuse my request?"}
SHOWN = 5

SLIP = """async ([citation, lang, brief]) => {
  const { clauseSlip } = await import('/static/shared/clause_slip.js');
  const never = () => Promise.reject(new Error('not loaded here'));
  document.querySelector('main').replaceChildren(clauseSlip(citation, lang, never, { brief }));
}"""


def _item(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "clause_id": f"4.{number}",
        "label": {"zh": f"第四条{number}", "en": f"Article 4({number})"},
        "title": {"zh": None, "en": None},
        "quote": f"the case of number {number};",
        "lang": "en",
        "quote_other": {"lang": "zh", "text": f"第 {number} 种情形；"},
        "closing_paragraphs": 0,
        "notes": [],
        "url": f"/policy#clause-4.{number}",
        "items": [],
    } | changed


def _citation(items: list[dict[str, Any]], **changed: Any) -> dict[str, Any]:
    return {
        "clause_id": "4",
        "label": {"zh": "第四条", "en": "Article 4"},
        "quote": "We refuse in these cases:\n\nWe tell you why.",
        "lang": "en",
        "quote_other": {"lang": "zh", "text": "以下情形："},
        "closing_paragraphs": 1,
        "policy_version": "v1",
        "url": "/policy#clause-4",
        "items": items,
        "items_left_out": 0,
    } | changed


@pytest.fixture
def show(new_page: NewPage) -> Callable[..., Locator]:
    page = new_page("en")
    page.goto("/requests")

    def render(citation: dict[str, Any], lang: str = "en", brief: bool = False) -> Locator:
        page.evaluate(SLIP, [citation, lang, brief])
        return page.locator("main > figure")

    return render


def test_items_stand_between_the_words_that_open_and_close_their_list(show: Callable[..., Locator]) -> None:
    slip = show(_citation([_item(1), _item(2)]))
    assert slip.locator("blockquote").all_inner_texts() == [
        "We refuse in these cases:",
        "the case of number 1;",
        "the case of number 2;",
        "We tell you why.",
    ]
    label = slip.locator("li[data-clause-id='4.2'] a")
    expect(label).to_have_text("(2)")
    expect(label).to_have_accessible_name("Article 4(2)")
    assert (label.get_attribute("href") or "").endswith("/policy#clause-4.2")
    expect(slip.locator("[data-action=all-items]")).to_have_count(0)


def test_what_leads_into_the_items_is_seen_where_long_words_before_it_are_folded(
    show: Callable[..., Locator],
) -> None:
    long = "We answer as a rule. " * 60
    slip = show(_citation([_item(1)], quote=f"{long}\n\nWe refuse in these cases:\n\nWe tell you why."))
    before, lead, *_ = slip.locator("blockquote").all()
    expect(lead).to_have_text("We refuse in these cases:")
    expect(before).to_have_class("quote-long")
    expect(lead).not_to_have_class("quote-long")
    folded = before.evaluate("(quote) => quote.clientHeight < quote.scrollHeight")
    assert folded
    assert lead.evaluate("(quote) => quote.clientHeight === quote.scrollHeight")
    slip.locator("[data-action=whole-clause]").click()
    assert before.evaluate("(quote) => quote.clientHeight === quote.scrollHeight")


@pytest.mark.parametrize(("count", "seen"), [(SHOWN, SHOWN), (SHOWN + 1, SHOWN + 1), (SHOWN + 2, SHOWN)])
def test_a_long_list_is_folded(show: Callable[..., Locator], count: int, seen: int) -> None:
    slip = show(_citation([_item(number) for number in range(1, count + 1)]))
    expect(slip.locator("li").locator("visible=true")).to_have_count(seen)
    expect(slip.locator("[data-action=all-items]")).to_have_count(int(count > seen))


def test_the_keyboard_unfolds_a_list_and_goes_on_where_it_grew(show: Callable[..., Locator]) -> None:
    slip = show(_citation([_item(number) for number in range(1, 9)]))
    button = slip.locator("[data-action=all-items]")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_contain_text("8")
    slip.locator("li a").nth(SHOWN - 1).focus()
    slip.page.keyboard.press("Tab")
    expect(button).to_be_focused()
    slip.page.keyboard.press("Enter")
    expect(slip.locator("li").locator("visible=true")).to_have_count(8)
    expect(slip.locator("li a").nth(SHOWN)).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    for _ in range(3):
        slip.page.keyboard.press("Tab")
    slip.page.keyboard.press("Space")
    expect(slip.locator("li").locator("visible=true")).to_have_count(SHOWN)
    expect(button).to_be_focused()


def test_beside_a_question_the_items_wait_behind_their_button(show: Callable[..., Locator]) -> None:
    slip = show(_citation([_item(1), _item(2)]), brief=True)
    expect(slip.locator("li").first).to_be_hidden()
    slip.locator("[data-action=all-items]").click()
    expect(slip.locator("li").locator("visible=true")).to_have_count(2)


def test_items_of_items_titles_and_notes_are_seen(show: Callable[..., Locator]) -> None:
    note = {"kind": "translation", "text": {"zh": "两文不同", "en": "the two differ"}}
    inner = _item(1, clause_id="4.1.1", label={"zh": "第四条1（1）", "en": "Article 4(1)(a)"}, notes=[note])
    outer = _item(1, title={"zh": "标题", "en": "A title"}, items=[inner])
    slip = show(_citation([outer]))
    expect(slip.locator(".item-title")).to_have_text("A title")
    nested = slip.locator("li li[data-clause-id='4.1.1']")
    expect(nested.locator("a")).to_have_text("(a)")
    expect(nested.locator("blockquote")).to_have_text("the case of number 1;")
    expect(nested.locator("[data-note-kind=translation]")).to_contain_text("the two differ")


def test_sections_are_named_and_what_is_left_out_is_counted(show: Callable[..., Locator]) -> None:
    named = _item(1, quote=None, quote_other=None, title={"zh": "共享", "en": "Sharing"})
    slip = show(_citation([named], closing_paragraphs=0, items_left_out=30))
    expect(slip.locator("li")).to_contain_text("Sharing")
    expect(slip.locator("li blockquote")).to_have_count(0)
    expect(slip.locator(".hint")).to_contain_text("30")


def test_what_was_stored_before_there_were_items_is_shown_as_it_was(show: Callable[..., Locator]) -> None:
    citation = _citation([])
    for name in ("items", "items_left_out", "closing_paragraphs"):
        del citation[name]
    slip = show(citation)
    expect(slip.locator("blockquote")).to_have_count(1)
    expect(slip.locator("blockquote p")).to_have_count(2)
    expect(slip.locator("ol")).to_have_count(0)


def test_a_citation_is_copied_with_its_items(new_page: NewPage) -> None:
    page = new_page("en")
    page.goto("/requests")
    result = _citation([_item(1, text={"zh": "甲；", "en": "one;"}), _item(2, text=None)])
    for item in result["items"]:
        del item["quote"], item["quote_other"], item["lang"]
    result |= {"text": {"zh": "如下：\n\n告知。", "en": "These:\n\nTold."}}
    script = "async (all) => (await import('/static/shared/citation.js')).citationText(...all)"
    copied = page.evaluate(script, [result, "v1", "zh"])
    assert "如下：\n第四条1 甲；\n第四条2\n告知。" in copied
    plain = page.evaluate(script, [result | {"items": [], "closing_paragraphs": 0}, "v1", "en"])
    assert "These:\n\nTold." in plain


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_question_for_a_whole_list_is_answered_with_all_of_it(open_chat: OpenChat, lang: str) -> None:
    chat = open_chat(lang)
    chat.say(REFUSAL[lang])
    slip = chat.log.locator("figure[data-clause-id='5.7']")
    items = slip.locator(".slip-quote li")
    expect(items).to_have_count(8)
    expect(items.nth(7)).to_be_hidden()
    slip.locator("[data-action=all-items]").click()
    expect(items.nth(7).locator("blockquote")).to_contain_text("商业秘密" if lang == "zh" else "secrets")
    slip.locator("[data-action=other-language]").click()
    other = slip.locator(f"blockquote[lang={'en' if lang == 'zh' else 'zh-CN'}]")
    expect(other.first).to_be_visible()
    expect(other).to_have_count(2 + 8)
    chat.page.reload()
    chat.widget.wait_for(state="attached")
    expect(chat.history.locator("figure[data-clause-id='5.7'] .slip-quote li")).to_have_count(8)


def test_the_desk_shows_and_copies_whole_lists(open_desk: OpenDesk) -> None:
    desk = open_desk("en")
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.search(REFUSAL["en"])
    result = desk.page.locator(".assist-list figure[data-clause-id='5.7']")
    expect(result.locator("li[data-clause-id='5.7.8']")).to_have_count(2)
    result.locator("[data-action=copy-citation][data-lang=en]").click()
    assert "Article 5(g)(ii)" in _clipboard(desk.page)
    desk.page.locator("[data-action=copy-reply][data-lang=zh]").click()
    reply = _clipboard(desk.page)
    assert "在以下情形中，我们将无法响应您的请求：\n第五条（七）1 " in reply
    assert "第五条（七）8 涉及商业秘密的。" in reply


def _clipboard(page: Page) -> str:
    return str(json.loads(page.evaluate("async () => JSON.stringify(await navigator.clipboard.readText())")))
