"""Requests filed and listed by the action server, which knows contacts only as placeholders."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from api.auth import require_service
from api.dsr.endpoints import RequestsDep
from api.dsr.filing import SCOPE_CHARACTERS
from api.errors import FieldProblem, InvalidRequest
from api.internal.scope import ContactSource, ScopeReader
from api.text import CleanText

router = APIRouter(prefix="/dsr", dependencies=[Depends(require_service)])

_PLACEHOLDER = re.compile(r"\[(?:EMAIL|PHONE)_[0-9]{1,6}\]")


def contact_source(request: Request) -> ContactSource:
    found: ContactSource = request.app.state.chat
    return found


SessionId = Annotated[CleanText, Field(min_length=1, max_length=64)]


class NewChatRequest(BaseModel):
    session_id: SessionId
    turn_id: Annotated[CleanText, Field(min_length=1, max_length=64)]
    type: Annotated[str, Field(max_length=40)]
    lang: Literal["zh", "en"]
    scope: Annotated[CleanText, Field(max_length=SCOPE_CHARACTERS)] | None = None
    ground: Annotated[str, Field(max_length=40)] | None = None
    contact: Annotated[str, Field(max_length=40, description="A placeholder, e.g. [EMAIL_1].")]
    guardian_for_child: bool = False


class FiledChatRequest(BaseModel):
    reference: str
    status: str
    due_at: datetime
    clause_id: str
    created: bool = Field(description="False when this turn or an equal open request had filed it before.")


class ListedRequest(BaseModel):
    reference: str
    type: str
    status: str
    due_at: datetime


class SessionRequests(BaseModel):
    requests: list[ListedRequest]


@router.post("/requests", status_code=201)
async def file(
    body: NewChatRequest,
    service: RequestsDep,
    contacts: Annotated[ContactSource, Depends(contact_source)],
    response: Response,
) -> FiledChatRequest:
    """File once a turn: 201, or 200 when the turn or an equal open request of the session is known."""
    contact = None
    if _PLACEHOLDER.fullmatch(body.contact):
        contact = await contacts.contact(body.session_id, body.contact)
    if contact is None:
        raise InvalidRequest(
            "This conversation has no such contact.",
            code="contact_unknown",
            fields=[FieldProblem("contact", "is not a known e-mail address or telephone number")],
        )
    filed = await service.file_from_chat(
        session_id=body.session_id,
        turn_id=body.turn_id,
        type=body.type,
        lang=body.lang,
        scope=await ScopeReader(contacts).read(body.session_id, body.scope, body.lang),
        ground=body.ground,
        contact_kind=contact.kind,
        contact_value=contact.value,
        guardian_for_child=body.guardian_for_child,
    )
    response.status_code = 201 if filed.created else 200
    ticket = filed.ticket
    return FiledChatRequest(
        reference=ticket.reference,
        status=ticket.status.value,
        due_at=ticket.deadline.due_at,
        clause_id=ticket.promise["clause_id"],
        created=filed.created,
    )


@router.get("/requests")
async def of_session(
    session_id: Annotated[CleanText, Query(min_length=1, max_length=64)], service: RequestsDep
) -> SessionRequests:
    """What a conversation has filed, oldest first."""
    return SessionRequests(
        requests=[
            ListedRequest(
                reference=ticket.reference,
                type=ticket.type,
                status=ticket.status.value,
                due_at=ticket.deadline.due_at,
            )
            for ticket in await service.session_requests(session_id)
        ]
    )


@router.get("/types")
async def types(service: RequestsDep) -> dict[str, Any]:
    """The clause and the grounds of each request type."""
    return {
        "types": {
            promise.type: {"clause_id": promise.clause_id, "ground_ids": list(promise.ground_ids)}
            for promise in service.promises.values()
        }
    }
