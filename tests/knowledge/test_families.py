"""Families in the order of the clauses, and of any number of clauses."""

from __future__ import annotations

import time

import pytest

from knowledge.index.families import Families

IDS = ["0", "0.1", "1", "1.1", "1.2", "1.2.1", "1.2.2", "2", "10", "10.1"]


def test_a_family_is_a_clause_with_its_parent_children_and_siblings() -> None:
    found = {IDS[at]: [IDS[other] for other in others] for at, others in Families(IDS).items()}
    assert found == {
        "0": ["0", "0.1"],
        "0.1": ["0", "0.1"],
        "1": ["1", "1.1", "1.2"],  # articles are no siblings
        "1.1": ["1", "1.1", "1.2"],
        "1.2": ["1", "1.1", "1.2", "1.2.1", "1.2.2"],
        "1.2.1": ["1.2", "1.2.1", "1.2.2"],
        "1.2.2": ["1.2", "1.2.1", "1.2.2"],
        "2": ["2"],
        "10": ["10", "10.1"],
        "10.1": ["10", "10.1"],
    }


@pytest.mark.parametrize("position", [-1, len(IDS)])
def test_there_is_no_family_outside_the_list(position: int) -> None:
    with pytest.raises(KeyError):
        Families(IDS)[position]


def test_a_parent_that_is_no_clause_is_left_out() -> None:
    assert dict(Families(["1.1", "1.2"])) == {0: (0, 1), 1: (0, 1)}


def test_a_list_of_twenty_thousand_items_takes_no_time() -> None:
    started = time.process_time()
    found = Families(["1", *(f"1.{number}" for number in range(1, 20_001))])
    assert len(found[7]) == 20_001
    assert time.process_time() - started < 2  # comparing each with each took minutes
