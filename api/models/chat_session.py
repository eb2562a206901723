"""Table ``chat_sessions``: one conversation of one visitor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, UtcDateTime


class ChatSessionRow(Base):
    """The bearer token is kept as a hash; ``form`` and ``step`` are what Rasa last said it was asking for."""

    __tablename__ = "chat_sessions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    lang: Mapped[str] = mapped_column(String(2))
    lang_fixed: Mapped[bool] = mapped_column(Boolean)
    last_position: Mapped[int] = mapped_column(Integer)
    form: Mapped[str | None] = mapped_column(String(64))
    step: Mapped[str | None] = mapped_column(String(64))
    told_reduced: Mapped[bool] = mapped_column(Boolean)
    unsure_turn_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    active_at: Mapped[datetime] = mapped_column(UtcDateTime)
