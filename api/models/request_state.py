"""Table ``request_states``: what the events amount to, kept for lists; it can be dropped and made again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, UtcDateTime


class RequestStateRow(Base):
    """Derived status and due date of one request."""

    __tablename__ = "request_states"
    __table_args__ = (Index("ix_request_states_closed_due_at_request_id", "closed", "due_at", "request_id"),)

    request_id: Mapped[str] = mapped_column(String(36), ForeignKey("requests.id"), primary_key=True)
    status: Mapped[str] = mapped_column(String(30), index=True)
    closed: Mapped[bool] = mapped_column(Boolean)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    provisional: Mapped[bool] = mapped_column(Boolean)
    paused_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
