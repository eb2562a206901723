"""When a citation counts."""

from __future__ import annotations

import pytest

from knowledge.bank.questions import Question
from knowledge.bank.relevance import acceptable, strict, within

QUESTION = Question("why", "en", ("1.2.3", "4"), ("5.1",), "plain", "a")


@pytest.mark.parametrize(
    ("clause_id", "is_strict", "is_acceptable"),
    [
        ("1.2.3", True, True),  # answers
        ("4", True, True),
        ("1.2.3.1", True, True),  # an item below
        ("4.9.1", True, True),
        ("1.2", False, True),  # directly above
        ("1", False, False),  # higher up
        ("1.2.4", False, False),  # beside
        ("1.2.30", False, False),  # the same digits, another clause
        ("40", False, False),
        ("5.1", False, True),  # may be cited too
        ("5.1.2", False, True),
        ("5", False, False),  # above a clause that may only be cited too
        ("5.10", False, False),
        ("", False, False),
    ],
)
def test_a_citation(clause_id: str, is_strict: bool, is_acceptable: bool) -> None:
    assert strict(clause_id, QUESTION) is is_strict
    assert acceptable(clause_id, QUESTION) is is_acceptable


def test_nothing_is_right_for_a_message_without_an_answer() -> None:
    message = Question("weather", "en", (), (), "offtopic", "a")
    assert not any(
        test(clause_id, message) for test in (strict, acceptable) for clause_id in ("1", "1.1", "")
    )


def test_within_takes_any_of_the_wanted() -> None:
    assert within("2.1", iter(("1", "2")))
    assert not within("2", iter(("2.1",)))
    assert not within("2", ())
