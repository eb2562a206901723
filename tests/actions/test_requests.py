"""The request forms' actions, run on stored trackers against a real server."""

from typing import Any, Dict, List

import pytest

from actions.account_closure import ValidateAccountClosureForm
from actions.deletion import ValidateDeletionForm
from actions.requests import (
    ActionAskAcknowledged,
    ActionAskConfirmed,
    ActionAskContact,
    ActionAskGround,
    ActionAskScope,
    ActionSubmitRequest,
)

STATE_CLOSED = {"custom": {"state": {"form": None, "step": None}}}
CONFIRMED = {
    "scope": "my photos",
    "ground": "5.3.1",
    "contact": "[EMAIL_1]",
    "confirmed": True,
    "filing_type": "deletion",
    "filing_turn_id": "turn-7",
}


def slots_set(events: List[Dict[str, Any]]) -> Dict[str, Any]:
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def open_form(state: Any, step: str, text: str, intent: str, **more: Any) -> Any:
    slots = {"requested_slot": step, **more.pop("slots", {})}
    return state(text, intent, slots=slots, form="deletion_form", **more)


def test_opening_a_form_reads_nothing_from_the_message(run: Any, state: Any, product: Any) -> None:
    events, messages = run(
        ValidateDeletionForm, state("delete my data", "request_deletion", form="deletion_form")
    )
    assert slots_set(events) == {"failures": 0, "stop_asked": False}
    assert (messages, product.calls) == ([], [])


def test_an_opening_that_says_what_is_meant_is_not_asked_again(run: Any, state: Any) -> None:
    text = "delete my daughter's photos"
    events, messages = run(ValidateDeletionForm, state(text, "request_deletion"))
    assert slots_set(events) == {
        "scope": text,
        "guardian_for_child": True,
        "failures": 0,
        "stop_asked": False,
    }
    assert messages == [
        {"response": "utter_promise", "clause_id": "5.3"},
        {"response": "utter_scope_taken", "taken": text},
    ]


def test_a_form_opened_again_keeps_its_own_words(run: Any, state: Any) -> None:
    kept = {"scope": "my photos", "failures": 0}
    events, messages = run(ValidateDeletionForm, state("delete my orders", "request_deletion", slots=kept))
    assert "scope" not in slots_set(events)
    events, messages = run(ValidateDeletionForm, state("yes, delete my photos", "affirm"))
    assert (slots_set(events), messages) == ({"failures": 0, "stop_asked": False}, [])


def test_a_child_is_named_in_the_summary_and_filed(run: Any, state: Any, product: Any) -> None:
    at = open_form(state, "scope", "my son's chats", "ask_policy", confidence=0.4)
    assert slots_set(run(ValidateDeletionForm, at)[0])["guardian_for_child"] is True
    child = {"guardian_for_child": True}
    _, messages = run(ActionAskConfirmed, open_form(state, "confirmed", "", "", slots=child))
    assert messages[1:] == [{"response": "utter_for_child"}, {"response": "utter_deletion_confirmed"}]
    run(ActionSubmitRequest, state(slots={**CONFIRMED, **child}))
    assert product.calls[-1][2]["guardian_for_child"] is True
    at = open_form(state, "confirmed", "not for a child", "deny", slots={**child, "filing_turn_id": "turn-6"})
    events, _ = run(ValidateDeletionForm, at)
    assert slots_set(events)["guardian_for_child"] is False
    assert slots_set(events)["filing_turn_id"] is None


def test_two_contacts_are_not_guessed_at(run: Any, state: Any) -> None:
    events, messages = run(
        ValidateDeletionForm, open_form(state, "contact", "[EMAIL_1] or [EMAIL_2]", "ask_policy")
    )
    assert slots_set(events)["contact"] is None
    assert messages == [{"response": "utter_contact_one"}]
    text = "change [EMAIL_1] into [EMAIL_2]"
    events, _ = run(ValidateDeletionForm, open_form(state, "scope", text, "ask_policy", confidence=0.4))
    assert (slots_set(events)["scope"], slots_set(events)["contact"]) == (text, None)


