"""What both indexes promise, then what each does alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest

from knowledge.encoders.encoder import HashEncoder
from knowledge.errors import IndexMissing
from knowledge.index.inverted_index import InvertedIndex
from knowledge.index.lexical_index import Bm25Index
from knowledge.index.vector_index import EXACT_UP_TO, ExactIndex, VectorIndex, new_index, open_index
from knowledge.index_files import DuplicateKey, Hit, IndexUnreadable
from knowledge.words import JiebaWords

TEXTS = {
    "close": "close my account 注销账号",
    "copy": "a copy of my data 个人信息副本",
    "cookie": "cookies and similar technology",
}


class AnyIndex(Protocol):
    """An index that is fed and asked in texts, so that one suite fits both kinds."""

    def __len__(self) -> int: ...
    def add(self, keys: Sequence[str], texts: Sequence[str]) -> None: ...
    def search(self, text: str, k: int) -> list[Hit]: ...
    def save(self, path: Path) -> None: ...
    def load(self, path: Path) -> AnyIndex: ...


class ByVector:
    """Each kind of vector index, opened again as whatever kind the file says."""

    def __init__(self, index: VectorIndex | None = None) -> None:
        self.encoder = HashEncoder(64)
        self.index = index or ExactIndex(64)

    def __len__(self) -> int:
        return len(self.index)

    def add(self, keys: Sequence[str], texts: Sequence[str]) -> None:
        self.index.add(keys, self.encoder.encode(texts, "passage"))

    def search(self, text: str, k: int) -> list[Hit]:
        return self.index.search(self.encoder.encode([text], "query")[0], k)

    def save(self, path: Path) -> None:
        self.index.save(path)

    def load(self, path: Path) -> ByVector:
        index = open_index(path)
        assert type(index) is type(self.index)
        return ByVector(index)


class ByVectorInLists(ByVector):
    def __init__(self) -> None:
        super().__init__(InvertedIndex(64))


class ByWords(Bm25Index):
    def load(self, path: Path) -> Bm25Index:  # type: ignore[override]
        return Bm25Index.load(path)


@pytest.fixture(params=[ByVector, ByVectorInLists, ByWords])
def index(request: pytest.FixtureRequest) -> Any:
    return request.param()


def test_an_empty_index_finds_nothing(index: AnyIndex) -> None:
    assert len(index) == 0
    assert index.search("account", 3) == []


def test_the_likest_comes_first_with_falling_scores(index: AnyIndex) -> None:
    index.add(list(TEXTS), list(TEXTS.values()))
    hits = index.search("close my account", 2)
    assert hits[0].key == "close"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(hits) <= 2
    assert index.search("注销账号", 1)[0].key == "close"


def test_asking_for_more_than_there_is_gives_each_key_once(index: AnyIndex) -> None:
    index.add(list(TEXTS), [f"data {text}" for text in TEXTS.values()])
    assert sorted(hit.key for hit in index.search("data", 50)) == sorted(TEXTS)


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_none_gives_none(index: AnyIndex, k: int) -> None:
    index.add(list(TEXTS), list(TEXTS.values()))
    assert index.search("account", k) == []


def test_equal_scores_keep_the_order_of_adding(index: AnyIndex) -> None:
    keys = [f"key-{number}" for number in range(300)]
    index.add(["other"], ["something else entirely"])
    index.add(keys, ["close my account"] * 300)
    for k in (1, 7, 299):
        hits = index.search("close my account", k)
        assert [hit.key for hit in hits] == keys[:k]
        assert len({hit.score for hit in hits}) == 1


def test_saved_and_loaded_it_answers_the_same_and_still_grows(index: AnyIndex, tmp_path: Path) -> None:
    index.add(list(TEXTS), list(TEXTS.values()))
    path = tmp_path / "new folder" / "index"
    index.save(path)
    loaded = index.load(path)
    assert len(loaded) == 3
    assert loaded.search("a copy of my account", 3) == index.search("a copy of my account", 3)
    loaded.add(["phone"], ["change my phone number"])
    assert loaded.search("change my phone number", 1)[0].key == "phone"


def test_an_empty_index_can_be_saved(index: AnyIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "index")
    loaded = index.load(tmp_path / "index")
    loaded.add(["a"], ["close my account"])
    assert [hit.key for hit in loaded.search("account", 3)] == ["a"]


def test_saving_the_same_gives_the_same_bytes_and_leaves_no_other_file(
    index: AnyIndex, tmp_path: Path
) -> None:
    index.add(list(TEXTS), list(TEXTS.values()))
    index.save(tmp_path / "index")
    first = (tmp_path / "index").read_bytes()
    index.save(tmp_path / "index")
    assert (tmp_path / "index").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


@pytest.mark.parametrize("added", [["close"], ["new", "new"]])
def test_a_key_that_stands_twice_is_refused_and_nothing_is_added(index: AnyIndex, added: list[str]) -> None:
    index.add(list(TEXTS), list(TEXTS.values()))
    with pytest.raises(DuplicateKey, match=added[0]):
        index.add(added, ["other words"] * len(added))
    assert len(index) == 3


def test_keys_and_entries_must_be_as_many(index: AnyIndex) -> None:
    with pytest.raises(ValueError, match="2 keys"):
        index.add(["a", "b"], ["one text"])


def test_a_missing_file_is_told_from_a_broken_one(index: AnyIndex, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="nowhere"):
        index.load(tmp_path / "nowhere")
    index.add(list(TEXTS), list(TEXTS.values()))
    index.save(tmp_path / "index")
    whole = (tmp_path / "index").read_bytes()
    for content in (b"", b"\x00\xff not an index", b"{}", b"[]", whole[: len(whole) // 2]):
        (tmp_path / "index").write_bytes(content)
        with pytest.raises(IndexUnreadable, match="index"):
            index.load(tmp_path / "index")


@pytest.mark.parametrize("kind", [ExactIndex, InvertedIndex])
def test_scores_of_vectors_are_inner_products(kind: type[VectorIndex]) -> None:
    index = kind(2)  # type: ignore[call-arg]
    index.add(["east", "north"], np.array([[1.0, 0.0], [0.0, 1.0]], np.float32))
    assert index.search(np.array([0.6, 0.8], np.float32), 5) == [Hit("north", 0.8), Hit("east", 0.6)]


@pytest.mark.parametrize("kind", [ExactIndex, InvertedIndex])
def test_a_vector_of_another_dimension_is_refused(kind: type[VectorIndex]) -> None:
    index = kind(4)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="dimension 4"):
        index.search(np.zeros(3, np.float32), 1)
    with pytest.raises(ValueError, match=r"\(1, 4\)"):
        index.add(["a"], np.zeros((1, 3), np.float32))


def test_an_index_is_exact_up_to_the_measured_size() -> None:
    assert isinstance(new_index(4, EXACT_UP_TO), ExactIndex)
    assert isinstance(new_index(4, EXACT_UP_TO + 1), InvertedIndex)


def test_texts_that_share_no_word_are_no_hits() -> None:
    index = Bm25Index()
    index.add(list(TEXTS), list(TEXTS.values()))
    assert [hit.key for hit in index.search("cookies", 3)] == ["cookie"]
    assert index.search("weather", 3) == []
    assert index.search("。！?", 3) == []


def test_texts_without_words_are_kept_and_never_found() -> None:
    index = Bm25Index()
    index.add(["empty"], ["…"])
    assert len(index) == 1
    assert index.search("account", 3) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("Close MY account!", ["close", "my", "account"]),
        ("注销账号", ["注销", "账号"]),
        ("ＡＰＰ里 delete 个人信息", ["app", "里", "delete", "个人", "信息", "个人信息"]),
        ("don't e-mail 15天", ["don't", "e", "mail", "15", "天"]),
    ],
)
def test_words_of_mixed_text(text: str, words: list[str]) -> None:
    assert JiebaWords().split(text) == words


def test_the_dictionary_leaves_no_file_in_the_shared_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from knowledge import words

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    words._dictionary.cache_clear()
    assert JiebaWords().split("注销账号") == ["注销", "账号"]
    assert list(tmp_path.iterdir()) == []
