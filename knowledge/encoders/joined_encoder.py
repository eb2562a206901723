"""Several encoders side by side: opinions that disagree usefully are better than one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from knowledge.encoders.encoder import Encoder, Encoding, Kind, StatesEncoder, Vectors


class JoinedEncoder:
    """Concatenates the vectors of its encoders; ``blocks`` are their widths. Rows are not of length one.

    The first one also shows its tokens.
    """

    def __init__(self, first: StatesEncoder, *others: Encoder) -> None:
        self.first = first
        self.encoders: tuple[Encoder, ...] = (first, *others)
        self.blocks = tuple(encoder.dimension for encoder in self.encoders)
        self.dimension = sum(self.blocks)
        joined = "\0".join(encoder.fingerprint for encoder in self.encoders)
        self.fingerprint = hashlib.sha256(joined.encode()).hexdigest()

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Float32 (texts, sum of blocks)."""
        return np.concatenate([encoder.encode(texts, kind) for encoder in self.encoders], axis=1)

    def read(self, text: str, kind: Kind) -> Encoding:
        """The joined vector (sum of blocks,) and the first encoder's tokens."""
        found = self.first.read(text, kind)
        others = [encoder.encode([text], kind)[0] for encoder in self.encoders[1:]]
        return Encoding(np.concatenate([found.vector, *others]), found.states)

    def split(self, vectors: Vectors) -> list[Vectors]:
        """The blocks of ``encode``, one an encoder."""
        return np.split(vectors, np.cumsum(self.blocks)[:-1], axis=1)
