"""A circuit breaker: after some failures in a row a service is left alone for a while, then tried once."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.clock import Clock


class Breaker:
    """Kept in each worker's memory: it only saves waiting, every worker finds out for itself."""

    def __init__(self, failures: int, seconds: float, clock: Clock) -> None:
        self._limit = failures
        self._pause = timedelta(seconds=seconds)
        self._clock = clock
        self._failures = 0
        self._open_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the last try was a failure too many, whatever the time."""
        return self._open_until is not None

    def admits(self) -> bool:
        """Whether to try now. While open, one caller a pause is let through to see whether it works again."""
        if self._open_until is None:
            return True
        now = self._clock()
        if now < self._open_until:
            return False
        self._open_until = now + self._pause
        return True

    def succeeded(self) -> None:
        self._failures = 0
        self._open_until = None

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= self._limit:
            self._open_until = self._clock() + self._pause
