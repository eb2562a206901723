"""Ranks the clauses of a policy that has no bank, and says how far the ranking is to be believed.

question ─ centred ─┬──────────────▶ its likeness to every view, pooled a clause ─┐
                    └─ carried by the adapter ─▶ the same ────────────────────────┴─ standardised, added
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.encoders.encoder import Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.encoders.progress import Report, encode_all
from knowledge.errors import IndexMissing
from knowledge.index.fusion import standardised
from knowledge.index.views import views
from knowledge.index_files import IndexUnreadable, write_whole
from knowledge.language import normalise
from knowledge.models.adapter import SHIPPED, Adapter, fitting_adapter, normal
from knowledge.models.answerability import Outcome
from knowledge.types import Clause, Language

POOLING = 15.0  # between the mean of a clause's views (0) and its best view (∞)
COMMON_MEAN = 60  # so many views weigh the adapter's mean as much as the policy's own
# More clauses than this are cut down by the vector index first: 5 ms would not do for all of them.
SHORTLIST_FROM, SHORTLIST = 400, 150
FEATURES = ("nearest", "carried", "second", "fourth")
ADAPTER = "adapter.npz"
_VECTORS, _STARTS = "cold.npy", "cold.starts.npy"


@dataclass(frozen=True)
class ColdReading:
    """``shares`` (clauses,) sum to one; ``answered`` and ``right`` are probabilities."""

    shares: Vectors
    answered: float
    right: float


@dataclass(frozen=True)
class ColdIndex:
    """Every view's vector: centred by the policy's own mean, each encoder's block of length one.

    ``vectors`` (views, features) float16, those of one clause together; clause n has ``starts[n]:starts[n + 1]``.
    """

    vectors: NDArray[np.float16]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def save(self, folder: Path) -> None:
        for name, array in ((_VECTORS, self.vectors), (_STARTS, self.starts)):
            content = io.BytesIO()
            np.save(content, array)
            write_whole(folder / name, content.getvalue())

    @classmethod
    def load(cls, folder: Path) -> ColdIndex:
        """The vectors stay on disk until they are looked at. Raises IndexMissing or IndexUnreadable."""
        try:
            vectors = np.load(folder / _VECTORS, mmap_mode="r", allow_pickle=False)
            starts = np.load(folder / _STARTS, allow_pickle=False)
            if vectors.ndim != 2 or starts.ndim != 1 or starts[-1] != len(vectors):
                raise ValueError("its parts do not fit each other")
        except FileNotFoundError as problem:
            raise IndexMissing(f"no cold index in {folder}: build it first") from problem
        except (ValueError, EOFError, IndexError) as problem:
            raise IndexUnreadable(f"{folder} holds no cold index: {problem}") from problem
        return cls(vectors, starts)


def build_cold_index(
    clauses: Mapping[str, Clause], encoders: JoinedEncoder, adapter: Adapter, report: Report
) -> ColdIndex:
    found = list(views(clauses))
    texts = list(dict.fromkeys(normalise(view.text) for view in found))  # headings stand over many clauses
    row = {text: number for number, text in enumerate(texts)}
    encoded = encode_all(encoders, texts, "passage", report, "Index: encoding what clauses may be asked by")
    vectors = np.zeros((len(found), encoders.dimension), np.float16)
    langs = np.array([view.lang for view in found])
    rows = np.array([row[normalise(view.text)] for view in found], np.int64)
    for lang, common in adapter.view_means.items():
        own = np.flatnonzero(langs == lang)
        if len(own):
            mean = (encoded[rows[own]].sum(axis=0) + COMMON_MEAN * common) / (len(own) + COMMON_MEAN)
            vectors[own] = normal(encoded[rows[own]] - mean, encoders.blocks)
    starts = np.searchsorted([view.position for view in found], np.arange(len(clauses) + 1))
    return ColdIndex(vectors, starts.astype(np.int64))


class ColdSearch:
    """Safe to use from several threads."""

    def __init__(self, index: ColdIndex, adapter: Adapter) -> None:
        self._index = index
        self._adapter = adapter
        self._sizes = np.diff(index.starts)
        self._all = index.vectors.astype(np.float32) if len(index) <= SHORTLIST_FROM else None

    @property
    def needs_shortlist(self) -> bool:
        return self._all is None

    def read(
        self, vector: Vectors, lang: Language, near: Sequence[int] | NDArray[np.int64] = ()
    ) -> ColdReading:
        """``vector`` (features,) as the encoders gave it; ``near`` are the clauses to look at where there are many."""
        centred = self._adapter.questions(vector[None, :], [lang])
        both = np.concatenate([centred, self._adapter.carried(centred)])
        chosen = (
            np.arange(len(self._index)) if self._all is not None else np.array(near[:SHORTLIST], np.int64)
        )
        if not len(chosen):
            chosen = np.arange(min(len(self._index), SHORTLIST))
        scores = self.pooled(both, chosen)
        row = decision_features(scores)
        shares = np.zeros(len(self._index), np.float32)
        total = combined(scores)
        likely = np.exp(self._adapter.sharpness * (total - total.max()))
        shares[chosen] = likely / likely.sum()
        decision = self._adapter.answerability
        return ColdReading(shares, float(decision.answered(row)[0]), float(decision.right(row)[0]))

    def decide(self, answered: float, right: float) -> Outcome:
        return self._adapter.answerability.decide(answered, right)

    def pooled(self, questions: Vectors, chosen: NDArray[np.int64]) -> Vectors:
        """(questions, features) and clauses' positions → (questions, clauses): a soft maximum over a clause's views."""
        starts, sizes = self._index.starts[chosen], self._sizes[chosen]
        if self._all is not None and len(chosen) == len(self._index):
            vectors = self._all
        else:
            rows = np.concatenate([np.arange(a, a + n) for a, n in zip(starts, sizes, strict=True)])
            vectors = (self._index.vectors if self._all is None else self._all)[rows].astype(np.float32)
        likeness = questions @ vectors.T
        firsts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        best = np.maximum.reduceat(likeness, firsts, axis=1)
        below = likeness - np.repeat(best, sizes, axis=1)
        summed = np.add.reduceat(np.exp(POOLING * below), firsts, axis=1)
        # By the root of their number: many views are many chances, but also much that was said.
        return np.asarray(np.log(summed / np.sqrt(sizes)) / POOLING + best, np.float32)


def combined(scores: Vectors) -> Vectors:
    """(2, clauses), the plain and the carried question's → (clauses,)."""
    return standardised(scores[0]) + standardised(scores[1])