@pytest.mark.parametrize(
    "text", ["delete my data, use [EMAIL_1], not [EMAIL_2]", "不是[EMAIL_2]，是[EMAIL_1]，删照片"]
)
def test_a_contact_turned_down_is_not_kept(run: Any, state: Any, text: str) -> None:
    at = state(text, "request_deletion", slots={"contact": "[EMAIL_2]"})
    assert slots_set(run(ValidateDeletionForm, at)[0])["contact"] == "[EMAIL_1]"
    at = open_form(state, "scope", text, "request_deletion", slots={"contact": "[EMAIL_2]"})
    assert slots_set(run(ValidateDeletionForm, at)[0])["contact"] == "[EMAIL_1]"


def test_abuse_and_who_is_talking_are_answered_and_the_form_goes_on(run: Any, state: Any) -> None:
    for text, intent, said in (
        ("fuck you", "complain", ["utter_calm"]),
        ("are you a bot?", "ask_identity", ["utter_identity", "utter_resume"]),
    ):
        events, messages = run(ValidateDeletionForm, open_form(state, "scope", text, intent))
        assert slots_set(events) == {"failures": 0, "stop_asked": False}
        assert [message["response"] for message in messages] == said


def test_an_answer_fills_the_slot(run: Any, state: Any) -> None:
    events, messages = run(
        ValidateDeletionForm, open_form(state, "scope", "my photos", "ask_policy", confidence=0.4)
    )
    assert slots_set(events) == {"scope": "my photos", "failures": 0, "stop_asked": False}
    assert messages == []


def test_without_grounds_none_is_asked_for(run: Any, state: Any, product: Any) -> None:
    product.types["deletion"]["ground_ids"] = []
    events, _ = run(
        ValidateDeletionForm, open_form(state, "scope", "my photos", "ask_policy", confidence=0.4)
    )
    assert slots_set(events)["ground"] == "none"


def test_a_question_is_answered_and_nothing_is_lost(run: Any, state: Any, product: Any) -> None:
    events, messages = run(
        ValidateDeletionForm, open_form(state, "contact", "how long does it take?", "ask_policy")
    )
    assert slots_set(events) == {"failures": 0, "stop_asked": False}
    assert messages == [
        {"custom": {"reply": "answer", "clause_ids": ["5.5"], "confidence": 0.9}},
        {"response": "utter_resume"},
    ]
    asked = {"query": "how long does it take?", "lang": "en", "about": "deletion"}
    assert product.calls[0][2] == asked


def test_a_ground_must_be_one_of_this_request(run: Any, state: Any) -> None:
    for clause_id, filled in (("5.3.1", True), ("9", False)):
        at = open_form(state, "ground", "/ask_clause", "ask_clause", entities={"clause_id": clause_id})
        events, messages = run(ValidateDeletionForm, at)
        assert ("ground" in slots_set(events)) is filled
        assert bool(messages) is not filled


def test_stopping_forgets_the_request_and_keeps_the_contact(run: Any, state: Any) -> None:
    events, messages = run(ValidateDeletionForm, open_form(state, "contact", "never mind", "cancel_request"))
    assert slots_set(events)["requested_slot"] is None
    assert slots_set(events)["scope"] is None
    assert "contact" not in slots_set(events)
    assert messages == [{"response": "utter_stopped"}]


def test_switching_opens_the_other_form(run: Any, state: Any) -> None:
    events, messages = run(
        ValidateDeletionForm, open_form(state, "contact", "send me a copy", "request_copy")
    )
    assert slots_set(events)["next_form"] == "copy_form"
    assert messages == [{"response": "utter_switched"}]
    events, messages = run(ActionSubmitRequest, state(slots={"next_form": "copy_form"}))
    assert (events[-1]["event"], events[-1]["name"]) == ("followup", "copy_form")
    assert slots_set(events)["next_form"] is None
    assert messages == [STATE_CLOSED]


