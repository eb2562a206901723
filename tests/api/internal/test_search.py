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
