"""Migrating makes exactly the tables of the models, wholly or not at all, whoever else starts at the same time."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import api.models  # noqa: F401 - registers every table
from api.db import Base, Database
from api.migrations import configuration, migrate
from tests.api.dsr.database import database_url, postgres  # noqa: F401 - fixtures


@pytest.fixture
def empty_url(database_url: str) -> str:  # noqa: F811
    """A database without any table, also on the server that all tests share."""
    asyncio.run(emptied(database_url))
    return database_url


async def emptied(url: str) -> None:
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    await database.close()


async def with_connection(url: str, work: Any) -> Any:
    database = Database(url)
    async with database.engine.connect() as connection:
        found = await connection.run_sync(work)
    await database.close()
    return found


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def test_the_schema_is_the_models(empty_url: str) -> None:
    migrate(empty_url)
    migrate(empty_url)  # a second start finds nothing to do
    assert asyncio.run(with_connection(empty_url, differences)) == []


def test_the_way_back_leaves_nothing(empty_url: str) -> None:
    def tables(connection: Connection) -> list[str]:
        return [name for name in Base.metadata.tables if connection.dialect.has_table(connection, name)]

    migrate(empty_url)
    assert len(asyncio.run(with_connection(empty_url, tables))) == len(Base.metadata.tables)
    command.downgrade(configuration(empty_url), "base")
    assert asyncio.run(with_connection(empty_url, tables)) == []


def test_two_that_start_at_once_agree(empty_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate_apart, [empty_url] * 2))
    assert asyncio.run(with_connection(empty_url, differences)) == []


def migrate_apart(url: str) -> None:
    """In a process of its own: Alembic's context is one a process."""
    code = "import sys; from api.migrations import migrate; migrate(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, url], check=True, cwd=Path(__file__).parents[2])


def test_a_migration_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "half.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE agents (in_the_way INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        migrate(f"sqlite+aiosqlite:///{path}")
    with sqlite3.connect(path) as connection:
        left = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert left == ["agents"]
        connection.execute("DROP TABLE agents")
    migrate(f"sqlite+aiosqlite:///{path}")


def test_the_migrations_are_one_line() -> None:
    assert len(ScriptDirectory.from_config(configuration("sqlite://")).get_heads()) == 1


def test_a_percent_sign_in_a_password_survives() -> None:
    url = "postgresql+asyncpg://desk:p%40ss@db.example.com/desk"
    assert configuration(url).get_main_option("sqlalchemy.url") == url
