"""A build goes on where the last one was stopped, and encodes only what is new."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.bank.questions import load_bank
from knowledge.editions.build import build
from knowledge.encoders.encoder import Encoding, HashEncoder, Kind, Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.text.policy import load_policy
from tests.bench.corpus import write_corpus
from tests.knowledge.lantern import write_bank, write_entries, write_policy

NEW = "may somebody else read what I ordered"


class StoppableEncoder:
    """A hash encoder that counts its texts and is interrupted after ``most``."""

    def __init__(self, dimension: int, most: int = 10**6) -> None:
        self._encoder = HashEncoder(dimension)
        self.dimension = self.width = dimension
        self.fingerprint = self._encoder.fingerprint
        self.most = most
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        if len(self.asked) + len(texts) > self.most:
            raise KeyboardInterrupt
        self.asked.extend(texts)
        return self._encoder.encode(texts, kind)

    def read(self, text: str, kind: Kind) -> Encoding:
        """Not noted: the tokens of questions are read anew by every build."""
        return self._encoder.read(text, kind)


def _build(folder: Path, index: Path, cache: Path, most: int = 10**6) -> tuple[list[str], list[str]]:
    """What each of the two encoders had to encode."""
    first, second = StoppableEncoder(96, most), StoppableEncoder(64)
    policy = load_policy(folder)
    bank = load_bank(folder, policy.clauses)
    build(index, policy, bank, JoinedEncoder(first, second), cache=cache)
    return first.asked, second.asked


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_after_one_new_question_only_that_is_encoded(tmp_path: Path) -> None:
    folder, cache = write_bank(write_policy(tmp_path / "lantern")), tmp_path / "cache"
    first, second = _build(folder, tmp_path / "index", cache)
    assert first  # passages and sentences
    assert len(second) > 39  # the questions too
    lines = (folder / "questions.en.yml").read_text("utf-8")
    write_entries(folder / "questions.en.yml", [{"clauses": ["2"], "text": NEW}])
    (folder / "questions.en.yml").write_text(
        (folder / "questions.en.yml").read_text("utf-8") + lines, "utf-8"
    )
    assert _build(folder, tmp_path / "index", cache) == ([], [NEW])


def test_a_stopped_build_goes_on_and_makes_the_very_same(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus", 300)
    in_one_go, _ = _build(folder, tmp_path / "whole" / "index", tmp_path / "whole" / "cache")
    stops = 0
    cache, index = tmp_path / "stopped" / "cache", tmp_path / "stopped" / "index"
    while not index.exists():
        try:
            _build(folder, index, cache, most=400)
        except KeyboardInterrupt:
            stops += 1
    assert len(in_one_go) // 400 <= stops <= len(in_one_go) // 384 + 1  # batches of 32 are kept
    assert _contents(index) == _contents(tmp_path / "whole" / "index")


def test_the_same_is_made_with_and_without_a_memory(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus", 60)
    _build(folder, tmp_path / "with", tmp_path / "cache")
    policy = load_policy(folder)
    encoders = JoinedEncoder(HashEncoder(96), HashEncoder(64))
    build(tmp_path / "without", policy, load_bank(folder, policy.clauses), encoders)
    assert _contents(tmp_path / "with") == _contents(tmp_path / "without")


@pytest.mark.parametrize("clauses", [1, 2, 11, 12, 102, 1000])
def test_the_corpus_has_just_so_many_clauses_and_is_always_the_same(tmp_path: Path, clauses: int) -> None:
    policy = load_policy(write_corpus(tmp_path / "a", clauses))
    assert len(policy.clauses) == clauses
    assert policy.sha256 == load_policy(write_corpus(tmp_path / "b", clauses)).sha256
    texts = {clause.text for clause in policy.clauses.values()}
    assert len(texts) > 0.95 * clauses
    assert all(clause.text.zh and clause.text.en for clause in policy.clauses.values())
