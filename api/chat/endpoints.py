"""Routes of the chat: sessions, messages, history, events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.auth import BearerToken
from api.chat.incoming import accepted_language
from api.chat.schemas import (
    AccessBody,
    ExchangeBody,
    HistoryBody,
    LanguageBody,
    MessageBody,
    SendBody,
    SessionBody,
    StartBody,
    StartedBody,
)
from api.chat.service import ChatService
from api.chat.views import Message
from api.limits import Limited

PING_SECONDS = 15

router = APIRouter(prefix="/chat", tags=["chat"])


def chat_service(request: Request) -> ChatService:
    service: ChatService = request.app.state.chat
    return service


ChatDep = Annotated[ChatService, Depends(chat_service)]


@router.post("/sessions", status_code=201, dependencies=[Depends(Limited("sessions"))])
async def start(
    chat: ChatDep,
    body: StartBody | None = None,
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> StartedBody:
    """Open a conversation; the token is its bearer token and is told only here."""
    lang = (body.lang if body else None) or accepted_language(accept_language)
    return StartedBody.model_validate(await chat.start(lang))


@router.patch("/sessions/{session_id}")
async def fix_language(session_id: str, body: LanguageBody, chat: ChatDep, token: BearerToken) -> SessionBody:
    """Stay in one language, or follow the person again."""
    state = await chat.fix_language(session_id, token, body.lang)
    return SessionBody(session_id=session_id, lang=state.lang, lang_fixed=state.lang_fixed)


@router.post("/sessions/{session_id}/messages", dependencies=[Depends(Limited("messages"))])
async def send(session_id: str, body: SendBody, chat: ChatDep, token: BearerToken) -> ExchangeBody:
    """Say something; the same client_message_id again gives the same replies and does nothing twice."""
    exchange = await chat.send(session_id, token, body.client_message_id, body.text)
    return ExchangeBody.model_validate(exchange)


@router.get("/sessions/{session_id}/messages")
async def history(
    session_id: str, chat: ChatDep, token: BearerToken, after: str | None = None
) -> HistoryBody:
    """What was said, after the message with that id or from the start."""
    messages, lang = await chat.history(session_id, token, after)
    return HistoryBody(messages=[MessageBody.model_validate(message) for message in messages], lang=lang)


@router.get("/sessions/{session_id}/events", response_class=EventSourceResponse)
async def events(
    session_id: str,
    chat: ChatDep,
    token: BearerToken,
    after: str | None = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventSourceResponse:
    """New messages as server-sent events: ``message`` with a message, ``ping`` as a sign of life."""
    last_id, messages = await chat.follow(session_id, token, last_event_id or after)
    # A proxy that gathers output before it passes it on would hold messages back.
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return EventSourceResponse(
        _sent(last_id, messages), ping=PING_SECONDS, ping_message_factory=_ping, headers=headers
    )


@router.get("/sessions/{session_id}/requests/{reference}/access")
async def access(session_id: str, reference: str, chat: ChatDep, token: BearerToken) -> AccessBody:
    """The page of a request filed in this conversation, with the token that opens it."""
    return AccessBody(url=await chat.access_url(session_id, token, reference))


async def _sent(last_id: str | None, messages: AsyncIterator[Message]) -> AsyncIterator[ServerSentEvent]:
    # Its id lets a client that is cut off before the first message go on from the right place.
    yield ServerSentEvent("{}", event="ping", id=last_id)
    async for message in messages:
        body = MessageBody.model_validate(message)
        yield ServerSentEvent(body.model_dump_json(), event="message", id=message.id)


def _ping() -> ServerSentEvent:
    return ServerSentEvent("{}", event="ping")
