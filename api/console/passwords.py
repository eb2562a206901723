"""Agents' passwords: Argon2id, worked out in threads, a few at a time."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM = 12
MAXIMUM = 200


class PasswordKeeper:
    """A hash takes 64 MiB and tens of milliseconds: only a few at once, and none in the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None, at_once: int = 2) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(at_once)
        # Verified for unknown usernames, so that they take as long as known ones.
        self._nobody = self._hasher.hash(secrets.token_urlsafe(32))

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password fits; None is nobody's hash and fits never, after the same work."""
        async with self._slots:
            fits = await asyncio.to_thread(self._verify, stored or self._nobody, password)
        return fits and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def password_problem(password: str, username: str) -> str | None:
    """Why a new password is refused; None when it is fine. Length counts, composition rules do not help."""
    if len(password) < MINIMUM:
        return f"must have at least {MINIMUM} characters"
    if len(password) > MAXIMUM:
        return f"must have at most {MAXIMUM} characters"
    if username.casefold() in password.casefold() or len(set(password)) < 5:
        return "is too easy to guess"
    return None
