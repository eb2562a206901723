"""Tickets as the desk sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.dsr.presenter import card, details
from api.dsr.tickets import Ticket
from knowledge.search.lessons import Recalled


def queue_entry(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """One line of the list. It says nothing personal: what the subject wrote is shown, and its reading
    recorded, with the single request."""
    return {**card(ticket), "scope": None, **_progress(ticket, now), "lang": ticket.lang}


def desk_view(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """The whole request with its contact and all its events."""
    events = [
        {
            "kind": event.kind.value,
            "at": event.at.isoformat(),
            "actor_kind": event.actor_kind,
            "actor": event.actor,
            "origin": event.origin,
            "data": dict(event.data),
        }
        for event in ticket.events
    ]
    contact = {"kind": ticket.contact.kind, "value": ticket.contact.value}
    return {**details(ticket), **_progress(ticket, now), "contact": contact, "events": events}


def applied_lesson(recalled: Recalled | None) -> dict[str, Any] | None:
    """Which lesson had a say in an answer."""
    if recalled is None:
        return None
    lesson = recalled.lesson
    return {
        "id": lesson.id,
        "clause_ids": list(lesson.clause_ids),
        "same_wording": recalled.same_wording,
    }


def _progress(ticket: Ticket, now: datetime) -> dict[str, Any]:
    return {
        "contact_masked": ticket.contact.masked(),
        "overdue": ticket.is_overdue(now),
        "paused": ticket.deadline.paused_since is not None,
        "days_left": ticket.days_left(now),
    }
