"""Filing a request by the form and following it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.chat_page import ChatPage

NewPage = Callable[..., Page]


def fill(page: Page, kind: str, email: str) -> None:
    page.goto(f"/requests?type={kind}")
    expect(page.locator("[data-part=promise] figure[data-clause-id]").first).to_be_visible()
    page.locator("#contact-value").fill(email)
    confirm = page.locator("[name=confirm]")
    if confirm.count():
        confirm.check()


def submit(page: Page) -> None:
    page.locator("[data-action=file-request]").click()


@pytest.mark.parametrize(("kind", "lang"), [("copy", "zh"), ("deletion", "en"), ("complaint", "en")])
def test_a_request_is_filed_followed_and_cancelled(new_page: NewPage, kind: str, lang: str) -> None:
    page = new_page(lang)
    fill(page, kind, f"form.{kind}.{lang}@example.cn")
    submit(page)
    filed = page.locator("[data-part=filed]")
    card = filed.locator(f"[data-type={kind}]")
    expect(card).to_have_attribute("data-status", "received")
    reference = card.get_attribute("data-reference")
    kept = filed.locator("#status-link").input_value()
    filed.locator("[data-action=open-status]").click()
    status = page.locator("main [data-reference]")
    expect(status).to_have_attribute("data-reference", str(reference))
    expect(page.locator("[data-event=received]")).to_be_visible()
    expect(page.locator("figure blockquote").first).to_be_visible()
    assert page.url.endswith(f"/requests/{reference}")
    page.reload()
    expect(status).to_be_visible()
    page.locator("[data-action=cancel-request]").click()
    page.locator("[data-action=keep-request]").click()
    expect(status).to_have_attribute("data-status", "received")
    page.locator("[data-action=cancel-request]").click()
    page.locator("[data-action=confirm-cancel]").click()
    expect(status).to_have_attribute("data-status", "cancelled")
    expect(page.locator("[data-action=cancel-request]")).to_have_count(0)
    again = new_page(lang)
    again.goto(kept)
    expect(again.locator("main [data-status=cancelled]").first).to_be_visible()


def test_a_guardians_request_says_so(new_page: NewPage) -> None:
    page = new_page("en")
    fill(page, "copy", "guardian@example.com")
    page.locator("[name=guardian_for_child]").check()
    submit(page)
    expect(page.locator("[data-part=filed] [data-part=guardian]")).to_have_text(
        "the guardian of a child under 14"
    )


def test_the_bare_reference_opens_nothing(new_page: NewPage) -> None:
    page = new_page("zh")
    fill(page, "copy", "bare.reference@example.com")
    submit(page)
    reference = page.locator("[data-part=filed] [data-reference]").get_attribute("data-reference")
    stranger = new_page("zh")
    stranger.goto(f"/requests/{reference}")
    expect(stranger.locator("[data-part=locked]")).to_be_visible()
    stranger.goto(f"/requests/{reference}#not-the-token")
    expect(stranger.locator("[data-part=locked]")).to_be_visible()
    expect(stranger.locator("[data-status]")).to_have_count(0)


def test_faults_are_told_at_their_fields(new_page: NewPage) -> None:
    page = new_page("en")
    page.goto("/requests?type=deletion")
    expect(page.locator("[name=ground]").first).to_be_attached()
    submit(page)
    contact = page.locator("#contact-value")
    expect(contact).to_have_attribute("aria-invalid", "true")
    expect(contact).to_have_accessible_description(
        "For checking your identity and for the answer. Stored encrypted. Please say how we can reach you."
    )
    expect(contact).to_be_focused()
    expect(page.locator("[data-error-for=confirm]")).to_be_visible()


def test_a_fault_the_server_finds_is_told_at_its_field(new_page: NewPage) -> None:
    page = new_page("zh")
    fill(page, "copy", "someone@nowhere@example.com.")
    submit(page)
    expect(page.locator("[data-error-for='contact.value']")).to_be_visible()
    expect(page.locator("#contact-value")).to_have_attribute("aria-invalid", "true")


def test_a_retry_keeps_the_key_and_files_once(new_page: NewPage) -> None:
    page = new_page("zh")
    fill(page, "copy", "retry.once@example.com")
    keys: list[str | None] = []
    page.on(
        "request",
        lambda request: (
            keys.append(request.headers.get("idempotency-key")) if request.method == "POST" else None
        ),
    )
    page.route("**/api/v1/dsr/requests", lambda route: (route.fetch(), route.abort()))
    submit(page)
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/api/v1/dsr/requests")
    with page.expect_response("**/api/v1/dsr/requests") as answered:
        submit(page)
    assert answered.value.status == 200
    assert len(keys) == 2
    assert keys[0] == keys[1]
    expect(page.locator("[data-part=filed]")).to_be_visible()


def test_switching_the_language_keeps_what_was_filled_in(new_page: NewPage) -> None:
    page = new_page("zh")
    fill(page, "deletion", "keeps.words@example.com")
    page.locator("#scope").fill("订单记录")
    page.locator("[data-language-switch]").click()
    expect(page.locator("#contact-value")).to_have_value("keeps.words@example.com")
    expect(page.locator("#scope")).to_have_value("订单记录")
    expect(page.locator("[name=type][value=deletion]")).to_be_checked()
    expect(page.locator("[name=confirm]")).to_be_checked()


@pytest.mark.parametrize("path", ["/requests/%E0%A4%A", "/policy#%E0%A4%A"])
def test_an_address_that_cannot_be_decoded_still_opens_a_page(new_page: NewPage, path: str) -> None:
    page = new_page("en")
    page.goto(path)
    expect(page.locator("main h1")).to_be_visible()


def test_an_open_chat_goes_along_but_never_over_the_request_form(
    open_chat: Callable[..., ChatPage],
) -> None:
    chat = open_chat("en")
    chat.say("How long do you keep my data?")
    chat.page.goto("/policy")
    expect(chat.dialog).to_be_visible()
    chat.page.goto("/requests")
    expect(chat.page.locator("main h1")).to_be_visible()
    expect(chat.dialog).to_be_hidden()
