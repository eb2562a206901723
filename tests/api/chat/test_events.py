"""The event stream, through a real HTTP server."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from tests.api.chat.conftest import Gateway, Visitor


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not happen in five seconds")


@pytest.fixture
async def served(gateway: Gateway) -> AsyncIterator[Gateway]:
    config = uvicorn.Config(
        gateway.app, port=0, log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False) as http:
        gateway.http = http
        yield gateway
    server.should_exit = True
    await task


class Stream:
    """Reads events one by one."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, str]:
        event: dict[str, str] = {}
        async with asyncio.timeout(5):
            async for line in self._lines:
                if not line:
                    if event:
                        return event
                    continue
                name, _, value = line.partition(": ")
                event[name] = value
        raise EOFError

    async def message(self) -> dict[str, Any]:
        while (event := await self.next())["event"] != "message":
            pass
        message: dict[str, Any] = json.loads(event["data"])
        assert event["id"] == message["id"]
        return message


@asynccontextmanager
async def events(visitor: Visitor, after: str | None = None, **headers: str) -> AsyncIterator[Stream]:
    params = {"after": after} if after else {}
    url = f"{visitor.path}/events"
    async with visitor.http.stream(
        "GET", url, headers={**visitor.headers, **headers}, params=params
    ) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


async def test_messages_arrive_as_they_are_written(served: Gateway) -> None:
    visitor, other = await served.visit(), await served.visit()
    async with events(visitor) as stream:
        ping = await stream.next()
        assert (ping["event"], ping["id"]) == ("ping", visitor.greeting[0]["id"])
        await other.say("别人的话")
        replies = await visitor.say("多久能注销？")
        said, reply = await stream.message(), await stream.message()
        assert (said["role"], said["text"]) == ("user", "多久能注销？")
        assert reply == replies[0]


async def test_a_stream_goes_on_after_the_last_event(served: Gateway) -> None:
    visitor = await served.visit()
    (first,) = await visitor.say("第一句")
    (second,) = await visitor.say("第二句")
    async with events(visitor, **{"Last-Event-ID": first["id"]}) as stream:
        assert [(await stream.message())["text"], await stream.message()] == ["第二句", second]
    async with events(visitor, after=first["id"]) as stream:
        assert (await stream.message())["text"] == "第二句"


async def test_an_unknown_last_event_replays_everything(served: Gateway) -> None:
    visitor = await served.visit()
    async with events(visitor, **{"Last-Event-ID": str(uuid.uuid4())}) as stream:
        assert await stream.message() == visitor.greeting[0]


async def test_messages_of_another_worker_arrive(served: Gateway) -> None:
    served.chat._hub._poll_seconds = 0.05
    worker = served.another_worker()
    visitor = await served.visit()
    async with events(visitor) as stream:
        await stream.next()
        await worker.send(visitor.session_id, visitor.token, uuid.uuid4(), "多久能注销？")
        assert (await stream.message())["text"] == "多久能注销？"
        assert (await stream.message())["text"] == "heard: 多久能注销？"


async def test_nothing_is_left_when_the_streams_close(served: Gateway) -> None:
    visitor = await served.visit()
    async with events(visitor) as stream:
        await stream.next()
        assert served.chat._hub._signals
    await until(lambda: not served.chat._hub._signals)
    assert served.chat._hub._poller is None
