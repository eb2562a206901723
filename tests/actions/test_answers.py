"""Questions, status, cancelling and reaching people; the client and the server."""

import asyncio
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor

from actions.cancel import ActionCancelRequest
from actions.client import ApiClient, ApiUnavailable
from actions.human import ActionReachPeople
from actions.policy import ActionAnswerPolicy, ActionAskClause
from actions.status import ActionShowRequests


@pytest.mark.parametrize("outcome", ["answer", "ask_back"])
def test_the_edition_goes_with_the_clauses(run: Any, state: Any, product: Any, outcome: str) -> None:
    product.found = {"outcome": outcome, "clause_ids": ["5.5"], "confidence": 0.9, "edition": "of today"}
    _, messages = run(ActionAnswerPolicy, state("how long?", "ask_policy"))
    assert messages[0]["custom"]["edition"] == "of today"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (("answer", ["5.5"], 0.9), {"reply": "answer", "clause_ids": ["5.5"], "confidence": 0.9}),
        (("ask_back", ["5.3", "5.5"], 0.4), {"reply": "choices", "clause_ids": ["5.3", "5.5"]}),
        (("not_in_policy", [], 0.1), {"reply": "not_in_policy"}),
        (("answer", [], 0.9), {"reply": "not_in_policy"}),
    ],
)
def test_outcomes(run: Any, state: Any, product: Any, found: Any, expected: Any) -> None:
    product.found = dict(zip(("outcome", "clause_ids", "confidence"), found, strict=False))
    assert run(ActionAnswerPolicy, state("how long?")) == ([], [{"custom": expected}])


def test_a_silent_product_is_told(run: Any, state: Any, product: Any) -> None:
    product.answers = [(500, 0.0), (500, 0.0)]
    assert run(ActionAnswerPolicy, state("how long?"))[1] == [{"response": "utter_search_unavailable"}]
    assert len(product.calls) == 2


def test_a_chosen_clause_is_shown(run: Any, state: Any) -> None:
    at = state("/ask_clause", "ask_clause", entities={"clause_id": "5.6"})
    _, messages = run(lambda client: ActionAskClause(), at)
    assert messages == [{"custom": {"reply": "answer", "clause_ids": ["5.6"], "confidence": 1.0}}]


def test_people_are_reached_by_the_policys_own_clause(run: Any, state: Any, product: Any) -> None:
    assert run(ActionReachPeople, state())[1] == [{"response": "utter_reach_people", "clause_id": "10"}]
    product.types = {}
    assert run(ActionReachPeople, state())[1] == [{"response": "utter_reach_people_plain"}]


@pytest.mark.parametrize(
    ("action", "none", "listed"),
    [
        (ActionShowRequests, "utter_no_requests", "utter_requests_listed"),
        (ActionCancelRequest, "utter_nothing_to_cancel", "utter_how_to_cancel"),
    ],
)
def test_only_this_sessions_requests(
    run: Any, state: Any, product: Any, action: Any, none: str, listed: str
) -> None:
    product.filed["somebody-else", "turn-1"] = {"reference": "DSR-0000-0000"}
    assert run(action, state())[1] == [{"response": none}]
    product.filed["session-1", "turn-1"] = {"reference": "DSR-7K3M-0000"}
    assert run(action, state())[1] == [{"response": listed}, {"custom": {"reply": "tickets"}}]
    product.answers = [(500, 0.0), (500, 0.0)]
    assert run(action, state())[1] == [{"response": "utter_requests_unavailable"}]


def test_the_connection_is_kept(product: Any) -> None:
    async def ask_three_times() -> None:
        client = ApiClient(product.url, "t0ken")
        for _ in range(3):
            await client.search("how long?", None)
        await client.close()

    asyncio.run(ask_three_times())
    assert len(product.connections) == 1


def test_a_wrong_token_is_no_refusal_to_show_to_users(product: Any) -> None:
    async def ask() -> None:
        client = ApiClient(product.url, "wrong")
        try:
            await client.request_types()
        finally:
            await client.close()

    with pytest.raises(ApiUnavailable, match="401"):
        asyncio.run(ask())


def test_the_server_finds_every_action_of_the_domain() -> None:
    from pathlib import Path

    import yaml

    executor = ActionExecutor()
    executor.register_package("actions")
    domain = Path(__file__).parents[2] / "bot" / "domain"
    named = {
        a for path in domain.glob("*.yml") for a in yaml.safe_load(path.read_text("utf-8")).get("actions", [])
    }
    assert set(executor.actions) == named
