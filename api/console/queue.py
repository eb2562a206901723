"""What an agent may ask of the request list, read from the query string."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from api.dsr.repository import Position
from api.dsr.workflow import Status
from api.errors import FieldProblem, InvalidRequest

GROUPS = {"open": False, "closed": True}
STATUSES = {status.value: status for status in Status}


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """``closed`` None means both; ``status`` None means any."""

    status: Status | None
    closed: bool | None
    type: str | None
    after: Position | None


def read_filter(
    status: str | None, type_: str | None, cursor: str | None, types: Collection[str]
) -> QueueFilter:
    """Empty strings mean no filter; raises InvalidRequest with every field at fault."""
    problems = []
    if status and status not in STATUSES and status not in GROUPS:
        problems.append(FieldProblem("status", f"must be one of: {', '.join([*GROUPS, *STATUSES])}"))
    if type_ and type_ not in types:
        problems.append(FieldProblem("type", f"must be one of: {', '.join(types)}"))
    after = None
    if cursor:
        after = read_cursor(cursor)
        if after is None:
            problems.append(FieldProblem("cursor", "is not one we gave out"))
    if problems:
        raise InvalidRequest("Some filters are not valid.", fields=problems)
    return QueueFilter(STATUSES.get(status or ""), GROUPS.get(status or ""), type_ or None, after)


def write_cursor(position: Position | None) -> str | None:
    if position is None:
        return None
    parts = [position.closed, position.due_at.isoformat(), position.request_id]
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read_cursor(text: str) -> Position | None:
    """None for anything that ``write_cursor`` did not write."""
    try:
        closed, due_at, request_id = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        # Converted here: near the first and the last year it overflows, and the database converts as well.
        moment = _aware(datetime.fromisoformat(due_at)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
        return None
    if not isinstance(closed, bool) or not isinstance(request_id, str):
        return None
    return Position(closed, moment, request_id) if request_id.isascii() and "\0" not in request_id else None


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment
