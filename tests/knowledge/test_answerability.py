"""The decision: features, fit, thresholds and calibration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import IndexMissing
from knowledge.index_files import IndexUnreadable
from knowledge.models.answerability import (
    FEATURES,
    Answerability,
    Logistic,
    expected_calibration_error,
    features,
    fit,
)
from knowledge.models.network import Matrix, softmax

ALONE: Mapping[int, Sequence[int]] = {0: (0,), 1: (1,), 2: (2,)}
SHARE = st.floats(0, 1)


def _row(*values: float) -> Matrix:
    return np.array([values], np.float32)


def _features(
    probabilities: Matrix, families: Mapping[int, Sequence[int]] = ALONE, likeness: Matrix | None = None
) -> Matrix:
    """Of queries that resemble nothing, unless told otherwise."""
    nothing = np.zeros((len(probabilities), 2), np.float32)
    return features(probabilities, families, nothing if likeness is None else likeness)


def _named(probabilities: Matrix, families: Mapping[int, Sequence[int]] = ALONE) -> dict[str, float]:
    return dict(zip(FEATURES, _features(probabilities, families)[0].tolist(), strict=True))


class TestFeatures:
    def test_their_meaning(self) -> None:
        found = _named(_row(0.6, 0.1, 0.05, 0.25), {0: (0, 2), 1: (1,), 2: (0, 2)})
        assert found["answerable_logit"] == pytest.approx(np.log(0.75 / 0.25), abs=1e-3)
        assert found["top_logit"] == pytest.approx(np.log(0.6 / 0.4), abs=1e-3)
        assert found["margin"] == pytest.approx(np.log(0.6 / 0.1), abs=1e-3)
        assert found["family"] == pytest.approx(0.65)
        entropy = -sum(p * np.log(p) for p in (0.6, 0.1, 0.05, 0.25))
        assert found["entropy"] == pytest.approx(entropy, abs=1e-3)

    def test_likeness_is_passed_on(self) -> None:
        found = _features(_row(0.6, 0.1, 0.05, 0.25), likeness=_row(0.8, 0.3))
        named = dict(zip(FEATURES, found[0].tolist(), strict=True))
        assert (named["like_answered"], named["like_unanswered"]) == pytest.approx((0.8, 0.3))

    def test_a_clear_case_and_a_doubtful_one_differ_in_the_right_direction(self) -> None:
        clear, doubtful = _named(_row(0.9, 0.04, 0.03, 0.03)), _named(_row(0.26, 0.25, 0.24, 0.25))
        for name in ("answerable_logit", "top_logit", "margin", "family"):
            assert clear[name] > doubtful[name]
        assert clear["entropy"] < doubtful["entropy"]

    @pytest.mark.parametrize("row", [(1, 0, 0, 0), (0, 0, 0, 1), (0, 0, 0, 0)])
    def test_certainty_stays_finite(self, row: tuple[float, ...]) -> None:
        assert np.isfinite(_features(_row(*row))).all()

    def test_a_policy_of_one_clause_has_features_too(self) -> None:
        assert _named(_row(0.7, 0.3), {0: (0,)})["margin"] == 0

    def test_rows_do_not_touch_each_other(self) -> None:
        rows = softmax(np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32))
        alone = np.concatenate([_features(row[None, :]) for row in rows])
        np.testing.assert_allclose(_features(rows), alone, rtol=1e-5)


class TestDecision:
    MODEL = Answerability(Logistic((1.0,), 0.0), Logistic((1.0,), 0.0), 0.4, 0.3)

    @pytest.mark.parametrize(
        ("answered", "right", "outcome"),
        [
            (0.9, 0.9, "answer"),
            (0.4, 0.3, "answer"),  # a threshold belongs to the better side
            (0.4, 0.29, "ask_back"),
            (0.9, 0.0, "ask_back"),
            (0.39, 0.9, "not_in_policy"),
            (0.0, 0.0, "not_in_policy"),
        ],
    )
    def test_outcomes(self, answered: float, right: float, outcome: str) -> None:
        assert self.MODEL.decide(answered, right) == outcome

    @given(SHARE, SHARE, SHARE, SHARE)
    def test_surer_is_never_a_worse_outcome(self, a: float, b: float, c: float, d: float) -> None:
        order = ("not_in_policy", "ask_back", "answer")
        low = self.MODEL.decide(min(a, b), min(c, d))
        high = self.MODEL.decide(max(a, b), max(c, d))
        assert order.index(low) <= order.index(high)

    @given(st.floats(-50, 50), st.floats(-50, 50))
    def test_a_positive_weight_makes_more_of_a_feature_more_likely(self, a: float, b: float) -> None:
        model = Logistic((0.5, 0.0), -1.0)
        low, high = model(np.array([[min(a, b), 7], [max(a, b), -7]], np.float32))
        assert 0 <= low <= high <= 1

    def test_a_logistic_is_one(self) -> None:
        model = Logistic((2.0, -1.0), 0.5)
        assert model(_row(1.0, 0.5))[0] == pytest.approx(1 / (1 + np.exp(-2.0)))


def _made_up(count: int, seed: int = 0) -> tuple[Matrix, list[bool], list[bool]]:
    """Queries of which a third are unanswerable, with probabilities that mostly say so."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(count, 4)).astype(np.float32)
    answerable = [number % 3 > 0 for number in range(count)]
    for row, is_answerable in zip(logits, answerable, strict=True):
        row[rng.integers(3) if is_answerable else 3] += 4
    probabilities = softmax(logits)
    right = [ok and row[:3].max() > 0.4 for ok, row in zip(answerable, probabilities, strict=True)]
    return probabilities, answerable, right


