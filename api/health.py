"""``/health``: the process lives. ``/ready``: the truth about each part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import httpx
import structlog
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.db import Database

router = APIRouter(tags=["health"])
log = structlog.get_logger(__name__)

PartState = Literal["ok", "down"]


class Alive(BaseModel):
    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    status: Literal["ok", "reduced", "down"]
    parts: dict[str, PartState]


class Readers:
    """Asks every part whether it works; Rasa and the action server may be down without stopping answers."""

    def __init__(self, database: Database, http: httpx.AsyncClient, rasa_url: str, actions_url: str) -> None:
        self._database = database
        self._http = http
        self._rasa_url = rasa_url
        self._actions_url = actions_url
        self._last: dict[str, PartState] = {}

    async def parts(self) -> dict[str, PartState]:
        checks = {"database": self._database.check, "rasa": self._rasa, "actions": self._actions}
        parts = {name: await _state(check) for name, check in checks.items()}
        for name, state in parts.items():
            if self._last.get(name, "ok") != state:
                log.warning("part changed", part=name, state=state)
        self._last = parts
        return parts

    async def _rasa(self) -> None:
        # /status answers 409 until a model is loaded.
        (await self._http.get(f"{self._rasa_url}/status", timeout=2)).raise_for_status()

    async def _actions(self) -> None:
        (await self._http.get(f"{self._actions_url}/health", timeout=2)).raise_for_status()


async def _state(check: Callable[[], Awaitable[None]]) -> PartState:
    try:
        await check()
    except Exception as problem:  # an edge: whatever is wrong, the part is down
        log.debug("part is down", error=type(problem).__name__)
        return "down"
    return "ok"


@router.get("/health")
async def health() -> Alive:
    """Answers as long as the process can."""
    return Alive()


@router.get("/ready")
async def ready(request: Request, response: Response) -> Readiness:
    """200 when questions are answered and requests kept (``reduced`` without Rasa), 503 when not."""
    readers: Readers = request.app.state.readers
    parts = await readers.parts()
    if parts["database"] == "down":
        response.status_code = 503
        return Readiness(status="down", parts=parts)
    return Readiness(status="reduced" if "down" in parts.values() else "ok", parts=parts)
