"""The product's only clock, handed in so that tests can set it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment with its time zone."""


def now() -> datetime:
    return datetime.now(UTC)
