"""The desk: who its agents are and whether they are logged in."""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, get_args

from sqlalchemy.exc import IntegrityError

from api.clock import Clock
from api.console.assist import Assistant
from api.console.passwords import PasswordKeeper, password_problem
from api.console.repository import AgentRepository
from api.crypto import SETUP_TOKEN, ensure_secret, hash_token
from api.db import Database
from api.errors import Conflict, FieldProblem, InvalidRequest, NotAuthenticated, NotPermitted
from api.limits import Limiter
from api.models.agent import AgentRow
from api.models.agent_session import AgentSessionRow
from api.settings import Settings

Role = Literal["agent", "supervisor", "auditor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)

_USERNAME = re.compile(r"\w[\w.@-]{1,63}")
NAME_TIMES = 20
"""How many addresses have to try a name with all they may before it is limited for everybody."""
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who works at the desk."""

    id: str
    username: str
    role: Role


@dataclass(frozen=True, slots=True)
class Login:
    """A fresh login; ``token`` is told once and kept nowhere."""

    agent: Agent
    token: str
    lifetime: timedelta


class DeskService:
    """Setup of the first agent, login, logout."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        limiter: Limiter,
        passwords: PasswordKeeper,
        assistant: Assistant,
        setup_token: str,
        lifetime: timedelta,
        idle: timedelta,
    ) -> None:
        self._database = database
        self._clock = clock
        self._limiter = limiter
        self._passwords = passwords
        self._setup_token = setup_token
        self._lifetime = lifetime
        self._idle = idle
        self.assistant = assistant

    @classmethod
    def open(cls, settings: Settings, database: Database, clock: Clock, limiter: Limiter) -> DeskService:
        """The desk of these settings; the setup token is made on the first call."""
        return cls(
            database=database,
            clock=clock,
            limiter=limiter,
            passwords=PasswordKeeper(),
            assistant=Assistant.open(Path(__file__).with_name("wording.yml")),
            setup_token=ensure_secret(settings.secrets_dir, SETUP_TOKEN),
            lifetime=timedelta(hours=settings.agent_session_hours),
            idle=timedelta(minutes=settings.agent_idle_minutes),
        )

    async def setup_token(self) -> str | None:
        """The token of the one-time link; None once the first agent exists."""
        async with self._database.reading() as session:
            return None if await AgentRepository(session).setup_done() else self._setup_token

    async def setup(self, setup_token: str, username: str, password: str) -> Login:
        """Create the first agent, an admin, and log in.

        Raises Conflict ``setup_closed`` for good once there is one, NotPermitted ``setup_token_invalid``,
        InvalidRequest.
        """
        if await self.setup_token() is None:
            raise _setup_closed()
        if not hmac.compare_digest(self._setup_token.encode(), setup_token.encode()):
            raise NotPermitted("The setup link is not valid.", code="setup_token_invalid")
        name = _username(username)
        _check_new_agent(name, password)
        row = AgentRow(
            id=str(uuid.uuid4()),
            username=name,
            password_hash=await self._passwords.hash(password),
            role="admin",
            active=True,
            created_at=self._clock(),
        )
        try:
            async with self._database.transaction() as session:
                repository = AgentRepository(session)
                await repository.close_setup(row.id, self._clock())
                await repository.add(row)
        except IntegrityError:
            raise _setup_closed() from None
        return await self._log_in(row)

    async def login(self, username: str, password: str, address: str) -> Login:
        """Raises NotAuthenticated ``login_failed``, the same for unknown names; TooManyRequests."""
        name = _username(username)
        # A name is guessed from many addresses, but whoever only knows it must not shut its agent out: a single
        # address is stopped by its own bucket long before it has filled the one of the name.
        await self._limiter.hit("login", f"name-{hash_token(name)}-{address}")
        await self._limiter.hit("login", f"name-{hash_token(name)}", NAME_TIMES)
        async with self._database.reading() as session:
            row = await AgentRepository(session).by_username(name)
        fits = await self._passwords.verify(row.password_hash if row is not None else None, password)
        if row is None or not fits or not row.active:
            raise NotAuthenticated("The username or the password is not right.", code="login_failed")
        if self._passwords.is_outdated(row.password_hash):
            renewed = await self._passwords.hash(password)
            async with self._database.transaction() as session:
                await AgentRepository(session).change_password_hash(row.id, renewed)
        return await self._log_in(row)

    async def authenticate(self, token: str | None) -> Agent:
        """The agent of a login; raises NotAuthenticated when it is unknown, over, or was idle too long."""
        if not token:
            raise _not_logged_in()
        token_hash, now = hash_token(token), self._clock()
        async with self._database.reading() as session:
            found = await AgentRepository(session).session(token_hash)
        if found is None:
            raise _not_logged_in()
        login, row = found
        if now >= login.expires_at or now - login.last_seen_at >= self._idle or not row.active:
            await self.logout(token)
            raise _not_logged_in()
        if now - login.last_seen_at >= _SEEN_EVERY:
            async with self._database.transaction() as session:
                await AgentRepository(session).touch(token_hash, now)
        return _agent(row)

    async def logout(self, token: str) -> None:
        async with self._database.transaction() as session:
            await AgentRepository(session).end_session(hash_token(token))

    async def _log_in(self, row: AgentRow) -> Login:
        token, now = secrets.token_urlsafe(32), self._clock()
        async with self._database.transaction() as session:
            repository = AgentRepository(session)
            await repository.remove_ended(now)
            await repository.add_session(
                AgentSessionRow(
                    token_hash=hash_token(token),
                    agent_id=row.id,
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + self._lifetime,
                )
            )
        return Login(_agent(row), token, self._lifetime)


def _username(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _check_new_agent(username: str, password: str) -> None:
    problems = []
    if not _USERNAME.fullmatch(username):
        problems.append(FieldProblem("username", "must have 2 to 64 letters, digits or . @ _ -"))
    problem = password_problem(password, username)
    if problem is not None:
        problems.append(FieldProblem("password", problem))
    if problems:
        raise InvalidRequest("Some fields are missing or not valid.", fields=problems)


def _agent(row: AgentRow) -> Agent:
    return Agent(row.id, row.username, next(role for role in ROLES if role == row.role))


def _not_logged_in() -> NotAuthenticated:
    return NotAuthenticated("Please log in.")


def _setup_closed() -> Conflict:
    return Conflict("The first agent exists already; please log in.", code="setup_closed")
