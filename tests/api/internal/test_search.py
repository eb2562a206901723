"""The decision for the action server: ids and an outcome, never clause text."""

from __future__ import annotations

import httpx
import pytest

from api.policy.service import PolicyService
from tests.api.conftest import SERVICE_TOKEN

RIGHT = {"Authorization": f"Bearer {SERVICE_TOKEN}"}


async def test_the_decision_is_the_retrievers(web: httpx.AsyncClient, policy_service: PolicyService) -> None:
    for query in ("你们使用 Cookie 吗？", "How do I make pancakes?"):
        answer = await web.post("/internal/policy/search", json={"query": query}, headers=RIGHT)
        found = policy_service.retriever.search(query)
        assert answer.json() == {
            "outcome": found.outcome,
            "clause_ids": list(found.cited),
            "confidence": found.confidence,
            "edition": policy_service.edition,
        }


async def test_an_answer_names_clauses_of_the_policy_and_quotes_nothing(
    web: httpx.AsyncClient, policy_service: PolicyService
) -> None:
    quoted = policy_service.clause("5.6").text.get("zh")
    answer = await web.post("/internal/policy/search", json={"query": quoted, "lang": "zh"}, headers=RIGHT)
    body = answer.json()
    assert body["outcome"] == "answer"
    assert "5.6" in body["clause_ids"]
    assert all(policy_service.has_clause(clause_id) for clause_id in body["clause_ids"])
    assert quoted[:10] not in answer.text


@pytest.mark.parametrize("body", [{}, {"query": ""}, {"query": "a" * 4001}, {"query": "x", "lang": "fr"}])
async def test_what_is_no_question(web: httpx.AsyncClient, body: dict[str, str]) -> None:
    assert (await web.post("/internal/policy/search", json=body, headers=RIGHT)).status_code == 422


async def test_how_long_inside_a_form_means_its_clock(web: httpx.AsyncClient) -> None:
    body = {"query": "how long does it take?", "lang": "en", "about": "deletion"}
    answer = await web.post("/internal/policy/search", json=body, headers=RIGHT)
    assert answer.json() == {
        "outcome": "answer",
        "clause_ids": ["10"],
        "confidence": 1.0,
        "edition": "the-edition",
    }
    closing = await web.post(
        "/internal/policy/search", json={**body, "about": "account_closure"}, headers=RIGHT
    )
    assert closing.json()["clause_ids"] == ["5.5"]


async def test_other_questions_inside_a_form_are_searched_as_they_are(
    web: httpx.AsyncClient, policy_service: PolicyService
) -> None:
    for about in ("deletion", "nonsense"):
        body = {"query": "你是谁？", "lang": "zh", "about": about}
        answer = await web.post("/internal/policy/search", json=body, headers=RIGHT)
        assert answer.json()["clause_ids"] == list(policy_service.retriever.search("你是谁？").cited)
