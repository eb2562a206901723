"""Clauses that nobody asks for yet speak for themselves, so that a ranker can find them.

A clause of which a ranker saw no question is as good as absent to it: one that a new version brought, one that only an
older version has, one whose questions were for another text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from knowledge.bank.questions import Question, QuestionBank, wording_key
from knowledge.index.passages import sentences
from knowledge.text.policy import Policy
from knowledge.types import LANGUAGES, Clause, Language

KIND = "own_words"
# Of a long clause the first sentences: enough to be found, too few to outweigh clauses that people ask for.
_MOST_SENTENCES = 8


def with_own_words(bank: QuestionBank, policy: Policy) -> QuestionBank:
    """The bank, and for each clause without a question its title and first sentences as if somebody had asked them.

    A bank without any question stays as it is: nothing is trained then, and every clause speaks for itself anyway.
    """
    asked = {clause_id for question in bank.answerable for clause_id in question.clause_ids}
    silent = {clause_id: clause for clause_id, clause in policy.clauses.items() if clause_id not in asked}
    if not bank.answerable or not silent:
        return bank
    taken = {wording_key(question.text) for question in (*bank.answerable, *bank.unanswerable)}
    added = []
    for clause_id, clause in silent.items():
        for lang, text in _said(clause):
            key = wording_key(text)
            if key not in taken:
                taken.add(key)
                added.append(Question(text, lang, (clause_id,), (), KIND, "policy"))
    digest = hashlib.sha256("\0".join([bank.sha256, *map(repr, added)]).encode()).hexdigest()
    return QuestionBank((*bank.answerable, *added), bank.unanswerable, digest)


def _said(clause: Clause) -> Iterator[tuple[Language, str]]:
    for lang in LANGUAGES:
        title = clause.heading.only(lang)
        if title:
            yield lang, title
        found = [sentence for sentence in sentences({clause.id: clause}) if sentence.lang == lang]
        for sentence in found[:_MOST_SENTENCES]:
            yield lang, sentence.text
