"""Table ``chat_contacts``: what stands behind the placeholders of a conversation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, UtcDateTime


class ChatContactRow(Base):
    """``value`` is encrypted, and only kept for addresses we may write to; the rest is known by its index."""

    __tablename__ = "chat_contacts"
    __table_args__ = (
        UniqueConstraint("session_id", "kind", "blind_index"),
        UniqueConstraint("session_id", "placeholder"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("chat_sessions.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8))
    placeholder: Mapped[str] = mapped_column(String(16))
    blind_index: Mapped[str] = mapped_column(String(64))
    value: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
