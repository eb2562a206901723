"""Table ``chat_turns``: the claim on a person's message, so that it is answered once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, UtcDateTime


class ChatTurnRow(Base):
    """``owner`` is the call that works on the turn until ``lease_until``; after that another may take it.

    ``text_key`` is a keyed hash of what was typed: it tells a repetition from another text without keeping
    the text. ``message`` is what Rasa gets: masked text or an offered payload; None when there were no words.
    """

    __tablename__ = "chat_turns"
    __table_args__ = (UniqueConstraint("session_id", "client_message_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("chat_sessions.id", ondelete="CASCADE"))
    client_message_id: Mapped[str] = mapped_column(String(36))
    text_key: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(8))
    owner: Mapped[str] = mapped_column(String(36))
    attempts: Mapped[int] = mapped_column(Integer)
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime)
    message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
