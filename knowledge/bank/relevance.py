"""When a citation counts as an answer to a labelled question."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.bank.questions import Question


def within(clause_id: str, wanted: Iterable[str]) -> bool:
    """Whether the clause is one of those wanted, or stands below one."""
    return any(clause_id == other or clause_id.startswith(other + ".") for other in wanted)


def strict(clause_id: str, question: Question) -> bool:
    """One of the clauses that answer, or an item below one."""
    return within(clause_id, question.clause_ids)


def acceptable(clause_id: str, question: Question) -> bool:
    """Strictly right, or may be cited too, or stands directly above a clause that answers."""
    above = {answer.rpartition(".")[0] for answer in question.clause_ids} - {""}
    return strict(clause_id, question) or within(clause_id, question.also) or clause_id in above
