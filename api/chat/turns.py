"""The claim on a turn: a row says who answers a message, so that it is answered once and in its order.

Two short transactions a turn: one claims it and stores the person's message, one stores the replies. Between
them a lease runs; when its holder dies another call takes the turn over, under the same turn id.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from api.chat.contacts import ContactBook
from api.chat.incoming import LASTING, STALE_BUTTON, has_words, language_of, same_words, without_commands
from api.chat.replies import Form
from api.chat.repository import DONE, OPEN, ChatRepository
from api.chat.sessions import SessionDoor
from api.chat.turn import Outcome, Turn
from api.chat.views import Exchange, exchange_of, language, message_row, reply_row
from api.chat.wording import Wording
from api.clock import Clock
from api.crypto import Vault
from api.db import Database
from api.errors import Conflict
from api.models.chat_session import ChatSessionRow
from api.models.chat_turn import ChatTurnRow

TITLE_CHARACTERS = 90


class Claim(Enum):
    """Somebody else answers this message, or an earlier one of the session is still being answered."""

    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Speech:
    """One call: who says what. ``owner`` is unique to the call."""

    session_id: str
    token: str = field(repr=False)
    client_message_id: str
    text: str = field(repr=False)
    owner: str


class TurnDesk:
    """Gives out turns and takes their replies in."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        book: ContactBook,
        door: SessionDoor,
        wording: Wording,
        clock: Clock,
        lease: timedelta,
        message_limit: int,
    ) -> None:
        self._database = database
        self._vault = vault
        self._book = book
        self._door = door
        self._wording = wording
        self._clock = clock
        self._lease = lease
        self._message_limit = message_limit

    async def claim(self, speech: Speech) -> Turn | Exchange | Claim:
        """The turn to answer now, or its stored exchange, or BUSY.

        Raises NotFound ``session_not_found``, Conflict ``message_conflict`` and ``session_full``.
        """
        now = self._clock()
        async with self._database.transaction() as transaction:
            repository = ChatRepository(transaction)
            session = await self._door.enter(repository, speech.session_id, speech.token, now, lock=True)
            turns = await repository.turns(speech.session_id, speech.client_message_id)
            wanted = (turn for turn in turns if turn.client_message_id == speech.client_message_id)
            mine = next(wanted, None)
            if mine is None:
                mine = await self._begin(repository, session, speech, now)
            elif not hmac.compare_digest(mine.text_key, self._text_key(speech.text)):
                raise Conflict("This client_message_id was used for another text.", code="message_conflict")
            elif mine.state == DONE:
                return await exchange_of(repository, self._book, session, mine.id)
            elif mine.owner != speech.owner:
                if mine.lease_until > now:
                    return Claim.BUSY
                mine.owner = speech.owner
                mine.attempts += 1
            mine.lease_until = now + self._lease
            earlier = [turn for turn in turns if turn.state == OPEN and turn.number < mine.number]
            # One whose lease ended is nobody's: waiting for it could last for ever.
            busy = any(turn.lease_until > now for turn in earlier)
            return Claim.BUSY if busy else _turn(session, mine)

    async def finish(self, speech: Speech, turn: Turn, outcome: Outcome) -> Exchange | None:
        """Store the replies; None when the lease was lost, and with it the right to answer."""
        now = self._clock()
        async with self._database.transaction() as transaction:
            repository = ChatRepository(transaction)
            session = await repository.find_session(turn.session_id, lock=True)
            if session is None or not await repository.complete(turn.id, speech.owner):
                return None
            for reply in outcome.replies:
                session.last_position += 1
                repository.add(reply_row(session, turn.id, reply, now))
            session.form, session.step = outcome.form.name, outcome.form.step
            session.told_reduced = outcome.told_reduced
            session.unsure_turn_id = outcome.unsure_turn_id
            session.active_at = now
            return await exchange_of(repository, self._book, session, turn.id)

    async def release(self, turn_id: str, owner: str) -> None:
        """Give a turn back unanswered, for the next call to take."""
        async with self._database.transaction() as transaction:
            await ChatRepository(transaction).release(turn_id, owner)

    async def _begin(
        self, repository: ChatRepository, session: ChatSessionRow, speech: Speech, now: datetime
    ) -> ChatTurnRow:
        if session.last_position >= self._message_limit:
            raise Conflict(self._wording.say(language(session), "session_full"), code="session_full")
        message, shown = await self._read(repository, session, speech.text, now)
        session.last_position += 1
        session.active_at = now
        turn = ChatTurnRow(
            id=str(uuid.uuid4()),
            session_id=session.id,
            client_message_id=speech.client_message_id,
            text_key=self._text_key(speech.text),
            number=session.last_position,
            state=OPEN,
            owner=speech.owner,
            attempts=1,
            lease_until=now + self._lease,
            message=message,
            created_at=now,
        )
        repository.add(turn, message_row(session, turn.id, "user", "text", shown, now))
        return turn

    async def _read(
        self, repository: ChatRepository, session: ChatSessionRow, text: str, now: datetime
    ) -> tuple[str | None, str]:
        """What Rasa gets (None: nothing to read) and what the history shows."""
        pressed = text.strip()
        if pressed.startswith("/"):
            title = (await repository.offered(session.id)).get(pressed)
            if title is not None:
                latest = await repository.latest_buttons(session.id)
                live = pressed.startswith(LASTING) or pressed in latest.values()
                # "File it" of an earlier request must not file the present one.
                return (pressed if live else STALE_BUTTON), title
        elif len(pressed) <= TITLE_CHARACTERS:
            for title, payload in (await repository.latest_buttons(session.id)).items():
                if same_words(pressed, title):  # typed instead of pressed: it means the same
                    return payload, pressed
        plain = without_commands(text)
        if not has_words(plain):
            return None, plain
        rows = await repository.contacts(session.id) if self._book.concerns(plain) else ()
        masked, new = self._book.mask(plain, session.id, rows, now)
        repository.add(*new)
        if not session.lang_fixed:
            session.lang = language_of(masked, language(session))
        return masked, masked

    def _text_key(self, text: str) -> str:
        return self._vault.blind_index("chat_text", text)


def _turn(session: ChatSessionRow, row: ChatTurnRow) -> Turn:
    return Turn(
        id=row.id,
        session_id=session.id,
        message=row.message,
        lang=language(session),
        form=Form(session.form, session.step),
        told_reduced=session.told_reduced,
        unsure_turn_id=session.unsure_turn_id,
        retried=row.attempts > 1,
    )
