"""Filters and cursors from the query string."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from api.console.queue import QueueFilter, read_cursor, read_filter, write_cursor
from api.db import UtcDateTime
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


def cursor_of(parts: object) -> str:
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ANY_MOMENT = st.datetimes(timezones=ZONES | st.none()).map(datetime.isoformat) | st.text(max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=4)
)


@given(
    st.tuples(st.booleans(), ANY_MOMENT, st.text(max_size=10)) | st.lists(JSON, min_size=3, max_size=3) | JSON
)
def test_whatever_a_cursor_says_it_can_be_looked_up_or_is_refused(parts: object) -> None:
    position = read_cursor(cursor_of(parts))
    if position is not None:
        assert UtcDateTime().process_bind_param(position.due_at, sqlite.dialect()) is not None


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-03-10T00:00:00"]
)
def test_a_moment_that_no_database_knows_is_refused(moment: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_filter(None, None, cursor_of([False, moment, "x"]), ["copy"])
    assert [problem.path for problem in refusal.value.fields] == ["cursor"]


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
