"""``/dsr``: file a request, follow it, withdraw it."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from api.auth import BearerToken
from api.dsr import presenter
from api.dsr.schemas import FiledResponse, NewRequest, RequestResponse, RequestTypes
from api.dsr.service import RequestService
from api.errors import FieldProblem, InvalidRequest
from api.limits import Limited

router = APIRouter(prefix="/dsr", tags=["requests"])

# Whoever repeats a key and its body is told the subject's token, so a key must not be guessed.
_PRINTABLE = re.compile(r"[\x21-\x7e][\x20-\x7e]{14,198}[\x21-\x7e]")


def request_service(request: Request) -> RequestService:
    found: RequestService = request.app.state.requests
    return found


def idempotency_key(key: Annotated[str | None, Header(alias="Idempotency-Key")] = None) -> str:
    """The caller's own name for this call, hard to guess: a random one, e.g. a UUID."""
    if key is None or not _PRINTABLE.fullmatch(key):
        message = "must have 16 to 200 printable ASCII characters, e.g. a new UUID"
        raise InvalidRequest(
            "The header Idempotency-Key is missing or not valid.",
            fields=[FieldProblem("Idempotency-Key", message)],
        )
    return key


def private(response: Response) -> None:
    """Answers about one person's request are not for any cache."""
    response.headers["Cache-Control"] = "no-store"


RequestsDep = Annotated[RequestService, Depends(request_service)]
Reference = Annotated[str, Path(max_length=40)]
PRIVATE = Depends(private)


@router.get("/types")
async def types(service: RequestsDep) -> RequestTypes:
    """What can be asked for, the clause that promises it and how long it may take."""
    bodies = [presenter.promise_body(promise) for promise in service.promises.values()]
    return RequestTypes.model_validate({"types": bodies})


@router.post("/requests", status_code=201, dependencies=[Depends(Limited("requests")), PRIVATE])
async def file(
    body: NewRequest,
    key: Annotated[str, Depends(idempotency_key)],
    service: RequestsDep,
    response: Response,
) -> FiledResponse:
    """File a request: 201, or 200 with the same request when the key and the body were sent before."""
    filed = await service.file(body.filing(), key)
    response.status_code = 201 if filed.created else 200
    return FiledResponse.model_validate(
        {
            "request": presenter.subject_view(filed.ticket),
            "token": filed.token,
            "url": presenter.access_url(filed.ticket, filed.token),
        }
    )


@router.get("/requests/{reference}", dependencies=[PRIVATE])
async def read(reference: Reference, token: BearerToken, service: RequestsDep) -> RequestResponse:
    """One's own request; whoever holds another token learns nothing, not even that it exists."""
    ticket = await service.read(reference, token)
    return RequestResponse.model_validate({"request": presenter.subject_view(ticket)})


@router.post("/requests/{reference}/cancel", dependencies=[PRIVATE])
async def cancel(reference: Reference, token: BearerToken, service: RequestsDep) -> RequestResponse:
    """Withdraw one's own request while it is open."""
    ticket = await service.cancel(reference, token)
    return RequestResponse.model_validate({"request": presenter.subject_view(ticket)})
