"""The featurizer against a real server: batches, one connection, and the refusal of another encoder."""

from typing import Any, List

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder_client import EncoderMismatch, EncoderUnavailable
from bot.nlu.featurizer import SentenceEncoderFeaturizer

RESOURCE = Resource("featurizer")


def settings(**changes: Any) -> dict:
    return {
        **SentenceEncoderFeaturizer.get_default_config(),
        "alias": "encoder",
        "wait_seconds": 0.0,
        **changes,
    }


@pytest.fixture
def trained(
    embedding_server: Any, storage: ModelStorage, context: ExecutionContext
) -> SentenceEncoderFeaturizer:
    featurizer = SentenceEncoderFeaturizer.create(settings(batch=4), storage, RESOURCE, context)
    featurizer.train(TrainingData([]))
    return featurizer


def load(storage: ModelStorage, context: ExecutionContext, **changes: Any) -> SentenceEncoderFeaturizer:
    return SentenceEncoderFeaturizer.load(settings(**changes), storage, RESOURCE, context)


def messages(count: int) -> List[Message]:
    return [Message({TEXT: f"text {number}"}) for number in range(count)]


def test_training_texts_go_in_batches_over_one_connection(trained: Any, embedding_server: Any) -> None:
    examples = messages(10)
    trained.process_training_data(TrainingData(examples))
    assert [len(batch) for batch in embedding_server.batches] == [4, 4, 2]
    assert [text for batch in embedding_server.batches for text in batch] == [e.get(TEXT) for e in examples]
    assert len(embedding_server.connections) == 1


def test_a_message_gets_its_own_vector_in_one_call(trained: Any, embedding_server: Any) -> None:
    first, second = messages(2)
    trained.process([first, Message({TEXT: " "}), Message({TEXT: "/affirm"}), second])
    assert embedding_server.batches == [["text 0", "text 1"]]
    for message in (first, second):
        _, sentence = message.get_dense_features(TEXT)
        np.testing.assert_allclose(sentence.features, [embedding_server.vector(message.get(TEXT))], rtol=1e-6)


def test_a_long_message_is_cut_to_what_the_route_takes(trained: Any, embedding_server: Any) -> None:
    trained.process([Message({TEXT: "长" * 5000})])
    assert [len(text) for (text,) in embedding_server.batches] == [2000]


def test_a_model_of_this_encoder_loads(
    trained: Any, storage: ModelStorage, context: ExecutionContext
) -> None:
    assert load(storage, context).fingerprint == "encoder-a"


def test_a_model_of_another_encoder_does_not_load(
    trained: Any, embedding_server: Any, storage: ModelStorage, context: ExecutionContext
) -> None:
    embedding_server.fingerprint = "encoder-b"
    with pytest.raises(EncoderMismatch, match=r"encoder-a.*encoder-b.*train"):
        load(storage, context)


def test_an_encoder_changed_later_is_noticed(trained: Any, embedding_server: Any) -> None:
    embedding_server.fingerprint = "encoder-b"
    with pytest.raises(EncoderMismatch):
        trained.process(messages(1))


def test_the_training_cache_forgets_another_encoder(embedding_server: Any) -> None:
    first = SentenceEncoderFeaturizer.fingerprint_addon({})
    embedding_server.fingerprint = "encoder-b"
    assert SentenceEncoderFeaturizer.fingerprint_addon({}) != first


def test_one_failure_is_tried_again(trained: Any, embedding_server: Any) -> None:
    embedding_server.failures = 1
    trained.process(messages(1))
    embedding_server.failures = 2
    with pytest.raises(EncoderUnavailable):
        trained.process(messages(1))


def test_loading_waits_for_the_product(
    trained: Any, embedding_server: Any, storage: ModelStorage, context: ExecutionContext
) -> None:
    embedding_server.failures = 3
    assert load(storage, context, wait_seconds=10.0).fingerprint == "encoder-a"


def test_no_product_is_told_plainly(
    trained: Any, storage: ModelStorage, context: ExecutionContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUSEDESK_API_URL", "http://127.0.0.1:9")
    with pytest.raises(EncoderUnavailable, match="CLAUSEDESK_API_URL"):
        load(storage, context)


def test_a_wrong_token_is_told_plainly(trained: Any, embedding_server: Any) -> None:
    embedding_server.token = "another"
    with pytest.raises(EncoderUnavailable, match="CLAUSEDESK_SERVICE_TOKEN"):
        trained.process(messages(1))


@pytest.mark.parametrize("batch", [0, 513])
def test_a_batch_the_route_refuses_is_refused_first(batch: int) -> None:
    with pytest.raises(ValueError, match="batch"):
        SentenceEncoderFeaturizer.validate_config({"batch": batch})
