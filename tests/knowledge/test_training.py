"""Training the ranker: what it aims at, that it learns, and that it does so the same way each time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from knowledge.bank.questions import Question, QuestionBank
from knowledge.encoders.encoded import EncodedTexts
from knowledge.encoders.encoder import Encoding, HashEncoder
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.learning.training import Recipe, inputs_of, targets, train_ranker
from knowledge.models.network import Matrix
from knowledge.models.ranker import Ranker
from tests.knowledge.lantern import CLAUSE_IDS, TINY, encoded, small_encoders

IDS = ("1", "1.1", "2")


def _question(*clause_ids: str, also: tuple[str, ...] = ()) -> Question:
    return Question("text", "en", clause_ids, also, "plain", "a")


class TestTargets:
    @pytest.mark.parametrize(
        ("question", "expected"),
        [
            (_question("1.1"), [0, 1, 0, 0]),
            (_question("1", "2"), [0.5, 0, 0.5, 0]),
            (_question(), [0, 0, 0, 1]),
            (_question("1.1", also=("1",)), [0.2, 0.8, 0, 0]),  # 0.25 : 1
            (_question("1.1", "1", also=("2",)), [4 / 9, 4 / 9, 1 / 9, 0]),
            (_question("1", also=("1",)), [1, 0, 0, 0]),  # what answers is not less for being named twice
        ],
    )
    def test_a_question_wants_its_clauses(self, question: Question, expected: list[float]) -> None:
        assert targets([question], IDS, 0.25)[0].tolist() == pytest.approx(expected)

    def test_without_weight_only_answers_count(self) -> None:
        assert targets([_question("2", also=("1",))], IDS, 0.0).tolist() == [[0, 0, 1, 0]]


def _texts(vectors: Matrix, states: Matrix) -> EncodedTexts:
    """Each text has one token."""
    return EncodedTexts.gather(
        [Encoding(vector, state[None, :]) for vector, state in zip(vectors, states, strict=True)],
        vectors.shape[1],
        states.shape[1],
    )


def test_scaling_gives_each_encoder_and_each_state_the_same_say() -> None:
    rng = np.random.default_rng(0)
    vectors = np.concatenate([rng.normal(5, 3, (200, 4)), rng.normal(-1, 0.01, (200, 6))], axis=1)
    states = rng.normal((7, -3), (0.1, 20), (200, 2)).astype(np.float32)
    inputs = inputs_of(_texts(vectors.astype(np.float32), states), (4, 6))
    scaled = inputs.vector.apply(vectors.astype(np.float32))
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-3)
    assert scaled[:, :4].std() == pytest.approx(0.2, rel=1e-2)
    assert scaled[:, 4:].std() == pytest.approx(0.2, rel=1e-2)
    assert inputs.states.apply(states).mean(axis=0) == pytest.approx([0, 0], abs=0.05)
    assert inputs.states.apply(states).std(axis=0) == pytest.approx([1, 1], rel=0.05)


def test_scaling_stands_features_that_never_change() -> None:
    constant = np.ones((3, 2), np.float32)
    inputs = inputs_of(_texts(constant, constant), (2,))
    assert not inputs.vector.apply(constant).any()
    assert not inputs.states.apply(constant).any()


def _read(bank: QuestionBank, encoders: JoinedEncoder) -> tuple[list[Question], EncodedTexts]:
    questions = [*bank.answerable, *bank.unanswerable]
    return questions, encoded([question.text for question in questions], encoders)


def _train(bank: QuestionBank, recipe: Recipe) -> Ranker:
    encoders = small_encoders()
    questions, texts = _read(bank, encoders)
    return train_ranker(questions, texts, CLAUSE_IDS, encoders.blocks, encoders.fingerprint, recipe)


class TestTraining:
    def test_the_same_seed_gives_the_same_ranker_and_another_does_not(
        self, lantern_bank: QuestionBank
    ) -> None:
        texts = list(_read(lantern_bank, small_encoders())[1])
        first, second = (_train(lantern_bank, TINY).probabilities(texts) for _ in range(2))
        other = _train(lantern_bank, replace(TINY, seeds=(1,))).probabilities(texts)
        assert (first == second).all()
        assert np.abs(first - other).max() > 1e-3

    def test_each_seed_is_a_network_of_its_own_whatever_came_before(self, lantern_bank: QuestionBank) -> None:
        both = _train(lantern_bank, replace(TINY, seeds=(0, 1)))
        alone = _train(lantern_bank, replace(TINY, seeds=(1,)))
        assert len(both.networks) == 2
        assert (both.networks[1].hidden_weights == alone.networks[0].hidden_weights).all()

    def test_the_ranker_knows_what_it_was_trained_for(self, lantern_bank: QuestionBank) -> None:
        ranker = _train(lantern_bank, TINY)
        assert ranker.clause_ids == CLAUSE_IDS
        assert ranker.encoder_fingerprint == small_encoders().fingerprint
        assert ranker.networks[0].hidden_weights.shape == (160 + 8, 16)
        assert ranker.networks[0].output_weights.shape == (16, len(CLAUSE_IDS) + 1)

    def test_each_network_is_reported(self, lantern_bank: QuestionBank) -> None:
        questions, texts = _read(lantern_bank, small_encoders())
        lines: list[str] = []
        recipe = replace(TINY, seeds=(0, 1))
        train_ranker(questions, texts, CLAUSE_IDS, (96, 64), "print", recipe, lines.append)
        assert sorted(lines) == [
            f"Ranker: training network {number} of 2 on 39 questions" for number in (1, 2)
        ]

    def test_what_can_be_told_apart_is_learned_even_in_other_words(self) -> None:
        topics = {"1": "phone number register", "1.1": "courier parcel street", "2": "delete erase close"}
        nothing = "weather football joke"
        encoders = JoinedEncoder(HashEncoder(256))
        questions, asked = [], {}
        for clause_ids, words in [*(((id_,), words) for id_, words in topics.items()), ((), nothing)]:
            a, b, c = words.split()
            texts = [f"{x} {y}" for x in (a, b, c) for y in (a, b, c) if x != y]
            questions += [Question(text, "en", clause_ids, (), "plain", "a") for text in texts]
            asked[f"{c} {b} {a} please"] = (*IDS, "none").index(clause_ids[0] if clause_ids else "none")
        texts = encoded([question.text for question in questions], encoders)
        recipe = replace(TINY, epochs=200)  # one step each
        ranker = train_ranker(questions, texts, IDS, (256,), encoders.fingerprint, recipe)
        found = ranker.probabilities([encoders.read(text, "query") for text in asked])
        assert found.argmax(axis=1).tolist() == list(asked.values())
        assert found.max(axis=1).min() > 0.5
