"""Approximate search: vectors in lists around centroids, a bit a dimension (FAISS IVF, RaBitQ), the best exactly."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.index.index_keys import DECIMALS, Keys, best_hits
from knowledge.index.vector_files import Rows, Vector, read_vectors, write_vectors
from knowledge.index_files import Hit, IndexUnreadable

MEMBER = "lists.faiss"

LISTS_PER_ROOT = 4  # times the root of the count
TRAINED_ON, ROUNDS = 16, 4  # vectors a list, rounds of k-means: more of either finds no more
LEAST_PROBED, PROBED_SHARE = 80, 0.06  # lists, and of all lists: what recall asks for, see the README
LEAST_COMPARED, COMPARED_TO_ASKED = 100, 5  # vectors, and a hit asked for
QUERY_BITS = 8  # of the query's own code: twice as fast as its floats, the same found
EXACT_FROM = 0.01  # who asks for more than this share of all gets all of them compared
LEAST_COUNT = 256  # fewer are not worth lists
RETRAINED_AT = 4  # times the vectors that the centroids were learned from
_ADDED_AT_ONCE = 65_536


class InvertedIndex:
    """A search compares a query with every centroid, with the codes in the lists of the nearest ones, and with the
    vectors of the best some hundred of those. Scores are exact; a hit may be missing. The vectors stay in the
    file, codes and keys are in memory.

    The lists are made by the first search or `save` after an addition: seconds, for a million about a minute.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._keys = Keys()
        self._parts: list[Rows] = []
        self._lists: Any = None
        self._learned_from = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, keys: Sequence[str], vectors: Vector) -> None:
        block = np.asarray(vectors, np.float32)
        if block.shape != (len(keys), self.dimension):
            raise ValueError(
                f"{len(keys)} keys need vectors ({len(keys)}, {self.dimension}), not {block.shape}"
            )
        with self._lock:
            self._keys.refuse_known(keys)
            self._keys.extend(keys)
            if len(block):
                self._parts.append(Rows.of(block))

    def search(self, vector: Vector, k: int) -> list[Hit]:
        asked = np.ascontiguousarray(vector, dtype=np.float32).reshape(-1)
        if len(asked) != self.dimension:
            raise ValueError(f"the index has dimension {self.dimension}, the vector {len(asked)}")
        with self._lock:
            count = min(max(k, 0), len(self._keys))
            if not count:
                return []
            if len(self._keys) < LEAST_COUNT or count > EXACT_FROM * len(self._keys):
                scores = np.concatenate([block @ asked for part in self._parts for block in part.blocks()])
                return best_hits(np.arange(len(scores)), scores, self._keys, count)
            self._list_new()
            candidates = self._candidates(asked, count)
            return best_hits(candidates, self._vectors(candidates) @ asked, self._keys, count)

    def save(self, path: Path) -> None:
        with self._lock:
            if len(self._keys) >= LEAST_COUNT:
                self._list_new()
            blocks = (block for part in self._parts for block in part.blocks())
            write_vectors(path, list(self._keys), blocks, self.dimension, (MEMBER, self._write_lists))
            self._keys.forget_known()

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises IndexMissing, or IndexUnreadable when the file is not what `save` wrote."""
        stored = read_vectors(path, (MEMBER, _read_lists))
        index = cls(stored.dimension)
        index._lists, index._learned_from = stored.rest
        if index._lists is not None and (index._lists.ntotal, index._lists.d) != (
            len(stored.keys),
            stored.dimension,
        ):
            raise IndexUnreadable(f"{path} is not a vector index: its lists hold other vectors")
        index._keys.extend(stored.keys)
        index._keys.forget_known()
        index._parts = [stored.rows] if len(stored.rows) else []
        return index

    def _candidates(self, asked: Vector, count: int) -> NDArray[np.int64]:
        """Positions: more than asked for, and more again while codes that tie reach over the end."""
        faiss.omp_set_num_threads(1)  # holds for the calling thread only
        size, probed = LEAST_COMPARED + COMPARED_TO_ASKED * count, _probed(self._lists.nlist)
        while True:
            parameters = faiss.SearchParametersIVF(nprobe=probed)  # type: ignore[call-arg]
            scores, found = self._lists.search(asked[None, :], size, params=parameters)
            enough = int((found[0] >= 0).sum())
            if enough < count and probed < self._lists.nlist:
                probed *= 2
            elif enough < size or scores[0, count - 1] - scores[0, -1] > 10**-DECIMALS:
                positions: NDArray[np.int64] = found[0, :enough]
                return positions
            else:
                size *= 2

    def _vectors(self, positions: NDArray[np.int64]) -> Vector:
        """(n, dimension), gathered from the parts."""
        starts = np.cumsum([0, *(len(part) for part in self._parts)])
        owner = np.searchsorted(starts, positions, side="right") - 1
        vectors = np.empty((len(positions), self.dimension), np.float32)
        for number in np.unique(owner):
            mine = owner == number
            vectors[mine] = self._parts[number][positions[mine] - starts[number]]
        return vectors

    def _list_new(self) -> None:
        count = len(self._keys)
        if self._lists is None or count >= RETRAINED_AT * self._learned_from:
            self._lists, self._learned_from = self._learned(count), count
        start = self._lists.ntotal
        if start < count:
            for part, first in self._parts_from(start):
                for block_start in range(first, len(part), _ADDED_AT_ONCE):
                    self._lists.add(part[block_start : block_start + _ADDED_AT_ONCE])

    def _parts_from(self, start: int) -> list[tuple[Rows, int]]:
        """The parts behind position `start`, and where in each to begin."""
        found, before = [], 0
        for part in self._parts:
            if before + len(part) > start:
                found.append((part, max(0, start - before)))
            before += len(part)
        return found

    def _learned(self, count: int) -> Any:
        lists = int(LISTS_PER_ROOT * count**0.5)
        chosen = np.random.default_rng(0).permutation(count)[: TRAINED_ON * lists]
        index = faiss.IndexIVFRaBitQ(
            faiss.IndexFlatIP(self.dimension), self.dimension, lists, faiss.METRIC_INNER_PRODUCT
        )
        index.qb = QUERY_BITS
        index.cp.niter = ROUNDS
        index.cp.min_points_per_centroid = 1  # else it warns on standard output
        index.train(self._vectors(np.sort(chosen)))
        return index

    def _write_lists(self, file: IO[bytes]) -> None:
        file.write(self._learned_from.to_bytes(8, "little"))
        if self._lists is not None:
            faiss.write_index(self._lists, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]


def _read_lists(file: IO[bytes]) -> tuple[Any, int]:
    learned_from = int.from_bytes(file.read(8), "little")
    if not learned_from:
        return None, 0
    reader = faiss.PyCallbackIOReader(file.read)  # type: ignore[attr-defined]
    return faiss.read_index(reader), learned_from


def _probed(lists: int) -> int:
    return min(lists, LEAST_PROBED + round(PROBED_SHARE * lists))
