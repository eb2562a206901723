"""Conversations: sessions, messages, history and the stream of what is new."""

from __future__ import annotations

import asyncio
import secrets
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from api.chat.contacts import ContactBook
from api.chat.events import EventHub
from api.chat.ports import Dialogue, Policies
from api.chat.reduced import ReducedMode
from api.chat.replies import Button, Form, Reply, ReplyBuilder
from api.chat.repository import ChatRepository
from api.chat.sessions import SessionDoor
from api.chat.turn import Turn, TurnAnswerer
from api.chat.turns import Speech, TurnDesk
from api.chat.views import Exchange, Message, language, reply_row, shown
from api.chat.wording import Wording
from api.clock import Clock
from api.crypto import Vault, hash_token
from api.db import Database
from api.dsr.contacts import Contact
from api.dsr.presenter import access_url
from api.dsr.service import RequestService
from api.errors import FieldProblem, InvalidRequest, Unavailable
from api.models.chat_session import ChatSessionRow
from api.settings import Settings
from knowledge.types import Language

# Beyond Rasa's time limit: the search of the reduced mode and two transactions on a busy machine.
LEASE_MARGIN_SECONDS = 4.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.02, 0.5


@dataclass(frozen=True, slots=True)
class Started:
    """A new session; the token is told once and kept as a hash only."""

    session_id: str
    token: str
    lang: Language
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class SessionState:
    """What a session is set to and what it is in the middle of."""

    lang: Language
    lang_fixed: bool
    form: Form


