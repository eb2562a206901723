"""What is made faster still does what Rasa's own does."""

from typing import Any

import pytest
from jsonschema.exceptions import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event, SlotSet

from bot import speedups
from bot.channel import GatewayInput


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(Event.resolve_by_type))
    speedups.install()


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"events": [], "responses": []},
        {"events": [{"event": "slot", "name": "scope", "value": None}], "responses": [{"text": "x"}]},
        {"events": [{"event": "followup", "name": "copy_form", "timestamp": None}]},
    ],
)
def test_a_good_answer_passes(result: Any) -> None:
    assert RemoteAction("action_x", None)._validate_action_result(result) is True


@pytest.mark.parametrize(
    "result", [{"events": 1}, {"responses": ["x"]}, {"events": [{"event": "unheard of"}]}, []]
)
def test_a_bad_answer_is_refused(result: Any) -> None:
    with pytest.raises(ValidationError, match="action_x"):
        RemoteAction("action_x", None)._validate_action_result(result)


def test_events_are_found_by_their_type() -> None:
    assert Event.resolve_by_type("slot") is SlotSet
    assert Event.resolve_by_type("topic") is None
    with pytest.raises(ValueError, match="unheard of"):
        Event.resolve_by_type("unheard of")


def test_the_channel_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    before = RemoteAction._validate_action_result
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RemoteAction, "_validate_action_result", before)
        patch.setattr(Event, "resolve_by_type", staticmethod(Event.resolve_by_type))
        assert GatewayInput.from_credentials(None).name() == "rest"
        assert RemoteAction._validate_action_result is not before
