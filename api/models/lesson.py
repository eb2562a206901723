"""Table ``lessons``: which question is answered by which clauses, as somebody at the desk confirmed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, UtcDateTime


class LessonRow(Base):
    """No row is ever removed: it says who confirmed what, when, from which message, and who took it back.

    ``number`` counts the lessons of a policy; ``revision`` is the number of the policy's change that touched the
    row last, by which other processes find what is new. ``wording_index`` is a keyed hash of the wording.
    """

    __tablename__ = "lessons"
    __table_args__ = (
        UniqueConstraint("policy_id", "number"),
        Index("ix_lessons_policy_id_revision", "policy_id", "revision"),
        Index("ix_lessons_policy_id_wording_index", "policy_id", "wording_index"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    policy_id: Mapped[str] = mapped_column(String(64))
    policy_version: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int] = mapped_column(Integer)
    question_sealed: Mapped[str] = mapped_column(Text)
    wording_index: Mapped[str] = mapped_column(String(64))
    lang: Mapped[str] = mapped_column(String(2))
    clause_ids: Mapped[list[str]] = mapped_column(JSON)
    fingerprints: Mapped[list[str]] = mapped_column(JSON)
    message_id: Mapped[str | None] = mapped_column(String(36))
    confirmed_by: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
