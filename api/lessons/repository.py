"""Lessons in the database. Opens no transaction of its own."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.models.chat_message import ChatMessageRow
from api.models.lesson import LessonRow
from api.models.lesson_book import LessonBookRow


class LessonRepository:
    """Everything of one policy, within the caller's transaction."""

    def __init__(self, session: AsyncSession, policy_id: str) -> None:
        self._session = session
        self._policy_id = policy_id

    async def lock_book(self) -> LessonBookRow:
        """Queue up behind the policy's other writers; SQLite's write lock has already done so.

        Raises IntegrityError when another process opens a policy's book in the same moment: the next try finds it.
        """
        query = select(LessonBookRow).where(LessonBookRow.policy_id == self._policy_id).with_for_update()
        book = (await self._session.execute(query)).scalar_one_or_none()
        if book is None:
            book = LessonBookRow(policy_id=self._policy_id, revision=0, last_number=0)
            self._session.add(book)
            await self._session.flush()
        return book

    async def revision(self) -> int:
        """How often the lessons have changed; 0 before the first."""
        query = select(LessonBookRow.revision).where(LessonBookRow.policy_id == self._policy_id)
        return (await self._session.scalar(query)) or 0

    async def changed_since(self, revision: int) -> list[LessonRow]:
        """Rows that a later change touched, in the order in which they were confirmed."""
        query = select(LessonRow).where(LessonRow.policy_id == self._policy_id, LessonRow.revision > revision)
        return list(await self._session.scalars(query.order_by(LessonRow.number)))

    async def add(self, row: LessonRow) -> None:
        self._session.add(row)
        await self._session.flush()

    async def by_id(self, lesson_id: str) -> LessonRow | None:
        query = select(LessonRow).where(LessonRow.policy_id == self._policy_id, LessonRow.id == lesson_id)
        return await self._session.scalar(query)

    async def latest_about(self, wording_index: str) -> LessonRow | None:
        """The last lesson about a wording that was not withdrawn."""
        query = (
            select(LessonRow)
            .where(
                LessonRow.policy_id == self._policy_id,
                LessonRow.wording_index == wording_index,
                LessonRow.withdrawn_at.is_(None),
            )
            .order_by(LessonRow.number.desc())
            .limit(1)
        )
        return await self._session.scalar(query)

    async def page(self, before: int | None, limit: int, *, withdrawn: bool | None = None) -> list[LessonRow]:
        """Newest first, from the lesson before that number on; ``withdrawn`` None means both."""
        query = select(LessonRow).where(LessonRow.policy_id == self._policy_id)
        if before is not None:
            query = query.where(LessonRow.number < before)
        if withdrawn is not None:
            gone = LessonRow.withdrawn_at.is_not(None)
            query = query.where(gone if withdrawn else ~gone)
        return list(await self._session.scalars(query.order_by(LessonRow.number.desc()).limit(limit)))

    async def of_ids(self, ids: Collection[str]) -> list[LessonRow]:
        """Newest first; at most a page of ids."""
        query = select(LessonRow).where(LessonRow.policy_id == self._policy_id, LessonRow.id.in_(ids))
        return list(await self._session.scalars(query.order_by(LessonRow.number.desc())))

    async def has_message(self, message_id: str) -> bool:
        """Whether it belongs to a conversation that is still kept."""
        query = select(ChatMessageRow.id).where(ChatMessageRow.id == message_id)
        return await self._session.scalar(query) is not None
