"""Does the policy answer, how sure are we, and what should be said: learned from held-out questions.

Features of one query come from the ranker's probabilities and from what of the bank lies near it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from knowledge.index_files import IndexUnreadable, read_whole, write_whole
from knowledge.models.network import Matrix

Outcome = Literal["answer", "ask_back", "not_in_policy"]

FEATURES = (
    "answerable_logit",
    "top_logit",
    "margin",
    "family",
    "entropy",
    "like_answered",
    "like_unanswered",
)
_TINY = 1e-6


@dataclass(frozen=True)
class Logistic:
    """A logistic regression: ``sigmoid(weights · features + bias)``."""

    weights: tuple[float, ...]
    bias: float

    def __call__(self, features: Matrix) -> Matrix:
        """(queries, features) → (queries,) probabilities."""
        score = features @ np.array(self.weights, np.float32) + self.bias
        probability: Matrix = (1.0 / (1.0 + np.exp(-score))).astype(np.float32)
        return probability


@dataclass(frozen=True)
class Answerability:
    """Two calibrated readings of one query, and the thresholds of the three outcomes."""

    answered: Logistic  # the policy answers it
    right: Logistic  # the policy answers it, and the first clause is an answer
    answer_threshold: float
    ask_back_threshold: float

    def save(self, path: Path) -> None:
        write_whole(path, json.dumps(asdict(self), indent=1).encode())

    @classmethod
    def load(cls, path: Path) -> Answerability:
        try:
            stored = json.loads(read_whole(path))
            return cls(
                Logistic(tuple(stored["answered"]["weights"]), stored["answered"]["bias"]),
                Logistic(tuple(stored["right"]["weights"]), stored["right"]["bias"]),
                stored["answer_threshold"],
                stored["ask_back_threshold"],
            )
        except (ValueError, KeyError, TypeError) as problem:
            raise IndexUnreadable(f"{path} is not an answerability model: {problem}") from problem

    def decide(self, answered: float, right: float) -> Outcome:
        if answered < self.answer_threshold:
            return "not_in_policy"
        return "answer" if right >= self.ask_back_threshold else "ask_back"


def features(probabilities: Matrix, families: Mapping[int, Sequence[int]], likeness: Matrix) -> Matrix:
    """(queries, clauses + 1) probabilities, (queries, 2) likeness (``Neighbours``) → (queries, 7), see FEATURES.

    ``families`` lists for each clause's position the positions of its parent, children and siblings.
    """
    clauses = probabilities[:, :-1]
    order = np.argsort(-clauses, axis=1)[:, :2]  # a policy of one clause has no second
    rows = np.arange(len(clauses))
    top, second = clauses[rows, order[:, 0]], clauses[rows, order[:, -1]]
    family = np.array(
        [row[list(families[int(first)])].sum() for row, first in zip(clauses, order[:, 0], strict=True)]
    )
    entropy = -(probabilities * np.log(probabilities + _TINY)).sum(axis=1)
    columns = (
        _logit(1 - probabilities[:, -1]),
        _logit(top),
        np.log((top + _TINY) / (second + _TINY)),
        family,
        entropy,
        *likeness.T,
    )
    return np.stack(columns, axis=1).astype(np.float32)


def fit(
    x: Matrix, is_answerable: Sequence[bool], is_right: Sequence[bool], most_wrong: float = 0.08
) -> Answerability:
    """Learn from held-out ``features``; at most ``most_wrong`` of the unanswerable ones may pass the threshold."""
    answerable, right = np.array(is_answerable), np.array(is_right)
    answered_model, right_model = _regress(x, answerable), _regress(x, right)
    refused = answered_model(x[~answerable])
    threshold = float(np.quantile(refused, 1 - most_wrong)) if len(refused) else 0.5
    return Answerability(answered_model, right_model, threshold, ask_back_threshold=0.3)


def expected_calibration_error(confidence: Matrix, right: Sequence[bool], bins: int = 10) -> float:
    """The mean gap between confidence and accuracy over equally filled bins, weighted by their size."""
    hits = np.array(right, float)
    order = np.argsort(confidence)
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [abs(confidence[part].mean() - hits[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / max(len(confidence), 1))


def _regress(x: Matrix, wanted: Matrix) -> Logistic:
    from sklearn.linear_model import LogisticRegression

    if wanted.all() or not wanted.any():  # a bank without unanswerable messages teaches no difference
        share = (float(wanted.sum()) + 1) / (len(wanted) + 2)
        return Logistic((0.0,) * x.shape[1], float(np.log(share / (1 - share))))
    mean, spread = x.mean(axis=0), x.std(axis=0) + _TINY
    model = LogisticRegression(C=1.0, max_iter=1000).fit((x - mean) / spread, wanted)
    weights = model.coef_[0] / spread
    return Logistic(tuple(map(float, weights)), float(model.intercept_[0] - weights @ mean))


def _logit(probability: Matrix) -> Matrix:
    clipped = np.clip(probability, _TINY, 1 - _TINY)
    result: Matrix = np.log(clipped / (1 - clipped))
    return result
