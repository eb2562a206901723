"""The measuring tools measure what they say."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from knowledge.index.vector_files import Vector
from tests.bench.plot import Series, write_plot
from tests.bench.timing import measure, percentile
from tests.bench.vectors import RealVectors


@pytest.fixture(scope="module")
def real() -> RealVectors:
    """Vectors that lie as texts' do: 60 topics, within which they vary in few of 48 directions."""
    rng = np.random.default_rng(0)
    topics, directions = rng.standard_normal((60, 48)), rng.standard_normal((8, 48))
    vectors = topics[rng.integers(60, size=1500)] + 0.6 * rng.standard_normal((1500, 8)) @ directions
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return RealVectors(vectors[:1400], vectors[1400:])


def _all(real: RealVectors, count: int) -> Vector:
    return np.concatenate(list(real.blocks(count)))


def test_made_vectors_are_of_unit_length_and_always_the_same(real: RealVectors) -> None:
    made = _all(real, 20_000)
    assert made.shape == (20_000, 48)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(made, _all(real, 20_000))
    np.testing.assert_array_equal(made[:18_000], _all(real, 18_000))
    assert len(np.unique(made, axis=0)) == len(made)


def test_the_real_ones_come_first(real: RealVectors) -> None:
    assert {row.tobytes() for row in _all(real, 1400)} == {row.tobytes() for row in real.kept}
    assert {row.tobytes() for row in _all(real, 100)} < {row.tobytes() for row in real.kept}


def test_made_vectors_lie_as_near_to_real_ones_as_those_to_each_other(real: RealVectors) -> None:
    among_real = np.quantile(real.nearest(real.kept, skip=1), (0.25, 0.5, 0.75))
    to_made = np.quantile(real.nearest(_all(real, 4000)[1400:]), (0.25, 0.5, 0.75))
    np.testing.assert_allclose(to_made, among_real, rtol=0.25)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile(list(range(1, 101))) == 95
    assert percentile([7.0]) == 7
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2


def test_warming_up_is_not_measured() -> None:
    called: list[int] = []
    timing = measure(10, called.append, warm_up=2)
    assert called == [-1, -2, *range(10)]
    assert timing.calls == 10
    assert timing.p50 <= timing.p95


def test_the_plot_is_whole_and_names_its_lines(tmp_path: Path) -> None:
    series = [Series("a & b", "#000", [(100, 0.2), (10_000, 3)]), Series("c", "#fff", [(100, 0.1)])]
    write_plot(tmp_path / "plot.svg", "p95 <ms>", series, 10, (500, "here"))
    root = ElementTree.fromstring((tmp_path / "plot.svg").read_text("utf-8"))
    texts = [node.text for node in root.iter() if node.tag.endswith("text")]
    assert {"p95 <ms>", "a & b", "c", "here", "100", "10,000", "0.1", "10"} <= set(texts)
    dots = [node for node in root.iter() if node.tag.endswith("circle")]
    assert len(dots) == 3
