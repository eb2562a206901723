"""Reaching people."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.client import ApiClient, ApiRefused, ApiUnavailable


async def say_how_to_reach_people(dispatcher: CollectingDispatcher, client: ApiClient) -> None:
    """Cite the clause that complaints go by, which is where a policy names its contact."""
    try:
        contact = (await client.request_types()).get("complaint")
    except (ApiUnavailable, ApiRefused):
        contact = None
    if contact is None:
        dispatcher.utter_message(response="utter_reach_people_plain")
    else:
        dispatcher.utter_message(response="utter_reach_people", clause_id=contact.clause_id)


class ActionReachPeople(Action):
    """Says honestly that this is a machine, and where the people are."""

    def __init__(self, client: Optional[ApiClient] = None) -> None:
        self._client = client or ApiClient.from_environment()

    def name(self) -> Text:
        return "action_reach_people"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[Dict[Text, Any]]:
        await say_how_to_reach_people(dispatcher, self._client)
        return []
