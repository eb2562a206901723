"""One way to add an entity to a message."""

from __future__ import annotations

from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message


def add_entity(message: Message, entity: str, value: str, start: int, end: int, extractor: str) -> None:
    """Append an entity found at `text[start:end]` to those the message already has."""
    found = {
        "entity": entity,
        "start": start,
        "end": end,
        "value": value,
        "confidence_entity": 1.0,
        "extractor": extractor,
    }
    if message.get(TEXT) is not None:
        message.set(ENTITIES, [*message.get(ENTITIES, []), found], add_to_output=True)
