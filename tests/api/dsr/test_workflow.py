"""The table of moves: against a second table written by hand, and by random histories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dsr.workflow import CLOSED, MOVES, OPEN, Event, Kind, Status, check_move, status_of
from api.errors import Conflict

START = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)

# Shortest histories that lead to each status.
LEADING_TO = {
    Status.RECEIVED: "received",
    Status.IDENTITY_PENDING: "received identity_requested",
    Status.IN_PROGRESS: "received identity_verified",
    Status.WAITING_ON_SUBJECT: "received identity_verified question_asked",
    Status.FULFILLED: "received identity_verified fulfilled",
    Status.PARTIALLY_FULFILLED: "received identity_verified partially_fulfilled",
    Status.REFUSED: "received refused",
    Status.CANCELLED: "received cancelled",
    Status.EXPIRED: "received identity_requested expired",
}
WHILE_OPEN = "confirmed extended refused cancelled read"
ENDS = "fulfilled partially_fulfilled"
ALLOWED = {
    Status.RECEIVED: f"identity_requested identity_verified expired {WHILE_OPEN}",
    Status.IDENTITY_PENDING: f"identity_requested identity_verified expired {WHILE_OPEN}",
    Status.IN_PROGRESS: f"question_asked approved {WHILE_OPEN} {ENDS}",
    Status.WAITING_ON_SUBJECT: f"question_answered approved expired {WHILE_OPEN} {ENDS}",
    Status.FULFILLED: "read",
    Status.PARTIALLY_FULFILLED: "read",
    Status.REFUSED: "read",
    Status.CANCELLED: "read",
    Status.EXPIRED: "read",
}


def history(kinds: str) -> list[Event]:
    return [Event(Kind(kind), START + timedelta(minutes=n)) for n, kind in enumerate(kinds.split())]


@pytest.mark.parametrize("status", list(Status))
def test_a_history_leads_to_its_status(status: Status) -> None:
    assert status_of(history(LEADING_TO[status])) is status


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("kind", list(Kind))
def test_the_table_allows_what_the_rules_say_and_nothing_else(status: Status, kind: Kind) -> None:
    events = history(LEADING_TO[status])
    if kind.value in ALLOWED[status].split():
        assert check_move(events, kind) in Status
        return
    with pytest.raises(Conflict) as refusal:
        check_move(events, kind)
    assert refusal.value.code == "move_not_allowed"
    assert status_of(events) is status


def test_every_status_is_open_or_closed_and_every_kind_has_a_rule() -> None:
    assert set(Status) == OPEN | CLOSED
    assert not OPEN & CLOSED
    assert set(MOVES) == set(Kind) - {Kind.RECEIVED}


def test_a_history_starts_by_being_received_and_only_once() -> None:
    for broken in ("", "read", "cancelled", "received received"):
        with pytest.raises(Conflict, match=r"received|empty"):
            status_of(history(broken))


def test_a_request_is_extended_once() -> None:
    with pytest.raises(Conflict, match="only one"):
        check_move(history("received extended"), Kind.EXTENDED)


def test_reading_changes_no_status() -> None:
    for kinds in LEADING_TO.values():
        assert status_of(history(f"{kinds} read read")) is status_of(history(kinds))


@given(st.lists(st.sampled_from(Kind), max_size=40))
def test_whatever_is_tried_the_history_stays_sound(tried: list[Kind]) -> None:
    events: list[Event] = []
    for minute, kind in enumerate(tried):
        before = status_of(events) if events else None
        try:
            status = check_move(events, kind)
        except Conflict:
            assert (status_of(events) if events else None) is before
            continue
        assert before not in CLOSED or (kind is Kind.READ and status is before)
        events.append(Event(kind, START + timedelta(minutes=minute)))
        assert status_of(events) is status
    assert sum(event.kind is Kind.EXTENDED for event in events) <= 1
    assert not events or events[0].kind is Kind.RECEIVED


@given(st.lists(st.sampled_from(Kind), min_size=1, max_size=12))
def test_a_history_with_a_forbidden_move_has_no_status(kinds: list[Kind]) -> None:
    events = [Event(kind, START) for kind in kinds]
    sound = True
    for position, event in enumerate(events):
        try:
            check_move(events[:position], event.kind)
        except Conflict:
            sound = False
            break
    if sound:
        assert status_of(events) in Status
        return
    with pytest.raises(Conflict):
        status_of(events)
