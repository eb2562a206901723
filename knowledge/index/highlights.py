"""The sentence that answers: the spans of a clause to mark for a query.

A clause's sentences stand in pairs, each with its translation. A pair is scored by both languages' similarity to the
query, so that both mark the same place, and a language that the query is far from is helped by the nearer one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from knowledge.encoders.encoder import Vectors
from knowledge.index.passages import Sentence
from knowledge.index_files import IndexUnreadable, read_whole, write_whole
from knowledge.types import LANGUAGES, Language

Span = tuple[int, int]
Rows = tuple[int, ...]
RowPair = Mapping[Language, Rows]

# "The following cases:", "Other services.": seldom the answer, though near to every question of their clause.
_LEAD_IN = -0.1
_SHORT: Mapping[Language, int] = {"zh": 14, "en": 40}


class Highlighter:
    """Holds a direction for every sentence, (sentences, joined dimension), and the number of its pair in its clause."""

    def __init__(self, sentences: Sequence[Sentence], vectors: Vectors, pairs: Sequence[int]) -> None:
        self._sentences = tuple(sentences)
        self._vectors = vectors
        self._numbers = tuple(pairs)
        self._penalties = np.array([_LEAD_IN * _is_lead_in(item) for item in self._sentences], np.float32)
        self._pairs = rows_by_pair(self._sentences, self._numbers)

    def spans(self, clause_id: str, query: Vectors) -> dict[Language, tuple[Span, ...]]:
        """The sentence that answers best, a language, for the joined query vector (dimension,).

        None in a language in which the clause has just one sentence.
        """
        pairs = self._pairs.get(clause_id, ())
        rows = sorted(row for pair in pairs for found in pair.values() for row in found)
        if len(rows) < 2:
            return dict.fromkeys(LANGUAGES, ())
        # A clause's sentences stand together: a slice is a view, where a list of rows would copy them each time.
        together = rows[-1] - rows[0] == len(rows) - 1
        taken = slice(rows[0], rows[-1] + 1) if together else rows
        found = self._vectors[taken] @ query + self._penalties[taken]
        scores = dict(zip(rows, found.tolist(), strict=True))
        ordered = sorted(pairs, key=lambda pair: -_score(pair, scores))
        return {lang: self._best(lang, ordered, scores) for lang in LANGUAGES}

    def _best(
        self, lang: Language, ordered: Sequence[RowPair], scores: Mapping[int, float]
    ) -> tuple[Span, ...]:
        if sum(len(pair[lang]) for pair in ordered) < 2:
            return ()
        # The best pair may be without a sentence in this language: then the next one that has one.
        rows = next(pair[lang] for pair in ordered if pair[lang])
        best = self._sentences[max(rows, key=scores.__getitem__)]
        return ((best.start, best.end),)

    def save(self, path: Path) -> None:
        listed = [
            [s.clause_id, s.lang, s.start, s.end, s.text, pair]
            for s, pair in zip(self._sentences, self._numbers, strict=True)
        ]
        write_whole(path.with_suffix(".json"), json.dumps(listed, ensure_ascii=False).encode())
        np.save(path.with_suffix(".npy"), self._vectors)

    @classmethod
    def load(cls, path: Path) -> Highlighter:
        try:
            listed = json.loads(read_whole(path.with_suffix(".json")))
            vectors = np.load(path.with_suffix(".npy"), allow_pickle=False)
            if len(vectors) != len(listed):
                raise ValueError(f"{len(listed)} sentences, but {len(vectors)} vectors")
            return cls([Sentence(*item[:5]) for item in listed], vectors, [int(item[5]) for item in listed])
        except (ValueError, TypeError, LookupError, OSError, EOFError) as problem:
            raise IndexUnreadable(f"{path} does not hold sentences: {problem}") from problem


def rows_by_pair(sentences: Sequence[Sentence], pairs: Sequence[int]) -> dict[str, tuple[RowPair, ...]]:
    """For each clause its pairs in order: the sentences' positions in either language."""
    grouped: dict[str, dict[int, dict[Language, list[int]]]] = {}
    for row, (sentence, pair) in enumerate(zip(sentences, pairs, strict=True)):
        both = grouped.setdefault(sentence.clause_id, {}).setdefault(pair, {lang: [] for lang in LANGUAGES})
        both[sentence.lang].append(row)
    return {
        clause_id: tuple({lang: tuple(rows) for lang, rows in found[pair].items()} for pair in sorted(found))
        for clause_id, found in grouped.items()
    }


def _score(pair: RowPair, scores: Mapping[int, float]) -> float:
    """The mean of the languages' best sentences; a missing language counts like the other."""
    best = [max(scores[row] for row in rows) for rows in pair.values() if rows]
    return sum(best) / len(best)


def _is_lead_in(sentence: Sentence) -> bool:
    text = sentence.text.rstrip()
    return text.endswith((":", "：")) or len(text) < _SHORT[sentence.lang]
