"""The figures: right on cases worked out by hand, and written for a whole policy."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from knowledge.bank.questions import Question, QuestionBank, load_bank
from knowledge.editions.build import encode_questions
from knowledge.errors import PolicyError
from knowledge.learning import held_out
from knowledge.measuring.evaluation import evaluate, measure, plot
from knowledge.text.policy import Policy
from tests.knowledge.lantern import CLAUSE_IDS, TINY, small_encoders

IDS = ("1", "1.1", "1.2", "2")


def _quiet(line: str) -> None:
    del line


def _question(*clause_ids: str, also: tuple[str, ...] = (), author: str = "a", text: str = "x") -> Question:
    return Question(text, "en", clause_ids, also, "plain", author)


def _ranking(*best_first: str) -> list[float]:
    """Probabilities over IDS and "none" that rank like this."""
    return [{id_: 0.4 - 0.1 * place for place, id_ in enumerate(best_first)}.get(id_, 0.0) for id_ in IDS] + [
        0
    ]


class TestMeasure:
    QUESTIONS = (
        _question("1.1"),  # first
        _question("1.1"),  # its parent first, itself third
        _question("2", also=("1.2",)),  # what may be cited too first, itself second
        _question("1.2"),  # fourth
        _question(),
        _question(),
    )
    PROBABILITIES = np.array(
        [
            _ranking("1.1", "2", "1"),
            _ranking("1", "2", "1.1"),
            _ranking("1.2", "2", "1"),
            _ranking("2", "1.1", "1", "1.2"),
            _ranking("1"),
            _ranking("2"),
        ],
        np.float32,
    )

    def test_shares_are_those_counted_by_hand(self) -> None:
        answered = [0.9, 0.8, 0.7, 0.2, 0.1, 0.3]
        confidence = [0.9, 0.8, 0.2, 0.2, 0.5, 0.3]
        readings = np.array([answered, confidence], np.float32).T
        figures = measure(self.QUESTIONS, self.PROBABILITIES, readings, IDS)
        assert figures.questions == 4
        assert figures.strict_at_1 == 0.25
        assert figures.strict_at_3 == 0.75
        assert figures.accept_at_1 == 0.75
        assert figures.auroc == 0.875  # 7 of the 8 pairs stand in the right order
        assert figures.auroc_of_confidence == 0.5  # 4 of 8
        assert figures.answered == 0.75

    def test_a_sure_separation_is_perfect(self) -> None:
        readings = np.array([[1, 1, 1, 1, 0, 0]] * 2, np.float32).T
        figures = measure(self.QUESTIONS, self.PROBABILITIES, readings, IDS)
        assert (figures.auroc, figures.answered) == (1.0, 1.0)
        assert figures.calibration_error == pytest.approx(1 / 6, abs=1e-6)  # sure of the fourth, and wrong

    def test_without_unanswerable_messages_nothing_is_refused(self) -> None:
        readings = np.full((4, 2), 0.5, np.float32)
        figures = measure(self.QUESTIONS[:4], self.PROBABILITIES[:4], readings, IDS)
        assert (figures.questions, figures.auroc, figures.answered) == (4, 0.0, 1.0)


def test_an_authors_questions_are_read_by_a_ranker_that_saw_none_of_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(held_out, "RECIPE", replace(TINY, epochs=200))  # one step each
    texts = {"2": "do you sell data", "4": "how long are orders kept", "5": "where can I write to you"}
    questions = [
        _question(id_, author=author, text=f"{word} {text}")
        for id_, text in texts.items()
        for author, word in (("a", "please"), ("a", "so"), ("b", "well"), ("b", "and"))
    ]
    questions += [_question("3.1", author="c", text=f"{word} send me a copy") for word in ("please", "so")]
    encoders = small_encoders()
    texts_read = encode_questions(questions, encoders, _quiet)
    found = held_out.by_author(questions, texts_read, CLAUSE_IDS, encoders, _quiet).probabilities
    best = [CLAUSE_IDS[place] for place in found[:12].argmax(axis=1)]
    assert best == [question.clause_ids[0] for question in questions[:12]]  # the other author's taught it
    assert (found[12:, CLAUSE_IDS.index("3.1")] < 0.1).all()  # only this author asked for it


def test_a_single_author_cannot_be_held_out() -> None:
    questions = [_question("2"), _question("4")]
    texts = encode_questions(questions, small_encoders(), _quiet)
    found = held_out.by_author(questions, texts, CLAUSE_IDS, small_encoders(), _quiet)
    assert np.ptp(found.probabilities) == 0
    assert not found.features[:, -2:].any()  # nothing to be like


def test_the_plot_draws_one_dot_a_point(tmp_path: Path) -> None:
    plot([(0.0, 0.0, 10), (0.5, 1.0, 900)], tmp_path / "plot.svg")
    root = ElementTree.fromstring((tmp_path / "plot.svg").read_text())
    dots = root.findall("{http://www.w3.org/2000/svg}circle")
    assert [(dot.get("cx"), dot.get("cy")) for dot in dots] == [("40.0", "320.0"), ("190.0", "20.0")]
    assert float(dots[0].get("r", "0")) < float(dots[1].get("r", "0"))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, lantern: Policy, lantern_bank: QuestionBank) -> Path:
    """The folder that ``evaluate`` wrote."""
    folder = tmp_path_factory.mktemp("evaluation") / "new"
    returned = evaluate(lantern, lantern_bank, small_encoders(), folder, _quiet)
    assert json.loads(json.dumps(returned)) == json.loads((folder / "figures.json").read_text())
    return folder


class TestEvaluate:
    def test_every_split_and_language_is_there(self, out: Path) -> None:
        figures = json.loads((out / "figures.json").read_text())
        splits = [f"held out by {kind}, {lang}" for kind in ("wording", "author") for lang in ("zh", "en")]
        authors = {key for key in figures if key.startswith("held out by author, ")} - {*splits}
        assert authors == {f"held out by author, {author}" for author in ("a", "b", "unknown")}
        # Nothing cold: the adapter does not know these encoders.
        assert set(figures) == {*splits, *authors, "reliability"}
        for split in splits:
            assert figures[split]["questions"] == (11 if split.endswith("zh") else 22)
            assert all(0 <= value <= 1 for name, value in figures[split].items() if name != "questions")

    def test_the_reliability_covers_every_message_once(self, out: Path) -> None:
        points = json.loads((out / "figures.json").read_text())["reliability"]
        assert sum(count for _, _, count in points) == 39
        levels = [confidence for confidence, _, _ in points]
        assert levels == pytest.approx(sorted(levels), abs=1e-6)
        assert len(re.findall("<circle", (out / "reliability.svg").read_text())) == len(points)

    def test_an_empty_bank_measures_nothing(self, tmp_path: Path, lantern: Policy) -> None:
        bank = load_bank(tmp_path, lantern.clauses)
        with pytest.raises(PolicyError, match="lantern has no questions"):
            evaluate(lantern, bank, small_encoders(), tmp_path / "out", _quiet)
        assert not (tmp_path / "out").exists()
