"""A store with an older version beside the real policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from api.policy.service import PolicyService
from knowledge.notes import Notes
from knowledge.policy import Policy, PolicyStore
from knowledge.retriever import Retriever
from knowledge.types import Bilingual


def earlier(policy: Policy) -> Policy:
    """As it might have been: no Article 10 yet, Article 9 had the number 11, Article 2 said less."""
    clauses = {}
    for clause_id, clause in policy.clauses.items():
        if clause_id == "9":
            clauses["11"] = replace(clause, id="11")
        elif clause_id == "2":
            clauses["2"] = replace(clause, text=Bilingual("关于 Cookie。", "On cookies."))
        elif clause_id != "10":
            clauses[clause_id] = clause
    return replace(policy, version="2020-01-01", effective_date=date(2020, 1, 1), clauses=clauses)


@pytest.fixture
def two_versions(policy_service: PolicyService, retriever: Retriever) -> PolicyService:
    current = policy_service.policy()
    return PolicyService(PolicyStore([earlier(current), current]), Notes(()), retriever)
