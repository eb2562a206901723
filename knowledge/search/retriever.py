"""The facade: a query in, ranked clauses and a decision out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.encoders.encoder import Encoder, Encoding, Vectors, open_encoder, open_states_encoder
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.errors import EncoderMismatch, IndexMissing
from knowledge.index import fusion
from knowledge.index.families import Families
from knowledge.index.highlights import Highlighter, Span
from knowledge.index.lexical_index import Bm25Index
from knowledge.index.vector_index import VectorIndex, open_index
from knowledge.index_files import MANIFEST, IndexUnreadable, read_whole
from knowledge.language import condensed, detect, normalise
from knowledge.models.answerability import Answerability, Outcome, features
from knowledge.models.neighbours import Neighbours
from knowledge.models.network import Matrix, softmax
from knowledge.models.ranker import Ranker
from knowledge.search.citing import Citing
from knowledge.search.cold import ColdSearch, open_cold
from knowledge.search.lessons import Lessons, Reading, Recalled
from knowledge.types import Language

DENSE_HITS = 100
LEXICAL_HITS = 100
# Clauses the ranker holds for equally unlikely are ordered by similarity: the tail of the list stays sensible.
SIMILARITY_SHARE = 1e-3
# Without a bank, and with encoders that the adapter does not know, fused similarities are sharpened into shares,
# and this much similarity answers.
COLD_SHARPNESS = 1.5
COLD_ANSWER_COSINE = 0.82


@dataclass(frozen=True, slots=True)
class Ranked:
    """A clause with its score (a probability) and the spans of its text that answer best."""

    clause_id: str
    score: float
    highlights: Mapping[Language, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Finding:
    """``ranked`` best first, each clause once; ``cited`` are the clauses to quote, or to offer when asking back.

    ``recalled`` is the lesson from the desk that had a say, if one had.
    """

    query_lang: Language
    outcome: Outcome
    answerable: bool
    confidence: float
    ranked: tuple[Ranked, ...]
    cited: tuple[str, ...]
    recalled: Recalled | None = None


@dataclass(frozen=True)
class IndexParts:
    """Everything ``build`` made, loaded."""

    clause_ids: tuple[str, ...]
    families: Mapping[int, tuple[int, ...]]
    dense: VectorIndex
    lexical: Bm25Index
    highlighter: Highlighter
    ranker: Ranker | None
    answerability: Answerability | None
    neighbours: Neighbours | None
    cold: ColdSearch | None = None  # in place of the ranker, where there is no bank


class Retriever:
    """Safe to use from several threads."""

    def __init__(self, encoders: JoinedEncoder, parts: IndexParts) -> None:
        self._encoders = encoders
        self._parts = parts
        self.lessons = Lessons(encoders)
        self._citing = Citing(parts.clause_ids)
        self._order = {clause_id: position for position, clause_id in enumerate(parts.clause_ids)}

    @classmethod
    def open(cls, folder: Path, encoder_folder: Path, threads: int = 1) -> Retriever:
        """Raises IndexMissing, IndexUnreadable or EncoderMismatch."""
        encoders = open_encoders(encoder_folder, threads)
        return cls(encoders, load_parts(folder, encoders))

    @property
    def encoder(self) -> Encoder:
        """The first encoder, the one that Rasa shares."""
        return self._encoders.first

    def search(self, query: str, lang: Language | None = None, top_k: int = 5) -> Finding:
        """Rank every clause for a query of any length, even an empty one."""
        text = condensed(normalise(query))
        encoding = self._encoders.read(text, "query")
        vectors = encoding.vector[None, :]
        dense = self._encoders.split(vectors)[0][0]
        similarity = self._similarity(text, dense)
        probabilities, answered, right = self._reading(encoding, similarity, dense, detect(query))
        recalled = self.lessons.recall(text, vectors, self._order)
        if recalled is not None:
            taught = recalled.apply(Reading(probabilities, answered, right), self._order)
            probabilities, answered, right = taught.probabilities, taught.answered, taught.right
        shares = probabilities[0, :-1] + SIMILARITY_SHARE * softmax(similarity)
        best = np.argsort(-shares, kind="stable")[:top_k]
        outcome = self._decide(answered, right)
        return Finding(
            query_lang=lang or detect(query),
            outcome=outcome,
            answerable=outcome != "not_in_policy",
            confidence=round(right, 4),
            ranked=tuple(self._ranked(int(position), shares, vectors[0]) for position in best),
            cited=self._cited(shares, outcome),
            recalled=recalled,
        )

    def probabilities(self, queries: Iterable[str]) -> Matrix:
        """(queries, clauses + 1) as the ranker sees them; for evaluation."""
        rows = []
        for query in queries:
            text = condensed(normalise(query))
            encoding = self._encoders.read(text, "query")
            dense = self._encoders.split(encoding.vector[None, :])[0][0]
            similarity = self._similarity(text, dense)
            rows.append(self._reading(encoding, similarity, dense, detect(query))[0][0])
        return np.stack(rows)

    def _similarity(self, text: str, dense: Vectors) -> Matrix:
        """Fused for a cold policy. With a ranker it only orders the tail, and there words are not worth their 4 ms."""
        near = [(_clause_of(hit.key), hit.score) for hit in self._parts.dense.search(dense, DENSE_HITS)]
        cold = self._parts.cold
        if self._parts.ranker is not None or (cold is not None and not cold.needs_shortlist):
            return fusion.standardised(fusion.best_per_clause(near, self._order))
        shared = [(_clause_of(hit.key), hit.score) for hit in self._parts.lexical.search(text, LEXICAL_HITS)]
        opinions = [fusion.best_per_clause(hits, self._order) for hits in (near, shared)]
        return fusion.fuse(opinions, (1.0, 0.7))

    def _reading(
        self, encoding: Encoding, similarity: Matrix, dense: Vectors, lang: Language
    ) -> tuple[Matrix, float, float]:
        """(1, clauses + 1) probabilities, "the policy answers", "the first clause is right"."""
        parts = self._parts
        if parts.cold is not None:
            near = np.argsort(-similarity, kind="stable") if parts.cold.needs_shortlist else ()
            found = parts.cold.read(encoding.vector, lang, near)
            return np.append(found.shares, np.float32(0))[None, :], found.answered, found.right
        if parts.ranker is not None and parts.answerability is not None and parts.neighbours is not None:
            probabilities = parts.ranker.probabilities([encoding])
            likeness = parts.neighbours.likeness(encoding.vector[None, :])
            row = features(probabilities, parts.families, likeness)
            return (
                probabilities,
                float(parts.answerability.answered(row)[0]),
                float(parts.answerability.right(row)[0]),
            )
        # Nothing learned at all: the nearest passage's cosine is all there is, and it tells little.
        hits = parts.dense.search(dense, 1)
        shares = softmax(COLD_SHARPNESS * similarity)
        level = float(1 / (1 + np.exp(-40 * ((hits[0].score if hits else 0.0) - COLD_ANSWER_COSINE))))
        return np.append(shares, np.float32(0))[None, :], level, level * float(shares.max())

    def _decide(self, answered: float, right: float) -> Outcome:
        if self._parts.answerability is not None:
            return self._parts.answerability.decide(answered, right)
        if self._parts.cold is not None:
            return self._parts.cold.decide(answered, right)
        return "answer" if answered >= 0.5 else "not_in_policy"

    def _cited(self, shares: Matrix, outcome: Outcome) -> tuple[str, ...]:
        if outcome == "not_in_policy":
            return ()
        return self._citing.choices(shares) if outcome == "ask_back" else self._citing.answers(shares)

    def _ranked(self, position: int, shares: Matrix, joined: Vectors) -> Ranked:
        clause_id = self._parts.clause_ids[position]
        spans = self._parts.highlighter.spans(clause_id, joined)
        return Ranked(clause_id, round(float(shares[position]), 6), spans)


def open_encoders(folder: Path, threads: int = 1) -> JoinedEncoder:
    """The default encoder and its second opinion."""
    return JoinedEncoder(open_states_encoder(str(folder), threads), open_encoder("use"))


def load_parts(folder: Path, encoders: JoinedEncoder) -> IndexParts:
    """Read an index folder.

    Raises IndexMissing, IndexUnreadable, or EncoderMismatch when other encoders made it.
    """
    try:
        manifest = json.loads(read_whole(folder / MANIFEST))
        made_by, trained = manifest["encoder"], manifest["has_ranker"]
        clause_ids = tuple(manifest["clause_ids"])
    except (ValueError, KeyError, TypeError) as problem:
        raise IndexUnreadable(f"{folder / MANIFEST} is not what a build wrote: {problem}") from problem
    if made_by != encoders.fingerprint:
        raise EncoderMismatch(f"the index in {folder} was made by another encoder; build it again")
    has_ranker = (folder / "ranker.npz").exists()
    if has_ranker != trained:
        raise IndexMissing(f"the index in {folder} is not whole; build it again")
    return IndexParts(
        clause_ids=clause_ids,
        families=Families(clause_ids),
        dense=open_index(folder / "dense.index"),
        lexical=Bm25Index.load(folder / "lexical.index"),
        highlighter=Highlighter.load(folder / "sentences"),
        ranker=Ranker.load(folder / "ranker.npz", encoders.fingerprint) if has_ranker else None,
        answerability=Answerability.load(folder / "answerability.json") if has_ranker else None,
        neighbours=Neighbours.load(folder / "neighbours.npz") if has_ranker else None,
        cold=None if has_ranker else open_cold(folder),
    )


def _clause_of(key: str) -> str:
    return key.partition("|")[0]
