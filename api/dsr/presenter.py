"""Tickets as JSON-ready bodies; the chat stores the card, the request page and the desk show it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from api.dsr.promises import Promise
from api.dsr.tickets import Ticket
from api.dsr.workflow import FOR_THE_SUBJECT


def request_url(ticket: Ticket) -> str:
    """The page of a request; it shows nothing without the subject's token."""
    return f"/requests/{ticket.reference}"


def access_url(ticket: Ticket, token: str) -> str:
    """The page with the token in the fragment, which browsers keep to themselves."""
    return f"{request_url(ticket)}#{token}"


def card(ticket: Ticket) -> dict[str, Any]:
    """What a ticket shows of itself everywhere; moments are ISO 8601 in UTC."""
    return {
        "reference": ticket.reference,
        "type": ticket.type,
        "status": ticket.status.value,
        "received_at": _utc(ticket.received_at),
        "due_at": _utc(ticket.deadline.due_at),
        "provisional": ticket.deadline.provisional,
        "clause_id": ticket.promise["clause_id"],
        "label": ticket.promise["label"],
        "scope": ticket.scope,
        "guardian_for_child": ticket.guardian_for_child,
        "url": request_url(ticket),
    }


def details(ticket: Ticket) -> dict[str, Any]:
    """The card with what the subject and the desk both read beside it."""
    return {
        **card(ticket),
        "lang": ticket.lang,
        "ground": ticket.ground,
        "paused": ticket.deadline.paused_since is not None,
        "clock": {
            "days": ticket.promise["days"],
            "working_days": ticket.promise["working_days"],
            "clause_id": ticket.promise["clock_clause_id"],
        },
    }


def subject_view(ticket: Ticket) -> dict[str, Any]:
    """What the subject sees: everything but the desk's own doings."""
    events = [
        {"kind": event.kind.value, "at": _utc(event.at)}
        for event in ticket.events
        if event.kind in FOR_THE_SUBJECT
    ]
    return {**details(ticket), "contact_masked": ticket.contact.masked(), "events": events}


def promise_body(promise: Promise) -> dict[str, Any]:
    """A request type with the clause that promises it."""
    return {
        "type": promise.type,
        "clause_id": promise.clause_id,
        "label": promise.label.as_dict(),
        "days": promise.days,
        "working_days": promise.working_days,
        "clock_clause_id": promise.clock_clause_id,
        "needs_confirmation": promise.needs_confirmation,
        "grounds": [
            {"clause_id": ground.clause_id, "label": ground.label.as_dict(), "text": ground.text.as_dict()}
            for ground in promise.grounds
        ],
    }


def _utc(moment: datetime) -> str:
    """As the routes' own answers write it, so that a stored card looks the same."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
