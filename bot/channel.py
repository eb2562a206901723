"""The REST channel between the gateway and Rasa."""

from __future__ import annotations

import json
import logging
from typing import Any, Dict, Optional, Text

from rasa.core.channels.rest import RestInput
from sanic.request import Request

from bot import speedups

LANGUAGES = ("zh", "en")


class WithoutWords(logging.Filter):
    """Rasa logs a message it failed on with all its words; what a person wrote stays out of logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep that it happened, drop what was said."""
        record.msg, record.args, record.exc_info = "a message could not be handled", (), None
        return True


logging.getLogger("rasa.core.channels.rest").addFilter(WithoutWords())


def with_language(text: Text, lang: object) -> Text:
    """Add the turn's language to a button's payload: `/affirm` -> `/affirm{"lang": "zh"}`.

    Rasa takes intent and entities of a payload from the payload alone and drops what the language extractor found, so a
    user who pressed a button right after changing the language would be answered in the old one.
    """
    if not text.startswith("/") or lang not in LANGUAGES:
        return text
    intent, brace, rest = text.partition("{")
    try:
        entities = json.loads(brace + rest) if brace else {}
    except ValueError:
        return text
    return intent + json.dumps({**entities, "lang": lang}, ensure_ascii=False)


class GatewayInput(RestInput):
    """Rasa's REST channel, at the same address."""

    @classmethod
    def name(cls) -> Text:
        """Keep the address /webhooks/rest/webhook."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "GatewayInput":
        """Rasa's server makes its channels once, before the first message: the place to prepare what it repeats."""
        speedups.install()
        return cls()

    def _extract_message(self, request: Request) -> Optional[Text]:
        text = super()._extract_message(request)
        metadata = request.json.get("metadata") or {}
        return with_language(text, metadata.get("lang")) if isinstance(text, str) else text
