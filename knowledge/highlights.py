"""The sentence that answers: the spans of a clause to mark for a query."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.encoder import Vectors
from knowledge.index_files import IndexUnreadable, read_whole, write_whole
from knowledge.passages import Sentence
from knowledge.types import LANGUAGES, Language

Span = tuple[int, int]


class Highlighter:
    """Holds a vector for every sentence, shape (sentences, dimension)."""

    def __init__(self, sentences: Sequence[Sentence], vectors: Vectors) -> None:
        self._sentences = tuple(sentences)
        self._vectors = vectors
        self._rows: dict[tuple[str, Language], list[int]] = {}
        for row, sentence in enumerate(self._sentences):
            self._rows.setdefault((sentence.clause_id, sentence.lang), []).append(row)

    def spans(self, clause_id: str, query: Vectors) -> dict[Language, tuple[Span, ...]]:
        """The best sentence a language for the query vector (dimension,); none when the clause has just one."""
        return {lang: self._best((clause_id, lang), query) for lang in LANGUAGES}

    def _best(self, key: tuple[str, Language], query: Vectors) -> tuple[Span, ...]:
        rows = self._rows.get(key, [])
        if len(rows) < 2:
            return ()
        best = self._sentences[rows[int(np.argmax(self._vectors[rows] @ query))]]
        return ((best.start, best.end),)

    def save(self, path: Path) -> None:
        listed = [[s.clause_id, s.lang, s.start, s.end, s.text] for s in self._sentences]
        write_whole(path.with_suffix(".json"), json.dumps(listed, ensure_ascii=False).encode())
        np.save(path.with_suffix(".npy"), self._vectors)

    @classmethod
    def load(cls, path: Path) -> Highlighter:
        try:
            listed = json.loads(read_whole(path.with_suffix(".json")))
            vectors = np.load(path.with_suffix(".npy"), allow_pickle=False)
            if len(vectors) != len(listed):
                raise ValueError(f"{len(listed)} sentences, but {len(vectors)} vectors")
            return cls([Sentence(*item) for item in listed], vectors)
        except (ValueError, TypeError, OSError, EOFError) as problem:
            raise IndexUnreadable(f"{path} does not hold sentences: {problem}") from problem
