"""Agents and their logins in the database. Opens no transaction of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.models.agent import AgentRow
from api.models.agent_session import AgentSessionRow
from api.models.desk_setup import DeskSetupRow


class AgentRepository:
    """Within the caller's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_username(self, username: str) -> AgentRow | None:
        query = select(AgentRow).where(AgentRow.username == username)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def add(self, agent: AgentRow) -> None:
        self._session.add(agent)
        await self._session.flush()

    async def setup_done(self) -> bool:
        return await self._session.get(DeskSetupRow, 1) is not None

    async def close_setup(self, agent_id: str, at: datetime) -> None:
        """Raises IntegrityError when somebody closed it in the same moment."""
        self._session.add(DeskSetupRow(id=1, agent_id=agent_id, done_at=at))
        await self._session.flush()

    async def change_password_hash(self, agent_id: str, password_hash: str) -> None:
        query = update(AgentRow).where(AgentRow.id == agent_id).values(password_hash=password_hash)
        await self._session.execute(query)

    async def add_session(self, row: AgentSessionRow) -> None:
        self._session.add(row)
        await self._session.flush()

    async def session(self, token_hash: str) -> tuple[AgentSessionRow, AgentRow] | None:
        query = (
            select(AgentSessionRow, AgentRow)
            .join(AgentRow, AgentRow.id == AgentSessionRow.agent_id)
            .where(AgentSessionRow.token_hash == token_hash)
        )
        row = (await self._session.execute(query)).one_or_none()
        return (row[0], row[1]) if row is not None else None

    async def touch(self, token_hash: str, at: datetime) -> None:
        query = update(AgentSessionRow).where(AgentSessionRow.token_hash == token_hash)
        await self._session.execute(query.values(last_seen_at=at))

    async def end_session(self, token_hash: str) -> None:
        await self._session.execute(delete(AgentSessionRow).where(AgentSessionRow.token_hash == token_hash))

    async def remove_ended(self, now: datetime) -> None:
        await self._session.execute(delete(AgentSessionRow).where(AgentSessionRow.expires_at <= now))
