"""The cold figures: labels by quotation, shares counted by hand, and every method measured."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge.bank.questions import Question, QuestionBank
from knowledge.errors import PolicyError
from knowledge.learning.adapter_training import AdapterRecipe, train_adapter
from knowledge.measuring.cold_evaluation import OTHERS, Reading, evaluate_cold, figures, read_questions
from knowledge.text.policy import Policy, load_policy
from tests.knowledge.lantern import small_encoders

METHODS = {"bm25", "e5", "use", "fused", "cold"}


def _quiet(line: str) -> None:
    del line


def _question(*clause_ids: str) -> Question:
    return Question("?", "en", clause_ids, (), "plain", "a")


class TestLabels:
    def test_a_quotation_names_the_smallest_clause_that_has_it(self, tmp_path: Path, lantern: Policy) -> None:
        path = tmp_path / "lantern.yml"
        path.write_text(
            '- {"lang": "en", "text": "phone?", "answers": ["your phone number", "couriers only"]}\n'
            '- {"lang": "zh", "text": "天气"}\n'
        )
        asked = read_questions(path, lantern.clauses)
        assert [question.clause_ids for question in asked] == [("1.1", "2"), ()]

    @pytest.mark.parametrize(
        ("entry", "reason"),
        [
            ('{"lang": "en", "text": "x", "answers": ["moonlight"]}', "no clause has the words moonlight"),
            ('{"lang": "fr", "text": "x"}', "needs `lang`"),
            ('{"lang": "en"}', "needs `lang`"),
            ('{"lang": "en", "text": "x", "answers": "couriers"}', "needs `lang`"),
        ],
    )
    def test_a_wrong_entry_is_told_with_its_line(
        self, tmp_path: Path, lantern: Policy, entry: str, reason: str
    ) -> None:
        path = tmp_path / "lantern.yml"
        path.write_text(f"# questions\n- {entry}\n")
        with pytest.raises(PolicyError, match=reason) as caught:
            read_questions(path, lantern.clauses)
        assert (caught.value.line, caught.value.source) == (2, "lantern.yml")

    @pytest.mark.parametrize("path", sorted((OTHERS / "questions").glob("*.yml")), ids=lambda path: path.stem)
    def test_the_questions_of_the_other_policies_fit_their_texts(self, path: Path) -> None:
        clauses = load_policy(next(OTHERS.glob(f"{path.stem}.*"))).clauses
        asked = read_questions(path, clauses)
        assert sum(bool(question.clause_ids) for question in asked) >= 15
        assert sum(not question.clause_ids for question in asked) >= 5


def test_shares_are_those_counted_by_hand() -> None:
    readings = [
        Reading(_question("1.1"), {"cold": ("1.1", "2", "3"), "bm25": ("2", "3", "1.1")}, 0.9, "answer"),
        Reading(_question("1.1"), {"cold": ("1", "1.1", "3"), "bm25": ("1", "2", "3")}, 0.8, "ask_back"),
        Reading(_question("2"), {"cold": ("3", "1", "1.1"), "bm25": ("2", "1", "3")}, 0.3, "answer"),
        Reading(_question(), {"cold": ("1", "2", "3"), "bm25": ("1", "2", "3")}, 0.5, "not_in_policy"),
    ]
    found = figures(readings)
    assert (found["questions"], found["unanswerable"]) == (3, 1)
    assert found["cold"] == {"accept@1": 0.6667, "strict@1": 0.3333, "strict@3": 0.6667}
    assert found["bm25"] == {"accept@1": 0.6667, "strict@1": 0.3333, "strict@3": 0.6667}
    assert found["auroc"] == 0.6667
    assert found["answerable: ask_back"] == 0.3333
    assert found["silent: not_in_policy"] == 1.0
    assert found["answers that are right"] == 0.5


def test_every_method_is_measured_on_both_kinds(
    tmp_path: Path, lantern: Policy, lantern_bank: QuestionBank
) -> None:
    (tmp_path / "questions").mkdir()
    for name in ("lakeside.md", "questions/lakeside.yml"):
        shutil.copy(OTHERS / name, tmp_path / name)
    recipe = AdapterRecipe(hidden=16, epochs=1, drawn_policies=2)
    encoders = small_encoders()
    adapter = train_adapter(lantern, lantern_bank, encoders, _quiet, recipe)
    found = evaluate_cold(lantern, lantern_bank, encoders, _quiet, adapter, tmp_path)
    assert set(found) == {
        f"cold, {what}, {lang}" for what in ("unseen articles", "other policies") for lang in ("zh", "en")
    }
    for name, measured in found.items():
        assert set(measured) >= METHODS
        assert all(0 <= share <= 1 for method in METHODS for share in measured[method].values())
        assert ("auroc" in measured) == ("other" in name)
    asked = [found[f"cold, unseen articles, {lang}"]["questions"] for lang in ("zh", "en")]
    assert sum(asked) == len(lantern_bank.answerable)  # each is read once, by a network that did not learn it


def test_encoders_without_an_adapter_have_no_cold_figures(
    lantern: Policy, lantern_bank: QuestionBank
) -> None:
    assert evaluate_cold(lantern, lantern_bank, small_encoders(), _quiet) == {}


def test_questions_without_a_policy_are_told(
    tmp_path: Path, lantern: Policy, lantern_bank: QuestionBank
) -> None:
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions/ghost.yml").write_text('- {"lang": "en", "text": "x"}\n')
    encoders = small_encoders()
    recipe = AdapterRecipe(hidden=16, epochs=1, drawn_policies=2)
    adapter = train_adapter(lantern, lantern_bank, encoders, _quiet, recipe)
    with pytest.raises(PolicyError, match="no policy ghost"):
        evaluate_cold(lantern, lantern_bank, encoders, _quiet, adapter, tmp_path)
