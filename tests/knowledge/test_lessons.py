"""Lessons from the desk: full weight for their own wording, some for paraphrases, none for anything else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.editions.edition import open_edition
from knowledge.search.lessons import (
    OTHER_LANGUAGE,
    SAME_LANGUAGE,
    SAME_WORDING,
    Lesson,
    Lessons,
    Reading,
    Recalled,
    Targets,
    fingerprints,
    trust,
)
from knowledge.search.retriever import Finding, Retriever, load_parts, open_encoders
from knowledge.text.policy import Policy, load_policy, load_store
from knowledge.types import Clause, Language
from tests.knowledge.lantern import ASKED, TEXT, small_encoders, write_policy

ROOT = Path(__file__).parents[2]
ENCODER = ROOT / "var" / "encoder" / "multilingual-e5-small"
INDEX = ROOT / "var" / "index" / "tancloud"
QUESTION = "will my letters be answered on a Sunday"


def lesson(
    clauses: Sequence[str],
    text: str = QUESTION,
    name: str = "1",
    lang: Language = "en",
    of: Policy | None = None,
) -> Lesson:
    """A lesson that names these clauses; fingerprints only where a policy is given."""
    prints = fingerprints(of.clauses, clauses) if of is not None else ()
    return Lesson(name, text, lang, tuple(clauses), prints, datetime(2026, 3, 10, tzinfo=UTC))


@pytest.fixture
def retriever(lantern_index: Path) -> Retriever:
    encoders = small_encoders()
    return Retriever(encoders, load_parts(lantern_index, encoders))


@pytest.mark.parametrize("clauses", [("5",), ("3.2", "2"), ("2", "3.2")])
def test_its_own_wording_is_answered_as_confirmed(retriever: Retriever, clauses: tuple[str, ...]) -> None:
    retriever.lessons.replace([lesson(clauses)])
    for query in (QUESTION, "  WILL my letters\nbe answered, on a Sunday?? "):
        found = retriever.search(query)
        assert (found.outcome, found.cited) == ("answer", clauses)
        assert tuple(item.clause_id for item in found.ranked[: len(clauses)]) == clauses
        assert SAME_WORDING <= found.confidence < 1
        assert found.recalled is not None
        assert (found.recalled.lesson.id, found.recalled.same_wording) == ("1", True)


def test_a_confirmed_no_is_a_no(retriever: Retriever) -> None:
    asked = ASKED["4"][0]
    before = retriever.search(asked)
    retriever.lessons.replace([lesson((), asked)])
    found = retriever.search(asked)
    assert (found.outcome, found.answerable, found.cited) == ("not_in_policy", False, ())
    assert found.confidence <= 1 - SAME_WORDING
    retriever.lessons.replace([])
    assert retriever.search(asked) == before


def test_withdrawing_restores_the_former_answer_and_others_never_changed(retriever: Retriever) -> None:
    queries = [text for texts in ASKED.values() for text in texts]
    before = [retriever.search(query) for query in [QUESTION, *queries]]
    retriever.lessons.replace([lesson(("5",))])
    assert retriever.search(QUESTION) != before[0]
    assert [retriever.search(query) for query in queries] == before[1:]
    retriever.lessons.replace([])
    assert [retriever.search(query) for query in [QUESTION, *queries]] == before


def test_the_latest_lesson_about_a_wording_speaks(retriever: Retriever) -> None:
    first, second = lesson(("5",), name="1"), lesson(("2",), QUESTION.upper() + "?", name="2")
    retriever.lessons.replace([first, second])
    assert retriever.search(QUESTION).cited == ("2",)
    retriever.lessons.replace([second, first])
    assert retriever.search(QUESTION).cited == ("5",)
    retriever.lessons.replace([first])
    assert retriever.search(QUESTION).cited == ("5",)


def test_a_lesson_about_a_clause_that_this_index_does_not_have_is_silent(retriever: Retriever) -> None:
    before = retriever.search(QUESTION)
    retriever.lessons.replace([lesson(("9.9",))])
    assert retriever.search(QUESTION) == before
    retriever.lessons.replace([lesson(("9.9", "5"))])
    assert retriever.search(QUESTION).cited == ("5",)


@pytest.mark.parametrize("query", ["", "?", "😀", "\ud800", "a", "注销" * 1000])
def test_odd_queries_and_odd_lessons(retriever: Retriever, query: str) -> None:
    before = retriever.search(query)
    retriever.lessons.replace([lesson(("5",), "…"), lesson(("2",))])
    assert retriever.search(query) == before
    retriever.lessons.replace([lesson(("5",), query)])
    assert retriever.search(query).cited == ("5",)


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=5), st.booleans())
def test_trust_grows_with_similarity_and_ends_below_the_threshold(levels: list[float], same: bool) -> None:
    similar = np.array(sorted(levels), np.float32)
    weights = trust(similar, np.full(len(similar), same))
    assert (np.diff(weights) >= 0).all()
    assert weights.max() <= SAME_WORDING
    assert (weights[similar < (SAME_LANGUAGE if same else OTHER_LANGUAGE)[0][0]] == 0).all()


@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=4).filter(lambda shares: sum(shares) > 0.1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, SAME_WORDING),
    st.sampled_from([(), ("a",), ("c", "a")]),
)
def test_a_mixture_stays_a_distribution(
    shares: list[float], answered: float, right: float, weight: float, clauses: tuple[str, ...]
) -> None:
    order = {"a": 0, "b": 1, "c": 2}
    read = Reading(np.array([shares], np.float32) / np.float32(sum(shares)), answered, right)
    mixed = Recalled(lesson(clauses), weight, same_wording=False).apply(read, order)
    assert mixed.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert (mixed.probabilities >= 0).all()
    assert min(answered, bool(clauses)) - 1e-9 <= mixed.answered <= max(answered, bool(clauses)) + 1e-9
    assert 0 <= mixed.right <= 1
    if weight == 0:
        assert (mixed.probabilities == read.probabilities).all()
        assert (mixed.answered, mixed.right) == (answered, right)


def test_a_lesson_that_displaces_the_first_clause_is_only_as_sure_as_its_weight() -> None:
    read = Reading(np.array([[0.3, 0.1, 0.6]], np.float32), 0.4, 0.25)
    mixed = Recalled(lesson(("b",)), 0.4, same_wording=False).apply(read, {"a": 0, "b": 1})
    assert mixed.probabilities[0] == pytest.approx([0.18, 0.46, 0.36])
    assert (mixed.answered, mixed.right) == (pytest.approx(0.88), pytest.approx(0.46))


def test_a_lesson_too_light_to_displace_it_lowers_the_confidence() -> None:
    read = Reading(np.array([[0.9, 0.05, 0.05]], np.float32), 0.95, 0.9)
    mixed = Recalled(lesson(("b",)), 0.2, same_wording=False).apply(read, {"a": 0, "b": 1})
    assert int(mixed.probabilities[0].argmax()) == 0
    assert mixed.right == pytest.approx(0.72)


def test_readers_see_all_of_a_change_or_nothing_of_it(retriever: Retriever) -> None:
    """Two questions are always taught the same clause; a reader who saw half a change would find them apart."""
    other = "do you reply to letters at the weekend"
    states = [[lesson((clause,), text, clause + text) for text in (QUESTION, other)] for clause in ("5", "2")]
    retriever.lessons.replace(states[0])
    order = {"2": 0, "5": 1}
    vectors = small_encoders().encode([QUESTION], "query")
    done = Event()

    def read() -> Iterator[tuple[str, ...]]:
        while not done.is_set():
            taught = retriever.lessons._taught
            assert len(taught.lessons) == len(taught.vectors) == len(taught.chinese) == 2
            assert len({item.clause_ids for item in taught.lessons}) == 1
            recalled = retriever.lessons.recall(QUESTION, vectors, order)
            assert recalled is not None
            yield recalled.lesson.clause_ids

    def write(turn: int) -> None:
        retriever.lessons.replace(states[turn % 2])

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(lambda: set(read())) for _ in range(3)]
        for turn in list(pool.map(lambda turn: write(turn), range(300))):
            assert turn is None
        done.set()
        seen = [reader.result(30) for reader in readers]
    assert set.union(*seen) <= {("5",), ("2",)}
    assert len(retriever.lessons) == 2


def test_only_new_texts_are_encoded(lantern_index: Path) -> None:
    encoders = small_encoders()
    encoded: list[str] = []
    plain = encoders.encode
    lessons = Lessons(encoders)
    encoders.encode = lambda texts, kind: encoded.extend(texts) or plain(texts, kind)  # type: ignore[method-assign, func-returns-value]
    lessons.replace([lesson(("5",)), lesson(("2",), "another")])
    lessons.replace([lesson(("2",), "another"), lesson(("2",), "a third")])
    assert encoded == [QUESTION, "another", "a third"]


def test_lessons_follow_a_text_that_moved_and_wait_for_a_review_when_it_changed(
    tmp_path: Path, lantern: Policy
) -> None:
    no_more_copies = TEXT.replace("十五天内", "二十天内").replace("within fifteen days", "within twenty days")
    changed = load_policy(write_policy(tmp_path / "changed", text=no_more_copies))
    swapped = {**lantern.clauses}
    swapped["4"], swapped["5"] = (
        replace(swapped["5"], id="4"),
        replace(swapped["4"], id="5"),
    )
    without: dict[str, Clause] = {key: value for key, value in lantern.clauses.items() if key != "5"}
    copy, retention, both, none = (
        lesson(("3.1",), of=lantern),
        lesson(("4",), of=lantern),
        lesson(("4", "5"), of=lantern),
        lesson((), of=lantern),
    )

    def said(clauses: dict[str, Clause]) -> list[tuple[str, ...] | None]:
        targets = Targets(clauses)
        return [targets.of(item) for item in (copy, retention, both, none)]

    assert said({**lantern.clauses}) == [("3.1",), ("4",), ("4", "5"), ()]
    assert said({**changed.clauses}) == [None, ("4",), ("4", "5"), None]
    assert said(swapped) == [("3.1",), ("5",), ("5", "4"), None]
    assert said(without) == [("3.1",), ("4",), None, None]


def test_a_text_that_stands_twice_is_not_guessed_at(lantern: Policy) -> None:
    doubled = {
        **lantern.clauses,
        "6": replace(lantern.clauses["5"], id="6"),
        "7": replace(lantern.clauses["5"], id="7"),
    }
    assert Targets(doubled).of(lesson(("5",), of=lantern)) == ("5",)
    del doubled["5"]
    assert Targets(doubled).of(lesson(("5",), of=lantern)) is None


def test_an_unknown_clause_has_no_fingerprint(lantern: Policy) -> None:
    with pytest.raises(KeyError):
        fingerprints(lantern.clauses, ("9.9",))


@pytest.fixture(scope="module")
def real() -> Retriever:
    """The product's encoders and index."""
    if not (ENCODER.exists() and INDEX.exists()):
        pytest.fail("the encoder and the index are missing: run `make prepare`")
    return open_edition(INDEX, open_encoders(ENCODER)).retriever()


