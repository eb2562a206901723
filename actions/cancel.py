"""Cancelling a filed request."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.client import ApiClient
from actions.status import show_requests


class ActionCancelRequest(Action):
    """Leads to the request's own page, where its subject cancels it; a sentence alone must not undo a request."""

    def __init__(self, client: Optional[ApiClient] = None) -> None:
        self._client = client or ApiClient.from_environment()

    def name(self) -> Text:
        return "action_cancel_request"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[Dict[Text, Any]]:
        await show_requests(
            dispatcher, self._client, tracker.sender_id, "utter_how_to_cancel", "utter_nothing_to_cancel"
        )
        return []