def test_a_failure_is_counted_and_the_second_one_explains(run: Any, state: Any) -> None:
    events, _ = run(ValidateDeletionForm, open_form(state, "contact", "wang", "greet", confidence=0.3))
    assert slots_set(events)["failures"] == 1
    for failures, expected in (
        (0, ["utter_contact"]),
        (1, ["utter_not_understood", "utter_contact"]),
        (2, ["utter_contact_help"]),
    ):
        at = open_form(state, "contact", "wang", "greet", slots={"failures": failures})
        _, messages = run(ActionAskContact, at)
        assert messages[0] == {"custom": {"state": {"form": "deletion", "step": "contact"}}}
        assert [message["response"] for message in messages[1:]] == expected


def test_one_question_at_a_time(run: Any, state: Any) -> None:
    _, messages = run(ActionAskScope, open_form(state, "scope", "no", "deny", slots={"stop_asked": True}))
    assert messages == [{"custom": {"state": {"form": "deletion", "step": "scope"}}}]


def test_grounds_are_offered_as_clauses(run: Any, state: Any) -> None:
    _, messages = run(ActionAskGround, open_form(state, "ground", "", ""))
    assert messages[1:] == [
        {"response": "utter_ground"},
        {"custom": {"reply": "choices", "clause_ids": ["5.3.1", "5.3.2"]}},
    ]


def test_closing_an_account_shows_the_clause_first(run: Any, state: Any) -> None:
    at = state("close it", "request_account_closure", form="account_closure_form")
    _, messages = run(ActionAskAcknowledged, at)
    assert messages[1:] == [
        {"response": "utter_account_closure_consequences", "clause_id": "5.5"},
        {"response": "utter_account_closure_acknowledged"},
    ]
    at = state("ok", "affirm", slots={"requested_slot": "acknowledged"}, form="account_closure_form")
    events, _ = run(ValidateAccountClosureForm, at)
    assert slots_set(events)["acknowledged"] is True


def test_the_summary_cites_the_ground(run: Any, state: Any) -> None:
    _, messages = run(ActionAskConfirmed, open_form(state, "confirmed", "", "", slots={"ground": "5.3.1"}))
    assert messages[1:] == [
        {"response": "utter_ground_chosen", "clause_id": "5.3.1"},
        {"response": "utter_deletion_confirmed"},
    ]


def test_yes_binds_the_filing_to_the_turn(run: Any, state: Any) -> None:
    events, _ = run(ValidateDeletionForm, open_form(state, "confirmed", "yes", "affirm", turn_id="turn-7"))
    assert slots_set(events)["filing_turn_id"] == "turn-7"
    again = open_form(
        state, "confirmed", "yes", "affirm", turn_id="turn-8", slots={"filing_turn_id": "turn-7"}
    )
    events, _ = run(ValidateDeletionForm, again)
    assert slots_set(events)["filing_turn_id"] == "turn-7"


def test_another_contact_makes_another_filing(run: Any, state: Any) -> None:
    at = open_form(
        state,
        "confirmed",
        "use [EMAIL_2]",
        "ask_policy",
        entities={"contact": "[EMAIL_2]"},
        slots=dict(CONFIRMED, confirmed=None),
    )
    events, _ = run(ValidateDeletionForm, at)
    assert slots_set(events)["filing_turn_id"] is None


