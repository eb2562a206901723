"""Talks to Rasa's REST channel: a time limit, one retry where it cannot do harm, a circuit breaker."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import structlog

from api.chat.breaker import Breaker
from api.clock import Clock
from api.settings import Settings
from knowledge.types import Language

RETRY_PAUSE_SECONDS = 0.05
NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

log = structlog.get_logger(__name__)


class DialogueDown(Exception):
    """Rasa gave no usable answer. ``heard``: it may have taken the message, and acted on it."""

    def __init__(self, reason: str, *, heard: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.heard = heard


class RasaClient:
    """One message to Rasa at a time; ``http`` is shared and closed by its owner."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings, clock: Clock) -> None:
        self._http = http
        self._url = f"{settings.rasa_url}/webhooks/rest/webhook"
        self._seconds = settings.rasa_timeout_seconds
        self._breaker = Breaker(settings.breaker_failures, settings.breaker_seconds, clock)

    async def send(
        self, session_id: str, turn_id: str, message: str, lang: Language
    ) -> Sequence[Mapping[str, Any]]:
        """Rasa's answers to one message, in order and at least one; raises DialogueDown."""
        if not self._breaker.admits():
            raise DialogueDown("breaker open", heard=False)
        metadata = {"lang": lang, "turn_id": turn_id}
        try:
            answers = await self._ask({"sender": session_id, "message": message, "metadata": metadata})
        except DialogueDown as problem:
            self._breaker.failed()
            log.warning("rasa gave no answer", reason=problem.reason, turn_id=turn_id)
            raise
        self._breaker.succeeded()
        if not answers:
            # Rasa lives, but an action of this turn failed; that is no reason to keep others from it.
            log.warning("rasa gave no answer", reason="empty", turn_id=turn_id)
            raise DialogueDown("empty", heard=True)
        return answers

    async def _ask(self, body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._post(body)
        except TimeoutError as problem:
            raise DialogueDown("time limit", heard=True) from problem
        except NOT_CONNECTED as problem:
            raise DialogueDown("not connected", heard=False) from problem
        except httpx.HTTPError as problem:
            raise DialogueDown(type(problem).__name__, heard=True) from problem
        if response.status_code != httpx.codes.OK:
            raise DialogueDown(f"status {response.status_code}", heard=True)
        return _answers(response)

    async def _post(self, body: Mapping[str, Any]) -> httpx.Response:
        try:
            return await self._http.post(self._url, json=body, timeout=None)
        except NOT_CONNECTED:
            # Only here: without a connection nothing was heard. Otherwise the turn_id would still keep the
            # actions from acting twice, but Rasa's tracker would hold the message twice, and a form would
            # take it for two answers.
            await asyncio.sleep(RETRY_PAUSE_SECONDS)
            return await self._http.post(self._url, json=body, timeout=None)


def _answers(response: httpx.Response) -> Sequence[Mapping[str, Any]]:
    try:
        answers = response.json()
    except ValueError as problem:
        raise DialogueDown("not JSON", heard=True) from problem
    if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
        raise DialogueDown("not a list of answers", heard=True)
    return answers
