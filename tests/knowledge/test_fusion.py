"""Bringing opinions together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from knowledge.index.fusion import Scores, best_per_clause, fuse, standardised

ORDER = {"1": 0, "1.1": 1, "2": 2, "3": 3}
finite = st.floats(-1000, 1000, width=32)
hits = st.lists(st.tuples(st.sampled_from(sorted(ORDER)), finite), max_size=30)
scores = arrays(np.float32, st.integers(1, 40), elements=finite)


def test_a_clause_has_its_best_hits_score_and_one_without_a_hit_the_lowest() -> None:
    found = best_per_clause([("2", 0.5), ("1.1", 0.9), ("2", 0.7), ("1.1", 0.1)], ORDER)
    assert found.tolist() == pytest.approx([0.7, 0.9, 0.7, 0.7])
    assert best_per_clause([], ORDER).tolist() == [0, 0, 0, 0]


def test_a_hit_of_no_clause_is_an_error() -> None:
    with pytest.raises(KeyError):
        best_per_clause([("9", 1.0)], ORDER)


@given(hits)
def test_no_hit_is_lost_and_none_made_up(found: list[tuple[str, float]]) -> None:
    result = best_per_clause(found, ORDER)
    best = {clause_id: max(s for key, s in found if key == clause_id) for clause_id, _ in found}
    for clause_id, position in ORDER.items():
        expected = best.get(clause_id, min(best.values(), default=0.0))
        assert result[position] == np.float32(expected)


@given(hits, st.randoms())
def test_the_order_of_hits_does_not_matter(found: list[tuple[str, float]], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert (best_per_clause(found, ORDER) == best_per_clause(shuffled, ORDER)).all()


@given(scores)
def test_standardised_scores_have_mean_zero_and_deviation_one(values: Scores) -> None:
    result = standardised(values)
    assert result.shape == values.shape
    assert result.dtype == np.float32
    if values.max() == values.min():
        assert not result.any()
    else:
        assert result.mean() == pytest.approx(0, abs=1e-3)
        assert result.std() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("value", [0.0, 0.3, 0.1, 7.7, -123.456])
def test_equal_scores_say_nothing(value: float) -> None:
    assert not standardised(np.full(135, value, np.float32)).any()


@given(scores)
def test_standardising_keeps_the_order(values: Scores) -> None:
    result = standardised(values)
    best_first = np.argsort(-values, kind="stable")
    assert (np.diff(result[best_first]) <= 0).all()


@given(scores, st.floats(0.5, 8, width=32), st.integers(-100, 100))
def test_an_opinions_own_scale_does_not_matter(values: Scores, factor: float, offset: int) -> None:
    if values.max() - values.min() > 1:  # else the offset swallows the differences
        np.testing.assert_allclose(standardised(values * factor + offset), standardised(values), atol=1e-2)


def test_fusing_weighs_the_opinions() -> None:
    first, second = np.array([3, 1, 2], np.float32), np.array([0, 10, 0], np.float32)
    assert int(fuse([first, second], (1.0, 0.1)).argmax()) == 0
    assert int(fuse([first, second], (0.1, 1.0)).argmax()) == 1
    np.testing.assert_allclose(
        fuse([first, second], (1.0, 0.7)), standardised(first) + 0.7 * standardised(second), rtol=1e-6
    )


@given(scores)
def test_a_single_opinion_keeps_its_order_and_itself(values: Scores) -> None:
    before = values.copy()
    assert (fuse([values], [1.0]) == standardised(values)).all()
    assert (values == before).all()


@pytest.mark.parametrize("weights", [(), (1.0,), (1.0, 1.0, 1.0)])
def test_each_opinion_needs_a_weight(weights: tuple[float, ...]) -> None:
    opinion = np.zeros(3, np.float32)
    with pytest.raises(ValueError, match="as many weights"):
        fuse([opinion, opinion], weights)
    with pytest.raises(ValueError, match="at least one"):
        fuse([], ())
