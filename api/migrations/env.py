"""Alembic's entry: runs the migrations over the product's own async engine."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy.engine import Connection

import api.models  # noqa: F401 - registers every table
from api.db import Base, Database


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _migrate() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    assert url is not None
    database = Database(url)
    try:
        # All or nothing, and a second process that starts at the same time waits for the first.
        async with database.migration() as connection:
            await connection.run_sync(_run)
    finally:
        await database.close()


asyncio.run(_migrate())
