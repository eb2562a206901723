"""The figures of the marks: right on cases worked out by hand, learned from marks, and held by the real encoders."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import knowledge
from knowledge.bank.questions import Question, QuestionBank, load_bank
from knowledge.bank.sentence_labels import LabelledQuestion, load_labelled
from knowledge.errors import EncoderMissing
from knowledge.index.highlights import Highlighter
from knowledge.index.passages import Sentence
from knowledge.index.sentences import spans
from knowledge.learning.highlight_training import Recipe, make_highlighter
from knowledge.measuring.highlight_evaluation import half_of, highlight_figures, judge, summary
from knowledge.search.retriever import open_encoders
from knowledge.text.policy import Policy, load_policy
from knowledge.types import LANGUAGES
from tests.knowledge.lantern import small_encoders
from tests.knowledge.outlines import clauses

ROOT = Path(knowledge.__file__).parent.parent
TANCLOUD = ROOT / "knowledge" / "policies" / "tancloud"
ENCODER = ROOT / "var" / "encoder" / "multilingual-e5-small"
QUICK = Recipe(epochs=3, seeds=(0,))


def _by_hand(policy: Policy, clause_id: str) -> Highlighter:
    """Marks the first sentence for the query [1], the second for [-1]."""
    listed, likeness, pairs = [], [], []
    for lang in LANGUAGES:
        text = policy.clause(clause_id).text.get(lang)
        for number, (start, end) in enumerate(spans(text)):
            listed.append(Sentence(clause_id, lang, start, end, text[start:end]))
            likeness.append([1.0 - 2 * number])
            pairs.append(number)
    return Highlighter(listed, np.array(likeness, np.float32), pairs)


def _labelled(policy: Policy, clause_id: str, zh: str | None, en: str | None) -> LabelledQuestion:
    answers = {}
    for lang, quote in (("zh", zh), ("en", en)):
        start = policy.clause(clause_id).text.get(lang).index(quote) if quote else 0
        answers[lang] = ((start, start + len(quote)),) if quote else ()
    return LabelledQuestion("x", "en", clause_id, "plain", answers)


def test_a_mark_is_right_when_it_covers_a_quote(lantern: Policy) -> None:
    highlighter = _by_hand(lantern, "3.2")
    labelled = [
        _labelled(lantern, "3.2", "您可以注销", "You may close"),  # the first, marked
        _labelled(lantern, "3.2", "注销后我们", "After that"),  # the second, not marked
        _labelled(lantern, "3.2", "注销后我们", None),  # in English nothing should be
    ]
    judged = judge(highlighter, labelled, np.ones((3, 1), np.float32), lantern.clauses)
    assert [item.right for item in judged] == [True, True, False, False, False, False]
    assert [item.lang for item in judged] == ["zh", "en"] * 3
    length = len(lantern.clause("3.2").text.get("en"))
    assert judged[1].marked_share == pytest.approx(len("You may close your account.") / length)
    figures = summary(judged)
    assert figures["highlights, all"]["judged"] == 5
    assert figures["highlights, all"]["first mark right, zh text"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["highlights, all"]["first mark right, en text"] == 0.5
    assert figures["highlights, left alone"] == {"judged": 1.0, "share": 0.0}


def test_a_clause_of_one_sentence_is_not_judged(lantern: Policy) -> None:
    question = _labelled(lantern, "3.3", None, None)
    assert judge(_by_hand(lantern, "3.3"), [question], np.ones((1, 1), np.float32), lantern.clauses) == []


def test_a_clause_is_in_one_half_with_its_repetitions() -> None:
    assert half_of("0.1") == half_of("0.5") == half_of("0")
    assert {half_of(str(number)) for number in range(1, 11)} == {"tuning", "held out"}


def _taught(bank: QuestionBank, text: str, mark: str) -> QuestionBank:
    marked = tuple(replace(q, marks=(mark,)) if q.text == text else q for q in bank.answerable)
    return replace(bank, answerable=marked)


@pytest.mark.parametrize("mark", ["You may close your account", "After that we delete"])
def test_marks_teach_which_sentence_answers(lantern: Policy, mark: str) -> None:
    encoders = small_encoders()
    text = "1. Leaving\n\nYou may close your account. After that we delete it.\n\n2. Next\n\nEnd of it."
    policy = replace(lantern, clauses=clauses(text))
    question = Question("I want it closed and gone", "en", ("1",), (), "plain", "a", marks=(mark,))
    vectors = encoders.encode([question.text], "query")
    recipe = Recipe(epochs=100, seeds=(0,), share=1.0, dropout=0.0, learning_rate=1e-2)
    highlighter = make_highlighter(policy, [question], vectors, encoders, recipe=recipe)
    ((start, end),) = highlighter.spans("1", vectors[0])["en"]
    assert policy.clause("1").text.get("en")[start:end].startswith(mark)


def test_learning_is_the_same_every_time(lantern: Policy, tmp_path: Path) -> None:
    encoders = small_encoders()
    policy = replace(lantern, clauses=clauses("1. Data\n\nWe keep it. You may ask.\n\n2. Next\n\nEnd of it."))
    question = Question("what can I do", "en", ("1",), (), "plain", "a", marks=("You may ask.",))
    vectors = encoders.encode([question.text], "query")
    for name, asked in (("one", [question]), ("two", [question]), ("none", [])):
        make_highlighter(policy, asked, vectors, encoders, recipe=QUICK).save(tmp_path / name)
    saved = {name: (tmp_path / f"{name}.npy").read_bytes() for name in ("one", "two", "none")}
    assert saved["one"] == saved["two"] != saved["none"]


@pytest.mark.parametrize("mark", ["no such words", "You may correct wrong information."])
def test_a_mark_that_leaves_no_choice_teaches_nothing(
    lantern: Policy, lantern_bank: QuestionBank, mark: str
) -> None:
    said: list[str] = []
    bank = _taught(lantern_bank, "my name is wrong, correct it please", mark)
    vectors = small_encoders().encode([question.text for question in bank.answerable], "query")
    make_highlighter(lantern, bank.answerable, vectors, small_encoders(), said.append)
    assert not [line for line in said if "learning" in line]


def test_a_policy_with_labels_has_figures_and_one_without_has_none(
    tmp_path: Path, lantern: Policy, lantern_bank: QuestionBank
) -> None:
    assert highlight_figures(tmp_path, lantern, lantern_bank, small_encoders()) == {}
    entry = {"clause": "3.2", "lang": "en", "text": "is it gone", "zh": ["注销后我们"], "en": ["After that"]}
    (tmp_path / "highlights.yml").write_text(f"- {json.dumps(entry)}\n", "utf-8")
    figures = highlight_figures(tmp_path, lantern, lantern_bank, small_encoders())
    assert figures["highlights, all"]["judged"] == 2
    assert "learned nothing, highlights, all" in figures


def test_offsets_are_inside_the_verbatim_text_of_every_clause(lantern: Policy) -> None:
    policy = load_policy(TANCLOUD)
    encoders = small_encoders()
    highlighter = make_highlighter(policy, [], np.zeros((0, encoders.dimension), np.float32), encoders)
    for query in ("", "怎么注销账号", "do you sell my data 😀", "\u0301"):
        vector = encoders.encode([query], "query")[0]
        for clause in policy.clauses.values():
            marked = highlighter.spans(clause.id, vector)
            for lang in LANGUAGES:
                found = spans(clause.text.get(lang))
                assert len(marked[lang]) == (len(found) > 1)
                assert set(marked[lang]) <= set(found)


# Small enough to encode in seconds; each clause with several sentences and several questions.
SUBSET = ("4.4", "5.7", "10")


def test_the_real_encoders_mark_a_fixed_subset_as_measured() -> None:
    if not ENCODER.exists():
        pytest.skip("the default encoder is not prepared here")
    policy = load_policy(TANCLOUD)
    policy = replace(policy, clauses={clause_id: policy.clauses[clause_id] for clause_id in SUBSET})
    try:
        encoders = open_encoders(ENCODER)
    except EncoderMissing as problem:
        pytest.skip(str(problem))
    labelled = [
        question
        for question in load_labelled(TANCLOUD / "highlights.yml", load_policy(TANCLOUD).clauses)
        if question.clause_id in SUBSET and question.kind != "whole"
    ]
    taught = [
        question
        for question in load_bank(TANCLOUD, load_policy(TANCLOUD).clauses).answerable
        if question.marks and question.clause_ids[0] in SUBSET
    ]
    vectors = encoders.encode([question.text for question in taught], "query")
    highlighter = make_highlighter(policy, taught, vectors, encoders)
    asked = encoders.encode([question.text for question in labelled], "query")
    figures = summary(judge(highlighter, labelled, asked, policy.clauses))["highlights, all"]
    assert figures["judged"] == 52
    for lang in LANGUAGES:
        assert figures[f"first mark right, {lang} text"] >= 0.8