class ChatService:
    """All state is in the database, so any worker can take any call."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        policies: Policies,
        requests: RequestService,
        rasa: Dialogue,
        settings: Settings,
        clock: Clock,
        hub: EventHub | None = None,
    ) -> None:
        self._database = database
        self._requests = requests
        self._clock = clock
        self._hub = hub or EventHub(database)
        self._wording = Wording.load()
        self._book = ContactBook(vault, self._wording)
        self._door = SessionDoor(settings.session_hours)
        self._longest_text = settings.message_characters
        lease = settings.rasa_timeout_seconds + LEASE_MARGIN_SECONDS
        # Long enough to see a dead call's lease end, and then to answer.
        self._longest_wait = 3 * lease
        self._desk = TurnDesk(
            database,
            vault,
            self._book,
            self._door,
            self._wording,
            clock,
            timedelta(seconds=lease),
            settings.session_message_limit,
        )
        builder = ReplyBuilder(policies, requests, self._wording)
        reduced = ReducedMode(policies, builder, self._wording)
        self._answerer = TurnAnswerer(rasa, builder, reduced, requests, self._wording)

    async def start(self, lang: Language) -> Started:
        """Open a session and greet."""
        now = self._clock()
        token = secrets.token_urlsafe(32)
        session = ChatSessionRow(
            id=str(uuid.uuid4()),
            token_hash=hash_token(token),
            lang=lang,
            lang_fixed=False,
            last_position=1,
            form=None,
            step=None,
            told_reduced=False,
            unsure_turn_id=None,
            created_at=now,
            active_at=now,
        )
        greeting = reply_row(session, None, self._greeting(lang), now)
        async with self._database.transaction() as transaction:
            repository = ChatRepository(transaction)
            repository.add(session)
            await repository.flush()
            repository.add(greeting)
            messages = await shown(repository, self._book, session, [greeting])
        return Started(session.id, token, lang, messages)

    async def send(self, session_id: str, token: str, client_message_id: uuid.UUID, text: str) -> Exchange:
        """Answer a message once, however often it is sent.

        Raises NotFound ``session_not_found``, Conflict ``message_conflict`` or ``session_full``,
        InvalidRequest ``message_too_long``, Unavailable ``turn_in_progress`` when another call does not end.
        """
        if len(text) > self._longest_text:
            problem = FieldProblem("text", f"must not be longer than {self._longest_text} characters")
            raise InvalidRequest("The message is too long.", code="message_too_long", fields=[problem])
        speech = Speech(session_id, token, str(client_message_id), text, owner=str(uuid.uuid4()))
        give_up = time.monotonic() + self._longest_wait
        with self._hub.listening(session_id) as news:
            pause = FIRST_PAUSE_SECONDS
            while True:
                claim = await self._desk.claim(speech)
                if isinstance(claim, Exchange):
                    return claim
                if isinstance(claim, Turn):
                    exchange = await self._answer(speech, claim)
                    if exchange is not None:
                        return exchange
                if time.monotonic() > give_up:
                    raise Unavailable(
                        "The message is still being answered; please ask again in a moment.",
                        code="turn_in_progress",
                        headers={"Retry-After": "2"},
                    )
                await _pause(news, pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def history(
        self, session_id: str, token: str, after: str | None = None
    ) -> tuple[tuple[Message, ...], Language]:
        """The messages after one of them (all without one) and the session's language.

        Raises NotFound ``session_not_found``, InvalidRequest ``unknown_message``.
        """
        async with self._database.reading() as transaction:
            repository = ChatRepository(transaction)
            session = await self._door.enter(repository, session_id, token, self._clock())
            position = await repository.position(session_id, after) if after is not None else 0
            if position is None:
                problem = FieldProblem("after", "is no message of this conversation")
                raise InvalidRequest("There is no such message.", code="unknown_message", fields=[problem])
            rows = await repository.messages(session_id, position)
            return await shown(repository, self._book, session, rows), language(session)

    async def follow(
        self, session_id: str, token: str, after: str | None
    ) -> tuple[str | None, AsyncIterator[Message]]:
        """Messages as they come after the given one, and the id of the one before them.

        Without ``after`` from now on; from the start if it is unknown. Raises NotFound ``session_not_found``.
        """
        async with self._database.reading() as transaction:
            repository = ChatRepository(transaction)
            session = await self._door.enter(repository, session_id, token, self._clock())
            position = session.last_position
            if after is not None:
                position = await repository.position(session_id, after) or 0
            before = await repository.id_at(session_id, position)
        return before, self._stream(session_id, position)

    async def fix_language(self, session_id: str, token: str, lang: Language | None) -> SessionState:
        """Answer in that language whatever is typed; None follows the person again."""
        async with self._database.transaction() as transaction:
            repository = ChatRepository(transaction)
            session = await self._door.enter(repository, session_id, token, self._clock(), lock=True)
            session.lang_fixed = lang is not None
            session.lang = lang or session.lang
            return _state(session)

    async def access_url(self, session_id: str, token: str, reference: str) -> str:
        """The page of a request filed in this session, with the token that opens it.

        Raises NotFound ``session_not_found``, and ``request_not_found`` for the requests of others.
        """
        async with self._database.reading() as transaction:
            await self._door.enter(ChatRepository(transaction), session_id, token, self._clock())
        ticket = await self._requests.session_request(session_id, reference)
        return access_url(ticket, self._requests.subject_token(ticket))

    async def contact(self, session_id: str, placeholder: str) -> Contact | None:
        """The address behind a placeholder of that session; for the internal route only."""
        async with self._database.reading() as transaction:
            row = await ChatRepository(transaction).contact(session_id, placeholder)
        return self._book.contact(row) if row is not None else None

    async def state(self, session_id: str) -> SessionState | None:
        """A session's state; None for an unknown one. For the internal route only."""
        async with self._database.reading() as transaction:
            row = await ChatRepository(transaction).find_session(session_id)
        return _state(row) if row is not None else None

    async def _answer(self, speech: Speech, turn: Turn) -> Exchange | None:
        self._hub.announce(turn.session_id)
        try:
            outcome = await self._answerer.answer(turn)
            exchange = await self._desk.finish(speech, turn, outcome)
        except BaseException:
            # Also when the call is cancelled: a repetition need not wait for the lease to end.
            await asyncio.shield(self._desk.release(turn.id, speech.owner))
            raise
        self._hub.announce(turn.session_id)
        return exchange

    async def _stream(self, session_id: str, position: int) -> AsyncIterator[Message]:
        with self._hub.listening(session_id) as news:
            while True:
                for message in await self._after(session_id, position):
                    position = message.position
                    yield message
                await news.wait()
                news.clear()

    async def _after(self, session_id: str, position: int) -> tuple[Message, ...]:
        async with self._database.reading() as transaction:
            repository = ChatRepository(transaction)
            session = await repository.find_session(session_id)
            rows = await repository.messages(session_id, position)
            return await shown(repository, self._book, session, rows) if session is not None else ()

    def _greeting(self, lang: Language) -> Reply:
        buttons = tuple(Button(title, payload) for title, payload in self._wording.greeting_buttons(lang))
        return Reply("choices", self._wording.say(lang, "greeting"), buttons=buttons)


def _state(session: ChatSessionRow) -> SessionState:
    return SessionState(language(session), session.lang_fixed, Form(session.form, session.step))


async def _pause(news: asyncio.Event, seconds: float) -> None:
    """Wait for the session's next news, which may come from another worker unannounced."""
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return
    news.clear()
