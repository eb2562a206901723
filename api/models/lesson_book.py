"""Table ``lesson_books``: how often a policy's lessons have changed."""

from __future__ import annotations

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base


class LessonBookRow(Base):
    """One row a policy; its lock queues the writers, its numbers tell the other processes that something is new."""

    __tablename__ = "lesson_books"

    policy_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)
    last_number: Mapped[int] = mapped_column(Integer)
