"""Sentences with their translations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from knowledge.encoders.encoder import HashEncoder
from knowledge.index.passages import sentences
from knowledge.learning.alignment import Pair, align
from knowledge.learning.highlight_training import pair_numbers
from knowledge.text.policy import load_policy


def _likeness(first: int, second: int, translations: list[tuple[int, int]]) -> np.ndarray:
    found = np.full((first, second), 0.1, np.float32)
    for place in translations:
        found[place] = 0.9
    return found


@pytest.mark.parametrize(
    ("first", "second", "translations", "expected"),
    [
        ([10, 10], [30, 30], [(0, 0), (1, 1)], [((0,), (0,)), ((1,), (1,))]),
        ([20, 10], [30, 30, 30], [(0, 0), (0, 1), (1, 2)], [((0,), (0, 1)), ((1,), (2,))]),
        ([10, 10, 10], [30, 60], [(0, 0), (1, 1), (2, 1)], [((0,), (0,)), ((1, 2), (1,))]),
        ([10, 10, 10], [30, 30], [(1, 0), (2, 1)], [((0, 1), (0,)), ((2,), (1,))]),
        ([40], [10, 10, 10, 10], [(0, 0), (0, 1), (0, 2), (0, 3)], [((0,), (0, 1, 2, 3))]),
        ([10, 10], [], [], [((0,), ()), ((1,), ())]),
        ([], [], [], []),
    ],
)
def test_translations_meet(
    first: list[int], second: list[int], translations: list[tuple[int, int]], expected: list[Pair]
) -> None:
    pairs = align(first, second, _likeness(len(first), len(second), translations))
    assert list(pairs) == expected


@given(
    st.lists(st.integers(1, 300), max_size=7), st.lists(st.integers(1, 300), max_size=7), st.integers(0, 99)
)
def test_every_sentence_is_in_one_pair_and_in_order(first: list[int], second: list[int], seed: int) -> None:
    likeness = np.random.default_rng(seed).random((len(first), len(second))).astype(np.float32)
    pairs = align(first, second, likeness)
    assert [row for rows, _ in pairs for row in rows] == list(range(len(first)))
    assert [row for _, rows in pairs for row in rows] == list(range(len(second)))


def test_texts_that_resemble_nothing_are_paired_by_length() -> None:
    pairs = align([10, 90, 10], [30, 270, 30], np.zeros((3, 3), np.float32))
    assert list(pairs) == [((0,), (0,)), ((1,), (1,)), ((2,), (2,))]


def test_every_sentence_of_the_policy_has_a_pair_of_its_clause() -> None:
    policy = load_policy(Path(knowledge.__file__).parent / "policies" / "tancloud")
    listed = list(sentences(policy.clauses))
    numbers = pair_numbers(listed, HashEncoder(64).encode([item.text for item in listed], "passage"))
    for clause_id in policy.clauses:
        own = [number for item, number in zip(listed, numbers, strict=True) if item.clause_id == clause_id]
        assert set(own) == set(range(max(own) + 1))
