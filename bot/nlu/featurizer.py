"""Dense sentence features from the product's sentence encoder."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder_client import EncoderClient, Vectors, check_fingerprint
from bot.nlu.payload import has_words

FINGERPRINT_FILE = "encoder.json"
# The encoder reads 512 tokens; the route refuses more than 4,000 characters.
CHARACTERS = 2000


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Asks the product for vectors: batches while training, one call a message afterwards.

    Keeping the encoder in one process saves its memory here and makes NLU and search see the same vectors. The model
    remembers the encoder's fingerprint and refuses to load, and to process, with another one.
    """

    def __init__(
        self,
        config: Dict[Text, Any],
        name: Text,
        storage: ModelStorage,
        resource: Resource,
        client: EncoderClient,
    ) -> None:
        """`client` is where vectors come from; `fingerprint` is set by training or loading."""
        super().__init__(name, config)
        self._storage = storage
        self._resource = resource
        self._client = client
        self.fingerprint: Optional[str] = None

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        """Rasa wants a tokenizer ahead of any featurizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`timeout` and `wait_seconds` in seconds; `batch` texts a call while training (at most 512)."""
        return {**DenseFeaturizer.get_default_config(), "timeout": 5.0, "wait_seconds": 60.0, "batch": 64}

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raise ValueError for a batch that the route would refuse."""
        if not 1 <= config.get("batch", 64) <= 512:
            raise ValueError("SentenceEncoderFeaturizer: batch must be 1 to 512, the route's limit.")

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:
        """Make Rasa's training cache forget features of another encoder."""
        settings = {**cls.get_default_config(), **config}
        return EncoderClient.from_environment(settings["timeout"]).wait(settings["wait_seconds"]).fingerprint

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEncoderFeaturizer":
        """A featurizer that has not met its encoder yet."""
        client = EncoderClient.from_environment(config["timeout"])
        return cls(config, execution_context.node_name, model_storage, resource, client)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SentenceEncoderFeaturizer":
        """Raise EncoderMismatch for another encoder, EncoderUnavailable if none answers in `wait_seconds`."""
        featurizer = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            expected = json.loads((folder / FINGERPRINT_FILE).read_text("utf-8"))["fingerprint"]
        check_fingerprint(expected, featurizer._client.wait(config["wait_seconds"]).fingerprint)
        featurizer.fingerprint = expected
        return featurizer

    def train(self, training_data: TrainingData) -> Resource:
        """Nothing is learnt; which encoder answers is written down."""
        info = self._client.wait(self._config["wait_seconds"])
        self.fingerprint = info.fingerprint
        with self._storage.write_to(self._resource) as folder:
            (folder / FINGERPRINT_FILE).write_text(json.dumps(info._asdict()), "utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to every example that has a text."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        if examples:
            vectors = self._client.embed_all(
                [example.get(TEXT) for example in examples], self.fingerprint, self._config["batch"]
            )
            self._add(examples, vectors)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Add features to each message with words, all in one call; a long one by its first 2,000 characters."""
        texts = [message for message in messages if has_words(message)]
        if texts:
            self._add(
                texts,
                self._client.embed([message.get(TEXT)[:CHARACTERS] for message in texts], self.fingerprint),
            )
        return messages

    def _add(self, messages: List[Message], vectors: Vectors) -> None:
        origin = self._config[FEATURIZER_CLASS_ALIAS]
        for message, vector in zip(messages, vectors, strict=False):
            message.add_features(Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, origin))
