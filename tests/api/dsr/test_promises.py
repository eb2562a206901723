"""A promise has exactly one clock."""

from __future__ import annotations

import pytest

from api.dsr.deadlines import Clock
from api.dsr.promises import Promise, Words
from tests.api.dsr.support import PROMISES

LABEL = Words("第十条", "Article 10")


@pytest.mark.parametrize(("days", "working_days"), [(None, None), (15, 15), (0, None), (None, -1)])
def test_neither_none_nor_two_clocks(days: int | None, working_days: int | None) -> None:
    with pytest.raises(ValueError, match=r"day"):
        Promise("complaint", "10", LABEL, days, working_days, "10")


def test_the_clock_is_the_promises_own() -> None:
    assert PROMISES["copy"].clock() == Clock(15)
    assert PROMISES["account_closure"].clock() == Clock(15, working=True)


def test_what_cannot_be_undone_needs_a_confirmation() -> None:
    assert [name for name, promise in PROMISES.items() if promise.needs_confirmation] == [
        "account_closure",
        "deletion",
    ]
