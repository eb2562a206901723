"""Building an index: only when something changed, whole or not at all, from a bank of any size."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.bank.questions import Question, QuestionBank, load_bank
from knowledge.editions.build import build, encode_questions
from knowledge.encoders.encoder import HashEncoder
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.errors import EncoderMismatch
from knowledge.index.passages import passages
from knowledge.learning import held_out
from knowledge.learning.held_out import by_wording
from knowledge.search.retriever import Finding, Retriever, load_parts
from knowledge.text.policy import Policy, load_policy
from tests.knowledge.lantern import (
    CLAUSE_IDS,
    MANIFEST,
    TEXT,
    TINY,
    FailingEncoder,
    small_encoders,
    write_bank,
    write_entries,
    write_policy,
)


def _build(folder: Path, index: Path, encoders: JoinedEncoder | None = None) -> bool:
    policy = load_policy(folder)
    return build(index, policy, load_bank(folder, policy.clauses), encoders or small_encoders())


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _search(index: Path, query: str) -> Finding:
    return Retriever(small_encoders(), load_parts(index, small_encoders())).search(query)


class TestWhatIsBuilt:
    def test_the_manifest_tells_what_is_inside(self, lantern_index: Path, lantern: Policy) -> None:
        manifest = json.loads((lantern_index / "manifest.json").read_text())
        assert manifest["clause_ids"] == list(CLAUSE_IDS) == list(lantern.clauses)
        assert (manifest["policy"], manifest["version"], manifest["questions"]) == ("lantern", "1", 39)
        assert manifest["encoder"] == small_encoders().fingerprint
        assert manifest["has_ranker"] is True
        assert {*manifest["files"], "manifest.json"} == {path.name for path in lantern_index.iterdir()}

    def test_passages_and_questions_are_indexed_under_their_clauses(
        self, lantern_index: Path, lantern: Policy, lantern_bank: QuestionBank
    ) -> None:
        parts = load_parts(lantern_index, small_encoders())
        count = len(list(passages(lantern.clauses))) + len(lantern_bank.answerable)
        assert len(parts.dense) == len(parts.lexical) == count
        assert parts.lexical.search("sell my personal information", 1)[0].key.startswith("2|")
        question = HashEncoder(96).encode(["怎么注销账号"], "query")[0]
        assert parts.dense.search(question, 1)[0].key.startswith("3.2|q|")

    def test_without_a_bank_there_is_no_ranker(self, tmp_path: Path) -> None:
        folder = write_policy(tmp_path / "lantern")
        assert _build(folder, tmp_path / "index")
        parts = load_parts(tmp_path / "index", small_encoders())
        assert (parts.ranker, parts.answerability) == (None, None)
        assert parts.clause_ids == CLAUSE_IDS

    def test_a_bank_taken_away_takes_the_ranker_away(self, tmp_path: Path, lantern_index: Path) -> None:
        index = Path(shutil.copytree(lantern_index, tmp_path / "index"))
        assert _build(write_policy(tmp_path / "lantern"), index)
        assert load_parts(index, small_encoders()).ranker is None
        assert not (index / "ranker.npz").exists()


def _another_text(folder: Path) -> None:
    write_policy(folder, text=TEXT.replace("three years", "four years"))


def _another_version(folder: Path) -> None:
    write_policy(folder, manifest=MANIFEST.replace('"1"', '"2"'))


def _another_reading(folder: Path) -> None:
    write_policy(folder, manifest=MANIFEST.replace("[zh, en]", "[zh]"))  # the English is Chinese text now


def _a_first_refusal(folder: Path) -> None:
    write_entries(folder / "unanswerable.en.yml", [{"text": "what is the weather"}])


class TestWhenItIsBuilt:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return write_policy(tmp_path / "lantern")

    def test_nothing_is_done_twice(
        self, tmp_path: Path, lantern_index: Path, lantern: Policy, lantern_bank: QuestionBank
    ) -> None:
        index = Path(shutil.copytree(lantern_index, tmp_path / "index"))
        before, lines = _contents(index), list[str]()
        idle = JoinedEncoder(FailingEncoder(96, 0), FailingEncoder(64, 0))
        assert build(index, lantern, lantern_bank, idle, lines.append) is False
        assert (lines, _contents(index)) == ([], before)

    @pytest.mark.parametrize("change", [_another_text, _another_version, _another_reading, _a_first_refusal])
    def test_a_change_of_policy_or_bank_builds_again(
        self, tmp_path: Path, folder: Path, change: Callable[[Path], None]
    ) -> None:
        assert _build(folder, tmp_path / "index")
        change(folder)
        assert _build(folder, tmp_path / "index") is True
        assert _build(folder, tmp_path / "index") is False
        parts = load_parts(tmp_path / "index", small_encoders())
        assert parts.clause_ids == tuple(load_policy(folder).clauses)

    @pytest.mark.parametrize("dimensions", [(96, 65), (95, 64), (64, 96)])
    def test_another_encoder_builds_again(
        self, tmp_path: Path, folder: Path, dimensions: Sequence[int]
    ) -> None:
        other = JoinedEncoder(*(HashEncoder(dimension) for dimension in dimensions))
        assert _build(folder, tmp_path / "index")
        assert _build(folder, tmp_path / "index", other) is True
        assert _build(folder, tmp_path / "index", other) is False
        load_parts(tmp_path / "index", other)
        with pytest.raises(EncoderMismatch):
            load_parts(tmp_path / "index", small_encoders())

    @pytest.mark.parametrize(
        "damage",
        [
            lambda index: shutil.rmtree(index),
            lambda index: (index / "dense.index").unlink(),
            lambda index: (index / "sentences.npy").write_bytes(b""),
            lambda index: (index / "manifest.json").unlink(),
            lambda index: (index / "manifest.json").write_text(""),
            lambda index: (index / "manifest.json").write_text("[]"),
            lambda index: (index / "manifest.json").write_text("{}"),
        ],
    )
    def test_a_damaged_index_is_made_whole(
        self, tmp_path: Path, folder: Path, damage: Callable[[Path], object]
    ) -> None:
        index = tmp_path / "index"
        assert _build(folder, index)
        damage(index)
        assert _build(folder, index) is True
        assert load_parts(index, small_encoders()).clause_ids == CLAUSE_IDS

    def test_two_at_once_build_once(self, tmp_path: Path, folder: Path) -> None:
        index, policy = tmp_path / "index", load_policy(folder)
        others: list[Future[bool]] = []

        def meanwhile(line: str) -> None:
            if not others and "passages" in line:
                others.append(pool.submit(_build, folder, index))
                wait(others, timeout=1)

        with ThreadPoolExecutor(1) as pool:
            assert build(index, policy, load_bank(folder, policy.clauses), small_encoders(), meanwhile)
        assert others[0].result() is False
        assert load_parts(index, small_encoders()).clause_ids == CLAUSE_IDS


class TestABuildThatDies:
    @pytest.fixture
    def old(self, tmp_path: Path, lantern_index: Path) -> Path:
        return Path(shutil.copytree(lantern_index, tmp_path / "indexes" / "lantern"))

    @pytest.fixture
    def changed(self, tmp_path: Path) -> Path:
        folder = write_bank(write_policy(tmp_path / "lantern"))
        _another_text(folder)
        return folder

    @pytest.mark.parametrize("calls", [(0, 9), (9, 0), (1, 9), (2, 9)])
    def test_the_old_index_goes_on_serving(self, old: Path, changed: Path, calls: tuple[int, int]) -> None:
        before, answer = _contents(old), _search(old, "how do I close my account")
        dying = JoinedEncoder(FailingEncoder(96, calls[0]), FailingEncoder(64, calls[1]))
        with pytest.raises(MemoryError):
            _build(changed, old, dying)
        assert _contents(old) == before
        assert _search(old, "how do I close my account") == answer

    def test_it_may_be_stopped_while_training(self, old: Path, changed: Path) -> None:
        def stop(line: str) -> None:
            if "training network 2" in line:
                raise KeyboardInterrupt

        before = _contents(old)
        policy = load_policy(changed)
        with pytest.raises(KeyboardInterrupt):
            build(old, policy, load_bank(changed, policy.clauses), small_encoders(), stop)
        assert _contents(old) == before

    def test_the_next_build_starts_afresh_and_leaves_nothing_behind(self, old: Path, tmp_path: Path) -> None:
        folder = write_policy(tmp_path / "cold")
        with pytest.raises(MemoryError):
            _build(folder, old, JoinedEncoder(FailingEncoder(96, 1), FailingEncoder(64, 9)))
        draft = next(path for path in old.parent.iterdir() if path.name.endswith(".draft"))
        (draft / "ranker.npz").write_bytes(b"left by the dead")
        assert _build(folder, old)
        assert not (old / "ranker.npz").exists()
        assert {path.name for path in old.parent.iterdir() if path.is_dir()} == {"lantern"}


ENTRY = {"clauses": ["3.2"], "text": "how do I close my account"}


class TestSmallBanks:
    @pytest.mark.parametrize(
        ("asked", "refused"),
        [
            ([ENTRY], []),
            ([ENTRY, {"clauses": ["3.2"], "text": "how do I close my accounts"}], []),  # one wording
            ([ENTRY, {"clauses": ["2"], "text": "do you sell data"}], []),
            ([ENTRY], [{"text": "what is the weather"}]),
            ([{"clauses": [id_], "text": f"question about {id_} {id_}"} for id_ in CLAUSE_IDS], []),
        ],
    )
    def test_the_first_questions_are_enough(
        self, tmp_path: Path, asked: list[dict[str, object]], refused: list[dict[str, object]]
    ) -> None:
        folder = write_policy(tmp_path / "lantern")
        write_entries(folder / "questions.en.yml", asked)
        write_entries(folder / "unanswerable.en.yml", refused)
        assert _build(folder, tmp_path / "index")
        finding = _search(tmp_path / "index", str(asked[0]["text"]))
        assert finding.ranked[0].clause_id == asked[0]["clauses"][0]  # type: ignore[index]

    def test_messages_without_answer_alone_teach_nothing(self, tmp_path: Path) -> None:
        folder = write_policy(tmp_path / "lantern")
        _a_first_refusal(folder)
        assert _build(folder, tmp_path / "index")
        assert load_parts(tmp_path / "index", small_encoders()).ranker is None


def _questions(*pairs: tuple[str, str]) -> list[Question]:
    return [Question(text, "en", (clause_id,), (), "plain", "a") for text, clause_id in pairs]


def _held_out(questions: list[Question], encoders: JoinedEncoder) -> np.ndarray:
    def quiet(line: str) -> None:
        del line

    texts = encode_questions(questions, encoders, quiet)
    return by_wording(questions, texts, CLAUSE_IDS, encoders, quiet).probabilities


class TestCrossValidation:
    def test_no_near_duplicate_of_a_question_is_trained_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(held_out, "RECIPE", replace(TINY, epochs=200))  # one step each
        others = [
            (f"{word} {clause_id} {word}", clause_id) for clause_id in ("2", "4") for word in "abcdefgh"
        ]
        twins = [("close my account now please", "3.2"), ("close my account now, please!", "3.2")]
        found = _held_out(_questions(*others, *twins), small_encoders())
        np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-4)
        # No question of 3.2 but the twins: a ranker that saw one would know the other.
        assert (found[-2:, CLAUSE_IDS.index("3.2")] < 0.2).all()
        assert found[:16].argmax(axis=1).tolist() == [CLAUSE_IDS.index(id_) for _, id_ in others]

    def test_a_question_with_nothing_to_compare_is_wholly_unsure(self) -> None:
        found = _held_out(_questions(("close my account", "3.2")), small_encoders())
        assert found.tolist() == [pytest.approx([1 / 12] * 12)]


def test_many_questions_are_encoded_in_order() -> None:
    questions = _questions(*((f"question number {number}", "2") for number in range(600)))
    lines: list[str] = []
    texts = encode_questions(questions, small_encoders(), lines.append)
    expected = small_encoders().read("question number 555", "query")
    assert texts.vectors.shape == (600, 160)
    assert (texts.vectors[555] == expected.vector).all()
    assert (list(texts)[555].states == expected.states).all()
    assert lines == ["Index: encoding questions: 600"]
    assert encode_questions([], small_encoders(), lines.append).vectors.shape == (0, 160)
