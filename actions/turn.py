"""One user turn, as the decisions need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional

from rasa_sdk import Tracker


@dataclass(frozen=True)
class Turn:
    """What the user did and where the dialogue stands. `values` are the message's entities by name."""

    session_id: str
    turn_id: str
    text: str
    intent: str
    confidence: float
    values: Mapping[str, str]
    step: Optional[str]
    slots: Mapping[str, Any]

    @property
    def is_button(self) -> bool:
        """A payload; the gateway lets none through that was not offered as a button."""
        return self.text.startswith("/")

    @property
    def lang(self) -> str:
        """Language of the answer."""
        return str(self.slots.get("lang") or "zh")

    @property
    def failures(self) -> int:
        """How often in a row the present question was not answered."""
        return int(self.slots.get("failures") or 0)


def read_turn(tracker: Tracker) -> Turn:
    """The latest turn of a tracker."""
    message = tracker.latest_message
    intent = message.get("intent") or {}
    metadata = message.get("metadata") or {}
    return Turn(
        session_id=tracker.sender_id,
        # A channel that sends no turn id still has Rasa's own id of the message.
        turn_id=str(metadata.get("turn_id") or message.get("message_id") or ""),
        text=(message.get("text") or "").strip(),
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        values={entity["entity"]: entity["value"] for entity in message.get("entities") or []},
        step=tracker.slots.get("requested_slot"),
        slots=tracker.slots,
    )
