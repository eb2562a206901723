"""Table ``idempotency_keys``: which call already made which request."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, UtcDateTime


class IdempotencyKeyRow(Base):
    """The key and the body are kept as keyed hashes: both come from outside and may say who somebody is."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(String(20), primary_key=True)
    key_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(36), ForeignKey("requests.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
