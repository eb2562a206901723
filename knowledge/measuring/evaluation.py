"""Measures the retriever on its own bank: held out by wording and by author, per language, and cold."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.bank.questions import Question, QuestionBank
from knowledge.bank.relevance import acceptable, strict
from knowledge.editions.build import encode_questions, fit_answerability
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.errors import PolicyError
from knowledge.learning import held_out
from knowledge.measuring.cold_evaluation import evaluate_cold
from knowledge.models import answerability
from knowledge.models.network import Matrix
from knowledge.text.policy import Policy
from knowledge.types import LANGUAGES

Report = Callable[[str], None]
MOST_WRONG = 0.08


@dataclass(frozen=True)
class Figures:
    """Shares between 0 and 1. ``answered`` is read where at most 8 % of the unanswerable are answered."""

    questions: int
    strict_at_1: float
    strict_at_3: float
    accept_at_1: float
    auroc: float  # of the decision's own reading, "the policy answers"
    auroc_of_confidence: float
    answered: float
    calibration_error: float


def evaluate(
    policy: Policy, bank: QuestionBank, encoders: JoinedEncoder, out: Path, report: Report
) -> dict[str, Any]:
    """All figures; written to ``out`` as JSON, with a reliability plot. Raises PolicyError for an empty bank."""
    if not bank.answerable:
        raise PolicyError(f"{policy.id} has no questions to measure with")
    questions = (*bank.answerable, *bank.unanswerable)
    clause_ids = list(policy.clauses)
    texts = encode_questions(questions, encoders, report)
    by_wording = held_out.by_wording(questions, texts, clause_ids, encoders, report)
    by_author = held_out.by_author(questions, texts, clause_ids, encoders, report)
    found: dict[str, Any] = {}
    for name, held in (("held out by wording", by_wording), ("held out by author", by_author)):
        readings = _readings(questions, held, clause_ids)
        groups: dict[str, list[int]] = {
            lang: [row for row, question in enumerate(questions) if question.lang == lang]
            for lang in LANGUAGES
        }
        if name.endswith("author"):
            for row, question in enumerate(questions):
                groups.setdefault(question.author, []).append(row)
        for group, rows in groups.items():
            chosen = [questions[row] for row in rows]
            figures = measure(chosen, held.probabilities[rows], readings[rows], clause_ids)
            found[f"{name}, {group}"] = asdict(figures)
        if name.endswith("wording"):
            found["reliability"] = _reliability(questions, held.probabilities, readings[:, 1], clause_ids)
    found |= evaluate_cold(policy, bank, encoders, report)
    out.mkdir(parents=True, exist_ok=True)
    (out / "figures.json").write_text(json.dumps(found, indent=1))
    plot(found["reliability"], out / "reliability.svg")
    return found


def measure(
    questions: Sequence[Question], probabilities: Matrix, readings: Matrix, clause_ids: Sequence[str]
) -> Figures:
    """Figures of one set of questions, answerable and not; ``readings`` is (questions, 2), see ``_readings``."""
    order = np.argsort(-probabilities[:, :-1], axis=1)[:, :3]
    top = [[clause_ids[int(position)] for position in row] for row in order]
    pairs = [(ids, question) for ids, question in zip(top, questions, strict=True) if question.clause_ids]
    answerable = np.array([bool(question.clause_ids) for question in questions])
    answered, confidence = readings.T
    yes, no = answered[answerable], answered[~answerable]
    threshold = float(np.quantile(no, 1 - MOST_WRONG)) if len(no) else 0.0
    right = [acceptable(ids[0], question) for ids, question in zip(top, questions, strict=True)]
    return Figures(
        questions=len(pairs),
        strict_at_1=_share(strict(ids[0], question) for ids, question in pairs),
        strict_at_3=_share(any(strict(item, question) for item in ids) for ids, question in pairs),
        accept_at_1=_share(acceptable(ids[0], question) for ids, question in pairs),
        auroc=_auroc(yes, no),
        auroc_of_confidence=_auroc(confidence[answerable], confidence[~answerable]),
        answered=_share(value > threshold for value in yes),
        calibration_error=answerability.expected_calibration_error(confidence, right),
    )


def plot(reliability: list[tuple[float, float, int]], path: Path) -> None:
    """Accuracy against confidence as a plain SVG."""
    dots = "".join(
        f'<circle cx="{40 + 300 * x:.1f}" cy="{320 - 300 * y:.1f}" '
        f'r="{2 + min(n, 900) ** 0.5 / 6:.1f}" fill="#2a6f97"/>'
        for x, y, n in reliability
    )
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 360" font-family="sans-serif" font-size="11">'
        '<rect width="360" height="360" fill="white"/><path d="M40 20V320H340" fill="none" stroke="#333"/>'
        '<path d="M40 320L340 20" stroke="#bbb" stroke-dasharray="4"/>'
        f'{dots}<text x="150" y="350">confidence</text><text x="5" y="14">share right</text></svg>'
    )


def _readings(questions: Sequence[Question], held: held_out.HeldOut, clause_ids: Sequence[str]) -> Matrix:
    """(questions, 2): "the policy answers" and the confidence.

    Fitted on one half of the held-out questions and read on the other, and the other way round.
    """
    found = np.zeros((len(questions), 2), np.float32)
    halves = np.random.default_rng(0).permutation(len(questions)) % 2
    for half in (0, 1):
        inside, outside = np.flatnonzero(halves != half), np.flatnonzero(halves == half)
        part = held_out.HeldOut(held.probabilities[inside], held.features[inside])
        model = fit_answerability([questions[int(row)] for row in inside], part, clause_ids)
        found[outside, 0] = model.answered(held.features[outside])
        found[outside, 1] = model.right(held.features[outside])
    return found


def _reliability(
    questions: Sequence[Question], probabilities: Matrix, confidence: Matrix, clause_ids: Sequence[str]
) -> list[tuple[float, float, int]]:
    first = [clause_ids[int(position)] for position in probabilities[:, :-1].argmax(axis=1)]
    right = np.array([acceptable(c, q) for c, q in zip(first, questions, strict=True)], float)
    parts = np.array_split(np.argsort(confidence), 15)
    return [(float(confidence[p].mean()), float(right[p].mean()), len(p)) for p in parts if len(p)]


def _share(values: Any) -> float:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else 0.0


def _auroc(positive: Matrix, negative: Matrix) -> float:
    from sklearn.metrics import roc_auc_score

    if not len(positive) or not len(negative):
        return 0.0
    labels = [1] * len(positive) + [0] * len(negative)
    return round(float(roc_auc_score(labels, np.concatenate([positive, negative]))), 4)
