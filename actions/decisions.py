"""What a message means to the form it arrives in. Pure: a turn in, a decision out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional, Union

from actions.contacts import has_contact, meant_contacts
from actions.openings import free_text
from actions.request_forms import RequestForm, form_of_intent
from actions.turn import Turn
from actions.words import PLACEHOLDER, Words

NO_GROUND = "none"

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
    """Ask step `slot` once more: the user wants to change it. `because` is a response that says why."""

    slot: str
    because: Optional[str] = None


@dataclass(frozen=True)
class Choose:
    """A clause was chosen: as a ground if it is one, else to be read."""

    clause_id: str


@dataclass(frozen=True)
class Simple:
    """One of: question, stop, ask_stop, carry_on, people, status, thanks, identity, abuse, unclear."""

    kind: str


Decision = Union[Fill, Switch, Reopen, Choose, Simple]


def decide(turn: Turn, form: RequestForm, words: Words) -> Decision:
    """What to do with a message while `form` waits for an answer to `turn.step`."""
    if turn.is_button:
        return _button(turn, form)
    return (
        _answer_to_stop(turn, words)
        or _phrase(turn, form, words)
        or _abuse(turn, words)
        or _contact(turn, words)
        or _correction(turn, words)
        or _refusal(turn, words, "refuse")
        or _way_out(turn)
        or _refusal(turn, words, "give_up")
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


def is_only_abuse(text: str, words: Words) -> bool:
    """Whether the message insults and says nothing else."""
    return words.mentions("abuse", text) and not words.without(["abuse", "abuse_filler"], text)


def _button(turn: Turn, form: RequestForm) -> Decision:
    if turn.intent == "answer_scope" and turn.values.get("scope") and "scope" in form.first_steps:
        return Fill("scope", turn.values["scope"])
    if turn.intent == "change":
        return _changed(turn.values.get("step"), form)
    if turn.intent == "ask_clause" and turn.values.get("clause_id"):
        return Choose(turn.values["clause_id"])
    if turn.intent == "skip" and turn.step == "ground":
        return Fill("ground", NO_GROUND)
    if turn.intent in ("stop", "carry_on"):
        return Simple(turn.intent)
    return _other_request(turn, form) or _aside(turn) or _yes_or_no(turn) or Simple("unclear")


def _changed(step: Optional[str], form: RequestForm) -> Decision:
    if step == "guardian_for_child":
        return Fill(step, False)
    return Reopen(step) if step in (*form.first_steps, "contact") else Simple("unclear")


def _answer_to_stop(turn: Turn, words: Words) -> Optional[Decision]:
    if not turn.slots.get("stop_asked"):
        return None
    if words.says("carry_on", turn.text):
        return Simple("carry_on")
    if any(words.says(kind, turn.text) for kind in ("stop", "yes", "give_up")):
        return Simple("stop")
    if turn.confidence < SURE:
        return None
    # Words like "fine" or "go ahead" could mean either, and one of the two loses what was typed.
    return {"affirm": Simple("ask_stop"), "deny": Simple("carry_on")}.get(turn.intent)


def _phrase(turn: Turn, form: RequestForm, words: Words) -> Optional[Decision]:
    """Whole messages that need no intent model; the buttons' own words are among them."""
    if turn.step == "ground" and words.says("skip", turn.text):
        return Fill("ground", NO_GROUND)
    if turn.step == "acknowledged" and (
        words.says("understood", turn.text) or words.says("carry_on", turn.text)
    ):
        return Fill("acknowledged", True)
    if turn.step == "confirmed" and words.says("change", turn.text):
        return Reopen("scope" if "scope" in form.first_steps else "contact")
    if words.says("stop", turn.text):
        return Simple("stop")
    if turn.step != "confirmed" and words.says("carry_on", turn.text):
        return Simple("carry_on")
    return None


def _abuse(turn: Turn, words: Words) -> Optional[Decision]:
    return Simple("abuse") if is_only_abuse(turn.text, words) else None


def _contact(turn: Turn, words: Words) -> Optional[Decision]:
    if not has_contact(turn.text):
        return None
    free = turn.step == "scope" and _has_words(turn) and not words.says("contact_fix", turn.text)
    if free:
        return None  # part of what is asked for, as in "correct my e-mail to …"
    meant = meant_contacts(turn.text, words)
    if len(meant) > 1:
        return Reopen("contact", because="utter_contact_one")
    if not meant:
        return Reopen("contact")
    if turn.step == "scope" and not _has_words(turn):
        return Simple("carry_on")  # given ahead of being asked; the slot has it
    return Fill("contact", meant[0])


def _correction(turn: Turn, words: Words) -> Optional[Decision]:
    """What was given before and is taken back at the summary."""
    if turn.step != "confirmed":
        return None
    if words.mentions("contact", turn.text) and words.mentions("wrong", turn.text):
        return Reopen("contact")
    if turn.slots.get("guardian_for_child") and words.mentions("not_for_child", turn.text):
        return Fill("guardian_for_child", False)
    return None


def _refusal(turn: Turn, words: Words, kind: str) -> Optional[Decision]:
    if not words.says(kind, turn.text):
        return None
    if turn.step == "ground":
        return Fill("ground", NO_GROUND)
    return Simple("stop" if turn.step in ("acknowledged", "confirmed") else "ask_stop")


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
        "ask_identity": "identity",
    }
    if turn.intent not in asides:
        return None
    # "Are you a bot?" is no description of anything, so a question need not be nearly certain.
    asked = turn.intent == "ask_identity" and looks_like_question(turn.text) and turn.confidence >= SURE
    return Simple(asides[turn.intent]) if asked or _sure(turn) else None


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
        return Fill("scope", free_text(turn.text))
    if turn.step == "ground" and turn.failures >= 1:
        return Fill("ground", NO_GROUND)
    return None


def _has_words(turn: Turn) -> bool:
    return bool(WORD.search(PLACEHOLDER.sub("", turn.text)))


def _sure(turn: Turn) -> bool:
    return turn.confidence >= (SURE_IN_FREE_TEXT if turn.step == "scope" else SURE)
