"""The decision for the action server: ids and an outcome, never clause text."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from api.policy.service import PolicyService
from knowledge.retriever import Finding
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


async def test_a_short_question_is_read_with_the_form_it_was_asked_in(
    web: httpx.AsyncClient, policy_service: PolicyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    search = policy_service.retriever.search

    def listening(query: str, lang: str | None = None, top_k: int = 5) -> Finding:
        asked.append(query)
        return replace(search(query), answerable=False)

    monkeypatch.setattr(policy_service.retriever, "search", listening)
    body = {"query": "how long does it take?", "lang": "en", "about": "account_closure"}
    assert (await web.post("/internal/policy/search", json=body, headers=RIGHT)).status_code == 200
    assert asked == ["how long does it take?", "Cancel your account: how long does it take?"]
    await web.post("/internal/policy/search", json={**body, "about": "nonsense"}, headers=RIGHT)
    assert asked[2:] == ["how long does it take?"]
