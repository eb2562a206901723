"""Many encoded texts in two arrays, as training wants them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from knowledge.encoders.encoder import Encoding, Vectors


@dataclass(frozen=True)
class EncodedTexts:
    """``states`` holds the tokens of all texts one after the other, text n from ``starts[n]`` to ``starts[n + 1]``.

    States are kept as float16: ten thousand questions are 160 MB, and training drops out far more than it loses.
    """

    vectors: Vectors  # (texts, features)
    states: NDArray[np.float16]  # (tokens of all texts, width)
    starts: NDArray[np.int64]  # (texts + 1,)

    def __len__(self) -> int:
        return len(self.vectors)

    def __iter__(self) -> Iterator[Encoding]:
        for row, vector in enumerate(self.vectors):
            yield Encoding(vector, self._states(row).astype(np.float32))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(texts,) tokens."""
        lengths: NDArray[np.int64] = np.diff(self.starts)
        return lengths

    def take(self, rows: Sequence[int] | NDArray[Any]) -> Self:
        """These texts alone, in this order."""
        chosen = np.asarray(rows, np.int64)
        parts = [self._states(int(row)) for row in chosen]
        states = np.concatenate(parts) if parts else self.states[:0]
        return type(self)(self.vectors[chosen], states, _starts(len(part) for part in parts))

    @classmethod
    def gather(cls, encodings: Iterable[Encoding], features: int, width: int) -> Self:
        vectors, states = [np.empty((0, features), np.float32)], [np.empty((0, width), np.float16)]
        for encoding in encodings:
            vectors.append(encoding.vector[None, :])
            states.append(encoding.states.astype(np.float16))
        starts = _starts(len(part) for part in states[1:])
        return cls(np.concatenate(vectors), np.concatenate(states), starts)

    def _states(self, row: int) -> NDArray[np.float16]:
        return self.states[self.starts[row] : self.starts[row + 1]]


def _starts(lengths: Iterable[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.fromiter(lengths, np.int64))]).astype(np.int64)
