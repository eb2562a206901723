"""What the sentence that opens a form already says. Pure."""

from __future__ import annotations

import re
from typing import Optional

from actions.request_forms import COMPLAINT, COPY, CORRECTION, DELETION, RequestForm
from actions.turn import Turn
from actions.words import HAN, PLACEHOLDER, Words

SCOPE_CHARACTERS = 2000
# A complaint or correction longer than this tells what happened; shorter ones ("I want to complain") only that it did.
LONG_CHARACTERS, LONG_WORDS = 12, 4
LEFT_CHARACTERS, LEFT_WORDS = 3, 2

HAN_CHARACTER = re.compile(rf"[{HAN}]")
LATIN_WORD = re.compile(r"[A-Za-z0-9]+(?:['’-][A-Za-z0-9]+)*")


def opening_scope(turn: Turn, form: RequestForm, asks: bool, words: Words) -> Optional[str]:
    """The user's own sentence if it says more than which request it is, else None. `asks`: it reads as a question."""
    if turn.is_button or turn.intent != form.intent or "scope" not in form.first_steps:
        return None
    if asks and not words.mentions("asks_politely", turn.text):
        return None
    text = PLACEHOLDER.sub(" ", turn.text)
    if form in (COMPLAINT, CORRECTION):
        rest = words.without(["bare", "abuse", "abuse_filler"], text)
        says_more = _longer(text, LONG_CHARACTERS, LONG_WORDS) and _longer(
            rest, LEFT_CHARACTERS - 1, LEFT_WORDS - 1
        )
        return free_text(turn.text) if says_more else None
    if form in (DELETION, COPY) and words.mentions("data", text):
        return free_text(turn.text)
    return None


def is_for_child(text: str, words: Words) -> bool:
    """Whether the request is said to be for a child."""
    return words.mentions("child", text) and not words.mentions("not_for_child", text)


def free_text(text: str) -> str:
    """A user's words as slot `scope`. Rasa's interpolation stumbles over "0[" in a slot, as in "order 10[EMAIL_1]"."""
    return text.replace("0[", "0 [")[:SCOPE_CHARACTERS]


def _longer(text: str, characters: int, words: int) -> bool:
    return len(HAN_CHARACTER.findall(text)) > characters or len(LATIN_WORD.findall(text)) > words
