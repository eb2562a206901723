"""Processes are killed while people talk: nothing is lost, and people are told what to do."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.product.conftest import NewTalk
from tests.product.talk import API, cited, payloads
from tests.running import Product


@pytest.fixture
def whole_product(product: Product) -> Iterator[Product]:
    """Whole again before and after, because the other tests share it."""
    product.wait_until("ok", 120)
    yield product
    product.wait_until("ok", 120)


def test_without_rasa_questions_are_answered_and_the_form_is_explained(
    whole_product: Product, new_talk: NewTalk
) -> None:
    product = whole_product
    talk = new_talk("en")
    talk.say("please delete my data")
    product.kill("rasa")
    replies = talk.say("who can see my personal data inside your company?")
    assert cited(replies), "a policy question is answered without Rasa"
    links = [payload for payload in payloads(replies) if payload.startswith("/requests")]
    assert links == ["/requests?type=deletion"], "the half-filled form's owner is shown another way"
    assert any(reply["type"] == "notice" for reply in replies)
    product.wait_until("ok", 120)
    time.sleep(6)  # the circuit breaker closes again
    again = talk.say("everything you have")
    assert again, "the form survived the restart of Rasa"


def test_without_the_action_server_questions_are_answered(whole_product: Product, new_talk: NewTalk) -> None:
    talk = new_talk("zh")
    whole_product.kill("actions")
    assert cited(talk.say("你们会把我的信息存到国外吗？"))


def test_a_killed_api_loses_no_acknowledged_request(whole_product: Product) -> None:
    body = {"type": "copy", "lang": "en", "contact": {"kind": "email", "value": "kim@example.com"}}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = httpx.post(f"{whole_product.url}{API}/dsr/requests", json=body, headers=key, timeout=30)
    assert first.status_code == 201
    whole_product.kill("api")
    whole_product.wait_until("ok", 60)
    again = httpx.post(f"{whole_product.url}{API}/dsr/requests", json=body, headers=key, timeout=30)
    assert again.status_code == 200
    assert again.json()["request"]["reference"] == first.json()["request"]["reference"]


def test_a_killed_api_keeps_conversations(whole_product: Product, new_talk: NewTalk) -> None:
    talk = new_talk("en")
    talk.say("how long do you keep my data?")
    before = talk.history()
    whole_product.kill("api")
    whole_product.wait_until("ok", 60)
    assert talk.history() == before
