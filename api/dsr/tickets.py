"""A request as the rest of the product sees it, put together from its row and its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.crypto import Vault
from api.dsr.contacts import CONTACT_KINDS, Contact
from api.dsr.deadlines import Deadline, WorkCalendar, deadline_of
from api.dsr.workflow import CLOSED, Event, Status, status_of
from api.models.request import RequestRow


@dataclass(frozen=True, slots=True)
class Ticket:
    """``promise`` is the snapshot taken at receipt; ``status`` and ``deadline`` come from ``events``."""

    id: str
    reference: str
    type: str
    lang: str
    ground: str | None
    guardian_for_child: bool
    contact: Contact
    scope: str | None
    session_id: str | None
    received_at: datetime
    promise: Mapping[str, Any]
    status: Status
    deadline: Deadline
    events: tuple[Event, ...]

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    def is_overdue(self, now: datetime) -> bool:
        return not self.is_closed and self.deadline.is_overdue(now)

    def days_left(self, now: datetime) -> int | None:
        """Shanghai days to the due day; None once the request is closed."""
        return None if self.is_closed else self.deadline.days_left(now)


class TicketReader:
    """Opens a row's encrypted fields and derives what is never stored."""

    def __init__(self, vault: Vault, calendar: WorkCalendar) -> None:
        self._vault = vault
        self._calendar = calendar

    def ticket(self, row: RequestRow, events: tuple[Event, ...]) -> Ticket:
        kind = next(kind for kind in CONTACT_KINDS if kind == row.contact_kind)
        return Ticket(
            id=row.id,
            reference=row.reference,
            type=row.type,
            lang=row.lang,
            ground=row.ground,
            guardian_for_child=row.guardian_for_child,
            contact=Contact(kind, self._vault.decrypt(row.contact_sealed)),
            scope=self._vault.decrypt(row.scope_sealed) if row.scope_sealed is not None else None,
            session_id=row.session_id,
            received_at=row.received_at,
            promise=events[0].data["promise"],
            status=status_of(events),
            deadline=deadline_of(events, self._calendar),
            events=events,
        )
