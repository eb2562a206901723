"""The learned ranker as it runs: probabilities, and the file it is kept in."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from knowledge.encoders.encoder import Encoding
from knowledge.errors import EncoderMismatch, IndexMissing
from knowledge.index_files import IndexUnreadable
from knowledge.models.network import Inputs, Matrix, Network, Scaling, softmax
from knowledge.models.ranker import Ranker

CLAUSES, FEATURES, HIDDEN, WIDTH, LOOKS, PART = 5, 7, 4, 6, 3, 2


def _matrix(rng: np.random.Generator, *shape: int) -> Matrix:
    return rng.normal(size=shape).astype(np.float32)


@pytest.fixture
def ranker() -> Ranker:
    rng = np.random.default_rng(3)
    networks = tuple(
        Network(
            _matrix(rng, WIDTH, LOOKS * PART),
            _matrix(rng, LOOKS * PART),
            _matrix(rng, WIDTH, LOOKS),
            _matrix(rng, LOOKS * PART + FEATURES, HIDDEN),
            _matrix(rng, HIDDEN),
            _matrix(rng, HIDDEN, CLAUSES + 1),
            _matrix(rng, CLAUSES + 1),
        )
        for _ in range(2)
    )
    inputs = Inputs(
        Scaling(_matrix(rng, FEATURES), np.full(FEATURES, 2.0, np.float32)),
        Scaling(_matrix(rng, WIDTH), np.full(WIDTH, 0.5, np.float32)),
    )
    return Ranker(("1", "1.1", "1.2", "2", "3"), "print", inputs, networks)


@pytest.fixture
def queries() -> list[Encoding]:
    """From one token up to nine."""
    rng = np.random.default_rng(4)
    return [Encoding(_matrix(rng, FEATURES), _matrix(rng, tokens, WIDTH)) for tokens in range(1, 10)]


def test_probabilities_are_one_distribution_a_query(ranker: Ranker, queries: list[Encoding]) -> None:
    found = ranker.probabilities(queries)
    assert found.shape == (9, CLAUSES + 1)
    assert found.dtype == np.float32
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    assert ranker.probabilities([]).shape == (0, CLAUSES + 1)


def test_the_networks_look_at_tokens_and_vote_with_equal_weight(
    ranker: Ranker, queries: list[Encoding]
) -> None:
    """Step by step, as the module's drawing says."""
    query = queries[4]
    vector = (query.vector - ranker.inputs.vector.mean) * 2
    states = (query.states - ranker.inputs.states.mean) / 2
    votes = []
    for network in ranker.networks:
        seen = []
        for look in range(LOOKS):
            attention = np.exp(states @ network.attention_weights[:, look])
            columns = slice(look * PART, (look + 1) * PART)
            values = states @ network.value_weights[:, columns] + network.value_bias[columns]
            values[values < 0] = 0
            seen.append((attention / attention.sum()) @ values)
        hidden = np.concatenate([*seen, vector]) @ network.hidden_weights + network.hidden_bias
        hidden[hidden < 0] = 0
        logits = np.exp(hidden @ network.output_weights + network.output_bias)
        votes.append(logits / logits.sum())
    np.testing.assert_allclose(ranker.probabilities([query])[0], (votes[0] + votes[1]) / 2, rtol=1e-4)


@given(arrays(np.float32, (3, 4), elements=st.floats(-3e4, 3e4, width=32)))
def test_softmax_stands_any_logits(logits: Matrix) -> None:
    found = softmax(logits)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    best = logits.argmax(axis=1)
    assert (found[np.arange(3), best] == found.max(axis=1)).all()


def test_a_saved_ranker_is_the_same(tmp_path: Path, ranker: Ranker, queries: list[Encoding]) -> None:
    path = tmp_path / "new" / "ranker.npz"
    ranker.save(path)
    loaded = Ranker.load(path, "print")
    assert (loaded.clause_ids, loaded.encoder_fingerprint) == (ranker.clause_ids, "print")
    assert len(loaded.networks) == 2
    assert (loaded.probabilities(queries) == ranker.probabilities(queries)).all()


def test_another_encoder_is_refused(tmp_path: Path, ranker: Ranker) -> None:
    ranker.save(tmp_path / "ranker.npz")
    with pytest.raises(EncoderMismatch, match="another encoder"):
        Ranker.load(tmp_path / "ranker.npz", "other print")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"nowhere\.npz"):
        Ranker.load(tmp_path / "nowhere.npz", "print")


def _archive(**about: object) -> bytes:
    content = io.BytesIO()
    encoded = np.frombuffer(json.dumps(about).encode(), np.uint8)
    scalings = {f"{name}.{part}": np.ones(1) for name in ("vector", "states") for part in ("mean", "factor")}
    np.savez(content, about=encoded, **scalings)
    return content.getvalue()


def _one_array() -> bytes:
    content = io.BytesIO()
    np.save(content, np.zeros(3))
    return content.getvalue()


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: b"not an archive",
        lambda whole: whole[:100],
        lambda whole: whole[:-60],
        lambda whole: whole[:800] + bytes(8) + whole[808:],
        lambda whole: _one_array(),
        lambda whole: _archive(clause_ids=["1"], encoder="print", networks=1),  # and no network
        lambda whole: _archive(clause_ids=["1"], networks=0),
        lambda whole: _archive(clause_ids=None, encoder="print", networks=0),
        lambda whole: _archive(clause_ids=["1"], encoder="print", networks="two"),
    ],
)
def test_a_damaged_file_is_refused_by_name(
    tmp_path: Path, ranker: Ranker, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "ranker.npz"
    ranker.save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(IndexUnreadable, match=r"ranker\.npz is not a ranker"):
        Ranker.load(path, "print")
