"""Vectors to measure an index with: real ones, and as many more as are asked for that lie as real ones do.

Real: every bank question (as a query), every passage and sentence of the policy and 4,000 clauses of the
generated corpus (as passages), encoded by the product's first encoder. Every eighth question is held out and only asks.

More: Gaussian noise spreads evenly over the sphere, which no embedding does: there each vector's neighbours
are hardly nearer than the rest, and nothing can be skipped. So a new vector starts between a real one and one
of that one's eight nearest, at a random place, and is pushed off the line in the direction from one random
real vector to another, so that it varies where real ones vary. How far is calibrated: together the two steps
lead as far from the real one as a real vector, drawn at random, lies from its own nearest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import faiss
import numpy as np

from knowledge.bank.questions import load_bank
from knowledge.encoders.encoder import Vectors, open_encoder
from knowledge.encoders.progress import Report, encode_all
from knowledge.encoders.vector_cache import VectorCache
from knowledge.index.passages import passages, sentences
from knowledge.language import normalise
from knowledge.text.policy import load_policy
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
        """Just `count` vectors in blocks of at most 16,384: the real ones shuffled, then made ones.

        The same seed gives the same ones, whatever the count.
        """
        rng = np.random.default_rng(seed)
        real = self.kept[rng.permutation(len(self.kept))]
        yield from (
            real[start : min(start + BLOCK, count)] for start in range(0, min(len(real), count), BLOCK)
        )
        for start in range(len(real), count, BLOCK):
            yield self._made(BLOCK, np.random.default_rng((seed, start)))[: count - start]

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
    def _neighbours(self) -> tuple[Vectors, np.ndarray]:
        """Distances to, and positions of, each real vector's eight nearest."""
        scores, positions = self._exact.search(self.kept, _NEIGHBOURS + 1)
        return np.sqrt(np.maximum(0, 2 - 2 * scores[:, 1:])), positions[:, 1:]

    def _made(self, count: int, rng: np.random.Generator) -> Vectors:
        distances, positions = self._neighbours
        real = len(self.kept)
        of, which = rng.integers(real, size=count), rng.integers(_NEIGHBOURS, size=count)
        share = rng.random(count, np.float32)
        on_the_line = np.minimum(share, 1 - share) * distances[of, which]
        wanted = distances[rng.integers(real, size=count), 0]
        push = self.kept[rng.integers(real, size=count)] - self.kept[rng.integers(real, size=count)]
        push *= (
            np.sqrt(np.maximum(0, wanted**2 - on_the_line**2))
            / np.maximum(np.linalg.norm(push, axis=1), 1e-6)
        )[:, None]
        line = self.kept[of] + share[:, None] * (self.kept[positions[of, which]] - self.kept[of])
        vectors = line + push
        made: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return made
