"""The lifecycle of a request: events that are only ever added, and the status they amount to.

    received ─► identity_pending ─► in_progress ⇄ waiting_on_subject
      ─► fulfilled | partially_fulfilled | refused | cancelled | expired

Pure: no clock, no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from api.errors import Conflict


class Kind(StrEnum):
    """What can happen to a request."""

    RECEIVED = "received"
    IDENTITY_REQUESTED = "identity_requested"
    IDENTITY_VERIFIED = "identity_verified"
    CONFIRMED = "confirmed"
    QUESTION_ASKED = "question_asked"
    QUESTION_ANSWERED = "question_answered"
    EXTENDED = "extended"
    APPROVED = "approved"
    FULFILLED = "fulfilled"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    READ = "read"


class Status(StrEnum):
    """Where a request stands; always derived from its events."""

    RECEIVED = "received"
    IDENTITY_PENDING = "identity_pending"
    IN_PROGRESS = "in_progress"
    WAITING_ON_SUBJECT = "waiting_on_subject"
    FULFILLED = "fulfilled"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN = frozenset({Status.RECEIVED, Status.IDENTITY_PENDING, Status.IN_PROGRESS, Status.WAITING_ON_SUBJECT})
CLOSED = frozenset(Status) - OPEN

_BEING_WORKED_ON = frozenset({Status.IN_PROGRESS, Status.WAITING_ON_SUBJECT})
_UNPROVEN = frozenset({Status.RECEIVED, Status.IDENTITY_PENDING})

# From which statuses an event may happen, and the status it leads to (None: it stays as it is).
# A subject who never proves who they are or never answers lets a request expire; a request that we
# are working on cannot: the delay would be ours.
MOVES: Mapping[Kind, tuple[frozenset[Status], Status | None]] = MappingProxyType(
    {
        Kind.IDENTITY_REQUESTED: (_UNPROVEN, Status.IDENTITY_PENDING),
        Kind.IDENTITY_VERIFIED: (_UNPROVEN, Status.IN_PROGRESS),
        Kind.CONFIRMED: (OPEN, None),
        Kind.QUESTION_ASKED: (frozenset({Status.IN_PROGRESS}), Status.WAITING_ON_SUBJECT),
        Kind.QUESTION_ANSWERED: (frozenset({Status.WAITING_ON_SUBJECT}), Status.IN_PROGRESS),
        Kind.EXTENDED: (OPEN, None),
        Kind.APPROVED: (_BEING_WORKED_ON, None),
        Kind.FULFILLED: (_BEING_WORKED_ON, Status.FULFILLED),
        Kind.PARTIALLY_FULFILLED: (_BEING_WORKED_ON, Status.PARTIALLY_FULFILLED),
        Kind.REFUSED: (OPEN, Status.REFUSED),
        Kind.CANCELLED: (OPEN, Status.CANCELLED),
        Kind.EXPIRED: (_UNPROVEN | {Status.WAITING_ON_SUBJECT}, Status.EXPIRED),
        Kind.READ: (frozenset(Status), None),
    }
)

ONCE = frozenset({Kind.EXTENDED})
"""Events a request may have one of at most."""

FOR_THE_SUBJECT = frozenset(Kind) - {Kind.READ, Kind.APPROVED}
"""Events the subject is shown; the others are the desk's own."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``data`` holds JSON values and never anything about a person."""

    kind: Kind
    at: datetime
    actor_kind: str = "subject"
    actor: str | None = None
    origin: str = "web"
    data: Mapping[str, Any] = field(default_factory=dict)


def status_of(events: Iterable[Event]) -> Status:
    """The status a history amounts to; raises Conflict ``move_not_allowed`` where the table is broken."""
    history = list(events)
    if not history:
        raise _refused("An empty history has no status.")
    status = Status.RECEIVED
    for position, event in enumerate(history):
        status = _next(history[:position], status if position else None, event.kind)
    return status


def check_move(events: Iterable[Event], kind: Kind) -> Status:
    """The status after one more event; raises Conflict ``move_not_allowed``."""
    history = list(events)
    return _next(history, status_of(history) if history else None, kind)


def _next(history: list[Event], status: Status | None, kind: Kind) -> Status:
    if status is None:
        if kind is not Kind.RECEIVED:
            raise _refused("A request starts by being received.")
        return Status.RECEIVED
    if kind not in MOVES:
        raise _refused(f"A request that is {status.value} cannot be received again.")
    allowed_from, leads_to = MOVES[kind]
    if status not in allowed_from:
        raise _refused(f"A request that is {status.value} cannot become or have: {kind.value}.")
    if kind in ONCE and any(event.kind is kind for event in history):
        raise _refused(f"A request can have only one event of the kind {kind.value}.")
    return leads_to or status


def _refused(message: str) -> Conflict:
    return Conflict(message, code="move_not_allowed")
