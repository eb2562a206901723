"""The turn's language, as an entity that fills slot `lang` without an action call."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.entities import add_entity

LANGUAGES = ("zh", "en")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
PLACEHOLDER = re.compile(r"\[[A-Z]+_\d+\]")


def detect(text: str) -> Optional[str]:
    """ "zh" or "en" by the share of Han characters, or None for a text with neither ("???", "[EMAIL_1]").

    One English word weighs as much as two Han characters, about what each says.
    """
    plain = PLACEHOLDER.sub(" ", text)
    han, words = len(HAN.findall(plain)), len(WORD.findall(plain))
    if not han and not words:
        return None
    return "zh" if han >= 2 * words or (han and words <= 1) else "en"


def language_of(message: Message) -> Optional[str]:
    """What the gateway decided (it knows if the user fixed a language), else what the text looks like."""
    told = (message.get(METADATA) or {}).get("lang")
    return told if told in LANGUAGES else detect(message.get(TEXT) or "")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageExtractor(GraphComponent, EntityExtractorMixin):
    """Adds entity `lang`; a text that shows no language adds none, so the slot keeps its value."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LanguageExtractor":
        """Nothing to set up."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the entity to each message that has a language."""
        for message in messages:
            lang = language_of(message)
            if lang:
                add_entity(message, "lang", lang, 0, len(message.get(TEXT) or ""), self.name)
        return messages
