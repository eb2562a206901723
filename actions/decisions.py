"""What a message means to the form it arrives in. Pure: a turn in, a decision out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional, Union

from actions.request_forms import RequestForm, form_of_intent
from actions.turn import Turn

NO_GROUND = "none"
SCOPE_CHARACTERS = 2000

# At the free-text step almost anything may be the answer ("my deleted chats", "the ads you sent"), so another intent
# must be nearly certain there; at the others a wrong guess costs one repeated question.
SURE_IN_FREE_TEXT = 0.85
SURE = 0.55
# A stray "hm" must not file a request.
SURE_TO_FILE = 0.8

QUESTION = re.compile(
    r"[?？]\s*$|[吗么呢]\s*[。.!！]*$|怎么|怎样|如何|为什么|为啥|多久|多少|几天|哪|谁|是否|能不能|可不可以|会不会|是不是|有没有"
    r"|^\s*(?:how|what|why|when|where|who|which|whose|do|does|did|is|are|can|could|will|would|should|may)\b",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(r"\[[A-Z]+_\d+\]")
WORD = re.compile(r"\w")


@dataclass(frozen=True)
class Fill:
    """The message answers the question: put `value` into slot `slot`."""

    slot: str
    value: Union[str, bool]


@dataclass(frozen=True)
class Switch:
    """The user wants another request instead."""

    form: RequestForm


@dataclass(frozen=True)
class Reopen:
    """Ask step `slot` once more: the user wants to change it, or a new value has to be confirmed."""

    slot: str


@dataclass(frozen=True)
class Choose:
    """A clause was chosen: as a ground if it is one, else to be read."""

    clause_id: str


@dataclass(frozen=True)
class Simple:
    """One of: question, stop, ask_stop, carry_on, people, status, thanks, unclear."""

    kind: str


Decision = Union[Fill, Switch, Reopen, Choose, Simple]


def decide(turn: Turn, form: RequestForm) -> Decision:
    """What to do with a message while `form` waits for an answer to `turn.step`."""
    if turn.is_button:
        return _button(turn, form)
    return (
        _answer_to_stop(turn)
        or _contact(turn)
        or _way_out(turn)
        or _question(turn)
        or _other_request(turn, form)
        or _aside(turn)
        or _yes_or_no(turn)
        or _free_text(turn)
        or Simple("unclear")
    )


def looks_like_question(text: str) -> bool:
    """By question marks and question words, in either language."""
    return bool(QUESTION.search(text))


def _button(turn: Turn, form: RequestForm) -> Decision:
    if turn.intent == "answer_scope" and turn.values.get("scope") and "scope" in form.first_steps:
        return Fill("scope", turn.values["scope"])
    if turn.intent == "change" and turn.values.get("step") in form.first_steps:
        return Reopen(turn.values["step"])
    if turn.intent == "ask_clause" and turn.values.get("clause_id"):
        return Choose(turn.values["clause_id"])
    if turn.intent == "skip" and turn.step == "ground":
        return Fill("ground", NO_GROUND)
    if turn.intent in ("stop", "carry_on"):
        return Simple(turn.intent)
    return _other_request(turn, form) or _aside(turn) or _yes_or_no(turn) or Simple("unclear")


def _answer_to_stop(turn: Turn) -> Optional[Decision]:
    if not turn.slots.get("stop_asked") or turn.confidence < SURE:
        return None
    return {"affirm": Simple("stop"), "deny": Simple("carry_on")}.get(turn.intent)


def _contact(turn: Turn) -> Optional[Decision]:
    contact = turn.values.get("contact")
    if contact and turn.step == "contact":
        return Fill("contact", contact)
    if contact and turn.step == "confirmed":
        return Reopen("confirmed")
    if contact and not _has_words(turn):
        return Simple("carry_on")  # given ahead of being asked; the slot has it
    return None


def _way_out(turn: Turn) -> Optional[Decision]:
    if turn.intent in ("cancel_request", "goodbye") and _sure(turn):
        return Simple("stop")
    return None


def _question(turn: Turn) -> Optional[Decision]:
    if turn.intent != "ask_policy" or not _has_words(turn):
        return None
    if looks_like_question(turn.text) or (turn.step != "scope" and turn.confidence >= SURE):
        return Simple("question")
    return None


def _other_request(turn: Turn, form: RequestForm) -> Optional[Decision]:
    wanted = form_of_intent(turn.intent)
    if wanted is None or wanted == form or not _sure(turn):
        return None
    return Switch(wanted)


def _aside(turn: Turn) -> Optional[Decision]:
    asides = {
        "talk_to_human": "people",
        "check_request_status": "status",
        "thanks": "thanks",
        "greet": "carry_on",
    }
    if turn.intent in asides and _sure(turn):
        return Simple(asides[turn.intent])
    return None


def _yes_or_no(turn: Turn) -> Optional[Decision]:
    if turn.intent not in ("affirm", "deny") or not _sure(turn):
        return None
    yes = turn.intent == "affirm"
    if turn.step in ("confirmed", "acknowledged"):
        if yes and turn.confidence < SURE_TO_FILE:
            return None
        return Fill(turn.step, True) if yes else Simple("stop")
    if turn.step == "ground" and not yes:
        return Fill("ground", NO_GROUND)
    return Simple("unclear" if yes else "ask_stop")


def _free_text(turn: Turn) -> Optional[Decision]:
    if turn.step == "scope" and _has_words(turn):
        # Rasa's interpolation stumbles over "0[" inside a slot, as in "order 10[EMAIL_1]".
        text = turn.text.replace("0[", "0 [")
        return Fill("scope", text[:SCOPE_CHARACTERS])
    if turn.step == "ground" and turn.failures >= 1:
        return Fill("ground", NO_GROUND)
    return None


def _has_words(turn: Turn) -> bool:
    return bool(WORD.search(PLACEHOLDER.sub("", turn.text)))


def _sure(turn: Turn) -> bool:
    return turn.confidence >= (SURE_IN_FREE_TEXT if turn.step == "scope" else SURE)
