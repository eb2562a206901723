"""A store with an older version beside the real policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from api.policy.current import CurrentPolicy
from api.policy.service import PolicyService
from knowledge.bank.questions import QuestionBank
from knowledge.editions.build import build
from knowledge.editions.edition import Edition
from knowledge.encoders.encoder import HashEncoder
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.search.retriever import Retriever, load_parts
from knowledge.text.notes import Notes
from knowledge.text.policy import Policy, PolicyStore
from knowledge.types import Bilingual


def earlier(policy: Policy) -> Policy:
    """As it might have been: no Article 10 yet, Article 9 had the number 11, Article 2 said less."""
    clauses = {}
    for clause_id, clause in policy.clauses.items():
        if clause_id == "9":
            clauses["11"] = replace(clause, id="11")
        elif clause_id == "2":
            text = Bilingual("关于 Cookie。", "On cookies.")
            clauses["2"] = replace(clause, text=text, paragraphs=(text,))
        elif clause_id != "10":
            clauses[clause_id] = clause
    return replace(policy, version="2020-01-01", effective_date=date(2020, 1, 1), clauses=clauses)


@pytest.fixture(scope="session")
def older_retriever(tmp_path_factory: pytest.TempPathFactory, policy_service: PolicyService) -> Retriever:
    encoders = JoinedEncoder(HashEncoder(256), HashEncoder(64))
    folder = tmp_path_factory.mktemp("index") / "older"
    build(folder, earlier(policy_service.policy()), QuestionBank((), (), "none"), encoders)
    return Retriever(encoders, load_parts(folder, encoders))


@pytest.fixture
def two_versions(
    policy_service: PolicyService, retriever: Retriever, older_retriever: Retriever
) -> CurrentPolicy:
    """Each version with an index of its own."""
    current = policy_service.policy()
    store = PolicyStore([earlier(current), current])
    found = {current.version: retriever, "2020-01-01": older_retriever}
    return CurrentPolicy(
        PolicyService(Edition("two", store, Notes(()), lambda policy: found[policy.version]))
    )
