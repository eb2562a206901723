"""Search without a bank: pooling by hand, the shortlist, the decision, and the facade that uses it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.bank.questions import QuestionBank
from knowledge.errors import IndexMissing
from knowledge.index_files import IndexUnreadable
from knowledge.learning.adapter_training import AdapterRecipe, train_adapter
from knowledge.models.adapter import Adapter
from knowledge.models.answerability import Answerability, Logistic
from knowledge.search.cold import (
    POOLING,
    SHORTLIST_FROM,
    ColdIndex,
    ColdSearch,
    build_cold,
    combined,
    decision_features,
    open_cold,
)
from knowledge.search.retriever import IndexParts, Retriever, load_parts
from knowledge.text.policy import Policy
from tests.knowledge.lantern import CLAUSE_IDS, small_encoders

ALWAYS, NEVER = Logistic((0, 0, 0, 0), 9.0), Logistic((0, 0, 0, 0), -9.0)


def _quiet(line: str) -> None:
    del line


@pytest.fixture(scope="module")
def adapter(lantern: Policy, lantern_bank: QuestionBank) -> Adapter:
    recipe = AdapterRecipe(hidden=16, epochs=1, drawn_policies=2)
    return train_adapter(lantern, lantern_bank, small_encoders(), _quiet, recipe)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, lantern: Policy, adapter: Adapter) -> Path:
    made = tmp_path_factory.mktemp("cold")
    adapter.save(made / "shipped.npz")
    build_cold(made, lantern.clauses, small_encoders(), _quiet, made / "shipped.npz")
    return made


@pytest.fixture(scope="module")
def search(folder: Path) -> ColdSearch:
    found = open_cold(folder)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("words", "lang", "clause_id"),
    [
        ("Without a phone number you cannot register", "en", "1.1"),
        ("We send it within fifteen days", "en", "3.1"),
        ("订单记录保存三年", "zh", "4"),
        ("地址只用于配送", "zh", "1.2"),
    ],
)
def test_one_sentence_of_a_clause_finds_it(search: ColdSearch, words: str, lang: str, clause_id: str) -> None:
    reading = search.read(small_encoders().encode([words], "query")[0], lang)  # type: ignore[arg-type]
    assert CLAUSE_IDS[int(reading.shares.argmax())] == clause_id
    assert reading.shares.sum() == pytest.approx(1, abs=1e-5)
    assert 0 <= reading.answered <= 1
    assert 0 <= reading.right <= 1


def test_pooling_is_a_soft_maximum_over_the_root_of_the_number_of_views(adapter: Adapter) -> None:
    wide = adapter.hidden_weights.shape[0]
    vectors = np.zeros((3, wide), np.float16)
    vectors[0, 0], vectors[1, 0], vectors[2, 1] = 1.0, 0.5, 1.0
    question = np.zeros((1, wide), np.float32)
    question[0, 0] = 1.0
    found = ColdSearch(ColdIndex(vectors, np.array([0, 2, 3])), adapter).pooled(question, np.arange(2))
    both = np.log((np.exp(POOLING * 1.0) + np.exp(POOLING * 0.5)) / np.sqrt(2)) / POOLING
    assert found[0] == pytest.approx([both, 0.0], abs=1e-2)


@pytest.fixture(scope="module")
def many(adapter: Adapter) -> ColdSearch:
    """More clauses than are all looked at, two views each."""
    drawn = np.random.default_rng(0)
    vectors = drawn.normal(size=(2 * (SHORTLIST_FROM + 50), adapter.hidden_weights.shape[0]))
    starts = np.arange(0, len(vectors) + 1, 2)
    return ColdSearch(ColdIndex((vectors / 10).astype(np.float16), starts), adapter)


class TestShortlist:
    def test_only_the_near_clauses_of_a_large_policy_are_looked_at(self, many: ColdSearch) -> None:
        assert many.needs_shortlist
        vector = small_encoders().encode(["close my account"], "query")[0]
        near = [440, 7, 300]
        reading = many.read(vector, "en", near)
        assert set(np.flatnonzero(reading.shares)) == set(near)

    def test_it_scores_them_as_the_whole_would(self, many: ColdSearch) -> None:
        question = np.random.default_rng(1).normal(size=(1, 160)).astype(np.float32)
        chosen = np.array([440, 7, 300])
        whole = many.pooled(question, np.arange(SHORTLIST_FROM + 50))
        # The zero of the exponent is the best of those looked at: nothing but rounding.
        assert many.pooled(question, chosen)[0] == pytest.approx(whole[0, chosen], abs=1e-2)

    def test_no_clause_near_is_no_error(self, many: ColdSearch) -> None:
        vector = small_encoders().encode([""], "query")[0]
        assert many.read(vector, "zh", []).shares.sum() == pytest.approx(1, abs=1e-4)


def test_the_features_are_the_best_likenesses_and_the_lead_over_the_second_and_the_fourth() -> None:
    scores = np.array([[0.9, 0.5, 0.3, 0.1], [0.7, 0.1, 0.3, 0.5]], np.float32)
    both = combined(scores)
    lead = [both[0] - max(both[1:]), both[0] - min(both)]
    assert decision_features(scores)[0] == pytest.approx([0.9, 0.7, *lead])
    assert decision_features(np.zeros((2, 1), np.float32))[0] == pytest.approx([0, 0, 0, 0])


class TestFiles:
    def test_encoders_that_the_adapter_does_not_know_get_no_cold_index(
        self, tmp_path: Path, lantern: Policy
    ) -> None:
        said: list[str] = []
        build_cold(tmp_path, lantern.clauses, small_encoders(), said.append)  # the shipped one knows others
        assert "no adapter for these encoders" in said[0]
        assert list(tmp_path.iterdir()) == []
        assert open_cold(tmp_path) is None

    @pytest.mark.parametrize("name", ["cold.npy", "cold.starts.npy"])
    def test_a_missing_or_damaged_part_is_told(self, tmp_path: Path, folder: Path, name: str) -> None:
        for path in folder.glob("*.np[yz]"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
        (tmp_path / name).write_bytes((folder / name).read_bytes()[:-9])
        with pytest.raises(IndexUnreadable, match="holds no cold index"):
            open_cold(tmp_path)
        (tmp_path / name).unlink()
        with pytest.raises(IndexMissing, match="no cold index"):
            open_cold(tmp_path)


class TestRetriever:
    @pytest.fixture
    def parts(self, lantern_index: Path) -> IndexParts:
        return replace(load_parts(lantern_index, small_encoders()), ranker=None, answerability=None)

    def _asking(
        self, parts: IndexParts, folder: Path, adapter: Adapter, decision: Answerability
    ) -> Retriever:
        cold = ColdSearch(ColdIndex.load(folder), replace(adapter, answerability=decision))
        return Retriever(small_encoders(), replace(parts, cold=cold))

    @pytest.mark.parametrize(
        ("answered", "right", "outcome", "cited"),
        [(ALWAYS, ALWAYS, "answer", 1), (ALWAYS, NEVER, "ask_back", 3), (NEVER, NEVER, "not_in_policy", 0)],
    )
    def test_the_learned_decision_has_three_outcomes(
        self,
        parts: IndexParts,
        folder: Path,
        adapter: Adapter,
        answered: Logistic,
        right: Logistic,
        outcome: str,
        cited: int,
    ) -> None:
        decision = Answerability(answered, right, 0.5, 0.5)
        found = self._asking(parts, folder, adapter, decision).search("订单记录保存三年，之后删除")
        assert (found.outcome, len(found.cited)) == (outcome, cited)
        assert found.ranked[0].clause_id == "4"
        assert found.confidence == pytest.approx(1 / (1 + np.exp(-right.bias)), abs=1e-4)

    @pytest.mark.parametrize("query", ["", "?", "😀", "close " * 300, "注销" * 600])
    def test_odd_queries_are_read(
        self, parts: IndexParts, folder: Path, adapter: Adapter, query: str
    ) -> None:
        decision = Answerability(ALWAYS, ALWAYS, 0.5, 0.5)
        found = self._asking(parts, folder, adapter, decision).search(query, top_k=11)
        assert {ranked.clause_id for ranked in found.ranked} == set(CLAUSE_IDS)
