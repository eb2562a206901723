"""How near a query is to messages that the policy answers, and to messages that it does not answer.

The ranker learned where the borders are; what lies far from everything it has seen it cannot know. These two cosines
tell the decision so. They are taken in the directions in which the bank's questions differ most: 128 of 896 numbers
tell as much as all and cost a seventh.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.index_files import IndexUnreadable, read_whole, write_whole
from knowledge.models.network import Matrix

DIRECTIONS = 128
_PARTS = ("blocks", "centre", "directions", "answered", "unanswered")


@dataclass(frozen=True)
class Neighbours:
    """``answered`` and ``unanswered`` (messages, directions) are of length one."""

    blocks: tuple[int, ...]  # the widths of the encoders' vectors
    centre: Matrix  # (features,)
    directions: Matrix  # (features, directions)
    answered: Matrix
    unanswered: Matrix

    @classmethod
    def of(cls, vectors: Matrix, is_answerable: Sequence[bool], blocks: Sequence[int]) -> Self:
        """``vectors`` (messages, features) of the joined encoder."""
        centre = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        aligned = _aligned(vectors, centre, blocks)
        _, axes = np.linalg.eigh((aligned.T @ aligned).astype(np.float64))
        directions = np.ascontiguousarray(axes[:, ::-1][:, :DIRECTIONS], np.float32)
        placed = _unit(aligned @ directions)
        answerable = np.asarray(is_answerable, bool)
        return cls(tuple(blocks), centre, directions, placed[answerable], placed[~answerable])

    def likeness(self, vectors: Matrix) -> Matrix:
        """(queries, features) → (queries, 2): the best cosine with an answered message, and with an unanswered one.

        0 where there is none of the kind.
        """
        placed = _unit(_aligned(vectors, self.centre, self.blocks) @ self.directions)
        found = np.zeros((len(placed), 2), np.float32)
        for column, kind in enumerate((self.answered, self.unanswered)):
            if len(kind):
                found[:, column] = (placed @ kind.T).max(axis=1)
        return found

    def save(self, path: Path) -> None:
        content = io.BytesIO()
        np.savez(content, **{part: getattr(self, part) for part in _PARTS})
        write_whole(path, content.getvalue())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises IndexMissing or IndexUnreadable."""
        try:
            with np.load(io.BytesIO(read_whole(path)), allow_pickle=False) as stored:
                blocks, *arrays = (stored[part] for part in _PARTS)
            return cls(tuple(int(width) for width in blocks), *arrays)
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as problem:
            raise IndexUnreadable(f"{path} does not hold neighbours: {problem}") from problem


def _aligned(vectors: Matrix, centre: Matrix, blocks: Sequence[int]) -> Matrix:
    """Centred, and each encoder's part of length one."""
    parts = np.split(vectors - centre, np.cumsum(blocks)[:-1], axis=1)
    return np.concatenate([_unit(part) for part in parts], axis=1)


def _unit(rows: NDArray[np.float32]) -> Matrix:
    lengths: Matrix = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return (rows / lengths).astype(np.float32)
