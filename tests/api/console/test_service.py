"""The first agent, logins and their ends: on real databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from api.console.passwords import PasswordKeeper
from api.console.service import NAME_TIMES, DeskService
from api.crypto import hash_token
from api.db import Database
from api.errors import (
    ClauseDeskError,
    Conflict,
    InvalidRequest,
    NotAuthenticated,
    NotPermitted,
    TooManyRequests,
)
from api.limits import Limiter
from api.models.agent import AgentRow
from api.models.agent_session import AgentSessionRow
from api.settings import Settings
from tests.api.console.support import PASSWORD, SETUP_TOKEN, USERNAME
from tests.api.dsr.support import SetClock


async def set_up(desk: DeskService) -> str:
    return (await desk.setup(SETUP_TOKEN, USERNAME, PASSWORD)).token


async def test_the_first_agent_is_an_admin_and_logged_in(desk: DeskService) -> None:
    assert await desk.setup_token() == SETUP_TOKEN
    login = await desk.setup(SETUP_TOKEN, " Mei ", PASSWORD)
    assert (login.agent.username, login.agent.role) == ("mei", "admin")
    assert await desk.authenticate(login.token) == login.agent
    assert await desk.setup_token() is None


async def test_the_setup_is_closed_for_good(desk: DeskService, database: Database) -> None:
    await set_up(desk)
    async with database.transaction() as session:
        await session.execute(update(AgentRow).values(active=False))
    with pytest.raises(Conflict) as refusal:
        await desk.setup(SETUP_TOKEN, "li", PASSWORD)
    assert refusal.value.code == "setup_closed"


async def test_of_many_setups_at_once_one_wins(desk: DeskService, database: Database) -> None:
    calls = (desk.setup(SETUP_TOKEN, f"agent-{n}", PASSWORD) for n in range(8))
    results = await asyncio.gather(*calls, return_exceptions=True)
    refused = [result for result in results if isinstance(result, Conflict)]
    assert [refusal.code for refusal in refused] == ["setup_closed"] * 7
    async with database.reading() as session:
        assert len((await session.execute(select(AgentRow))).all()) == 1


@pytest.mark.parametrize("token", ["wrong", "", "é", SETUP_TOKEN.upper()])
async def test_another_token_opens_nothing(desk: DeskService, token: str) -> None:
    with pytest.raises(NotPermitted) as refusal:
        await desk.setup(token, USERNAME, PASSWORD)
    assert refusal.value.code == "setup_token_invalid"
    assert await desk.setup_token() == SETUP_TOKEN


@pytest.mark.parametrize(
    ("username", "password", "paths"),
    [
        (USERNAME, "elevenchars", ["password"]),
        (USERNAME, "aaaaaaaaaaaaaaaa", ["password"]),
        (USERNAME, "mei is my name", ["password"]),
        (USERNAME, "correct horse " * 20, ["password"]),
        ("m", PASSWORD, ["username"]),
        ("mei li", PASSWORD, ["username"]),
        ("", "", ["username", "password"]),
    ],
)
async def test_weak_agents_are_refused(
    desk: DeskService, username: str, password: str, paths: list[str]
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        await desk.setup(SETUP_TOKEN, username, password)
    assert [problem.path for problem in refusal.value.fields] == paths


async def test_logging_in_and_out(desk: DeskService) -> None:
    await set_up(desk)
    login = await desk.login("MEI", PASSWORD, ADDRESS)
    assert (await desk.authenticate(login.token)).username == USERNAME
    await desk.logout(login.token)
    with pytest.raises(NotAuthenticated):
        await desk.authenticate(login.token)


async def test_two_logins_are_independent(desk: DeskService) -> None:
    first, second = await set_up(desk), (await desk.login(USERNAME, PASSWORD, ADDRESS)).token
    assert first != second
    await desk.logout(first)
    await desk.authenticate(second)


@pytest.mark.parametrize("token", [None, "", "unknown", "é\ud800"])
async def test_no_login_no_agent(desk: DeskService, token: str | None) -> None:
    with pytest.raises(NotAuthenticated):
        await desk.authenticate(token)


async def test_an_unknown_name_and_a_wrong_password_fail_alike(desk: DeskService, database: Database) -> None:
    await set_up(desk)
    told = [await refusal(desk, username, password) for username, password in WRONG]
    async with database.transaction() as session:
        await session.execute(update(AgentRow).values(active=False))
    told.append(await refusal(desk, USERNAME, PASSWORD))
    assert {(problem.code, problem.message) for problem in told} == {
        ("login_failed", "The username or the password is not right.")
    }


ADDRESS = "192.0.2.1"
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x61, 0x7B)}
WRONG = [(USERNAME, "wrong"), ("li", PASSWORD), ("", ""), (USERNAME, ""), ("mei' OR 1=1 --", PASSWORD)]


async def refusal(desk: DeskService, username: str, password: str, address: str = ADDRESS) -> ClauseDeskError:
    with pytest.raises(NotAuthenticated) as caught:
        await desk.login(username, password, address)
    return caught.value


async def test_an_unknown_name_costs_the_same_work(make_desk: Callable[..., DeskService]) -> None:
    """One verification each: the work is counted, because time on a busy machine is no evidence."""
    hasher = CountingHasher()
    desk = make_desk(passwords=PasswordKeeper(hasher))
    await set_up(desk)
    hasher.verified = 0
    await refusal(desk, USERNAME, "wrong")
    known, hasher.verified = hasher.verified, 0
    await refusal(desk, "li", "wrong")
    assert known == hasher.verified == 1


class CountingHasher(PasswordHasher):
    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:
        self.verified += 1
        return super().verify(hash, password)


async def test_a_disabled_agent_is_out_at_once(desk: DeskService, database: Database) -> None:
    token = await set_up(desk)
    async with database.transaction() as session:
        await session.execute(update(AgentRow).values(active=False))
    with pytest.raises(NotAuthenticated):
        await desk.authenticate(token)


async def test_an_idle_login_ends(desk: DeskService, clock: SetClock) -> None:
    token = await set_up(desk)
    for _ in range(3):
        clock.forward(minutes=59)
        await desk.authenticate(token)
    clock.forward(minutes=60)
    with pytest.raises(NotAuthenticated):
        await desk.authenticate(token)
    clock.forward(minutes=-30)
    with pytest.raises(NotAuthenticated):
        await desk.authenticate(token)


async def test_a_busy_login_ends_as_well(make_desk: Callable[..., DeskService], clock: SetClock) -> None:
    desk = make_desk(lifetime=timedelta(hours=2), idle=timedelta(hours=1))
    token = await set_up(desk)
    for _ in range(3):
        clock.forward(minutes=39)
        await desk.authenticate(token)
    clock.forward(minutes=3)
    with pytest.raises(NotAuthenticated):
        await desk.authenticate(token)


async def test_ended_logins_are_removed(desk: DeskService, database: Database, clock: SetClock) -> None:
    old = await set_up(desk)
    clock.forward(hours=13)
    new = (await desk.login(USERNAME, PASSWORD, ADDRESS)).token
    async with database.reading() as session:
        stored = (await session.execute(select(AgentSessionRow.token_hash))).scalars().all()
    assert stored == [hash_token(new)]
    assert hash_token(old) not in stored


def limited_desk(make_desk: Callable[..., DeskService], tmp_path: Path) -> DeskService:
    settings = Settings(data_dir=tmp_path, rate_limit_login="3/minute", _env_file=None)
    return make_desk(limiter=Limiter(settings), passwords=PasswordKeeper(CountingHasher()))


@pytest.mark.parametrize("name", [USERNAME, "nobody"])
async def test_a_name_is_limited_for_the_address_that_tries_it(
    make_desk: Callable[..., DeskService], tmp_path: Path, name: str
) -> None:
    desk = limited_desk(make_desk, tmp_path)
    await set_up(desk)
    for spelled in (name, f" {name.upper()}", name.translate(FULL_WIDTH)):
        await refusal(desk, spelled, "wrong")
    with pytest.raises(TooManyRequests) as limited:
        await desk.login(name, PASSWORD, ADDRESS)
    assert int(limited.value.headers["Retry-After"]) > 0


async def test_a_stranger_does_not_shut_an_agent_out(
    make_desk: Callable[..., DeskService], tmp_path: Path
) -> None:
    desk = limited_desk(make_desk, tmp_path)
    await set_up(desk)
    for _ in range(3):
        await refusal(desk, USERNAME, "wrong", "203.0.113.7")
    for _ in range(3 * NAME_TIMES):
        with pytest.raises(TooManyRequests):
            await desk.login(USERNAME, "wrong", "203.0.113.7")
    assert (await desk.login(USERNAME, PASSWORD, ADDRESS)).agent.username == USERNAME


async def test_a_name_tried_from_very_many_addresses_is_limited(
    make_desk: Callable[..., DeskService], tmp_path: Path
) -> None:
    desk = limited_desk(make_desk, tmp_path)
    for number in range(3 * NAME_TIMES):
        await refusal(desk, USERNAME, "wrong", f"203.0.113.{number}")
    with pytest.raises(TooManyRequests):
        await desk.login(USERNAME, "wrong", "198.51.100.1")
    await refusal(desk, "li", "wrong")


async def test_an_old_hash_is_renewed_at_login(
    make_desk: Callable[..., DeskService], database: Database
) -> None:
    await set_up(make_desk())
    stronger = make_desk(passwords=PasswordKeeper(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)))
    await stronger.login(USERNAME, PASSWORD, ADDRESS)
    async with database.reading() as session:
        stored = (await session.execute(select(AgentRow.password_hash))).scalar_one()
    assert "m=16,t=2" in stored
    await stronger.login(USERNAME, PASSWORD, ADDRESS)


async def test_neither_password_nor_token_is_stored(desk: DeskService, database: Database) -> None:
    token = await set_up(desk)
    for table in (AgentRow, AgentSessionRow):
        async with database.reading() as session:
            stored = str((await session.execute(select(*table.__table__.columns))).all())
        assert PASSWORD not in stored
        assert token not in stored


def test_a_desk_opens_from_its_settings(settings: Settings, database: Database, clock: SetClock) -> None:
    desk = DeskService.open(settings, database, clock, Limiter(settings))
    secret = settings.secrets_dir / "setup_token"
    assert secret.stat().st_mode & 0o077 == 0
    assert desk.assistant is not None
