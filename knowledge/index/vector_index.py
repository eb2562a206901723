"""Nearest vectors by inner product (the cosine, vectors being of unit length)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.index.index_keys import DECIMALS, Keys, best_hits
from knowledge.index.inverted_index import MEMBER, InvertedIndex
from knowledge.index.vector_files import BLOCK, Vector, has_member, read_vectors, write_vectors
from knowledge.index_files import Hit

EXACT_UP_TO = 30_000
"""Vectors; from here on the approximate index is made. Chosen by measurement, see the README."""

_TIE_MARGIN = 16


class VectorIndex(Protocol):
    """Safe to search from several threads while another adds."""

    dimension: int

    def __len__(self) -> int: ...

    def add(self, keys: Sequence[str], vectors: Vector) -> None:
        """Add float32 (len(keys), dimension). Raises DuplicateKey and then adds nothing."""
        ...

    def search(self, vector: Vector, k: int) -> list[Hit]:
        """At most `k` hits for one vector (dimension,), best first, ties in the order of adding."""
        ...

    def save(self, path: Path) -> None:
        """Write one file, replacing what was there at once."""
        ...


def new_index(dimension: int, expected_count: int) -> VectorIndex:
    """An empty index of the kind that suits so many vectors; either kind takes more or fewer."""
    return ExactIndex(dimension) if expected_count <= EXACT_UP_TO else InvertedIndex(dimension)


def open_index(path: Path) -> VectorIndex:
    """The index of the kind that was saved. Raises IndexMissing or IndexUnreadable."""
    return InvertedIndex.load(path) if has_member(path, MEMBER) else ExactIndex.load(path)


class ExactIndex:
    """Compares a query with every vector: 0.2 ms for three thousand."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._index = faiss.IndexFlatIP(dimension)
        self._keys = Keys()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, keys: Sequence[str], vectors: Vector) -> None:
        block = np.ascontiguousarray(vectors, dtype=np.float32)
        if block.shape != (len(keys), self.dimension):
            raise ValueError(
                f"{len(keys)} keys need vectors ({len(keys)}, {self.dimension}), not {block.shape}"
            )
        with self._lock:
            self._keys.refuse_known(keys)
            self._index.add(block)
            self._keys.extend(keys)

    def search(self, vector: Vector, k: int) -> list[Hit]:
        asked = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        if asked.shape[1] != self.dimension:
            raise ValueError(f"the index has dimension {self.dimension}, the vector {asked.shape[1]}")
        with self._lock:
            count = min(max(k, 0), len(self._keys))
            return best_hits(*self._nearest(asked, count), self._keys, count) if count else []

    def save(self, path: Path) -> None:
        with self._lock:
            count = len(self._keys)
            blocks = (
                self._index.reconstruct_n(start, min(BLOCK, count - start))
                for start in range(0, count, BLOCK)
            )
            write_vectors(path, list(self._keys), blocks, self.dimension)
            self._keys.forget_known()

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises IndexMissing, or IndexUnreadable when the file is not what `save` wrote."""
        stored = read_vectors(path)
        index = cls(stored.dimension)
        for block in stored.rows.blocks():
            index._index.add(block)
        index._keys.extend(stored.keys)
        index._keys.forget_known()
        return index

    def _nearest(self, asked: Vector, count: int) -> tuple[NDArray[np.int64], Vector]:
        """A few more than asked for, until no tie reaches over the end: FAISS orders ties as it likes."""
        faiss.omp_set_num_threads(1)  # holds for the calling thread only
        size = count
        while True:
            size = min(size + _TIE_MARGIN, len(self._keys))
            scores, positions = self._index.search(asked, size)
            if size == len(self._keys) or scores[0, count - 1] - scores[0, size - 1] > 10**-DECIMALS:
                return positions[0], scores[0]
            size *= 2
