"""Fixtures: SQLite in a file always, PostgreSQL when its programs are there."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import api.models  # noqa: F401 - registers every table
from api.db import Base, Database


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server of our own on a free port; it refuses to run as root, so root lends it another account."""
    pg_ctl = _pg_ctl()
    if pg_ctl is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and CI must not skip its tests")
        pytest.skip("PostgreSQL is not installed")
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    prefix = ["runuser", "-u", user, "--"] if os.getuid() == 0 else []
    # Not below pytest's own folder: that is root's alone.
    home = Path(tempfile.mkdtemp(prefix="clausedesk-postgres-"))
    shutil.chown(home, user)
    data = home / "data"
    _run(
        [*prefix, str(pg_ctl), "initdb", "-D", str(data), "-o", f"--auth=trust -U {user} --no-sync -E UTF8"],
        home,
    )
    port = _free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {home} -c fsync=off"
    _run([*prefix, str(pg_ctl), "start", "-w", "-D", str(data), "-o", options, "-l", str(home / "log")], home)
    try:
        yield f"postgresql+asyncpg://{user}@127.0.0.1:{port}/postgres"
    finally:
        _run([*prefix, str(pg_ctl), "stop", "-m", "immediate", "-D", str(data)], home)
        shutil.rmtree(home)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite+aiosqlite:///{tmp_path / 'requests.db'}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        # The server is shared by all tests, and emptying tables is quicker than making them.
        for table in reversed(Base.metadata.sorted_tables):
            await connection.execute(table.delete())
    yield database
    await database.close()


def _pg_ctl() -> Path | None:
    on_path = shutil.which("pg_ctl")
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)
    return Path(on_path) if on_path else next(iter(candidates), None)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