# Questions the policy says nothing about: whatever the ranker holds, a confirmed answer moves what is worded alike.
TAUGHT = "Does your office dog get to read my files?"
PARAPHRASES = ["Can the office dog read my files?", "is your office dog allowed to read my files"]
IN_CHINESE = "你们办公室的狗会看我的文件吗？"
UNRELATED = [
    "注销账号要多久？",
    "how long does closing my account take?",
    "who do you share my phone number with",
    "明天上海的天气怎么样？",
    "Do you have a dog-friendly office?",
    "",
]


def test_paraphrases_profit_in_both_languages_and_nothing_else_moves(real: Retriever) -> None:
    clause_id = (
        "4.3" if "4.3" in load_store(ROOT / "knowledge" / "policies" / "tancloud").current.clauses else "4"
    )
    asked = [TAUGHT, *PARAPHRASES, IN_CHINESE]
    before = {query: real.search(query) for query in [*asked, *UNRELATED]}
    real.lessons.replace([lesson((clause_id,), TAUGHT)])
    after = {query: real.search(query) for query in [*asked, *UNRELATED]}
    real.lessons.replace([])
    assert after[TAUGHT].cited == (clause_id,)
    for query in [*PARAPHRASES, IN_CHINESE]:
        assert share(after[query], clause_id) > share(before[query], clause_id) + 0.1, query
        assert after[query].confidence < SAME_WORDING
    for query in UNRELATED:
        assert after[query] == before[query], query
    assert {query: real.search(query) for query in before} == before


def share(found: Finding, clause_id: str) -> float:
    return next((item.score for item in found.ranked if item.clause_id == clause_id), 0.0)
