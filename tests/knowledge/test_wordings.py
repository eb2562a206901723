"""Near-duplicates stay on one side of every split."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bank.wordings import folds, groups
from knowledge.models.ranker import Matrix


def _directions(*degrees: float) -> Matrix:
    """Unit vectors in a plane; the cosine of two is that of the angle between them."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_near_ones_share_a_group_and_far_ones_do_not() -> None:
    found = groups(_directions(0, 90, 5, 95, 200))
    assert found[0] == found[2]
    assert found[1] == found[3]
    assert len(set(found)) == 3


def test_a_chain_of_near_ones_is_one_group() -> None:
    assert len(set(groups(_directions(0, 40, 20, 60, 80)))) == 1  # 0 and 80 are far apart, cos 20° = .94


def test_the_threshold_is_what_divides() -> None:
    vectors = _directions(0, 20)
    assert len(set(groups(vectors, near=0.93))) == 1
    assert len(set(groups(vectors, near=0.95))) == 2


@pytest.mark.parametrize("block", [1, 2, 3, 100])
def test_working_in_blocks_changes_nothing(block: int) -> None:
    vectors = _directions(*np.random.default_rng(1).uniform(0, 360, 40).tolist())
    assert groups(vectors, near=0.995, block=block) == groups(vectors, near=0.995)


def test_no_question_has_no_group() -> None:
    assert groups(np.zeros((0, 4), np.float32)) == []


@given(st.lists(st.integers(0, 12), max_size=60), st.integers(2, 6), st.integers(0, 5))
def test_a_group_is_never_split_and_folds_are_about_equal(group_of: list[int], count: int, seed: int) -> None:
    found = folds(group_of, count, seed)
    assert len(found) == len(group_of)
    assert set(found) <= set(range(count))
    assert len(set(zip(group_of, found, strict=True))) == len(set(group_of))
    sizes = [found.count(fold) for fold in range(count)]
    largest_group = max(Counter(group_of).values(), default=0)
    assert max(sizes) - min(sizes) <= largest_group


def test_folds_are_the_same_for_the_same_seed_only() -> None:
    group_of = list(range(50))
    assert folds(group_of, 4, seed=1) == folds(group_of, 4, seed=1)
    assert folds(group_of, 4, seed=1) != folds(group_of, 4, seed=2)
