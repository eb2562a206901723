"""Table ``requests``: what was filed. Rows are facts and do not change with the request's progress."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, UtcDateTime


class RequestRow(Base):
    """A data subject request; the contact and the free text are encrypted."""

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_contact_index_type", "contact_index", "type"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(13), unique=True)
    type: Mapped[str] = mapped_column(String(40))
    lang: Mapped[str] = mapped_column(String(2))
    ground: Mapped[str | None] = mapped_column(String(40))
    guardian_for_child: Mapped[bool] = mapped_column(Boolean)
    contact_kind: Mapped[str] = mapped_column(String(5))
    contact_sealed: Mapped[str] = mapped_column(Text)
    contact_index: Mapped[str] = mapped_column(String(64))
    scope_sealed: Mapped[str | None] = mapped_column(Text)
    session_id: Mapped[str | None] = mapped_column(String(64), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
