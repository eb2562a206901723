"""Rate limits: a bucket an address and purpose, larger for this machine's own callers, never for login."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.errors import TooManyRequests, Unavailable
from api.limits import Limiter
from api.settings import Settings

SEARCH = "/api/v1/policy/search"
STRANGER = "203.0.113.7"
SMALL = {"rate_limit_search": "2/minute", "rate_limit_login": "2/minute", "rate_limit_loopback_factor": 3}


def limiter(**changes: Any) -> Limiter:
    return Limiter(Settings(_env_file=None, **{**SMALL, **changes}))


async def count(limits: Limiter, purpose: Any, address: str, most: int = 10) -> int:
    """How many calls get through."""
    for number in range(most):
        try:
            await limits.hit(purpose, address)
        except TooManyRequests:
            return number
    return most


async def test_a_full_bucket_says_how_long_to_wait() -> None:
    limits = limiter()
    assert await count(limits, "search", STRANGER) == 2
    with pytest.raises(TooManyRequests) as refused:
        await limits.hit("search", STRANGER)
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 60


async def test_buckets_are_apart_by_address_and_by_purpose() -> None:
    limits = limiter()
    assert await count(limits, "search", STRANGER) == 2
    assert await count(limits, "search", "203.0.113.8") == 2
    assert await count(limits, "messages", STRANGER, most=5) == 5


async def test_a_bucket_empties_with_time() -> None:
    limits = limiter(rate_limit_search="1/second")
    assert await count(limits, "search", STRANGER) == 1
    await asyncio.sleep(1.1)
    assert await count(limits, "search", STRANGER) == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_this_machine_gets_more_except_for_login(address: str) -> None:
    limits = limiter()
    assert await count(limits, "search", address) == 6
    assert await count(limits, "login", address) == 2


async def test_off_means_off() -> None:
    assert await count(limiter(rate_limits="off"), "login", STRANGER, most=50) == 50


def served(whole_app: FastAPI, peer: str) -> httpx.AsyncClient:
    """The application behind what uvicorn puts around it, called from one address."""
    whole_app.state.limiter = limiter()
    behind = ProxyHeadersMiddleware(whole_app, trusted_hosts="127.0.0.1")  # type: ignore[arg-type]
    transport = httpx.ASGITransport(behind, client=(peer, 40000))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://desk.example.com")


async def statuses(client: httpx.AsyncClient, calls: int, forwarded: str | None = None) -> list[int]:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return [
        (await client.post(SEARCH, json={"query": "cookie"}, headers=headers)).status_code
        for _ in range(calls)
    ]


async def test_a_route_answers_429_in_the_one_shape(whole_app: FastAPI) -> None:
    async with served(whole_app, STRANGER) as client:
        assert await statuses(client, 3) == [200, 200, 429]
        answer = await client.post(SEARCH, json={"query": "cookie"})
    assert answer.json()["error"]["code"] == "too_many_requests"
    assert int(answer.headers["Retry-After"]) >= 1


async def test_a_stranger_cannot_give_another_address(whole_app: FastAPI) -> None:
    async with served(whole_app, STRANGER) as client:
        assert await statuses(client, 2, forwarded="198.51.100.1") == [200, 200]
        assert await statuses(client, 2, forwarded="127.0.0.1") == [429, 429]


async def test_behind_a_local_proxy_each_client_has_its_own_bucket(whole_app: FastAPI) -> None:
    async with served(whole_app, "127.0.0.1") as client:
        assert await statuses(client, 3, forwarded=STRANGER) == [200, 200, 429]
        assert await statuses(client, 1, forwarded="203.0.113.8") == [200]
        # The proxy appends whom it saw; what the client wrote before that is not believed.
        assert await statuses(client, 1, forwarded=f"198.51.100.9, {STRANGER}") == [429]


async def test_without_a_proxy_this_machine_has_the_large_bucket(whole_app: FastAPI) -> None:
    async with served(whole_app, "127.0.0.1") as client:
        assert await statuses(client, 7) == [200] * 6 + [429]


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Redis is not installed, and CI must not skip its tests")
        pytest.skip("Redis is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("Redis did not start")


async def test_several_processes_share_their_buckets_in_redis(redis_url: str) -> None:
    first, second = limiter(redis_url=redis_url), limiter(redis_url=redis_url)
    await first.hit("search", STRANGER)
    await second.hit("search", STRANGER)
    with pytest.raises(TooManyRequests):
        await first.hit("search", STRANGER)
    for limits in (first, second):
        await limits.close()


async def test_without_redis_the_product_goes_on_but_nobody_logs_in() -> None:
    limits = limiter(redis_url="redis://127.0.0.1:1")
    with structlog.testing.capture_logs() as lines:
        await limits.hit("search", STRANGER)
        with pytest.raises(Unavailable):
            await limits.hit("login", STRANGER)
    assert [line["purpose"] for line in lines] == ["search", "login"]
    await limits.close()
