"""When a message is sent again, and when it must not be; and the circuit breaker by itself."""

from __future__ import annotations

import asyncio
import time
import uuid
from datetime import UTC, datetime

import httpx
import pytest

from api.chat import rasa_client
from api.chat.breaker import Breaker
from api.chat.rasa_client import DialogueDown, RasaClient
from api.settings import Settings
from tests.api.chat.rasa_double import RasaDouble
from tests.api.dsr.support import SetClock


async def ask(settings: Settings, clock: SetClock) -> list[str]:
    async with httpx.AsyncClient(trust_env=False) as http:
        answers = await RasaClient(http, settings, clock).send("s", str(uuid.uuid4()), "hello", "en")
    return [answer["text"] for answer in answers]


async def test_a_refused_connection_is_tried_once_more(
    rasa: RasaDouble, settings: Settings, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasa_client, "RETRY_PAUSE_SECONDS", 0.2)
    await rasa.stop()
    asking = asyncio.create_task(ask(settings, clock))
    await asyncio.sleep(0.1)
    await rasa.start()
    assert await asking == ["heard: hello"]
    assert rasa.connections == 1


async def test_a_dead_rasa_was_not_heard(rasa: RasaDouble, settings: Settings, clock: SetClock) -> None:
    await rasa.stop()
    with pytest.raises(DialogueDown) as raised:
        await ask(settings, clock)
    assert not raised.value.heard


@pytest.mark.parametrize("mode", ["dies", "slow", "status", "garbage", "object", "empty"])
async def test_what_may_have_been_heard_is_not_sent_again(
    rasa: RasaDouble, settings: Settings, clock: SetClock, mode: str
) -> None:
    rasa.mode, rasa.seconds = mode, 3.0  # type: ignore[assignment]
    started = time.monotonic()
    with pytest.raises(DialogueDown) as raised:
        await ask(settings, clock)
    assert raised.value.heard
    assert rasa.connections == 1
    assert time.monotonic() - started < settings.rasa_timeout_seconds + 0.5


def test_the_breaker() -> None:
    clock = SetClock(datetime(2026, 3, 10, tzinfo=UTC))
    breaker = Breaker(2, 5, clock)
    breaker.failed()
    assert breaker.admits()
    breaker.succeeded()
    breaker.failed()
    assert breaker.admits()
    breaker.failed()
    assert not breaker.admits()
    clock.forward(seconds=5)
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.failed()
    assert not breaker.admits()
    clock.forward(seconds=5)
    assert breaker.admits()
    breaker.succeeded()
    assert [breaker.admits(), breaker.admits()] == [True, True]
