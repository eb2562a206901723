"""Tells the streams of this worker that a session has something new.

Messages written here are announced at once. Those of other workers are found by one query every other second
for all sessions with a stream, not one query a stream.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.chat.repository import ChatRepository
from api.db import Database

POLL_SECONDS = 2.0
_BATCH = 500

log = structlog.get_logger(__name__)


class EventHub:
    """Signals by session id; it carries no messages, those are read from the database."""

    def __init__(self, database: Database, poll_seconds: float = POLL_SECONDS) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._signals: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._positions: dict[str, int] = {}
        self._poller: asyncio.Task[None] | None = None

    @contextmanager
    def listening(self, session_id: str) -> Iterator[asyncio.Event]:
        """A signal that is set on every announcement from now on; the listener clears it, then reads."""
        signal = asyncio.Event()
        self._signals[session_id].add(signal)
        if self._poller is None:
            self._poller = asyncio.create_task(self._poll())
        try:
            yield signal
        finally:
            self._signals[session_id].discard(signal)
            if not self._signals[session_id]:
                del self._signals[session_id]
                self._positions.pop(session_id, None)
            if not self._signals and self._poller is not None:
                self._poller.cancel()
                self._poller = None

    def announce(self, session_id: str) -> None:
        for signal in self._signals.get(session_id, ()):
            signal.set()

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._poll_seconds)
            watched = list(self._signals)
            try:
                for start in range(0, len(watched), _BATCH):
                    await self._look(watched[start : start + _BATCH])
            except SQLAlchemyError as problem:
                log.error("looking for new messages failed", error=type(problem).__name__)

    async def _look(self, session_ids: list[str]) -> None:
        async with self._database.reading() as transaction:
            found = await ChatRepository(transaction).last_positions(session_ids)
        for session_id, position in found.items():
            if self._positions.get(session_id) != position:
                self._positions[session_id] = position
                self.announce(session_id)
