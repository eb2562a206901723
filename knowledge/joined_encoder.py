"""Several encoders side by side: opinions that disagree usefully are better than one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from knowledge.encoder import Encoder, Kind, Vectors


class JoinedEncoder:
    """Concatenates the vectors of its encoders; ``blocks`` are their widths. Rows are not of length one."""

    def __init__(self, encoders: Sequence[Encoder]) -> None:
        if not encoders:
            raise ValueError("at least one encoder is needed")
        self.encoders = tuple(encoders)
        self.blocks = tuple(encoder.dimension for encoder in encoders)
        self.dimension = sum(self.blocks)
        joined = "\0".join(encoder.fingerprint for encoder in encoders)
        self.fingerprint = hashlib.sha256(joined.encode()).hexdigest()

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Float32 (texts, sum of blocks)."""
        return np.concatenate([encoder.encode(texts, kind) for encoder in self.encoders], axis=1)

    def split(self, vectors: Vectors) -> list[Vectors]:
        """The blocks of ``encode``, one an encoder."""
        return np.split(vectors, np.cumsum(self.blocks)[:-1], axis=1)
