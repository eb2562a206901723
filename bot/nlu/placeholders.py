"""Contact placeholders, which the gateway put in place of e-mail addresses and phone numbers."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Match, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.entities import add_entity

CONTACT = re.compile(r"\[(?:EMAIL|PHONE)_\d+\]")


def find_contact(text: str) -> Optional[Match[str]]:
    """The last contact in the text: in "not [EMAIL_1] but [EMAIL_2]" and "不是…是…" the one meant comes last."""
    found = None
    for found in CONTACT.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ContactExtractor(GraphComponent, EntityExtractorMixin):
    """Adds entity `contact`, at most one, so that slot `contact` never becomes a list."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ContactExtractor":
        """Nothing to set up."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the entity to each message that holds a contact placeholder."""
        for message in messages:
            found = find_contact(message.get(TEXT) or "")
            if found:
                add_entity(message, "contact", found.group(), found.start(), found.end(), self.name)
        return messages
