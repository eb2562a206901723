"""Two places where Rasa 3.6.21 does the same work again at every turn; the results stay exactly the same.

- Each action result is checked with `jsonschema.validate`, which first checks Rasa's own constant schema against the
  JSON Schema standard: about 25 ms an action, the result itself 1 ms. Here the schema is prepared once.
- Each stored event finds its class by walking all subclasses of Event, twice: 0.1 ms an event, and a session's events
  are read back at every turn. Here the answer is remembered.

Together they halve a turn (figures in README.md).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, Optional, Text, Type

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event


def install() -> None:
    """Replace both; done once, when Rasa makes the gateway's channel."""
    validator = Draft202012Validator(RemoteAction.action_response_format_spec())
    resolve = Event.resolve_by_type

    def validate_result(self: Any, result: Dict[Text, Any]) -> bool:
        error = best_match(validator.iter_errors(result))
        if error is not None:
            error.message += f". The action server's answer to '{self.name()}' has the wrong form."
            raise error
        return True

    @lru_cache(maxsize=None)
    def resolve_once(type_name: Text, default: Optional[Type[Event]] = None) -> Optional[Type[Event]]:
        found: Optional[Type[Event]] = resolve(type_name, default)
        return found

    RemoteAction._validate_action_result = validate_result
    Event.resolve_by_type = staticmethod(resolve_once)
