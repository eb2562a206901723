"""Quotes come from the policy store, in the language asked for or the one there is."""

from __future__ import annotations

import pytest

from api.errors import NotFound
from api.policy.service import PolicyService
from knowledge.types import Language


@pytest.mark.parametrize(("lang", "other"), [("zh", "en"), ("en", "zh")])
def test_a_citation_is_the_clause_word_for_word(
    policy_service: PolicyService, lang: Language, other: Language
) -> None:
    clause = policy_service.clause("5.6")
    assert policy_service.citation("5.6", lang) == {
        "clause_id": "5.6",
        "label": {"zh": "第五条（六）", "en": "Article 5(f)"},
        "quote": clause.text.only(lang),
        "lang": lang,
        "policy_version": "2022-02-17",
        "url": "/policy#clause-5.6",
        "notes": [{"kind": note.kind, "text": note.text.as_dict()} for note in policy_service.notes("5.6")],
        "quote_other": {"lang": other, "text": clause.text.only(other)},
        "closing_paragraphs": 0,
        "items": [],
        "items_left_out": 0,
    }


def test_every_clause_can_be_cited_in_both_languages(policy_service: PolicyService) -> None:
    for clause_id, clause in policy_service.policy().clauses.items():
        assert policy_service.has_clause(clause_id)
        for lang in ("zh", "en"):
            assert policy_service.citation(clause_id, lang)["quote"] == clause.text.get(lang)


def test_an_unknown_clause_or_version_is_not_found(policy_service: PolicyService) -> None:
    assert not policy_service.has_clause("99")
    with pytest.raises(NotFound) as told:
        policy_service.citation("99", "zh")
    assert told.value.code == "clause_not_found"
    with pytest.raises(NotFound) as told:
        policy_service.policy("1999-01-01")
    assert told.value.code == "version_not_found"
