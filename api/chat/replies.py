"""Turns what Rasa answers into the replies of the contract; clauses come in here, by their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from api.chat.cards import chat_card
from api.chat.ports import Json, Policies, Texts
from api.chat.wording import Wording
from api.dsr.service import RequestService
from api.dsr.tickets import Ticket
from knowledge.types import Language

ReplyType = Literal["text", "answer", "choices", "identity", "ticket", "notice", "agent"]
ASK_CLAUSE = "/ask_clause"
TALK_TO_HUMAN = "/talk_to_human"
_TITLE_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply as it is stored and shown; citations and card are JSON of the contract."""

    type: ReplyType
    text: str
    citations: tuple[Json, ...] = ()
    buttons: tuple[Button, ...] = ()
    card: Json | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What Rasa is asking for: a form and the step in it; both None when no form is open."""

    name: str | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The replies of a turn, and the form Rasa says is open (None: it did not say)."""

    replies: tuple[Reply, ...]
    form: Form | None = None


class ReplyBuilder:
    """Builds replies in one language; clause ids that the policy does not have are dropped.

    ``edition`` is that in which clause ids were found, None for the one that serves now.
    """

    def __init__(self, policies: Policies, requests: RequestService, wording: Wording) -> None:
        self._policies = policies
        self._requests = requests
        self._wording = wording

    async def from_rasa(
        self, elements: Sequence[Mapping[str, Any]], session_id: str, lang: Language
    ) -> Answer:
        """Map each element of Rasa's list; what cannot be shown is left out, so there may be no reply."""
        replies: list[Reply] = []
        form: Form | None = None
        for element in elements:
            custom = element.get("custom")
            if isinstance(custom, Mapping):
                form = _form(custom) or form
                said = await self._custom(custom, session_id, lang)
                if custom.get("reply") == "choices" and replies and replies[-1].type == "choices":
                    said = [_joined(replies.pop(), said[0])]
                replies += said
            elif isinstance(element.get("text"), str):
                replies.append(_spoken(element))
        return Answer(tuple(replies), form)

    def answer(self, clause_ids: Sequence[str], lang: Language, edition: str | None = None) -> Reply:
        """The clauses themselves; without one left it is the honest "not in the policy"."""
        texts = self._policies.of(edition)
        citations = _citations(texts, clause_ids, lang)
        if not citations:
            return self.not_in_policy(lang)
        if len(citations) > 1:
            text = self._wording.say(lang, "answer_many", count=len(citations))
        else:
            label = texts.clause(citations[0]["clause_id"]).label.get(lang)
            text = self._wording.say(lang, "answer_one", label=label)
        return Reply("answer", text, citations)

    def choices(self, clause_ids: Sequence[str], lang: Language, edition: str | None = None) -> Reply:
        """A question back: one button a clause."""
        texts = self._policies.of(edition)
        buttons = tuple(self._choice(texts, clause_id, lang) for clause_id in _known(texts, clause_ids))
        if not buttons:
            return self.not_in_policy(lang)
        return Reply("choices", self._wording.say(lang, "ask_back"), buttons=buttons)

    def not_in_policy(self, lang: Language) -> Reply:
        button = Button(self._wording.say(lang, "talk_to_human"), TALK_TO_HUMAN)
        return Reply("notice", self._wording.say(lang, "not_in_policy"), buttons=(button,))

    def ticket(self, ticket: Ticket, lang: Language, key: str = "ticket") -> Reply:
        text = self._wording.say(lang, key, reference=ticket.reference)
        return Reply("ticket", text, card=chat_card(ticket, self._wording, lang))

    async def _custom(self, custom: Mapping[str, Any], session_id: str, lang: Language) -> list[Reply]:
        clause_ids = _strings(custom.get("clause_ids"))
        said = custom.get("edition")
        edition = said if isinstance(said, str) else None
        match custom.get("reply"):
            case "answer":
                return [self.answer(clause_ids, lang, edition)]
            case "choices":
                return [self.choices(clause_ids, lang, edition)]
            case "not_in_policy":
                return [self.not_in_policy(lang)]
            case "cite" if isinstance(custom.get("text"), str):
                return [
                    Reply("text", custom["text"], _citations(self._policies.of(edition), clause_ids, lang))
                ]
            case "ticket":
                # Looked up among the session's own: a reference somebody typed must not show another's card.
                tickets = await self._requests.session_requests(session_id)
                return [self.ticket(own, lang) for own in tickets if own.reference == custom.get("reference")]
            case "tickets":
                tickets = await self._requests.session_requests(session_id)
                nothing = Reply("text", self._wording.say(lang, "no_tickets"))
                return [self.ticket(own, lang) for own in tickets] or [nothing]
            case _:
                return []

    def _choice(self, texts: Texts, clause_id: str, lang: Language) -> Button:
        clause = texts.clause(clause_id)
        label, about = clause.label.get(lang), clause.heading.get(lang)
        parent = clause.parent_id
        if parent is not None and texts.clause(parent).heading == clause.heading:
            about = clause.text.get(
                lang
            )  # an item without a title of its own: its words tell it from its siblings
        title = self._wording.say(lang, "choice", label=label, heading=about)
        if len(title) > _TITLE_CHARACTERS:
            title = title[: _TITLE_CHARACTERS - 1] + "…"
        return Button(title, f'{ASK_CLAUSE}{{"clause_id": "{clause_id}"}}')


def _known(texts: Texts, clause_ids: Iterable[str]) -> list[str]:
    return [clause_id for clause_id in dict.fromkeys(clause_ids) if texts.has_clause(clause_id)]


def _citations(texts: Texts, clause_ids: Sequence[str], lang: Language) -> tuple[Json, ...]:
    return tuple(texts.citation(clause_id, lang) for clause_id in _known(texts, clause_ids))


def _joined(question: Reply, choices: Reply) -> Reply:
    """A question with buttons of its own and the clauses to choose from are one question to the reader."""
    if choices.type != "choices":
        return question
    return Reply("choices", question.text, buttons=(*choices.buttons, *question.buttons))


def _form(custom: Mapping[str, Any]) -> Form | None:
    state = custom.get("state")
    if not isinstance(state, Mapping):
        return None
    name, step = state.get("form"), state.get("step")
    return Form(name[:64] if isinstance(name, str) else None, step[:64] if isinstance(step, str) else None)


def _spoken(element: Mapping[str, Any]) -> Reply:
    entries = element.get("buttons")
    buttons = tuple(
        Button(entry["title"], entry["payload"])
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, Mapping)
        and isinstance(entry.get("title"), str)
        and isinstance(entry.get("payload"), str)
    )
    return Reply("choices" if buttons else "text", element["text"], buttons=buttons)


def _strings(value: object) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []
