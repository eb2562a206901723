"""The adapter: what it learns, and that it refuses what it was not trained for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.bank.questions import Question, QuestionBank
from knowledge.encoders.encoder import HashEncoder
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.errors import IndexMissing, PolicyError
from knowledge.index_files import IndexUnreadable
from knowledge.learning.adapter_training import (
    AdapterRecipe,
    halves,
    train_adapter,
    train_network,
    wanted_clauses,
)
from knowledge.models.adapter import SHIPPED, Adapter, fitting_adapter, gelu, normal
from knowledge.text.policy import Policy
from tests.knowledge.lantern import small_encoders

SMALL = AdapterRecipe(hidden=16, epochs=3, drawn_policies=2)


def _quiet(line: str) -> None:
    del line


@pytest.fixture(scope="module")
def adapter(lantern: Policy, lantern_bank: QuestionBank) -> Adapter:
    return train_adapter(lantern, lantern_bank, small_encoders(), _quiet, SMALL)


def test_training_carries_questions_it_has_not_seen_to_their_clauses() -> None:
    """Clauses lie where questions lie, but turned: what a network can learn and a likeness cannot."""
    drawn = np.random.default_rng(1)
    blocks, clauses = (12, 12), 20
    turned = np.linalg.qr(drawn.normal(size=(24, 24)))[0].astype(np.float32)
    topics = drawn.normal(size=(clauses, 24)).astype(np.float32)
    answers = drawn.integers(clauses, size=900)
    asked = normal(topics[answers] + 0.3 * drawn.normal(size=(900, 24)), blocks)
    middles = normal(topics @ turned, blocks)
    wanted = np.eye(clauses, dtype=np.float32)[answers]
    recipe = AdapterRecipe(hidden=64, epochs=40, batch=50, rate=1e-2, dropout=(0.0, 0.0))
    hidden, hidden_bias, output, output_bias = train_network(
        asked[:600], wanted[:600], middles, blocks, recipe
    )
    carried = normal(asked + gelu(asked @ hidden + hidden_bias) @ output + output_bias, blocks)

    def right(questions: np.ndarray) -> float:
        return float(((questions[600:] @ middles.T).argmax(axis=1) == answers[600:]).mean())

    assert right(asked) < 0.2
    assert right(carried) > 0.9


def test_a_network_that_learned_nothing_leaves_a_question_where_it_is(adapter: Adapter) -> None:
    idle = replace(
        adapter,
        output_weights=np.zeros_like(adapter.output_weights),
        output_bias=np.zeros_like(adapter.output_bias),
    )
    questions = idle.questions(small_encoders().encode(["close my account", "注销"], "query"), ["en", "zh"])
    assert np.allclose(idle.carried(questions), questions, atol=1e-6)
    assert not np.allclose(adapter.carried(questions), questions, atol=1e-3)


def test_questions_are_centred_by_their_language_block_by_block(adapter: Adapter) -> None:
    vectors = small_encoders().encode(["close my account", "close my account"], "query")
    english, chinese = adapter.questions(vectors, ["en", "zh"])
    assert not np.allclose(english, chinese, atol=0.05)
    assert [np.linalg.norm(block) for block in (english[:96], english[96:])] == pytest.approx([1, 1])


def test_the_same_training_gives_the_same_file(
    tmp_path: Path, adapter: Adapter, lantern: Policy, lantern_bank: QuestionBank
) -> None:
    adapter.save(tmp_path / "one")
    train_adapter(lantern, lantern_bank, small_encoders(), _quiet, SMALL).save(tmp_path / "two")
    train_adapter(lantern, lantern_bank, small_encoders(), _quiet, replace(SMALL, seed=1)).save(
        tmp_path / "three"
    )
    one, two, three = ((tmp_path / name).read_bytes() for name in ("one", "two", "three"))
    assert one == two
    assert one != three


def test_what_is_loaded_is_what_was_saved(tmp_path: Path, adapter: Adapter) -> None:
    adapter.save(tmp_path / "adapter.npz")
    loaded = Adapter.load(tmp_path / "adapter.npz")
    assert loaded.answerability == adapter.answerability
    assert (loaded.blocks, loaded.sharpness) == (adapter.blocks, adapter.sharpness)
    questions = adapter.questions(small_encoders().encode(["who sees my address"], "query"), ["en"])
    assert np.allclose(loaded.carried(questions), adapter.carried(questions), atol=2e-3)


@pytest.mark.parametrize("content", [b"", b"PK", b"{}"])
def test_a_file_that_is_no_adapter_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "adapter.npz").write_bytes(content)
    with pytest.raises(IndexUnreadable, match=r"adapter\.npz is not an adapter"):
        Adapter.load(tmp_path / "adapter.npz")
    with pytest.raises(IndexMissing):
        Adapter.load(tmp_path / "none.npz")


class _Other(HashEncoder):
    """Of the same width, but another model."""

    def encode(self, texts, kind):  # type: ignore[no-untyped-def]
        return -super().encode(texts, kind)


def test_only_the_encoders_it_was_trained_on_fit(tmp_path: Path, adapter: Adapter) -> None:
    adapter.save(tmp_path / "adapter.npz")
    assert fitting_adapter(small_encoders(), tmp_path / "adapter.npz") is not None
    assert fitting_adapter(JoinedEncoder(HashEncoder(96), HashEncoder(32)), tmp_path / "adapter.npz") is None
    assert fitting_adapter(JoinedEncoder(HashEncoder(96), _Other(64)), tmp_path / "adapter.npz") is None
    assert fitting_adapter(small_encoders(), tmp_path / "none.npz") is None


def test_the_shipped_file_is_small_and_whole() -> None:
    assert SHIPPED.stat().st_size < 2_000_000
    shipped = Adapter.load()
    assert shipped.blocks == (384, 512)
    assert np.isfinite(shipped.hidden_weights).all()
    assert 0 < shipped.answerability.answer_threshold < 1


def test_halves_share_no_article_and_no_question() -> None:
    ids = ["0", "1", "1.1", "2", "2.1", "3"]
    asked = [Question("?", "en", (item,), (), "plain", "a") for item in ids] + [
        Question("?", "en", (), (), "plain", "a")
    ]
    (first, second) = halves(ids, wanted_clauses(asked, ids))
    assert [list(np.flatnonzero(part)) for part in first] == [[0, 3, 4], [0, 3, 4]]
    assert [list(np.flatnonzero(part)) for part in second] == [[1, 2, 5], [1, 2, 5]]


def test_a_bank_that_cannot_teach_is_refused(lantern: Policy, lantern_bank: QuestionBank) -> None:
    english = tuple(question for question in lantern_bank.answerable if question.lang == "en")
    with pytest.raises(PolicyError, match="every language"):
        train_adapter(lantern, QuestionBank(english, (), ""), small_encoders(), _quiet, SMALL)
    narrow = tuple(question for question in lantern_bank.answerable if question.clause_ids[0] < "3")
    with pytest.raises(PolicyError, match="four articles"):
        train_adapter(lantern, QuestionBank(narrow, (), ""), small_encoders(), _quiet, SMALL)
