"""Intent classifier component."""

from __future__ import annotations

from typing import Any, Dict, List, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder_client import Vectors
from bot.nlu.intent_model import IntentModel
from bot.nlu.payload import has_words

MODEL_FILE = "intents.skops"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class BilingualIntentClassifier(IntentClassifier, GraphComponent):
    """`IntentModel` inside Rasa; what it is unsure of becomes `fallback_intent`, the question intent.

    Then an odd message goes to the knowledge decision, which answers it from the policy or says that it can't, and
    never to a dead end.
    """

    def __init__(
        self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource, model: IntentModel
    ) -> None:
        """`model` is empty until trained or loaded."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        """Needs the sentence vector."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages outside Rasa's own."""
        return ["sklearn", "skops"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Weights: see IntentModel. Below `threshold` it is `fallback_intent`; `ranking` intents are reported."""
        return {
            "dense_weight": 4.0,
            "ngram_weight": 4.0,
            "strength": 3.0,
            "threshold": 0.3,
            "fallback_intent": "ask_policy",
            "ranking": 5,
        }

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "BilingualIntentClassifier":
        """An untrained classifier."""
        model = IntentModel(config["dense_weight"], config["ngram_weight"], config["strength"])
        return cls(config, model_storage, resource, model)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "BilingualIntentClassifier":
        """The classifier that `train` persisted."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder / MODEL_FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples with a text and an intent."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        vectors = np.stack([vector_of(example) for example in examples])
        self._model.fit([e.get(TEXT) for e in examples], vectors, [e.get(INTENT) for e in examples])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / MODEL_FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent and intent ranking; a blank message or payload gets the fallback intent with confidence 0."""
        for message in messages:
            ranking = self._rank(message)
            message.set(INTENT, self._choose(ranking), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[: self._config["ranking"]], add_to_output=True)
        return messages

    def _rank(self, message: Message) -> List[Dict[Text, Any]]:
        if not has_words(message):
            return []
        row = self._model.probabilities([message.get(TEXT)], vector_of(message)[np.newaxis, :])[0]
        names = self._model.intents
        return [{"name": names[i], "confidence": float(row[i])} for i in np.argsort(-row)]

    def _choose(self, ranking: List[Dict[Text, Any]]) -> Dict[Text, Any]:
        if ranking and ranking[0]["confidence"] >= self._config["threshold"]:
            return ranking[0]
        name = self._config["fallback_intent"]
        return next((entry for entry in ranking if entry["name"] == name), {"name": name, "confidence": 0.0})


def vector_of(message: Message) -> Vectors:
    """The sentence vector that the featurizer put on the message, (d,)."""
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise ValueError(
            "BilingualIntentClassifier needs SentenceEncoderFeaturizer ahead of it in the pipeline."
        )
    vector: Vectors = sentence.features[0]
    return vector
