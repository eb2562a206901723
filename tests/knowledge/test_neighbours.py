"""How near a query is to what the policy answers, and to what it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoders.encoder import HashEncoder
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.errors import IndexMissing
from knowledge.index_files import IndexUnreadable
from knowledge.models.neighbours import DIRECTIONS, Neighbours
from knowledge.models.network import Matrix

ENCODERS = JoinedEncoder(HashEncoder(256), HashEncoder(64))
ANSWERED = [
    f"{verb} my {noun}" for verb in ("close", "copy", "correct") for noun in ("account", "data", "name")
]
UNANSWERED = ["weather in the mountains", "who won the football match", "tell a joke about cats"]


def _vectors(*texts: str) -> Matrix:
    return ENCODERS.encode(texts, "query")


@pytest.fixture(scope="module")
def neighbours() -> Neighbours:
    flags = [True] * len(ANSWERED) + [False] * len(UNANSWERED)
    return Neighbours.of(_vectors(*ANSWERED, *UNANSWERED), flags, ENCODERS.blocks)


def test_a_message_of_the_bank_is_like_itself(neighbours: Neighbours) -> None:
    found = neighbours.likeness(_vectors("copy my data", "tell a joke about cats"))
    assert found.dtype == np.float32
    assert found[0, 0] == pytest.approx(1, abs=1e-3)
    assert found[1, 1] == pytest.approx(1, abs=1e-3)
    assert found[0, 1] < 0.9
    assert found[1, 0] < 0.9


def test_a_paraphrase_is_nearer_to_its_kind(neighbours: Neighbours) -> None:
    found = neighbours.likeness(_vectors("please copy my account data", "who won the match, tell me"))
    assert found[0, 0] > found[0, 1]
    assert found[1, 1] > found[1, 0]


def test_rows_do_not_touch_each_other(neighbours: Neighbours) -> None:
    vectors = _vectors("close it", "what weather", "", "x" * 500)
    alone = np.concatenate([neighbours.likeness(row[None, :]) for row in vectors])
    np.testing.assert_allclose(neighbours.likeness(vectors), alone, atol=1e-5)
    assert (np.abs(alone) <= 1 + 1e-5).all()


def test_where_there_is_none_of_a_kind_nothing_is_like_it() -> None:
    only = Neighbours.of(_vectors(*ANSWERED), [True] * len(ANSWERED), ENCODERS.blocks)
    assert (only.likeness(_vectors("weather"))[:, 1] == 0).all()
    single = Neighbours.of(_vectors("close"), [True], ENCODERS.blocks)
    assert np.isfinite(single.likeness(_vectors("close", "weather"))).all()


def test_it_keeps_at_most_so_many_directions(neighbours: Neighbours) -> None:
    assert neighbours.directions.shape == (320, DIRECTIONS)


def test_saved_ones_are_the_same(tmp_path: Path, neighbours: Neighbours) -> None:
    neighbours.save(tmp_path / "neighbours.npz")
    asked = _vectors("close my data", "a joke")
    assert (Neighbours.load(tmp_path / "neighbours.npz").likeness(asked) == neighbours.likeness(asked)).all()


@pytest.mark.parametrize(
    "damage", [lambda whole: b"", lambda whole: b"no archive", lambda whole: whole[:200]]
)
def test_a_damaged_file_is_refused_by_name(
    tmp_path: Path, neighbours: Neighbours, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "neighbours.npz"
    with pytest.raises(IndexMissing):
        Neighbours.load(path)
    neighbours.save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(IndexUnreadable, match=r"neighbours\.npz"):
        Neighbours.load(path)
