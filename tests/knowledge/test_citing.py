"""Which clauses are cited, told from their shares alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge.search.citing import ENOUGH, LIST_ITEM_SHARE, LIST_ITEMS, MOST_CITED, Citing

IDS = ["1", "1.1", "1.2", "1.2.1", "1.2.2", "2", "3", "3.1", "3.2", "3.3", "3.4", "10", "10.1"]


def cited(shares: Mapping[str, float]) -> tuple[str, ...]:
    return Citing(IDS).answers(np.array([shares.get(clause_id, 0.0) for clause_id in IDS], np.float32))


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        # One clause, however unsure.
        ({"2": 0.9}, ("2",)),
        ({"2": 0.1, "3.1": 0.05}, ("2",)),
        ({"2": 0.7, "10": 0.17}, ("2",)),
        # What answers too is cited, beside a sure first clause as well.
        ({"2": 0.5, "10": 0.4}, ("2", "10")),
        ({"10": 0.4, "2": 0.5}, ("2", "10")),
        ({"2": 0.75, "10": 0.2}, ("2", "10")),
        ({"2": 0.36, "10": 0.33, "3.1": 0.3}, ("2", "10", "3.1")),
        ({"2": 0.27, "10": 0.25, "3.1": 0.24, "1.1": 0.23}, ("2", "10", "3.1")),
        # Never a clause with its own item, in whichever order, at whatever depth.
        ({"3": 0.5, "3.1": 0.4}, ("3",)),
        ({"3.1": 0.5, "3": 0.4}, ("3.1",)),
        ({"1": 0.4, "1.2.1": 0.35}, ("1",)),
        ({"1.2.1": 0.4, "1": 0.35}, ("1.2.1",)),
        ({"3.1": 0.4, "3": 0.3, "2": 0.2}, ("3.1", "2")),
        # Numbers that only begin alike are no family.
        ({"1": 0.5, "10": 0.4}, ("1", "10")),
        ({"1.1": 0.5, "10.1": 0.4}, ("1.1", "10.1")),
        # Two items of a list are pointed at; from three on it is the list.
        ({"3.1": 0.5, "3.2": 0.4}, ("3.1", "3.2")),
        ({"3.1": 0.4, "3.2": 0.3, "3.4": 0.2}, ("3",)),
        ({"3.1": 0.3, "3.2": 0.12, "3.4": 0.11, "2": 0.25}, ("3", "2")),
        ({"3.1": 0.2, "3.2": 0.12, "3.4": 0.11}, ("3.1",)),
        ({"3.1": 0.6, "3.2": 0.12, "3.4": 0.09}, ("3.1",)),
        # Items come as the list only when one of them is best.
        ({"2": 0.4, "3.1": 0.2, "3.2": 0.2, "3.4": 0.2}, ("2", "3.1", "3.2")),
        # Sections are no list.
        ({"1.1": 0.4, "1.2": 0.4}, ("1.1", "1.2")),
        # The outermost clauses have no parent to cite.
        ({"1": 0.3, "2": 0.3, "3": 0.3}, ("1", "2", "3")),
    ],
)
def test_what_is_cited(shares: Mapping[str, float], expected: tuple[str, ...]) -> None:
    assert cited(shares) == expected


def test_three_sections_are_cited_one_by_one() -> None:
    ids = ["1", "1.1", "1.1.1", "1.2", "1.3"]
    shares = np.array([0, 0.4, 0, 0.3, 0.3], np.float32)
    assert Citing(ids).answers(shares) == ("1.1", "1.2", "1.3")


def test_items_whose_parent_is_no_clause_stand_for_themselves() -> None:
    shares = np.array([0.4, 0.3, 0.3], np.float32)
    assert Citing(["7.1", "7.2", "7.3"]).answers(shares) == ("7.1", "7.2", "7.3")


def test_asking_back_offers_the_three_best_whatever_their_share() -> None:
    shares = np.array([0.03, 0.3, 0.01, 0.3], np.float32)
    assert Citing(["1", "1.1", "2", "3"]).choices(shares) == ("1.1", "3", "1")


_rows = st.lists(st.floats(0, 1), min_size=len(IDS), max_size=len(IDS)).map(
    lambda row: np.array(row, np.float32) / np.float32(max(sum(row), 1.0))
)


@given(_rows)
def test_the_first_is_the_best_or_the_list_that_holds_it(shares: np.ndarray) -> None:
    first = Citing(IDS).answers(shares)[0]
    best = IDS[int(shares.argmax())]
    assert first in (best, best.rpartition(".")[0])
    if first != best:
        items = [i for i, clause_id in enumerate(IDS) if clause_id.rpartition(".")[0] == first]
        assert sum(shares[item] >= LIST_ITEM_SHARE for item in items) >= LIST_ITEMS
        assert shares[items].sum() > shares.max()


@given(_rows)
def test_few_are_cited_each_once_and_none_with_its_own_item(shares: np.ndarray) -> None:
    found = Citing(IDS).answers(shares)
    assert 1 <= len(found) <= MOST_CITED
    assert not any(a == b or a.startswith(b + ".") for a in found for b in found if a is not b)


@given(_rows)
def test_what_follows_is_worth_it_and_goes_by_share(shares: np.ndarray) -> None:
    held = [float(shares[IDS.index(clause_id)]) for clause_id in Citing(IDS).answers(shares)[1:]]
    assert all(share >= np.float32(ENOUGH) for share in held)
    assert held == sorted(held, reverse=True)


@given(_rows, st.permutations(range(len(IDS))))
def test_the_order_of_the_index_plays_no_part(shares: np.ndarray, order: list[int]) -> None:
    assume(len(set(shares.tolist())) == len(shares))  # of equals the first of the index is taken
    shuffled = Citing([IDS[place] for place in order]).answers(shares[order])
    assert shuffled == Citing(IDS).answers(shares)
