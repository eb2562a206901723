"""Button payloads, which are no language to understand."""

from __future__ import annotations

from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message


def has_words(message: Message) -> bool:
    """Whether there is a text to understand: neither blank nor a payload such as `/affirm`.

    Rasa runs the pipeline on payloads too and then reads intent and entities from the payload alone, so looking at
    one is a wasted call, and buttons would stop working while the encoder is away.
    """
    text = (message.get(TEXT) or "").strip()
    return bool(text) and not text.startswith(INTENT_MESSAGE_PREFIX)
