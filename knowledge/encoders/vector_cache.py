"""Remembers vectors between builds, so that a build goes on where it was stopped and encodes only what is new."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import numpy as np

from knowledge.encoders.encoder import Encoder, Encoding, Kind, StatesEncoder, Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.encoders.vector_chunks import SUFFIX, VectorChunks, lock

MOST_BYTES = 1 << 30  # 690,000 vectors of 384 dimensions
_BATCH = 32  # at most so many texts are encoded in vain when a build is killed


class VectorCache:
    """A folder of vectors, shared by all builds; each encoder has a folder in it, named by its fingerprint.

    Opening it deletes the chunks (up to 4,096 vectors each) that no build has used for longest until at most
    `most_bytes` are left; a build then adds what it needs. Vectors of encoders and texts that are no longer
    in use go that way. Deleting the whole folder loses nothing but time. Its encoders work inside the `with`.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._opened: list[VectorChunks] = []
        _prune(folder, most_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        for chunks in self._opened:
            chunks.close()
        self._opened.clear()

    def remember(self, encoders: JoinedEncoder) -> JoinedEncoder:
        """The same encoders, each asking its own vectors here first."""
        first = CachedStatesEncoder(encoders.first, self._chunks(encoders.first))
        return JoinedEncoder(first, *(self.wrap(encoder) for encoder in encoders.encoders[1:]))

    def wrap(self, encoder: Encoder) -> CachedEncoder:
        return CachedEncoder(encoder, self._chunks(encoder))

    def _chunks(self, encoder: Encoder) -> VectorChunks:
        name = hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:32]
        chunks = VectorChunks(self._folder / name, encoder.dimension)
        self._opened.append(chunks)
        return chunks


@contextmanager
def remembering(encoders: JoinedEncoder, folder: Path | None) -> Iterator[JoinedEncoder]:
    """The encoders with their memory in `folder`; without one, as they are."""
    if folder is None:
        yield encoders
        return
    with VectorCache(folder) as cache:
        yield cache.remember(encoders)


class CachedEncoder:
    """An encoder that encodes a text once.

    Texts go through it one by one: in a batch some encoders' last bits depend on the neighbours, and a build
    that goes on must make the same index as one that was never stopped.
    """

    def __init__(self, encoder: Encoder, chunks: VectorChunks) -> None:
        self._encoder = encoder
        self._chunks = chunks
        self._lock = threading.Lock()
        self.fingerprint = encoder.fingerprint
        self.dimension = encoder.dimension

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        with self._lock:
            wanted: dict[bytes, list[int]] = {}
            for row, text in enumerate(texts):
                wanted.setdefault(self._key(text, kind), []).append(row)
            missing: dict[bytes, list[int]] = {}
            for key, rows in wanted.items():
                known = self._chunks.get(key)
                if known is None:
                    missing[key] = rows
                else:
                    vectors[rows] = known
            new = list(missing.items())
            for start in range(0, len(new), _BATCH):
                self._encode_new(new[start : start + _BATCH], texts, kind, vectors)
        return vectors

    def _encode_new(
        self, new: Sequence[tuple[bytes, list[int]]], texts: Sequence[str], kind: Kind, vectors: Vectors
    ) -> None:
        for _, rows in new:
            vectors[rows] = self._encoder.encode([texts[rows[0]]], kind)[0]
        self._chunks.append([key for key, _ in new], vectors[[rows[0] for _, rows in new]])

    def _key(self, text: str, kind: Kind) -> bytes:
        return hashlib.sha256("\0".join((self.fingerprint, kind, text)).encode()).digest()


class CachedStatesEncoder(CachedEncoder):
    """Remembers vectors alone: the tokens of a question are forty times as many numbers and 3 ms of work."""

    def __init__(self, encoder: StatesEncoder, chunks: VectorChunks) -> None:
        super().__init__(encoder, chunks)
        self._states = encoder
        self.width = encoder.width

    def read(self, text: str, kind: Kind) -> Encoding:
        return self._states.read(text, kind)


def _prune(folder: Path, most_bytes: int) -> None:
    chunks: list[tuple[int, int, Path]] = []
    for path in folder.glob(f"*/*{SUFFIX}"):
        with suppress(FileNotFoundError):  # another build prunes too
            stat = path.stat()
            chunks.append((stat.st_mtime_ns, stat.st_size, path))
    left = sum(size for _, size, _ in chunks)
    for _, size, path in sorted(chunks):
        if left <= most_bytes:
            return
        with suppress(FileNotFoundError), path.open("rb") as file:
            if lock(file.fileno()):  # else a build is writing it
                path.unlink()
                left -= size
