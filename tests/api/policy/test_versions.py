"""A finding in the words of another version."""

from __future__ import annotations

from api.policy.versions import in_version
from knowledge.retriever import Finding, Ranked
from knowledge.types import Bilingual, Clause


def clause(clause_id: str, text: str) -> Clause:
    both = Bilingual(text, text)
    return Clause(clause_id, both, both, (both,), both, (both,), None, (), {"zh": 1, "en": 1})


def clauses(**texts: str) -> dict[str, Clause]:
    return {name[1:]: clause(name[1:], text) for name, text in texts.items()}


def finding(*ids: str, cited: tuple[str, ...]) -> Finding:
    ranked = tuple(Ranked(clause_id, 0.5, {"zh": ((0, 2),), "en": ((0, 2),)}) for clause_id in ids)
    return Finding("zh", "answer", True, 0.9, ranked, cited)


NOW = clauses(c1="the same", c2="new words", c3="moved here", c4="did not exist")
THEN = clauses(c1="the same", c2="old words", c5="moved here")


def test_ids_are_the_other_versions_and_spans_only_where_the_text_is_the_same() -> None:
    found = in_version(finding("4", "3", "2", "1", cited=("3",)), NOW, THEN)
    spans = {item.clause_id: item.highlights["zh"] for item in found.ranked}
    assert list(spans) == ["5", "2", "1"]
    assert spans == {"5": ((0, 2),), "2": (), "1": ((0, 2),)}
    assert (found.cited, found.outcome, found.confidence) == (("5",), "answer", 0.9)


def test_an_answer_that_did_not_exist_is_none() -> None:
    found = in_version(finding("4", "1", cited=("4",)), NOW, THEN)
    assert (found.cited, found.outcome, found.answerable, found.confidence) == (
        (),
        "not_in_policy",
        False,
        0.0,
    )


def test_what_was_not_in_the_policy_stays_so() -> None:
    before = Finding("zh", "not_in_policy", False, 0.1, (), ())
    assert in_version(before, NOW, THEN) == before
