"""Vectors to measure an index with: real ones, and as many more as are asked for that lie as real ones do.

Real: every bank question (as a query), every passage and sentence of the policy and 4,000 clauses of the
generated corpus (as passages), encoded by the product's first encoder. Every eighth question is held out and only asks.

More: Gaussian noise spreads evenly over the sphere, which no embedding does: there each vector's neighbours
are hardly nearer than the rest, and an index is either useless or, by its own clusters, flattered. So a new
vector starts between a real one and one of that one's eight nearest real neighbours, at a random place, and
is pushed off the line by noise in a random direction. The noise is calibrated: its length is such that the
median distance of a new vector to its nearest *real* vector is that of the real ones to each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import faiss
import numpy as np

from knowledge.encoder import Vectors, open_encoder
from knowledge.language import normalise
from knowledge.passages import passages, sentences
from knowledge.policy import load_policy
from knowledge.progress import Report, encode_all
from knowledge.questions import load_bank
from knowledge.vector_cache import VectorCache
from tests.bench.corpus import write_corpus
from tests.running import ROOT

CORPUS_CLAUSES = 4000
HELD_OUT = 8  # every eighth question
BLOCK = 16384
_NEIGHBOURS = 8


@dataclass(frozen=True)
class RealVectors:
    """`kept` (n, 384) are indexed, `asked` (m, 384) ask; no text is in both."""

    kept: Vectors
    asked: Vectors

    @classmethod
    def encode(cls, folder: Path, report: Report) -> RealVectors:
        """Takes some minutes the first time; afterwards the vectors are remembered in var/cache."""
        policy_folder = ROOT / "knowledge" / "policies" / "tancloud"
        policy = load_policy(policy_folder)
        bank = load_bank(policy_folder, policy.clauses)
        asked = [normalise(question.text) for question in (*bank.answerable, *bank.unanswerable)]
        corpus = load_policy(write_corpus(folder / "corpus", CORPUS_CLAUSES))
        texts = [
            *(passage.text for found in (policy, corpus) for passage in passages(found.clauses)),
            *(sentence.text for sentence in sentences(policy.clauses)),
        ]
        texts = list(dict.fromkeys(texts))
        with VectorCache(ROOT / "var" / "cache" / "vectors") as cache:
            encoder = cache.wrap(open_encoder(str(ROOT / "var" / "encoder" / "multilingual-e5-small")))
            questions = encode_all(encoder, asked, "query", report, "Growth: encoding questions")
            others = encode_all(encoder, texts, "passage", report, "Growth: encoding passages")
        held_out = np.arange(len(questions)) % HELD_OUT == 0
        return cls(np.concatenate([questions[~held_out], others]), questions[held_out])

    def blocks(self, count: int, seed: int = 0) -> Iterator[Vectors]:
        """Just `count` vectors in blocks of at most 16,384: the real ones shuffled, then made ones. Seeded."""
        rng = np.random.default_rng(seed)
        real = self.kept[rng.permutation(len(self.kept))]
        yield from (
            real[start : min(start + BLOCK, count)] for start in range(0, min(len(real), count), BLOCK)
        )
        for start in range(len(real), count, BLOCK):
            yield self._made(min(BLOCK, count - start), self.noise, np.random.default_rng((seed, start)))

    @cached_property
    def noise(self) -> float:
        """Length of the noise for which made vectors lie as far from the real ones as those from each other."""
        wanted = float(np.median(self.nearest(self.kept[:: max(1, len(self.kept) // 2000)], skip=1)))
        low, high = 0.0, 2.0
        for _ in range(12):
            middle = (low + high) / 2
            made = self._made(2000, middle, np.random.default_rng(1))
            low, high = (middle, high) if np.median(self.nearest(made)) < wanted else (low, middle)
        return (low + high) / 2

    def nearest(self, vectors: Vectors, skip: int = 0) -> Vectors:
        """(n,) distances to the nearest real vector, or to the one after `skip` nearer ones."""
        scores, _ = self._exact.search(vectors, skip + 1)
        distances: Vectors = np.sqrt(np.maximum(0, 2 - 2 * scores[:, skip]))
        return distances

    @cached_property
    def _exact(self) -> faiss.IndexFlatIP:
        index = faiss.IndexFlatIP(self.kept.shape[1])
        index.add(self.kept)
        return index

    @cached_property
    def _neighbours(self) -> np.ndarray:
        return self._exact.search(self.kept, _NEIGHBOURS + 1)[1][:, 1:]

    def _made(self, count: int, noise: float, rng: np.random.Generator) -> Vectors:
        of = rng.integers(len(self.kept), size=count)
        towards = self._neighbours[of, rng.integers(_NEIGHBOURS, size=count)]
        share = rng.random((count, 1), np.float32)
        pushed = rng.standard_normal((count, self.kept.shape[1]), np.float32)
        pushed *= noise / np.linalg.norm(pushed, axis=1, keepdims=True)
        vectors = self.kept[of] * (1 - share) + self.kept[towards] * share + pushed
        made: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return made
