"""Vectors are encoded once, whatever happens to the process or to the files."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoders import vector_chunks
from knowledge.encoders.encoder import Encoding, HashEncoder, Kind, Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.encoders.vector_cache import VectorCache

TEXTS = [f"text number {number}" for number in range(100)]


class CountingEncoder:
    """A hash encoder that notes what it was asked, and stops when it has answered ``most`` texts."""

    def __init__(self, dimension: int = 48, most: int = 10**6) -> None:
        self._encoder = HashEncoder(dimension)
        self.dimension = self.width = dimension
        self.fingerprint = self._encoder.fingerprint
        self.asked: list[str] = []
        self.most = most

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        for text in texts:
            if len(self.asked) == self.most:
                raise KeyboardInterrupt
            self.asked.append(text)
        return self._encoder.encode(texts, kind)

    def read(self, text: str, kind: Kind) -> Encoding:
        return self._encoder.read(text, kind)


def _encode(folder: Path, texts: Sequence[str] = TEXTS, kind: Kind = "passage") -> list[str]:
    """What had to be encoded; checks every vector."""
    encoder = CountingEncoder()
    with VectorCache(folder) as cache:
        vectors = cache.wrap(encoder).encode(texts, kind)
    np.testing.assert_array_equal(vectors, HashEncoder(48).encode(texts, kind))
    return encoder.asked


def _chunks(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.vectors"))


def test_the_second_build_encodes_nothing(tmp_path: Path) -> None:
    assert _encode(tmp_path) == TEXTS
    assert _encode(tmp_path) == []


def test_one_changed_text_is_encoded_alone(tmp_path: Path) -> None:
    _encode(tmp_path)
    assert _encode(tmp_path, [*TEXTS[:50], "something new", *TEXTS[50:]]) == ["something new"]


def test_a_text_that_stands_twice_is_encoded_once(tmp_path: Path) -> None:
    assert _encode(tmp_path, ["a", "b", "a"]) == ["a", "b"]


def test_no_texts_give_no_rows(tmp_path: Path) -> None:
    with VectorCache(tmp_path) as cache:
        assert cache.wrap(HashEncoder(48)).encode([], "query").shape == (0, 48)


class _ByKind:
    """Encodes a query otherwise than a passage, as e5 does; its fingerprint is a parameter."""

    dimension = 2

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        value = float(len(self.fingerprint)) + (kind == "query") / 2
        return np.full((len(texts), 2), value, np.float32)


def test_kinds_and_encoders_are_kept_apart(tmp_path: Path) -> None:
    for fingerprint in ("a", "bb"):
        for kind, extra in (("query", 0.5), ("passage", 0.0)):
            with VectorCache(tmp_path) as cache:
                vectors = cache.wrap(_ByKind(fingerprint)).encode(["same"], kind)  # type: ignore[arg-type]
            assert vectors[0, 0] == len(fingerprint) + extra


def test_joined_encoders_remember_each_its_own(tmp_path: Path) -> None:
    first, second = CountingEncoder(48), CountingEncoder(32)
    joined = JoinedEncoder(first, second)
    with VectorCache(tmp_path) as cache:
        remembered = cache.remember(joined)
        assert (remembered.fingerprint, remembered.blocks) == (joined.fingerprint, joined.blocks)
        vectors = remembered.encode(TEXTS, "query")
    third = CountingEncoder(64)
    with VectorCache(tmp_path) as cache:
        again = cache.remember(JoinedEncoder(first, third)).encode(TEXTS, "query")
    np.testing.assert_array_equal(again[:, :48], vectors[:, :48])
    assert [len(encoder.asked) for encoder in (first, second, third)] == [100, 100, 100]


def test_what_was_encoded_before_an_interruption_is_kept(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), VectorCache(tmp_path) as cache:
        cache.wrap(CountingEncoder(most=70)).encode(TEXTS, "passage")
    assert _encode(tmp_path) == TEXTS[64:]  # whole batches of 32 were written


def _encode_until_killed(folder: Path) -> None:
    encoder = CountingEncoder(most=70)
    try:
        VectorCache(folder).wrap(encoder).encode(TEXTS, "passage")
    except KeyboardInterrupt:
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_was_encoded_before_a_kill_is_kept(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_encode_until_killed, args=(tmp_path,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert _encode(tmp_path) == TEXTS[64:]


@pytest.mark.parametrize("cut", [1, 4, 100, 228, 229])
def test_a_torn_end_is_ignored_and_written_over(tmp_path: Path, cut: int) -> None:
    _encode(tmp_path)
    (chunk,) = _chunks(tmp_path)
    os.truncate(chunk, chunk.stat().st_size - cut)
    lost = -(-cut // 228)  # a record has 32 + 48 * 4 + 4 bytes
    assert _encode(tmp_path) == TEXTS[-lost:]
    assert _encode(tmp_path) == []
    assert _chunks(tmp_path) == [chunk]


def test_a_damaged_vector_is_encoded_again(tmp_path: Path) -> None:
    _encode(tmp_path)
    (chunk,) = _chunks(tmp_path)
    content = bytearray(chunk.read_bytes())
    content[16 + 228 * 7 + 100] ^= 1
    chunk.write_bytes(content)
    assert _encode(tmp_path) == [TEXTS[7]]
    assert _encode(tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"vect", b"another file altogether", b"vectors1" + bytes(400)])
def test_a_file_that_is_no_chunk_is_left_aside(tmp_path: Path, content: bytes) -> None:
    _encode(tmp_path, ["first"])
    (chunk,) = _chunks(tmp_path)
    chunk.write_bytes(content)
    (chunk.parent / "notes.vectors").write_bytes(content)
    assert _encode(tmp_path) == TEXTS
    assert _encode(tmp_path) == []
    assert chunk.read_bytes() == content


def test_two_writers_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    with VectorCache(tmp_path) as one, VectorCache(tmp_path) as other:
        first = one.wrap(HashEncoder(48))
        first.encode(TEXTS[:10], "passage")
        second = other.wrap(HashEncoder(48))
        second.encode(TEXTS[10:20], "passage")
        first.encode(TEXTS[20:30], "passage")
        second.encode(TEXTS[30:40], "passage")
    assert len(_chunks(tmp_path)) == 2
    assert _encode(tmp_path, TEXTS[:40]) == []


def test_chunks_are_filled_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_chunks, "RECORDS_A_CHUNK", 30)
    _encode(tmp_path)
    assert len(_chunks(tmp_path)) == 4
    assert _encode(tmp_path) == []


def test_the_longest_unused_chunks_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_chunks, "RECORDS_A_CHUNK", 25)
    _encode(tmp_path)
    chunks = _chunks(tmp_path)
    for age, chunk in enumerate(chunks):
        os.utime(chunk, (age, age))
    _encode(tmp_path, TEXTS[:5])  # uses the first chunk, which is the oldest till then
    whole = sum(chunk.stat().st_size for chunk in chunks)
    VectorCache(tmp_path, most_bytes=whole)
    assert _chunks(tmp_path) == chunks
    VectorCache(tmp_path, most_bytes=whole // 2)
    assert _chunks(tmp_path) == [chunks[0], chunks[3]]
    assert _encode(tmp_path) == TEXTS[25:75]


def test_a_chunk_being_written_is_not_pruned(tmp_path: Path) -> None:
    with VectorCache(tmp_path) as cache:
        writer = cache.wrap(HashEncoder(48))
        writer.encode(TEXTS[:50], "passage")
        VectorCache(tmp_path, most_bytes=0)
        writer.encode(TEXTS[50:], "passage")
    assert _encode(tmp_path) == []
