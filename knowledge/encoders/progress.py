"""How far a long piece of work is and how long it will take, in a line every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from knowledge.encoders.encoder import Encoder, Kind, Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder

Report = Callable[[str], None]

SECONDS_BETWEEN_LINES = 5.0
BATCH = 64


class Progress:
    """Says that the work begins, and then speaks at most every five seconds."""

    def __init__(
        self, report: Report, what: str, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._report, self._what, self._total, self._clock = report, what, total, clock
        self._said_at, self._said = clock(), 0
        report(f"{what}: {total:,}")

    def reached(self, done: int) -> None:
        """`done` of the total so far. The rest is estimated by the pace since the last line: what was remembered
        from an earlier build goes by in no time and foretells nothing.
        """
        now = self._clock()
        passed = now - self._said_at
        if passed < SECONDS_BETWEEN_LINES or done <= self._said or done >= self._total:
            return
        left = (self._total - done) * passed / (done - self._said)
        self._report(f"{self._what}: {done:,} of {self._total:,}, about {_duration(left)} left")
        self._said_at, self._said = now, done


def encode_all(
    encoder: Encoder | JoinedEncoder, texts: Sequence[str], kind: Kind, report: Report, what: str
) -> Vectors:
    """Float32 (texts, dimension), with progress shown."""
    vectors = np.empty((len(texts), encoder.dimension), np.float32)
    progress = Progress(report, what, len(texts))
    for start in range(0, len(texts), BATCH):
        vectors[start : start + BATCH] = encoder.encode(texts[start : start + BATCH], kind)
        progress.reached(min(start + BATCH, len(texts)))
    return vectors


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
