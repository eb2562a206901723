"""The sentence to mark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoders.encoder import HashEncoder, Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.errors import IndexMissing
from knowledge.index.highlights import Highlighter
from knowledge.index.passages import Sentence
from knowledge.index_files import IndexUnreadable
from knowledge.learning.highlight_training import make_highlighter
from knowledge.text.policy import Policy
from knowledge.types import LANGUAGES, Language

ENCODERS = JoinedEncoder(HashEncoder(256), HashEncoder(128))


def _query(text: str) -> Vectors:
    return ENCODERS.encode([text], "query")[0]


@pytest.fixture(scope="module")
def highlighter(lantern: Policy) -> Highlighter:
    return make_highlighter(lantern, [], np.zeros((0, ENCODERS.dimension), np.float32), ENCODERS)


def _marked(highlighter: Highlighter, policy: Policy, clause_id: str, query: str) -> dict[str, list[str]]:
    spans = highlighter.spans(clause_id, _query(query))
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


@pytest.mark.parametrize("query", ["注销后删除信息吗", "do you delete the information after that"])
def test_both_languages_mark_the_same_place_whichever_is_asked_in(
    highlighter: Highlighter, lantern: Policy, query: str
) -> None:
    assert _marked(highlighter, lantern, "3.2", query) == {
        "zh": ["注销后我们删除您的信息。"],
        "en": ["After that we delete your information."],
    }


def _by_hand(*rows: tuple[Language, str, float, int]) -> Highlighter:
    """Sentences of clause "1" with their likeness to the query [1] and the number of their pair."""
    listed, ends = [], {"zh": 0, "en": 0}
    for lang, text, _, _ in rows:
        listed.append(Sentence("1", lang, ends[lang], ends[lang] + len(text), text))
        ends[lang] += len(text)
    vectors = np.array([[likeness] for _, _, likeness, _ in rows], np.float32)
    return Highlighter(listed, vectors, [pair for *_, pair in rows])


LONG = {
    "zh": "我们收集手机号码并且长期保存在境内。",
    "en": "We collect phone numbers and we keep them at home for long.",
}


@pytest.mark.parametrize(
    ("rows", "zh", "en"),
    [
        # the pair that both languages agree on beats the one that a single language likes best
        ([("zh", 9, 0), ("zh", 7, 1), ("en", 1, 0), ("en", 7, 1)], 1, 1),
        # within a pair of several sentences the nearest of that language
        ([("zh", 9, 0), ("zh", 1, 1), ("en", 2, 0), ("en", 9, 0), ("en", 1, 1)], 0, 1),
        # the best pair has no English: the next best that has
        ([("zh", 9, 0), ("zh", 1, 1), ("zh", 5, 2), ("en", 1, 1), ("en", 5, 2)], 0, 1),
        # one sentence in a language is not marked there, several translations of it are chosen from
        ([("zh", 9, 0), ("en", 1, 0), ("en", 2, 0)], None, 1),
        ([("zh", 9, 0), ("en", 9, 0)], None, None),
        # one language only
        ([("en", 1, 0), ("en", 3, 1), ("en", 2, 2)], None, 1),
    ],
)
def test_the_pair_is_chosen_first_and_then_the_sentence(
    rows: list[tuple[Language, float, int]], zh: int | None, en: int | None
) -> None:
    highlighter = _by_hand(*((lang, LONG[lang], likeness, pair) for lang, likeness, pair in rows))
    found = highlighter.spans("1", np.ones(1, np.float32))
    for lang, place in (("zh", zh), ("en", en)):
        length = len(LONG[lang])
        assert found[lang] == (() if place is None else ((place * length, (place + 1) * length),))


@pytest.mark.parametrize(
    ("lang", "lead_in"),
    [("en", "In the following cases, which we name one by one:"), ("zh", "包括以下各项：")],
)
def test_a_lead_in_gives_way_to_what_follows_it(lang: Language, lead_in: str) -> None:
    query = np.ones(1, np.float32)
    close = _by_hand((lang, lead_in, 1.0, 0), (lang, LONG[lang], 0.95, 1))
    assert close.spans("1", query)[lang][0][0] == len(lead_in)
    far = _by_hand((lang, lead_in, 1.0, 0), (lang, LONG[lang], 0.5, 1))
    assert far.spans("1", query)[lang][0][0] == 0


def test_a_clause_of_one_sentence_has_nothing_to_mark(highlighter: Highlighter, lantern: Policy) -> None:
    assert _marked(highlighter, lantern, "2", "do you sell it") == {"zh": [], "en": []}


def test_an_unknown_clause_has_nothing_to_mark(highlighter: Highlighter) -> None:
    assert highlighter.spans("9.9", _query("x")) == {"zh": (), "en": ()}


def test_spans_lie_inside_the_text(highlighter: Highlighter, lantern: Policy) -> None:
    for query in ("", "😀", "account", "个人信息", "x" * 2000):
        for clause_id, clause in lantern.clauses.items():
            spans = highlighter.spans(clause_id, _query(query))
            for lang in LANGUAGES:
                assert all(0 <= a < b <= len(clause.text.get(lang)) for a, b in spans[lang])


def test_a_saved_highlighter_marks_the_same(
    tmp_path: Path, highlighter: Highlighter, lantern: Policy
) -> None:
    highlighter.save(tmp_path / "sentences")
    loaded = Highlighter.load(tmp_path / "sentences")
    for clause_id in lantern.clauses:
        query = _query("注销 account delete 地址 address")
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
        lambda folder: (folder / "sentences.json").write_text('[["1", "en", 0, 5, "We do"]]'),
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