def decision_features(scores: Vectors) -> Vectors:
    """(2, clauses) → (1, FEATURES): what tells whether the policy answers, whatever policy it is."""
    total = combined(scores)
    best = -np.sort(-total)
    values = (
        scores[0].max(),
        scores[1].max(),
        best[0] - best[min(1, len(best) - 1)],
        best[0] - best[min(3, len(best) - 1)],
    )
    return np.array([values], np.float32)


def build_cold(
    folder: Path,
    clauses: Mapping[str, Clause],
    encoders: JoinedEncoder,
    report: Report,
    shipped: Path = SHIPPED,
) -> None:
    """Write the cold index with a copy of its adapter, or nothing where the shipped one knows other encoders."""
    adapter = fitting_adapter(encoders, shipped)
    if adapter is None:
        report("Index: no adapter for these encoders; questions are compared with passages alone")
        return
    build_cold_index(clauses, encoders, adapter, report).save(folder)
    adapter.save(folder / ADAPTER)


def open_cold(folder: Path) -> ColdSearch | None:
    """What ``build_cold`` wrote, if it wrote anything. Raises IndexMissing or IndexUnreadable for a part of it."""
    if not (folder / ADAPTER).exists():
        return None
    return ColdSearch(ColdIndex.load(folder), Adapter.load(folder / ADAPTER))
