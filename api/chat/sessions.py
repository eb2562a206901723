"""Who may speak in a session, and for how long."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta

from api.chat.repository import ChatRepository
from api.crypto import hash_token
from api.errors import NotFound
from api.models.chat_session import ChatSessionRow

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class SessionDoor:
    """Opens a session to the bearer of its token; an unknown, expired or foreign one all look the same."""

    def __init__(self, hours: int) -> None:
        self._life = timedelta(hours=hours)

    async def enter(
        self, repository: ChatRepository, session_id: str, token: str, now: datetime, *, lock: bool = False
    ) -> ChatSessionRow:
        """The session's row; raises NotFound ``session_not_found``."""
        row = None
        if _ID.fullmatch(session_id):
            row = await repository.find_session(session_id, lock=lock)
        expected = row.token_hash if row is not None else hash_token("")
        fits = hmac.compare_digest(expected, hash_token(token))
        if row is None or not fits or now - row.active_at > self._life:
            raise NotFound("There is no such conversation, or it has ended.", code="session_not_found")
        return row
