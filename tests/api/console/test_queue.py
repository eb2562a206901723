"""Filters and cursors from the query string."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console.queue import QueueFilter, read_cursor, read_filter, write_cursor
from api.dsr.repository import Position
from api.dsr.workflow import Status
from api.errors import InvalidRequest

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
POSITIONS = st.builds(Position, st.booleans(), MOMENTS, st.uuids().map(str))


@given(POSITIONS)
def test_a_cursor_comes_back(position: Position) -> None:
    cursor = write_cursor(position)
    assert cursor is not None
    assert read_cursor(cursor) == position


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex()))
def test_any_text_is_taken_for_a_cursor_without_harm(text: str) -> None:
    assert read_cursor(text) is None or write_cursor(read_cursor(text)) is not None


def test_the_last_page_has_no_cursor() -> None:
    assert write_cursor(None) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (None, (None, None)),
        ("", (None, None)),
        ("open", (None, False)),
        ("closed", (None, True)),
        ("cancelled", (Status.CANCELLED, None)),
    ],
)
def test_the_status_filter(status: str | None, expected: tuple[Status | None, bool | None]) -> None:
    assert read_filter(status, "", "", ["copy"]) == QueueFilter(*expected, None, None)


def test_every_filter_at_fault_is_named() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_filter("done", "export", "!!", ["copy"])
    assert [problem.path for problem in refusal.value.fields] == ["status", "type", "cursor"]
