"""Table ``event_chains``: the newest event of each tenant's hash chain."""

from __future__ import annotations

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base


class EventChainRow(Base):
    """Kept apart from the events, so that cutting off the newest shows; its lock queues the writers."""

    __tablename__ = "event_chains"

    tenant: Mapped[str] = mapped_column(String(40), primary_key=True)
    head_seq: Mapped[int] = mapped_column(Integer)
    head_hash: Mapped[str] = mapped_column(String(64))
