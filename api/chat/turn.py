"""One turn of a conversation: from a masked message to its replies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from api.chat.incoming import STALE_BUTTON
from api.chat.ports import Dialogue
from api.chat.rasa_client import DialogueDown
from api.chat.reduced import REQUEST_PAGE, Interruption, ReducedMode
from api.chat.replies import Form, Reply, ReplyBuilder
from api.chat.wording import Wording
from api.dsr.service import RequestService
from knowledge.types import Language


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be answered, and what the session remembers.

    ``message`` is masked text, an offered payload, or None when there were no words. ``unsure_turn_id`` is an
    earlier turn that may have filed a request without telling. ``retried``: an earlier try died.
    """

    id: str
    session_id: str
    message: str | None
    lang: Language
    form: Form
    told_reduced: bool
    unsure_turn_id: str | None
    retried: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """The replies, and what the session is to remember after them."""

    replies: tuple[Reply, ...]
    form: Form
    told_reduced: bool
    unsure_turn_id: str | None


class TurnAnswerer:
    """Asks Rasa, or answers in reduced mode; holds no transaction while it does."""

    def __init__(
        self,
        rasa: Dialogue,
        builder: ReplyBuilder,
        reduced: ReducedMode,
        requests: RequestService,
        wording: Wording,
    ) -> None:
        self._rasa = rasa
        self._builder = builder
        self._reduced = reduced
        self._requests = requests
        self._wording = wording

    async def answer(self, turn: Turn) -> Outcome:
        """At least one reply, whatever is down."""
        unchanged = Outcome((), turn.form, turn.told_reduced, turn.unsure_turn_id)
        if turn.message is None:
            return replace(unchanged, replies=(Reply("notice", self._wording.say(turn.lang, "wordless")),))
        if turn.message == STALE_BUTTON:
            return replace(
                unchanged, replies=(Reply("notice", self._wording.say(turn.lang, "stale_button")),)
            )
        if turn.message.startswith(REQUEST_PAGE + "?"):
            return replace(unchanged, replies=(self._reduced.link(turn.message, turn.lang),))
        try:
            outcome = await self._from_rasa(turn, turn.message)
        except DialogueDown as problem:
            outcome = await self._without_rasa(turn, turn.message, problem.heard)
        return await self._with_late_ticket(turn, outcome)

    async def _from_rasa(self, turn: Turn, message: str) -> Outcome:
        elements = await self._rasa.send(turn.session_id, turn.id, message, turn.lang)
        answer = await self._builder.from_rasa(elements, turn.session_id, turn.lang)
        if not answer.replies:
            raise DialogueDown("nothing to show", heard=True)
        replies = answer.replies
        if turn.retried:
            # The first try may have filed; asked again, Rasa then speaks of something else.
            replies = await self._with_ticket_of(turn.id, turn, replies)
        return Outcome(replies, answer.form or turn.form, told_reduced=False, unsure_turn_id=None)

    async def _without_rasa(self, turn: Turn, message: str, heard: bool) -> Outcome:
        heard = heard or turn.retried
        filed = await self._requests.by_turn(turn.session_id, turn.id) if heard else None
        if filed is not None:
            notice = () if turn.told_reduced else (self._reduced.notice(turn.lang),)
            replies = (*notice, self._builder.ticket(filed, turn.lang, "filed"))
            return Outcome(replies, Form(), told_reduced=True, unsure_turn_id=turn.unsure_turn_id)
        interruption = Interruption(message, turn.lang, turn.form, turn.told_reduced, heard)
        replies = await self._reduced.replies(interruption)
        return Outcome(replies, turn.form, True, turn.id if heard else turn.unsure_turn_id)

    async def _with_late_ticket(self, turn: Turn, outcome: Outcome) -> Outcome:
        """Tell of a request that an earlier, unanswered turn did file after all."""
        if turn.unsure_turn_id is None or turn.unsure_turn_id == turn.id:
            return outcome
        replies = await self._with_ticket_of(turn.unsure_turn_id, turn, outcome.replies)
        if replies == outcome.replies:
            return outcome
        still_unsure = None if outcome.unsure_turn_id == turn.unsure_turn_id else outcome.unsure_turn_id
        return replace(outcome, replies=replies, unsure_turn_id=still_unsure)

    async def _with_ticket_of(
        self, turn_id: str, turn: Turn, replies: tuple[Reply, ...]
    ) -> tuple[Reply, ...]:
        filed = await self._requests.by_turn(turn.session_id, turn_id)
        shown = {reply.card["reference"] for reply in replies if reply.card is not None}
        if filed is None or filed.reference in shown:
            return replies
        return (self._builder.ticket(filed, turn.lang, "filed"), *replies)
