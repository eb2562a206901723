"""Clauses without questions are found by their own words."""

from __future__ import annotations

from knowledge.bank.own_words import KIND, with_own_words
from knowledge.bank.questions import Question, QuestionBank
from knowledge.text.policy import Policy


def _asked(*clause_ids: str) -> Question:
    return Question(" ".join(clause_ids), "en", clause_ids, (), "plain", "a")


def test_a_bank_that_asks_for_every_clause_is_the_same_bank(
    lantern: Policy, lantern_bank: QuestionBank
) -> None:
    assert with_own_words(lantern_bank, lantern) is lantern_bank


def test_without_any_question_nothing_is_added(lantern: Policy) -> None:
    empty = QuestionBank((), (), "empty")
    assert with_own_words(empty, lantern) is empty


def test_titles_and_sentences_of_silent_clauses_are_added_once(lantern: Policy) -> None:
    others = [id_ for id_ in lantern.clauses if id_ not in ("3.1", "4")]
    seldom = Question("We send it within fifteen days.", "en", (), (), "near", "a")
    bank = QuestionBank((_asked(*others),), (seldom,), "some")
    found = with_own_words(bank, lantern)
    assert found.answerable[:1] == bank.answerable
    assert found.unanswerable == bank.unanswerable
    assert found.sha256 != bank.sha256
    said = [(question.clause_ids, question.lang, question.text) for question in found.answerable[1:]]
    assert {question.kind for question in found.answerable[1:]} == {KIND}
    assert said == [
        (("3.1",), "zh", "您的权利"),
        (("3.1",), "zh", "您可以索取个人信息的副本。"),
        (("3.1",), "zh", "我们在十五天内发给您。"),
        (("3.1",), "en", "Your rights"),
        (("3.1",), "en", "You may ask for a copy of your personal information."),
        (("4",), "zh", "保存期限"),
        (("4",), "zh", "订单记录保存三年，之后删除。"),
        (("4",), "en", "Retention"),
        (("4",), "en", "We keep order records for three years and delete them then."),
    ]
