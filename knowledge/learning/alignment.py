"""Which sentences of two languages say the same: both are translations of one text, in the same order."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rows = tuple[int, ...]
Pair = tuple[Rows, Rows]

# A sentence against one to four of the other language, two against two, or alone.
_SHAPES = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (1, 4), (4, 1), (2, 2), (1, 0), (0, 1))
_ALONE = -0.3
_CROSSED = -0.3
_LENGTH = 0.3


def align(first: Sequence[int], second: Sequence[int], similarity: NDArray[np.float32]) -> tuple[Pair, ...]:
    """The pairs in order, each sentence in one of them; one without a translation mostly joins a neighbour.

    ``first`` and ``second`` are the sentences' lengths in characters, ``similarity`` (first, second). As Gale and
    Church do by length, with similarity added: the best way through both texts by dynamic programming.
    """
    likeness = _standardised(similarity)
    shares = [np.asarray(lengths, float) / max(sum(lengths), 1) for lengths in (first, second)]
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(first) + 1):
        for j in range(len(second) + 1):
            for down, across in _SHAPES:
                to = (i + down, j + across)
                if to[0] > len(first) or to[1] > len(second):
                    continue
                gain = _gain(likeness[i : to[0], j : to[1]], shares[0][i : to[0]], shares[1][j : to[1]])
                score = best[i, j][0] + gain
                if to not in best or score > best[to][0]:
                    best[to] = (score, (i, j))
    pairs: list[Pair] = []
    at = (len(first), len(second))
    while at != (0, 0):
        back = best[at][1]
        pairs.append((tuple(range(back[0], at[0])), tuple(range(back[1], at[1]))))
        at = back
    return tuple(reversed(pairs))


def _gain(likeness: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    if not likeness.size:
        return _ALONE
    nearest = (likeness.max(axis=0).mean() + likeness.max(axis=1).mean()) / 2
    length = abs(math.log((first.sum() + 1e-6) / (second.sum() + 1e-6)))
    crossed = _CROSSED if min(likeness.shape) > 1 else 0.0
    return float(nearest * sum(likeness.shape) / 2 - _LENGTH * length + crossed)


def _standardised(similarity: NDArray[np.float32]) -> NDArray[np.float64]:
    """Shifted so that unrelated sentences lie near 0 and a translation near 1, whatever the encoder's range."""
    values = np.asarray(similarity, float)
    if values.size < 2 or np.ptp(values) < 1e-9:
        return np.ones_like(values)
    low, high = np.median(values), values.max()
    likeness: NDArray[np.float64] = (values - low) / max(high - low, 1e-9)
    return likeness
