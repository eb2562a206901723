"""What the ranker says of questions that it did not learn from: by wording, and by author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.bank import wordings
from knowledge.bank.questions import Question
from knowledge.encoders.encoded import EncodedTexts
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.encoders.progress import Report
from knowledge.index.families import Families
from knowledge.learning import training
from knowledge.models import answerability
from knowledge.models.neighbours import Neighbours
from knowledge.models.network import Matrix


@dataclass(frozen=True)
class HeldOut:
    """A row a question, as one would be read that nobody has asked before."""

    probabilities: Matrix  # (questions, clauses + 1)
    features: Matrix  # (questions, len(answerability.FEATURES))


FOLDS = 4
RECIPE = training.Recipe(
    seeds=(0,)
)  # one network for each part: what is measured is a little worse than what serves


def by_wording(
    questions: Sequence[Question],
    texts: EncodedTexts,
    clause_ids: Sequence[str],
    encoders: JoinedEncoder,
    report: Report,
) -> HeldOut:
    """Each question read by a ranker that saw no near-duplicate of it.

    All equal for a question that has nothing but near-duplicates (the first of a new bank).
    """
    parts = np.array(wordings.folds(wordings.groups(encoders.split(texts.vectors)[-1]), FOLDS))
    report(f"Ranker: measuring how sure it may be, in {FOLDS} parts")
    return _by_part(questions, texts, clause_ids, encoders, parts)


def by_author(
    questions: Sequence[Question],
    texts: EncodedTexts,
    clause_ids: Sequence[str],
    encoders: JoinedEncoder,
    report: Report,
) -> HeldOut:
    """Each author's questions read by a ranker that saw none of that author's."""
    authors = sorted({question.author for question in questions})
    report(f"Evaluation: without each of the authors {', '.join(authors)} in turn")
    parts = np.array([authors.index(question.author) for question in questions])
    return _by_part(questions, texts, clause_ids, encoders, parts)


def _by_part(
    questions: Sequence[Question],
    texts: EncodedTexts,
    clause_ids: Sequence[str],
    encoders: JoinedEncoder,
    parts: NDArray[np.int64],
) -> HeldOut:
    likeness = np.zeros((len(questions), 2), np.float32)
    found = np.full((len(questions), len(clause_ids) + 1), 1 / (len(clause_ids) + 1), np.float32)

    def read(part: int) -> None:
        inside, outside = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        if not len(inside) or not len(outside):
            return
        ranker = training.train_ranker(
            [questions[int(row)] for row in inside],
            texts.take(inside),
            clause_ids,
            encoders.blocks,
            encoders.fingerprint,
            RECIPE,
        )
        found[outside] = ranker.probabilities(list(texts.take(outside)))
        answerable = [bool(questions[int(row)].clause_ids) for row in inside]
        near = Neighbours.of(texts.vectors[inside], answerable, encoders.blocks)
        likeness[outside] = near.likeness(texts.vectors[outside])

    training.side_by_side(read, sorted(set(parts.tolist())))
    return HeldOut(found, answerability.features(found, Families(clause_ids), likeness))
