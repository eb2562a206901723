"""The intent classifier: learn, keep, read back, and what happens to the unclear."""

from typing import Any, List

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.classifier import BilingualIntentClassifier

RESOURCE = Resource("classifier")
AXES = {"request_deletion": 0, "ask_policy": 1, "affirm": 2}
TEXTS = {
    "request_deletion": ["delete my data", "please delete it all", "帮我删除数据", "删除我的信息"],
    "ask_policy": ["how do I delete my data", "how long is it kept", "怎么删除数据", "信息保存多久"],
    "affirm": ["yes", "yes please", "好的", "是的好"],
}


def message(text: str, intent: str = "", axis: int = 0) -> Message:
    """A message whose vector lies near one axis, as a good encoder would have it."""
    made = Message({TEXT: text, **({INTENT: intent} if intent else {})})
    vector = np.full(4, 0.1, dtype=np.float32)
    vector[axis] = 1.0
    made.add_features(Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, "encoder"))
    return made


def examples() -> List[Message]:
    return [message(text, intent, AXES[intent]) for intent, texts in TEXTS.items() for text in texts]


@pytest.fixture
def trained(storage: ModelStorage, context: ExecutionContext) -> BilingualIntentClassifier:
    config = BilingualIntentClassifier.get_default_config()
    classifier = BilingualIntentClassifier.create(config, storage, RESOURCE, context)
    classifier.train(TrainingData(examples()))
    return classifier


def test_it_learns(trained: BilingualIntentClassifier) -> None:
    parsed = trained.process([message("delete my data now", axis=0), message("多久删除", axis=1)])
    assert [m.get(INTENT)["name"] for m in parsed] == ["request_deletion", "ask_policy"]
    assert sum(entry["confidence"] for entry in parsed[0].get("intent_ranking")) == pytest.approx(
        1.0, abs=1e-5
    )


def test_what_it_learnt_is_read_back(
    trained: BilingualIntentClassifier, storage: ModelStorage, context: ExecutionContext
) -> None:
    config = BilingualIntentClassifier.get_default_config()
    loaded = BilingualIntentClassifier.load(config, storage, RESOURCE, context)
    one, other = message("delete what you have", axis=0), message("delete what you have", axis=0)
    trained.process([one])
    loaded.process([other])
    assert one.get("intent_ranking") == other.get("intent_ranking")


def test_what_is_unclear_becomes_a_question(trained: BilingualIntentClassifier) -> None:
    trained._config = {**trained._config, "threshold": 1.1}
    (parsed,) = trained.process([message("yes", axis=2)])
    assert parsed.get(INTENT)["name"] == "ask_policy"
    assert parsed.get("intent_ranking")[0]["name"] == "affirm"


@pytest.mark.parametrize("text", ["  ", "/affirm"])
def test_without_words_it_is_a_question_of_no_confidence(
    trained: BilingualIntentClassifier, text: str
) -> None:
    (parsed,) = trained.process([Message({TEXT: text})])
    assert parsed.get(INTENT) == {"name": "ask_policy", "confidence": 0.0}


def test_a_missing_featurizer_is_told(trained: BilingualIntentClassifier) -> None:
    unfeaturized: Any = Message({TEXT: "hello"})
    with pytest.raises(ValueError, match="SentenceEncoderFeaturizer"):
        trained.process([unfeaturized])
