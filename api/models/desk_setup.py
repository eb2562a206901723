"""Table ``desk_setup``: at most one row, written with the first agent; it closes the setup for good."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, UtcDateTime


class DeskSetupRow(Base):
    """The primary key can only be 1, so two setups at once end with one of them refused."""

    __tablename__ = "desk_setup"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    agent_id: Mapped[str] = mapped_column(String(36))
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)
