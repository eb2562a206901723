"""Nobody's password fits never, and a broken stored hash is a wrong password, not a failure."""

from __future__ import annotations

from argon2 import PasswordHasher

from api.console.passwords import PasswordKeeper


class Gullible(PasswordHasher):
    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        return True


async def test_nobodys_password_never_fits() -> None:
    keeper = PasswordKeeper(Gullible(time_cost=1, memory_cost=8, parallelism=1))
    assert await keeper.verify("stored", "anything")
    assert not await keeper.verify(None, "anything")


async def test_a_broken_hash_is_a_wrong_password() -> None:
    keeper = PasswordKeeper(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    assert not await keeper.verify("not a hash", "anything")
    assert await keeper.verify(await keeper.hash("anything"), "anything")
