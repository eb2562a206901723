"""Active lessons as lines of the question bank, so that the next build learns from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from knowledge.bank.questions import QuestionBank, wording_key
from knowledge.search.lessons import Lesson

AUTHOR = "desk"


@dataclass(frozen=True)
class BankLines:
    """``lines`` by file name, to be added there; ``contradicted`` are wordings of which the bank says otherwise."""

    lines: Mapping[str, list[str]]
    contradicted: list[Lesson] = field(default_factory=list)


def bank_lines(lessons: Iterable[Lesson], bank: QuestionBank) -> BankLines:
    """What the bank lacks. A text may stand in it once, so one that stands there is left to whoever keeps the bank."""
    known = {wording_key(question.text): question for question in (*bank.answerable, *bank.unanswerable)}
    lines: dict[str, list[str]] = {}
    contradicted = []
    for lesson in lessons:
        question = known.get(wording_key(lesson.text))
        if question is None:
            name = f"{'questions' if lesson.clause_ids else 'unanswerable'}.{lesson.lang}.yml"
            lines.setdefault(name, []).append(_line(lesson))
        elif question.clause_ids != lesson.clause_ids:
            contradicted.append(lesson)
    return BankLines(lines, contradicted)


def _line(lesson: Lesson) -> str:
    clauses = {"clauses": list(lesson.clause_ids)} if lesson.clause_ids else {}
    entry = {**clauses, "kind": "desk", "author": AUTHOR, "text": " ".join(lesson.text.split())}
    return f"- {json.dumps(entry, ensure_ascii=False)}"
