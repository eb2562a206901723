"""The sentence to mark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import HashEncoder
from knowledge.errors import IndexMissing
from knowledge.highlights import Highlighter
from knowledge.index_files import IndexUnreadable
from knowledge.passages import sentences
from knowledge.policy import Policy
from knowledge.types import LANGUAGES

ENCODER = HashEncoder(256)


@pytest.fixture(scope="module")
def highlighter(lantern: Policy) -> Highlighter:
    listed = list(sentences(lantern.clauses))
    return Highlighter(listed, ENCODER.encode([sentence.text for sentence in listed], "passage"))


def _marked(highlighter: Highlighter, policy: Policy, clause_id: str, query: str) -> dict[str, list[str]]:
    spans = highlighter.spans(clause_id, ENCODER.encode([query], "query")[0])
    text = policy.clause(clause_id).text
    return {lang: [text.get(lang)[a:b] for a, b in spans[lang]] for lang in LANGUAGES}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("may I close my account", "You may close your account."),
        ("do you delete the information after that", "After that we delete your information."),
    ],
)
def test_the_sentence_nearest_to_the_query_is_marked(
    highlighter: Highlighter, lantern: Policy, query: str, expected: str
) -> None:
    assert _marked(highlighter, lantern, "3.2", query)["en"] == [expected]


def test_each_language_has_its_own_mark(highlighter: Highlighter, lantern: Policy) -> None:
    marked = _marked(highlighter, lantern, "3.2", "注销后删除信息吗")
    assert marked["zh"] == ["注销后我们删除您的信息。"]
    assert len(marked["en"]) == 1


def test_a_clause_of_one_sentence_has_nothing_to_mark(highlighter: Highlighter, lantern: Policy) -> None:
    assert _marked(highlighter, lantern, "2", "do you sell it") == {"zh": [], "en": []}


def test_an_unknown_clause_has_nothing_to_mark(highlighter: Highlighter) -> None:
    assert highlighter.spans("9.9", ENCODER.encode(["x"], "query")[0]) == {"zh": (), "en": ()}


def test_spans_lie_inside_the_text(highlighter: Highlighter, lantern: Policy) -> None:
    for query in ("", "😀", "account", "个人信息", "x" * 2000):
        for clause_id, clause in lantern.clauses.items():
            spans = highlighter.spans(clause_id, ENCODER.encode([query], "query")[0])
            for lang in LANGUAGES:
                assert all(0 <= a < b <= len(clause.text.get(lang)) for a, b in spans[lang])


def test_a_saved_highlighter_marks_the_same(
    tmp_path: Path, highlighter: Highlighter, lantern: Policy
) -> None:
    highlighter.save(tmp_path / "sentences")
    loaded = Highlighter.load(tmp_path / "sentences")
    for clause_id in lantern.clauses:
        query = ENCODER.encode(["注销 account delete 地址 address"], "query")[0]
        assert loaded.spans(clause_id, query) == highlighter.spans(clause_id, query)


def test_a_missing_file_is_a_missing_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        Highlighter.load(tmp_path / "sentences")


def _one_vector_less(folder: Path) -> None:
    np.save(folder / "sentences.npy", np.load(folder / "sentences.npy")[1:])


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "sentences.npy").unlink(),
        lambda folder: (folder / "sentences.npy").write_bytes(b""),
        lambda folder: (folder / "sentences.npy").write_bytes(b"no array"),
        lambda folder: (folder / "sentences.json").write_text("["),
        lambda folder: (folder / "sentences.json").write_text("5"),
        lambda folder: (folder / "sentences.json").write_text('[["1", "en"]]'),
        _one_vector_less,
    ],
)
def test_a_damaged_file_is_refused(
    tmp_path: Path, highlighter: Highlighter, damage: Callable[[Path], object]
) -> None:
    highlighter.save(tmp_path / "sentences")
    damage(tmp_path)
    with pytest.raises(IndexUnreadable, match="does not hold sentences"):
        Highlighter.load(tmp_path / "sentences")
