"""The approximate index finds what exact search finds, grows, and reads its vectors from its file."""

from __future__ import annotations

import threading
from pathlib import Path

import faiss
import numpy as np
import pytest

from knowledge.index.inverted_index import InvertedIndex
from knowledge.index.vector_files import Vector
from knowledge.index.vector_index import ExactIndex
from knowledge.index_files import DuplicateKey, IndexUnreadable

DIMENSION = 32


def _clustered(count: int, seed: int = 0) -> Vector:
    """Unit vectors in clusters of about fifty, as embeddings of texts lie."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((100, DIMENSION))
    vectors = centres[rng.integers(100, size=count)] + 0.5 * rng.standard_normal((count, DIMENSION))
    unit: Vector = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _keys(count: int, start: int = 0) -> list[str]:
    return [f"key-{number}" for number in range(start, start + count)]


@pytest.fixture
def vectors() -> Vector:
    return _clustered(6000)


@pytest.fixture
def index(vectors: Vector) -> InvertedIndex:
    made = InvertedIndex(DIMENSION)
    for start in range(0, len(vectors), 1000):
        made.add(_keys(1000, start), vectors[start : start + 1000])
    return made


def _recall(index: InvertedIndex, vectors: Vector, k: int = 10) -> float:
    """The share of the exact best `k` that is found; what is found has exact scores, best first."""
    exact, found = ExactIndex(DIMENSION), 0
    exact.add(_keys(len(vectors)), vectors)
    queries = _clustered(100, seed=7)
    for query in queries:
        wanted, hits = exact.search(query, k), index.search(query, k)
        assert len(hits) == k
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        scores = vectors[[int(hit.key[4:]) for hit in hits]] @ query
        np.testing.assert_allclose([hit.score for hit in hits], scores, atol=2e-6)
        found += len({hit.key for hit in wanted} & {hit.key for hit in hits})
    return found / (k * len(queries))


def test_it_finds_nearly_all_that_exact_search_finds(index: InvertedIndex, vectors: Vector) -> None:
    assert _recall(index, vectors) > 0.97


def test_asking_for_much_is_answered_exactly(index: InvertedIndex, vectors: Vector) -> None:
    assert _recall(index, vectors, k=200) == 1


def test_saved_and_loaded_it_finds_the_same_and_grows(
    index: InvertedIndex, vectors: Vector, tmp_path: Path
) -> None:
    index.save(tmp_path / "index")
    loaded = InvertedIndex.load(tmp_path / "index")
    for query in _clustered(20, seed=3):
        assert loaded.search(query, 10) == index.search(query, 10)
    more = _clustered(1000, seed=5)
    loaded.add(_keys(1000, 6000), more)
    assert loaded.search(more[7], 1)[0].key == "key-6007"
    with pytest.raises(DuplicateKey, match="key-3"):
        loaded.add(["key-3"], more[:1])
    assert _recall(loaded, np.concatenate([vectors, more])) > 0.97
    loaded.save(tmp_path / "index")  # over the file from which it reads its vectors
    assert _recall(InvertedIndex.load(tmp_path / "index"), np.concatenate([vectors, more])) > 0.97


def test_two_that_are_built_alike_are_the_same_file(vectors: Vector, tmp_path: Path) -> None:
    for name in ("a", "b"):
        index = InvertedIndex(DIMENSION)
        index.add(_keys(len(vectors)), vectors)
        index.save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_lists_are_learned_anew_when_the_index_has_grown_much() -> None:
    index, first = InvertedIndex(DIMENSION), _clustered(300)
    index.add(_keys(300), first)
    index.search(first[0], 1)
    assert index._lists.nlist == 69
    more = _clustered(5700, seed=1)
    index.add(_keys(5700, 300), more)
    assert _recall(index, np.concatenate([first, more])) > 0.97
    assert index._lists.nlist == 309


def test_the_vectors_are_not_held_in_memory(index: InvertedIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "index")
    loaded = InvertedIndex.load(tmp_path / "index")
    (rows,) = loaded._parts
    assert isinstance(rows._held, np.memmap)


@pytest.mark.parametrize("place", [0.1, 0.5, 0.85])
def test_one_changed_byte_is_noticed(index: InvertedIndex, tmp_path: Path, place: float) -> None:
    """In the keys, the vectors and the lists."""
    index.save(tmp_path / "index")
    content = bytearray((tmp_path / "index").read_bytes())
    content[int(place * len(content))] ^= 1
    (tmp_path / "index").write_bytes(content)
    with pytest.raises(IndexUnreadable, match="index"):
        InvertedIndex.load(tmp_path / "index")


def test_an_exact_index_is_not_read_as_an_approximate_one(tmp_path: Path) -> None:
    ExactIndex(DIMENSION).save(tmp_path / "index")
    with pytest.raises(IndexUnreadable, match="lists"):
        InvertedIndex.load(tmp_path / "index")


def test_searches_go_on_while_another_adds(index: InvertedIndex, vectors: Vector) -> None:
    stop, errors = threading.Event(), list[BaseException]()

    def search() -> None:
        try:
            while not stop.is_set():
                assert index.search(vectors[5], 1)[0].key == "key-5"
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for start in range(6000, 9000, 250):
        index.add(_keys(250, start), _clustered(250, seed=start))
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(index) == 9000


def test_how_many_threads_train_does_not_matter(vectors: Vector, tmp_path: Path) -> None:
    files = []
    for threads in (1, 2):
        faiss.omp_set_num_threads(threads)
        index = InvertedIndex(DIMENSION)
        index.add(_keys(len(vectors)), vectors)
        index.save(tmp_path / str(threads))
        files.append((tmp_path / str(threads)).read_bytes())
    faiss.omp_set_num_threads(1)
    assert files[0] == files[1]
