"""The facade on a small built index: ranking, decision, and queries nobody planned for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.bank.questions import QuestionBank, load_bank
from knowledge.editions.build import build
from knowledge.encoders.encoder import HashEncoder
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.errors import EncoderMismatch, IndexMissing
from knowledge.index_files import IndexUnreadable
from knowledge.learning.training import train_ranker
from knowledge.models.answerability import Answerability, Logistic
from knowledge.models.network import Matrix
from knowledge.models.ranker import Ranker
from knowledge.search.retriever import Finding, IndexParts, Retriever, load_parts
from knowledge.text.policy import Policy
from knowledge.types import LANGUAGES
from tests.knowledge.lantern import ASKED, CLAUSE_IDS, NOT_ANSWERED, TINY, encoded, small_encoders

# Reads the ranker's shares as they are: answered above 1/2, and right when the first clause has 0.3.
PLAIN = Answerability(Logistic((1, 0, 0, 0, 0, 0, 0), 0.0), Logistic((0, 1, 0, 0, 0, 0, 0), 0.0), 0.5, 0.3)

ODD_QUERIES = [
    "",
    " \n\t\u3000",
    "a",
    "我",
    "?",
    "。。。！？…—",
    "😀",
    "👩‍👩‍👧 🇨🇳",
    "<script>alert('account')</script>",
    "<b>close</b> my **account** [here](https://example.com)",
    "'; DROP TABLE clauses; --",
    "可以close我的account吗, 谢谢",
    "مرحبا كيف أحذف حسابي",
    "\x00\u200b\u202e",
    "\ud800",  # half a character, as broken clients send
    "ｃｌｏｓｅ　ｍｙ　ａｃｃｏｕｎｔ",
    "close my account " * 118,
    "注销账号" * 500,
    "1.2.3",
]


@pytest.fixture(scope="module")
def parts(lantern_index: Path) -> IndexParts:
    return load_parts(lantern_index, small_encoders())


@pytest.fixture(scope="module")
def built(parts: IndexParts) -> Retriever:
    """As it was built."""
    return Retriever(small_encoders(), parts)


@pytest.fixture(scope="module")
def by_heart(lantern_bank: QuestionBank) -> Ranker:
    """A ranker that knows its bank by heart."""
    encoders = small_encoders()
    questions = [*lantern_bank.answerable, *lantern_bank.unanswerable]
    texts = encoded([question.text for question in questions], encoders)
    recipe = replace(TINY, hidden=64, epochs=200)
    return train_ranker(questions, texts, CLAUSE_IDS, encoders.blocks, encoders.fingerprint, recipe)


@pytest.fixture(scope="module")
def sure(parts: IndexParts, by_heart: Ranker) -> Retriever:
    """Knows its bank by heart and decides in a way that can be followed."""
    return _retriever(parts, by_heart, PLAIN)


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory, lantern: Policy) -> Retriever:
    """A policy on its first day: no question bank."""
    folder = tmp_path_factory.mktemp("cold")
    build(folder / "index", lantern, load_bank(folder, lantern.clauses), small_encoders())
    return Retriever(small_encoders(), load_parts(folder / "index", small_encoders()))


def _retriever(parts: IndexParts, ranker: Ranker, model: Answerability) -> Retriever:
    return Retriever(small_encoders(), replace(parts, ranker=ranker, answerability=model))


def _constant(ranker: Ranker, shares: Matrix) -> Ranker:
    """The same shares for every query."""
    network = ranker.networks[0]
    bias = np.log(shares).astype(np.float32)
    return replace(
        ranker, networks=(replace(network, output_weights=network.output_weights * 0, output_bias=bias),)
    )


def _check(finding: Finding, policy: Policy, top_k: int) -> None:
    """What holds for every finding, whatever was asked."""
    ids = [ranked.clause_id for ranked in finding.ranked]
    assert len(ids) == len(set(ids)) == min(top_k, len(policy.clauses))
    assert set(ids) <= set(policy.clauses)
    scores = [ranked.score for ranked in finding.ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1.01 for score in scores)
    assert 0 <= finding.confidence <= 1
    assert finding.answerable is (finding.outcome != "not_in_policy")
    if finding.outcome == "not_in_policy":
        assert finding.cited == ()
    else:
        assert 1 <= len(finding.cited) <= 3
        assert finding.cited[: len(ids)] == tuple(ids[: len(finding.cited)])
    for ranked in finding.ranked:
        for lang in LANGUAGES:
            text = policy.clause(ranked.clause_id).text.get(lang)
            assert all(0 <= start < end <= len(text) for start, end in ranked.highlights[lang])


class TestAnyQuery:
    @pytest.mark.parametrize("query", ODD_QUERIES)
    @pytest.mark.parametrize("kind", ["built", "sure", "cold"])
    def test_each_clause_once_and_best_first(
        self, request: pytest.FixtureRequest, lantern: Policy, kind: str, query: str
    ) -> None:
        retriever: Retriever = request.getfixturevalue(kind)
        _check(retriever.search(query, top_k=4), lantern, 4)

    @settings(deadline=None, max_examples=60)
    @given(query=st.text(max_size=60), top_k=st.integers(0, 20))
    def test_any_text(self, sure: Retriever, lantern: Policy, query: str, top_k: int) -> None:
        _check(sure.search(query, top_k=top_k), lantern, top_k)

    @pytest.mark.parametrize("top_k", [0, 1, 3, 11, 500])
    def test_top_k(self, sure: Retriever, lantern: Policy, top_k: int) -> None:
        finding = sure.search("how do I close my account", top_k=top_k)
        _check(finding, lantern, top_k)
        assert finding.cited == ("3.2",)  # what is cited does not hang on how many are listed

    def test_the_same_query_has_the_same_answer_in_every_thread(self, sure: Retriever) -> None:
        queries = ["how do I close my account", "收货地址拿来做什么", ""] * 6
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(sure.search, queries))
        assert found == [sure.search(query) for query in queries]


class TestRanking:
    @pytest.mark.parametrize("clause_id", CLAUSE_IDS)
    def test_a_question_leads_to_its_clause_in_either_language(self, sure: Retriever, clause_id: str) -> None:
        for text in ASKED[clause_id]:
            assert sure.search(text).ranked[0].clause_id == clause_id, text

    def test_case_width_and_spaces_do_not_matter(self, sure: Retriever) -> None:
        plain = sure.search("how do I close my account")
        assert sure.search("  ＨＯＷ do I\n\nclose my　ACCOUNT ") == plain

    def test_similarity_orders_what_the_ranker_cannot_tell_apart(
        self, parts: IndexParts, by_heart: Ranker
    ) -> None:
        retriever = _retriever(parts, _constant(by_heart, np.ones(len(CLAUSE_IDS) + 1, np.float32)), PLAIN)
        assert retriever.search("You may correct wrong information").ranked[0].clause_id == "3.3"
        assert retriever.search("地址只用于配送").ranked[0].clause_id == "1.2"

    def test_probabilities_for_evaluation_are_those_of_the_ranker(self, sure: Retriever) -> None:
        found = sure.probabilities(["how do I close my account", "明天天气怎么样"])
        assert found.shape == (2, len(CLAUSE_IDS) + 1)
        np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
        assert found.argmax(axis=1).tolist() == [CLAUSE_IDS.index("3.2"), len(CLAUSE_IDS)]

    @pytest.mark.parametrize(
        ("query", "expected"), [("how do I close my account", "en"), ("怎么注销账号", "zh"), ("", "zh")]
    )
    def test_the_querys_language_is_found_unless_it_is_given(
        self, sure: Retriever, query: str, expected: str
    ) -> None:
        assert sure.search(query).query_lang == expected
        assert sure.search(query, "en").query_lang == "en"
        assert sure.search(query, "zh").query_lang == "zh"

    def test_the_answering_sentence_is_marked(self, sure: Retriever, lantern: Policy) -> None:
        best = sure.search("how do I close my account").ranked[0]
        marked = {
            lang: [lantern.clause("3.2").text.get(lang)[a:b] for a, b in spans]
            for lang, spans in best.highlights.items()
        }
        assert marked["en"] == ["You may close your account."]
        assert len(marked["zh"]) == 1


class TestOutcomes:
    def test_an_answer_cites_the_clause(self, sure: Retriever) -> None:
        finding = sure.search("how do I close my account")
        assert (finding.outcome, finding.cited, finding.answerable) == ("answer", ("3.2",), True)
        assert finding.confidence > 0.8

    @pytest.mark.parametrize("query", [text for texts in NOT_ANSWERED.values() for text in texts])
    def test_a_message_without_answer_cites_nothing(self, sure: Retriever, query: str) -> None:
        finding = sure.search(query)
        assert (finding.outcome, finding.cited, finding.answerable) == ("not_in_policy", (), False)
        assert len(finding.ranked) == 5  # an agent may still look

    def test_a_doubtful_one_offers_three(self, parts: IndexParts, by_heart: Ranker) -> None:
        doubting = _retriever(parts, by_heart, replace(PLAIN, ask_back_threshold=1.1))
        finding = doubting.search("how do I close my account")
        assert (finding.outcome, finding.answerable) == ("ask_back", True)
        assert finding.cited == tuple(ranked.clause_id for ranked in finding.ranked[:3])

    @pytest.mark.parametrize(
        ("held", "cited"),
        [
            ({"2": 1.0, "4": 0.75}, ("2", "4")),
            ({"2": 1.0, "4": 0.2}, ("2",)),
            ({"3.1": 1.0, "3.2": 0.8, "3.3": 0.6}, ("3",)),
        ],
    )
    def test_what_answers_too_and_whole_lists_are_cited(
        self, parts: IndexParts, by_heart: Ranker, held: dict[str, float], cited: tuple[str, ...]
    ) -> None:
        shares = np.full(len(CLAUSE_IDS) + 1, 1e-4, np.float32)
        for clause_id, share in held.items():
            shares[CLAUSE_IDS.index(clause_id)] = share
        finding = _retriever(parts, _constant(by_heart, shares), PLAIN).search("x")
        assert finding.outcome == "answer"
        assert finding.cited == cited


class TestWithoutBank:
    @pytest.mark.parametrize(
        ("query", "clause_id"),
        [
            ("bank card number", "1.3"),
            ("We share the postal address with couriers only", "2"),
            ("订单记录保存三年", "4"),
            ("银行卡号", "1.3"),
        ],
    )
    def test_similar_words_lead_to_the_clause(self, cold: Retriever, query: str, clause_id: str) -> None:
        assert cold.search(query).ranked[0].clause_id == clause_id

    def test_the_texts_own_words_are_answered_and_others_are_not(self, cold: Retriever) -> None:
        own = "Sharing\nWe share the postal address with couriers only and never sell personal information."
        assert cold.search(own).outcome == "answer"
        assert cold.search(own).cited[0] == "2"
        assert cold.search("Who won the football match in Paris?").outcome == "not_in_policy"

    def test_nothing_is_refused_a_share(self, cold: Retriever) -> None:
        found = cold.probabilities(["close account"])
        assert found.shape == (1, len(CLAUSE_IDS) + 1)
        assert found[0, -1] == 0
        assert found.sum() == pytest.approx(1, rel=1e-5)


class TestOpening:
    def test_another_encoder_is_refused(self, lantern_index: Path) -> None:
        with pytest.raises(EncoderMismatch, match="build it again"):
            load_parts(lantern_index, JoinedEncoder(HashEncoder(96), HashEncoder(65)))

    def test_the_order_of_encoders_matters(self, lantern_index: Path) -> None:
        with pytest.raises(EncoderMismatch):
            load_parts(lantern_index, JoinedEncoder(HashEncoder(64), HashEncoder(96)))

    def test_an_index_never_built_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(IndexMissing):
            load_parts(tmp_path / "nowhere", small_encoders())

    @pytest.mark.parametrize(
        "name",
        [
            "dense.index",
            "lexical.index",
            "sentences.json",
            "ranker.npz",
            "neighbours.npz",
            "answerability.json",
        ],
    )
    def test_a_lost_file_is_a_missing_index(self, lantern_index: Path, tmp_path: Path, name: str) -> None:
        folder = Path(shutil.copytree(lantern_index, tmp_path / "index"))
        (folder / name).unlink()
        with pytest.raises(IndexMissing):
            load_parts(folder, small_encoders())

    @pytest.mark.parametrize(
        "damage",
        [
            lambda text: "",
            lambda text: text[:40],
            lambda text: "[]",
            lambda text: "{}",
            lambda text: json.dumps({**json.loads(text), "clause_ids": None}),
        ],
    )
    def test_a_damaged_manifest_is_unreadable(
        self, lantern_index: Path, tmp_path: Path, damage: Callable[[str], str]
    ) -> None:
        folder = Path(shutil.copytree(lantern_index, tmp_path / "index"))
        manifest = folder / "manifest.json"
        manifest.write_text(damage(manifest.read_text()))
        with pytest.raises(IndexUnreadable, match=r"manifest\.json"):
            load_parts(folder, small_encoders())

    def test_the_first_encoder_is_the_shared_one(self, built: Retriever) -> None:
        assert built.encoder.dimension == 96
