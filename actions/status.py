"""Status of the requests filed in this conversation."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.client import ApiClient, ApiRefused, ApiUnavailable


async def show_requests(
    dispatcher: CollectingDispatcher, client: ApiClient, session_id: str, listed: Text, none: Text
) -> None:
    """Have the gateway show the session's requests after response `listed`, or say response `none`.

    Only this conversation's own: a reference typed by somebody shows nothing.
    """
    try:
        requests = await client.session_requests(session_id)
    except (ApiUnavailable, ApiRefused):
        dispatcher.utter_message(response="utter_requests_unavailable")
        return
    if not requests:
        dispatcher.utter_message(response=none)
        return
    dispatcher.utter_message(response=listed)
    dispatcher.utter_message(json_message={"reply": "tickets"})


class ActionShowRequests(Action):
    """Lists the requests with their state and deadline."""

    def __init__(self, client: Optional[ApiClient] = None) -> None:
        self._client = client or ApiClient.from_environment()

    def name(self) -> Text:
        return "action_show_requests"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[Dict[Text, Any]]:
        await show_requests(
            dispatcher, self._client, tracker.sender_id, "utter_requests_listed", "utter_no_requests"
        )
        return []
