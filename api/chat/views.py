"""Stored messages as their session sees them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from api.chat.contacts import ContactBook
from api.chat.placeholders import PLACEHOLDER
from api.chat.ports import Json
from api.chat.replies import Reply
from api.chat.repository import ChatRepository
from api.models.chat_message import ChatMessageRow
from api.models.chat_session import ChatSessionRow
from knowledge.types import Language

Role = Literal["user", "bot", "agent"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message; in ``text`` placeholders are shown as hints of what stands behind them."""

    id: str
    position: int
    role: Role
    type: str
    text: str
    citations: Sequence[Json]
    buttons: Sequence[dict[str, str]]
    card: Json | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """A person's message and the replies to it."""

    message: Message
    replies: tuple[Message, ...]
    lang: Language


def language(session: ChatSessionRow) -> Language:
    return cast(Language, session.lang)


def message_row(
    session: ChatSessionRow, turn_id: str | None, role: Role, type: str, text: str, now: datetime
) -> ChatMessageRow:
    """A message at the session's last position, without anything attached."""
    return ChatMessageRow(
        id=str(uuid.uuid4()),
        session_id=session.id,
        position=session.last_position,
        turn_id=turn_id,
        role=role,
        type=type,
        text=text,
        citations=[],
        buttons=[],
        card=None,
        created_at=now,
    )


def reply_row(session: ChatSessionRow, turn_id: str | None, reply: Reply, now: datetime) -> ChatMessageRow:
    """A reply at the session's last position."""
    row = message_row(session, turn_id, "bot", reply.type, reply.text, now)
    row.citations = list(reply.citations)
    row.buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    row.card = reply.card
    return row


async def shown(
    repository: ChatRepository, book: ContactBook, session: ChatSessionRow, rows: Sequence[ChatMessageRow]
) -> tuple[Message, ...]:
    """The messages of one session as its own person sees them."""
    hidden = any(PLACEHOLDER.search(_all_text(row)) for row in rows)
    contacts = await repository.contacts(session.id) if hidden else ()

    def hint(text: str) -> str:
        return book.hint(text, contacts, language(session)) if contacts else text

    return tuple(
        Message(
            id=row.id,
            position=row.position,
            role=cast(Role, row.role),
            type=row.type,
            text=hint(row.text),
            citations=row.citations,
            buttons=[{**button, "title": hint(button["title"])} for button in row.buttons],
            card=row.card,
            created_at=row.created_at,
        )
        for row in rows
    )


async def exchange_of(
    repository: ChatRepository, book: ContactBook, session: ChatSessionRow, turn_id: str
) -> Exchange:
    """A finished turn as it is answered, now and on every repetition."""
    first, *replies = await shown(repository, book, session, await repository.turn_messages(turn_id))
    return Exchange(first, tuple(replies), language(session))


def _all_text(row: ChatMessageRow) -> str:
    return "\n".join((row.text, *(button["title"] for button in row.buttons)))
