"""The rows of conversations; transactions belong to the caller."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.models.chat_contact import ChatContactRow
from api.models.chat_message import ChatMessageRow
from api.models.chat_session import ChatSessionRow
from api.models.chat_turn import ChatTurnRow

OPEN, DONE = "open", "done"
OFFERS_LOOKED_BACK = 100
REPLIES_LOOKED_BACK = 12


class ChatRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, *rows: ChatSessionRow | ChatMessageRow | ChatTurnRow | ChatContactRow) -> None:
        self._session.add_all(rows)

    async def flush(self) -> None:
        await self._session.flush()

    async def find_session(self, session_id: str, *, lock: bool = False) -> ChatSessionRow | None:
        """``lock`` puts the writers of one session in a row (SQLite's transaction does so by itself)."""
        query = select(ChatSessionRow).where(ChatSessionRow.id == session_id)
        return await self._session.scalar(query.with_for_update() if lock else query)

    async def turns(self, session_id: str, client_message_id: str) -> Sequence[ChatTurnRow]:
        """The turn of that message, if any, and every unfinished turn of the session; oldest first."""
        wanted = or_(ChatTurnRow.client_message_id == client_message_id, ChatTurnRow.state == OPEN)
        query = select(ChatTurnRow).where(ChatTurnRow.session_id == session_id, wanted)
        return (await self._session.scalars(query.order_by(ChatTurnRow.number))).all()

    async def complete(self, turn_id: str, owner: str) -> bool:
        """Mark a turn as answered; False when it is no longer its owner's."""
        return await self._update_turn(turn_id, owner, {ChatTurnRow.state: DONE})

    async def release(self, turn_id: str, owner: str) -> bool:
        """End the lease of a turn, so that the next call takes it at once."""
        return await self._update_turn(turn_id, owner, {ChatTurnRow.lease_until: ChatTurnRow.created_at})

    async def turn_messages(self, turn_id: str) -> Sequence[ChatMessageRow]:
        query = select(ChatMessageRow).where(ChatMessageRow.turn_id == turn_id)
        return (await self._session.scalars(query.order_by(ChatMessageRow.position))).all()

    async def messages(self, session_id: str, after: int) -> Sequence[ChatMessageRow]:
        """The messages after a position, oldest first."""
        wanted = (ChatMessageRow.session_id == session_id, ChatMessageRow.position > after)
        query = select(ChatMessageRow).where(*wanted).order_by(ChatMessageRow.position)
        return (await self._session.scalars(query)).all()

    async def position(self, session_id: str, message_id: str) -> int | None:
        wanted = (ChatMessageRow.session_id == session_id, ChatMessageRow.id == message_id)
        return await self._session.scalar(select(ChatMessageRow.position).where(*wanted))

    async def id_at(self, session_id: str, position: int) -> str | None:
        """The id of the message at a position; None when there is none."""
        wanted = (ChatMessageRow.session_id == session_id, ChatMessageRow.position == position)
        return await self._session.scalar(select(ChatMessageRow.id).where(*wanted))

    async def offered(self, session_id: str) -> dict[str, str]:
        """Title by payload of the buttons the session's latest messages offered."""
        query = (
            select(ChatMessageRow.buttons)
            .where(ChatMessageRow.session_id == session_id, ChatMessageRow.role != "user")
            .order_by(ChatMessageRow.position.desc())
            .limit(OFFERS_LOOKED_BACK)
        )
        titles: dict[str, str] = {}
        for buttons in await self._session.scalars(query):
            for button in buttons:
                titles.setdefault(button["payload"], button["title"])
        return titles

    async def latest_buttons(self, session_id: str) -> dict[str, str]:
        """Payload by title of the buttons that the replies to the last message offered."""
        query = (
            select(ChatMessageRow.role, ChatMessageRow.buttons)
            .where(ChatMessageRow.session_id == session_id)
            .order_by(ChatMessageRow.position.desc())
            .limit(REPLIES_LOOKED_BACK)
        )
        payloads: dict[str, str] = {}
        for role, buttons in await self._session.execute(query):
            if role == "user":
                break
            for button in buttons:
                payloads.setdefault(button["title"], button["payload"])
        return payloads

    async def contacts(self, session_id: str) -> Sequence[ChatContactRow]:
        query = select(ChatContactRow).where(ChatContactRow.session_id == session_id)
        return (await self._session.scalars(query)).all()

    async def contact(self, session_id: str, placeholder: str) -> ChatContactRow | None:
        wanted = (ChatContactRow.session_id == session_id, ChatContactRow.placeholder == placeholder)
        return await self._session.scalar(select(ChatContactRow).where(*wanted))

    async def last_positions(self, session_ids: Collection[str]) -> dict[str, int]:
        query = select(ChatSessionRow.id, ChatSessionRow.last_position)
        rows = await self._session.execute(query.where(ChatSessionRow.id.in_(session_ids)))
        return {row.id: row.last_position for row in rows}

    async def _update_turn(self, turn_id: str, owner: str, values: Mapping[Any, Any]) -> bool:
        mine = (ChatTurnRow.id == turn_id, ChatTurnRow.owner == owner, ChatTurnRow.state == OPEN)
        done = await self._session.execute(
            update(ChatTurnRow)
            .where(*mine)
            .values(dict(values))
            .returning(ChatTurnRow.id)
            .execution_options(synchronize_session=False)
        )
        return done.first() is not None
