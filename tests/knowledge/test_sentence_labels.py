"""Questions with the sentence that answers: what is read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import knowledge
from knowledge.bank.questions import load_bank, wording_key
from knowledge.bank.sentence_labels import load_labelled, load_marks
from knowledge.errors import PolicyError
from knowledge.index.sentences import spans
from knowledge.text.policy import Policy, load_policy
from knowledge.types import LANGUAGES
from tests.knowledge.lantern import write_bank, write_policy

TANCLOUD = Path(knowledge.__file__).parent / "policies" / "tancloud"
GOOD = {
    "clause": "3.1",
    "lang": "en",
    "kind": "colloquial",
    "text": "how soon is it sent",
    "zh": ["十五天内"],
    "en": ["within fifteen days"],
}


def _write(path: Path, *entries: object) -> Path:
    path.write_text(
        "# labels\n" + "".join(f"- {json.dumps(e, ensure_ascii=False)}\n" for e in entries), "utf-8"
    )
    return path


def test_a_quote_is_found_in_its_clause(tmp_path: Path, lantern: Policy) -> None:
    (question,) = load_labelled(_write(tmp_path / "highlights.yml", GOOD), lantern.clauses)
    assert (question.text, question.lang, question.clause_id) == ("how soon is it sent", "en", "3.1")
    for lang in LANGUAGES:
        ((start, end),) = question.answers[lang]
        assert lantern.clause("3.1").text.get(lang)[start:end] == GOOD[lang][0]


def test_without_a_file_nothing_is_labelled(tmp_path: Path, lantern: Policy) -> None:
    assert load_labelled(tmp_path / "highlights.yml", lantern.clauses) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"clause": "9.9"}, "names clause 9.9, which the policy does not have"),
        ({"clause": None}, "names clause None"),
        ({"lang": "fr"}, "`lang` is zh or en"),
        ({"text": " "}, "has no text"),
        ({"text": 7}, "has no text"),
        ({"en": "within fifteen days"}, "`en` must be a list of quotes"),
        ({"en": [""]}, "`en` must be a list of quotes"),
        ({"zh": None}, "`zh` must be a list of quotes"),
        ({"en": ["within sixteen days"]}, r"stands not in clause 3\.1 \(en\)"),
        ({"en": ["fifteen", "e"]}, r"quotes 'e', which stands \d+ times in clause 3\.1"),
        ({"zh": ["within fifteen days"]}, r"stands not in clause 3\.1 \(zh\)"),
        ({"text": "first"}, "'first' stands there twice"),
    ],
)
def test_a_wrong_label_is_refused_with_file_and_line(
    tmp_path: Path, lantern: Policy, change: dict[str, object], reason: str
) -> None:
    path = _write(tmp_path / "highlights.yml", GOOD | {"text": "first"}, GOOD | change)
    with pytest.raises(PolicyError, match=f"^highlights.yml:3: .*{reason}"):
        load_labelled(path, lantern.clauses)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"text": "x"}, "`marks` must be a list of quotes"),
        ({"marks": ["x"]}, "has no text"),
        (["x"], "is not a question with its fields"),
    ],
)
def test_a_wrong_mark_is_refused_with_file_and_line(tmp_path: Path, entry: object, reason: str) -> None:
    with pytest.raises(PolicyError, match=f"^marks.yml:2: {reason}"):
        load_marks(_write(tmp_path / "marks.yml", entry))


def test_marks_join_the_questions_of_the_bank_and_its_digest(tmp_path: Path, lantern: Policy) -> None:
    folder = write_bank(write_policy(tmp_path / "lantern"))
    before = load_bank(folder, lantern.clauses)
    assert not any(question.marks for question in before.answerable)
    _write(
        folder / "marks.yml",
        {"text": "how do I close my account", "marks": ["You may close"]},
        {"text": "a question the bank lost", "marks": ["x"]},
    )
    after = load_bank(folder, lantern.clauses)
    assert {q.text: q.marks for q in after.answerable if q.marks} == {
        "how do I close my account": ("You may close",)
    }
    assert after.sha256 != before.sha256


@pytest.fixture(scope="module")
def tancloud() -> Policy:
    return load_policy(TANCLOUD)


class TestTanCloud:
    def test_enough_questions_are_labelled_in_both_languages(self, tancloud: Policy) -> None:
        labelled = load_labelled(TANCLOUD / "highlights.yml", tancloud.clauses)
        assert all(sum(question.lang == lang for question in labelled) >= 100 for lang in LANGUAGES)
        indirect = [question for question in labelled if question.kind in ("colloquial", "indirect")]
        assert len(indirect) >= len(labelled) / 3

    def test_a_label_names_a_whole_sentence_or_its_beginning(self, tancloud: Policy) -> None:
        for question in load_labelled(TANCLOUD / "highlights.yml", tancloud.clauses):
            for lang in LANGUAGES:
                found = spans(tancloud.clause(question.clause_id).text.only(lang) or "")
                for start, end in question.answers[lang]:
                    assert any(a <= start and end <= b for a, b in found), question.text

    def test_no_measured_question_is_learned_from(self, tancloud: Policy) -> None:
        bank = load_bank(TANCLOUD, tancloud.clauses)
        learned = {wording_key(question.text) for question in (*bank.answerable, *bank.unanswerable)}
        measured = load_labelled(TANCLOUD / "highlights.yml", tancloud.clauses)
        assert not [question.text for question in measured if wording_key(question.text) in learned]

    def test_every_mark_quotes_a_sentence_of_the_policy(self, tancloud: Policy) -> None:
        texts = [clause.text.get(lang) for clause in tancloud.clauses.values() for lang in LANGUAGES]
        for text, marks in load_marks(TANCLOUD / "marks.yml").items():
            for mark in marks:
                assert any(mark in written for written in texts), (text, mark)
