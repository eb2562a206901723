"""Questions about the policy."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.client import ApiClient, ApiRefused, ApiUnavailable
from actions.turn import Turn, read_turn

QUERY_CHARACTERS = 2000


async def answer(
    dispatcher: CollectingDispatcher, client: ApiClient, turn: Turn, about: Optional[str] = None
) -> None:
    """Say what the policy says to the turn's text: clause ids for the gateway to quote, or that it says nothing.

    `about` is the request type whose form is open.
    """
    try:
        found = await client.search(turn.text[:QUERY_CHARACTERS], turn.lang, about)
    except (ApiUnavailable, ApiRefused):
        dispatcher.utter_message(response="utter_search_unavailable")
        return
    if found.outcome == "answer" and found.clause_ids:
        show(dispatcher, found.clause_ids, found.confidence, found.edition)
    elif found.outcome == "ask_back" and found.clause_ids:
        choices = {"reply": "choices", "clause_ids": list(found.clause_ids)}
        dispatcher.utter_message(json_message={**choices, **_of(found.edition)})
    else:
        dispatcher.utter_message(json_message={"reply": "not_in_policy"})


def show(
    dispatcher: CollectingDispatcher, clause_ids: Any, confidence: float, edition: Optional[str] = None
) -> None:
    """Have the gateway quote these clauses, as that edition of the policy has them."""
    answer = {"reply": "answer", "clause_ids": list(clause_ids), "confidence": confidence}
    dispatcher.utter_message(json_message={**answer, **_of(edition)})


def _of(edition: Optional[str]) -> Dict[str, str]:
    return {} if edition is None else {"edition": edition}


class ActionAnswerPolicy(Action):
    """Puts the user's words to the knowledge decision."""

    def __init__(self, client: Optional[ApiClient] = None) -> None:
        self._client = client or ApiClient.from_environment()

    def name(self) -> Text:
        return "action_answer_policy"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[Dict[Text, Any]]:
        await answer(dispatcher, self._client, read_turn(tracker))
        return []


class ActionAskClause(Action):
    """Shows the clause whose button was pressed."""

    def name(self) -> Text:
        return "action_ask_clause"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[Dict[Text, Any]]:
        clause_id = read_turn(tracker).values.get("clause_id")
        if clause_id:
            show(dispatcher, [clause_id], 1.0)
        else:
            dispatcher.utter_message(json_message={"reply": "not_in_policy"})
        return []
