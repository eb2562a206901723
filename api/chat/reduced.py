"""What the gateway answers by itself while the dialogue engine is away."""

from __future__ import annotations

import json
from dataclasses import dataclass

import structlog

from api.chat.ports import Policies
from api.chat.replies import ASK_CLAUSE, TALK_TO_HUMAN, Button, Form, Reply, ReplyBuilder
from api.chat.wording import Wording
from api.errors import ClauseDeskError
from knowledge.types import Language

REQUEST_PAGE = "/requests"
REQUEST_INTENTS = {
    "/request_deletion": "deletion",
    "/request_copy": "copy",
    "/request_account_closure": "account_closure",
    "/request_correction": "correction",
    "/withdraw_consent": "consent_withdrawal",
    "/complain": "complaint",
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Interruption:
    """A turn that Rasa did not answer. ``told``: the person knows of the reduced mode; ``heard``: Rasa may
    have got the message, so that a request may still be filed."""

    message: str
    lang: Language
    form: Form
    told: bool
    heard: bool


class ReducedMode:
    """Policy questions are answered as ever; for requests there is the request page."""

    def __init__(self, policies: Policies, builder: ReplyBuilder, wording: Wording) -> None:
        self._policies = policies
        self._builder = builder
        self._wording = wording

    async def replies(self, turn: Interruption) -> tuple[Reply, ...]:
        """At least one reply; the first is the notice when the person was not told yet."""
        said = () if turn.told else (self.notice(turn.lang),)
        if turn.message.startswith("/"):
            return said + self._pressed(turn)
        return said + await self._asked(turn)

    def notice(self, lang: Language) -> Reply:
        return Reply("notice", self._wording.say(lang, "reduced"))

    def link(self, payload: str, lang: Language) -> Reply:
        """For a widget that sends a page's button as a message instead of opening the page."""
        return Reply("text", self._wording.say(lang, "link", url=payload))

    def _pressed(self, turn: Interruption) -> tuple[Reply, ...]:
        clause_id = _clause_id(turn.message)
        if clause_id is not None:
            return (self._builder.answer([clause_id], turn.lang),)
        kind = REQUEST_INTENTS.get(turn.message)
        if kind is not None:
            return (self._page(kind, turn.lang),)
        if turn.message == TALK_TO_HUMAN:
            text = self._wording.say(turn.lang, "person_page")
            return (Reply("text", text, buttons=(self._button("complaint", turn.lang),)),)
        if turn.form.name is not None:
            return (self._interrupted(turn),)
        return (Reply("notice", self._wording.say(turn.lang, "button_unavailable")),)

    async def _asked(self, turn: Interruption) -> tuple[Reply, ...]:
        wish = self._wording.wish(turn.message)
        policy = self._policies.now
        try:
            found = await policy.search(turn.message)
        except ClauseDeskError as problem:
            log.error("search failed in reduced mode", code=problem.code)
            found = None
        if turn.form.name is not None:
            interrupted = (self._interrupted(turn),)
            if found is None or found.outcome != "answer":
                return interrupted
            answer = (self._builder.answer(found.cited, turn.lang, policy.edition),)
            return answer if turn.told else interrupted + answer
        page = (self._page(wish, turn.lang),) if wish is not None else ()
        if found is None:
            return page or (Reply("notice", self._wording.say(turn.lang, "search_unavailable")),)
        if found.outcome == "answer":
            return (self._builder.answer(found.cited, turn.lang, policy.edition), *page)
        if found.outcome == "ask_back":
            return (self._builder.choices(found.cited, turn.lang, policy.edition), *page)
        return page or (self._builder.not_in_policy(turn.lang),)

    def _interrupted(self, turn: Interruption) -> Reply:
        kind = turn.form.name or ""
        known = self._wording.request(turn.lang, kind)
        title = known.title if known else self._wording.say(turn.lang, "form_any")
        text = self._wording.say(turn.lang, "form_unsure" if turn.heard else "form_interrupted", title=title)
        return Reply("notice", text, buttons=(self._button(kind if known else "complaint", turn.lang),))

    def _page(self, kind: str, lang: Language) -> Reply:
        text = self._wording.say(lang, "request_page", title=self._title(kind, lang))
        return Reply("text", text, buttons=(self._button(kind, lang),))

    def _button(self, kind: str, lang: Language) -> Button:
        title = self._wording.say(lang, "request_page_button", title=self._title(kind, lang))
        return Button(title, f"{REQUEST_PAGE}?type={kind}")

    def _title(self, kind: str, lang: Language) -> str:
        known = self._wording.request(lang, kind)
        assert known is not None
        return known.title


def _clause_id(payload: str) -> str | None:
    if not payload.startswith(ASK_CLAUSE + "{"):
        return None
    try:
        clause_id = json.loads(payload.removeprefix(ASK_CLAUSE)).get("clause_id")
    except ValueError:
        return None
    return clause_id if isinstance(clause_id, str) else None