class TestFit:
    def test_it_learns_what_the_policy_answers(self) -> None:
        probabilities, answerable, right = _made_up(600)
        model = fit(_features(probabilities), answerable, right)
        fresh, is_answerable, is_right = _made_up(600, seed=1)
        x = _features(fresh)
        assert np.mean((model.answered(x) > 0.5) == is_answerable) > 0.9
        assert np.mean((model.right(x) > 0.5) == is_right) > 0.85

    @pytest.mark.parametrize("most_wrong", [0.02, 0.05, 0.2])
    def test_at_most_that_many_unanswerable_ones_pass(self, most_wrong: float) -> None:
        probabilities, answerable, right = _made_up(900)
        model = fit(_features(probabilities), answerable, right, most_wrong)
        levels = model.answered(_features(probabilities))
        refused = levels[~np.array(answerable)]
        assert np.mean(refused >= model.answer_threshold) == pytest.approx(most_wrong, abs=0.01)
        assert np.mean(levels[np.array(answerable)] >= model.answer_threshold) > 0.9

    def test_a_stricter_share_raises_the_threshold(self) -> None:
        probabilities, answerable, right = _made_up(900)
        x = _features(probabilities)
        thresholds = [fit(x, answerable, right, share).answer_threshold for share in (0.2, 0.1, 0.05, 0.01)]
        assert thresholds == sorted(thresholds)
        assert thresholds[0] < thresholds[-1]

    def test_of_what_it_learned_from_it_expects_as_many_as_there_were(self) -> None:
        probabilities, answerable, right = _made_up(900)
        model, x = fit(_features(probabilities), answerable, right), _features(probabilities)
        assert model.answered(x).mean() == pytest.approx(np.mean(answerable), abs=2e-3)
        assert model.right(x).mean() == pytest.approx(np.mean(right), abs=2e-3)

    def test_its_confidence_is_calibrated(self) -> None:
        probabilities, answerable, right = _made_up(900)
        model = fit(_features(probabilities), answerable, right)
        fresh, _, right = _made_up(900, seed=5)
        assert expected_calibration_error(model.right(_features(fresh)), right) < 0.08

    def test_a_bank_without_unanswerable_messages_answers_everything(self) -> None:
        probabilities, _, _ = _made_up(30)
        model = fit(_features(probabilities), [True] * 30, [True] * 20 + [False] * 10)
        level = model.answered(_features(probabilities))
        assert (level >= model.answer_threshold).all()
        assert (level == level[0]).all()

    def test_a_ranker_that_is_never_right_is_never_sure(self) -> None:
        probabilities, answerable, _ = _made_up(30)
        model = fit(_features(probabilities), answerable, [False] * 30)
        assert (model.right(_features(probabilities)) < 0.1).all()


class TestFile:
    MODEL = Answerability(Logistic((0.1, 1.5, -2.0, 0.0, 3.25), -0.5), Logistic((1.0,) * 5, 0.25), 0.41, 0.3)

    def test_a_saved_model_is_the_same(self, tmp_path: Path) -> None:
        self.MODEL.save(tmp_path / "answerability.json")
        assert Answerability.load(tmp_path / "answerability.json") == self.MODEL

    @pytest.mark.parametrize("content", ["", "{", "[]", '"text"', "{}", '{"answered": {"weights": null}}'])
    def test_a_damaged_file_is_refused_by_name(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "answerability.json").write_text(content)
        with pytest.raises(IndexUnreadable, match=r"answerability\.json is not an answerability model"):
            Answerability.load(tmp_path / "answerability.json")

    @pytest.mark.parametrize("field", ["answered", "right", "answer_threshold", "ask_back_threshold"])
    def test_no_field_is_guessed(self, tmp_path: Path, field: str) -> None:
        path = tmp_path / "answerability.json"
        self.MODEL.save(path)
        stored = json.loads(path.read_text())
        del stored[field]
        path.write_text(json.dumps(stored))
        with pytest.raises(IndexUnreadable, match=field):
            Answerability.load(path)

    def test_a_missing_file_is_a_missing_index(self, tmp_path: Path) -> None:
        with pytest.raises(IndexMissing):
            Answerability.load(tmp_path / "answerability.json")


class TestCalibrationError:
    def test_confidence_that_is_kept_is_no_error(self) -> None:
        rng = np.random.default_rng(0)
        confidence = rng.uniform(size=20_000).astype(np.float32)
        right = (rng.uniform(size=20_000) < confidence).tolist()
        assert expected_calibration_error(confidence, right) < 0.02

    @pytest.mark.parametrize(
        ("confidence", "right_of_ten", "error"),
        [(0.9, 5, 0.4), (0.1, 10, 0.9), (1.0, 10, 0.0), (0.0, 0, 0.0)],
    )
    def test_the_gap_is_the_error(self, confidence: float, right_of_ten: int, error: float) -> None:
        right = [number < right_of_ten for number in range(10)] * 10
        level = np.full(100, confidence, np.float32)
        assert expected_calibration_error(level, right, bins=1) == pytest.approx(error, abs=1e-6)

    def test_gaps_up_and_down_do_not_cancel(self) -> None:
        confidence = np.array([0.2] * 50 + [0.8] * 50, np.float32)
        right = [True] * 50 + [False] * 50
        assert expected_calibration_error(confidence, right, bins=2) == pytest.approx(0.8, abs=1e-6)

    def test_nothing_measured_is_no_error(self) -> None:
        assert expected_calibration_error(np.zeros(0, np.float32), []) == 0
