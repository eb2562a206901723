"""Rate limits of the public routes, a bucket an address and purpose.

A caller on this machine that no proxy forwarded is the operator or a local proxy that hides its clients, so its limits
are larger by a factor; login is never eased.
"""

from __future__ import annotations

import math
import time
from typing import Literal

import structlog
from fastapi import Request
from limits import RateLimitItem, parse
from limits.aio.storage import RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string
from redis.asyncio import ConnectionPool

from api.errors import TooManyRequests, Unavailable
from api.settings import Settings

Purpose = Literal["search", "sessions", "messages", "requests", "lessons", "login"]
LOOPBACK = ("127.0.0.1", "::1")

log = structlog.get_logger(__name__)


class Limiter:
    """Counts in memory, or in Redis when several workers share the limits."""

    def __init__(self, settings: Settings) -> None:
        self._pool = (
            ConnectionPool.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
            if settings.redis_url
            else None
        )
        self._strategy = MovingWindowRateLimiter(_storage(settings.redis_url, self._pool))
        self._enabled = settings.rate_limits == "on"
        self._factor = settings.rate_limit_loopback_factor
        self._items: dict[Purpose, RateLimitItem] = {
            "search": parse(settings.rate_limit_search),
            "sessions": parse(settings.rate_limit_sessions),
            "messages": parse(settings.rate_limit_messages),
            "requests": parse(settings.rate_limit_requests),
            "lessons": parse(settings.rate_limit_lessons),
            "login": parse(settings.rate_limit_login),
        }

    async def hit(self, purpose: Purpose, address: str, times: int = 1) -> None:
        """Count one call; raises TooManyRequests with ``Retry-After`` when the bucket is full.

        ``times`` makes a bucket larger than an address's, e.g. one that many addresses share.

        Without its store the product goes on unlimited, but nobody logs in: passwords are not to be tried unlimited.
        """
        if not self._enabled:
            return
        item = self._items[purpose]
        if address in LOOPBACK and purpose != "login":
            times *= self._factor
        item = type(item)(item.amount * times, item.multiples, item.namespace)
        try:
            if await self._strategy.hit(item, purpose, address):
                return
            window = await self._strategy.get_window_stats(item, purpose, address)
        except StorageError as problem:
            log.error("the limits' store does not answer", purpose=purpose)
            if purpose == "login":
                raise Unavailable("Logging in is not possible at the moment.") from problem
            return
        wait = max(1, math.ceil(window.reset_time - time.time()))
        raise TooManyRequests("Too many calls; please wait a moment.", headers={"Retry-After": str(wait)})

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.disconnect()


def _storage(redis_url: str, pool: ConnectionPool | None) -> Storage:
    if pool is None:
        storage = storage_from_string("async+memory://")
    else:
        storage = RedisStorage(
            f"async+{redis_url}",
            implementation="redispy",
            wrap_exceptions=True,
            connection_pool=pool,  # type: ignore[arg-type]
        )
    assert isinstance(storage, Storage)
    return storage


class Limited:
    """Route dependency: ``Depends(Limited("search"))``."""

    def __init__(self, purpose: Purpose) -> None:
        self._purpose = purpose

    async def __call__(self, request: Request) -> None:
        limiter: Limiter = request.app.state.limiter
        await limiter.hit(self._purpose, address_of(request))


def address_of(request: Request) -> str:
    """Where a call comes from, as far as we are told."""
    return request.client.host if request.client else "unknown"
