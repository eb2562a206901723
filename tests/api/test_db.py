"""Transactions, moments and many writers, on both databases."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from api.db import Database
from api.models import AgentRow, AgentSessionRow
from tests.api.dsr.database import database, database_url, postgres  # noqa: F401 - fixtures

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def agent(username: str, made: datetime = NOON) -> AgentRow:
    return AgentRow(
        id=username, username=username, password_hash="-", role="agent", active=True, created_at=made
    )


async def names(database: Database) -> list[str]:  # noqa: F811
    async with database.reading() as session:
        return sorted(await session.scalars(select(AgentRow.username)))


async def test_a_block_that_ends_well_is_kept(database: Database) -> None:  # noqa: F811
    async with database.transaction() as session:
        session.add(agent("chen"))
    assert await names(database) == ["chen"]


async def test_a_block_that_fails_leaves_nothing(database: Database) -> None:  # noqa: F811
    async def fail() -> None:
        async with database.transaction() as session:
            session.add(agent("chen"))
            await session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await names(database) == []
    async with database.transaction() as session:  # and the next one is not held up
        session.add(agent("li"))
    assert await names(database) == ["li"]


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:  # noqa: F811
    with pytest.raises(StatementError, match="without a time zone"):
        async with database.transaction() as session:
            session.add(agent("chen", datetime(2026, 3, 10, 12, 0)))


async def test_a_moment_comes_back_in_utc(database: Database) -> None:  # noqa: F811
    shanghai = timezone(timedelta(hours=8))
    async with database.transaction() as session:
        session.add(agent("chen", datetime(2026, 3, 10, 20, 0, 0, 123456, shanghai)))
    async with database.reading() as session:
        kept = (await session.scalars(select(AgentRow.created_at))).one()
    assert kept == datetime(2026, 3, 10, 12, 0, 0, 123456, UTC)
    assert kept.utcoffset() == timedelta(0)


async def test_writers_of_two_processes_wait_for_each_other(
    database: Database,  # noqa: F811
    database_url: str,  # noqa: F811
) -> None:
    other = Database(database_url)

    async def write(through: Database, name: str) -> None:
        async with through.transaction() as session:
            # Reading first is what makes a late lock fail: both would hold what the other one waits for.
            await session.scalars(select(AgentRow.username))
            await asyncio.sleep(0.02)
            session.add(agent(name))

    await asyncio.gather(*(write((database, other)[n % 2], f"agent{n}") for n in range(10)))
    await other.close()
    assert await names(database) == sorted(f"agent{n}" for n in range(10))


async def test_reading_does_not_wait_for_a_writer(database: Database) -> None:  # noqa: F811
    async with database.transaction() as session:
        session.add(agent("chen"))
        await session.flush()
        started = time.monotonic()
        assert await asyncio.wait_for(names(database), 5) == []
        await database.check()
        assert time.monotonic() - started < 2
    assert await names(database) == ["chen"]


async def test_foreign_keys_are_kept(database: Database) -> None:  # noqa: F811
    login = AgentSessionRow(
        token_hash="-", agent_id="nobody", created_at=NOON, last_seen_at=NOON, expires_at=NOON
    )
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            session.add(login)


async def test_sqlite_writes_through_to_the_disk(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kept.db'}")  # noqa: F811
    async with database.reading() as session:
        found = [
            await session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    await database.close()
    assert found == ["wal", 2, 1, 30000]  # 2 is FULL


async def test_a_database_that_is_not_there_is_told() -> None:
    gone = Database("postgresql+asyncpg://desk@127.0.0.1:1/desk")
    with pytest.raises(OSError, match="Connect call failed"):
        await gone.check()
    await gone.close()


async def test_one_migration_at_a_time(
    database: Database,  # noqa: F811
    database_url: str,  # noqa: F811
) -> None:
    other, entered = Database(database_url), asyncio.Event()

    async def second() -> None:
        async with other.migration():
            entered.set()

    async with database.migration():
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.3)
        assert not entered.is_set()
    await asyncio.wait_for(waiting, 10)
    await other.close()