def test_filing(run: Any, state: Any, product: Any) -> None:
    events, messages = run(ActionSubmitRequest, state("yes", "affirm", slots=CONFIRMED))
    assert product.calls == [
        (
            "POST",
            "/internal/dsr/requests",
            {
                "session_id": "session-1",
                "turn_id": "turn-7",
                "type": "deletion",
                "lang": "en",
                "scope": "my photos",
                "ground": "5.3.1",
                "contact": "[EMAIL_1]",
                "guardian_for_child": False,
            },
        )
    ]
    assert messages == [
        {"response": "utter_filed", "reference": "DSR-7K3M-0000"},
        {"custom": {"reply": "ticket", "reference": "DSR-7K3M-0000"}},
        STATE_CLOSED,
    ]
    assert slots_set(events)["scope"] is None
    assert "contact" not in slots_set(events)


def test_no_ground_is_sent_as_none(run: Any, state: Any, product: Any) -> None:
    run(ActionSubmitRequest, state(slots={**CONFIRMED, "ground": "none"}))
    assert product.calls[0][2]["ground"] is None


def test_filing_twice_files_once(run: Any, state: Any, product: Any) -> None:
    run(ActionSubmitRequest, state("yes", "affirm", slots=CONFIRMED))
    events, messages = run(ActionSubmitRequest, state("yes", "affirm", slots=CONFIRMED))
    assert messages == [
        {"response": "utter_already_filed", "reference": "DSR-7K3M-0000"},
        {"custom": {"reply": "ticket", "reference": "DSR-7K3M-0000"}},
        STATE_CLOSED,
    ]
    assert slots_set(events)["scope"] is None
    assert len(product.filed) == 1


def test_a_slow_answer_is_retried_with_the_same_turn(run: Any, state: Any, product: Any) -> None:
    product.answers = [(200, 0.6)]
    _, messages = run(ActionSubmitRequest, state(slots=CONFIRMED), timeout=0.3)
    assert messages[0]["response"] == "utter_filed"
    assert [body["turn_id"] for _, _, body in product.calls] == ["turn-7", "turn-7"]
    assert len(product.filed) == 1


@pytest.mark.parametrize("answers", [[(500, 0.0), (503, 0.0)], [(200, 0.6), (200, 0.6)]])
def test_when_filing_fails_it_says_so_and_keeps_everything(
    run: Any, state: Any, product: Any, answers: Any
) -> None:
    product.answers = list(answers)
    events, messages = run(ActionSubmitRequest, state(slots=CONFIRMED), timeout=0.3)
    assert messages == [{"response": "utter_filing_failed"}]
    assert slots_set(events) == {"confirmed": None, "failures": 0, "stop_asked": False}
    assert (events[-1]["event"], events[-1]["name"]) == ("followup", "deletion_form")
    assert len(product.calls) == 2


@pytest.mark.parametrize(
    ("refusal", "response"),
    [
        ({"code": "invalid_request", "fields": [{"path": "contact.value"}]}, "utter_contact_invalid"),
        ({"code": "contact_invalid"}, "utter_contact_invalid"),
        ({"code": "contact_unknown", "fields": [{"path": "contact"}]}, "utter_contact_unknown"),
        ({"code": "invalid_request", "fields": [{"path": "ground"}]}, "utter_filing_failed"),
    ],
)
def test_a_refused_contact_is_typed_again(
    run: Any, state: Any, product: Any, refusal: Any, response: str
) -> None:
    product.answers, product.refusal = [(422, 0.0)], refusal
    events, messages = run(ActionSubmitRequest, state(slots=CONFIRMED))
    assert messages == [{"response": response}]
    asked_again = {"contact": None, "filing_turn_id": None} if "contact" in response else {}
    assert slots_set(events) == {"confirmed": None, "failures": 0, "stop_asked": False, **asked_again}


def test_an_unknown_contact_is_asked_for_again(run: Any, state: Any, product: Any) -> None:
    product.answers = [(422, 0.0)]
    events, messages = run(ActionSubmitRequest, state(slots=CONFIRMED))
    assert messages == [{"response": "utter_contact_unknown"}]
    assert slots_set(events)["contact"] is None
    assert (events[-1]["event"], events[-1]["name"]) == ("followup", "deletion_form")
    assert len(product.calls) == 1
