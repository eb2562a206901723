"""Pure helpers that bring the scores of several opinions together, one score a clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


def best_per_clause(hits: Iterable[tuple[str, float]], order: Mapping[str, int]) -> Scores:
    """(clause id, score) pairs → one score a clause, its best hit; clauses without a hit get the lowest score seen."""
    scores = np.full(len(order), np.nan, np.float32)
    for clause_id, score in hits:
        position = order[clause_id]
        scores[position] = score if np.isnan(scores[position]) else max(scores[position], score)
    lowest = 0.0 if np.isnan(scores).all() else float(np.nanmin(scores))
    return np.nan_to_num(scores, nan=lowest)


def standardised(scores: Scores) -> Scores:
    """Mean 0, standard deviation 1; all zero when every score is the same."""
    if not len(scores) or scores.max() == scores.min():  # their computed deviation need not be zero
        return np.zeros_like(scores)
    exact = scores.astype(np.float64)  # squares of small differences are zero in float32
    result: Scores = ((exact - exact.mean()) / exact.std()).astype(np.float32)
    return result


def fuse(opinions: Sequence[Scores], weights: Sequence[float]) -> Scores:
    """The weighted sum of standardised opinions, each of shape (clauses,)."""
    if len(opinions) != len(weights) or not opinions:
        raise ValueError("as many weights as opinions are needed, and at least one")
    total = np.zeros_like(opinions[0])
    for scores, weight in zip(opinions, weights, strict=True):
        total += weight * standardised(scores)
    return total
