"""The commands: what they print, how they end, and that they fail in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.__main__ import main
from tests.knowledge.lantern import write_bank, write_policy

ENCODER = ("--encoder", "hash:64")  # with the second encoder as it is


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, lantern_folder: Path) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "index"
    assert main(["build", str(lantern_folder), *ENCODER, "--index", str(folder)]) == 0
    return folder


def _fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The error line of a command that must fail with one, and with no output."""
    capsys.readouterr()
    assert main([str(argument) for argument in arguments]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert "Traceback" not in printed.err
    return printed.err


class TestCheck:
    def test_it_says_what_is_there(self, capsys: pytest.CaptureFixture[str], lantern_folder: Path) -> None:
        assert main(["check", str(lantern_folder)]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "lantern 1: 11 clauses in zh, en",
            "zh: 11 questions, 3 unanswerable messages",
            "en: 22 questions, 3 unanswerable messages",
            "clauses without a question: none",
        ]

    def test_it_names_the_clauses_nobody_asks_for(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        folder = write_policy(tmp_path / "lantern")
        (folder / "questions.en.yml").write_text('- {clauses: ["1", "3.1", "5"], text: all of it}\n')
        assert main(["check", str(folder)]) == 0
        last = capsys.readouterr().out.splitlines()[-1]
        assert last == "clauses without a question: 1.1, 1.2, 1.3, 2, 3, 3.2, 3.3, 4"

    def test_the_policy_of_the_product_is_the_default(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check"]) == 0
        assert capsys.readouterr().out.startswith("tancloud 2022-02-17: 135 clauses in zh, en\n")

    def test_a_wrong_question_is_named(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        folder = write_policy(tmp_path / "lantern")
        (folder / "questions.en.yml").write_text('\n- {clauses: ["8"], text: what}\n')
        error = _fails(capsys, "check", str(folder))
        assert error == "error: questions.en.yml:2: names clause 8, which the policy does not have\n"

    def test_a_folder_that_is_none_is_named(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        assert "policy.yml: cannot be read" in _fails(capsys, "check", str(tmp_path / "nowhere"))


class TestBuildAndSearch:
    def test_a_second_build_says_nothing(
        self, capsys: pytest.CaptureFixture[str], lantern_folder: Path, index: Path
    ) -> None:
        capsys.readouterr()
        assert main(["build", str(lantern_folder), *ENCODER, "--index", str(index)]) == 0
        assert capsys.readouterr().out == ""

    def test_the_index_stands_under_the_policys_name_by_default(
        self,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        folder = write_policy(tmp_path / "first-day")
        monkeypatch.chdir(tmp_path)
        assert main(["build", str(folder), *ENCODER]) == 0
        assert "Index: 11 clauses and 0 questions are ready" in capsys.readouterr().out
        assert (tmp_path / "var" / "index" / "first-day" / "edition.json").is_file()
        assert main(["search", "postal address", "--policy", str(folder), *ENCODER]) == 0

    @pytest.mark.parametrize(
        ("query", "label"), [("how do I close my account", "Article"), ("注销账号", "第")]
    )
    def test_a_search_prints_the_decision_and_clauses_in_the_querys_language(
        self,
        capsys: pytest.CaptureFixture[str],
        lantern_folder: Path,
        index: Path,
        query: str,
        label: str,
    ) -> None:
        capsys.readouterr()
        arguments = ["search", query, "--policy", str(lantern_folder), "--index", str(index), "--top", "3"]
        assert main([*arguments, *ENCODER]) == 0
        decision, *clauses = capsys.readouterr().out.splitlines()
        assert decision.split(",")[0] in {"answer", "ask_back", "not_in_policy"}
        assert len(clauses) == 3
        assert all(label in line for line in clauses)
        assert any({"en": "Article 3(B)", "zh": "第三条（二）"}[lang] in clauses[0] for lang in ("en", "zh"))

    def test_a_search_before_the_build_says_so(
        self, capsys: pytest.CaptureFixture[str], lantern_folder: Path, tmp_path: Path
    ) -> None:
        nowhere = str(tmp_path / "nowhere")
        arguments = ("search", "why", "--policy", str(lantern_folder), "--index", nowhere, *ENCODER)
        assert "build it first" in _fails(capsys, *arguments)

    def test_a_search_with_another_encoder_says_so(
        self, capsys: pytest.CaptureFixture[str], lantern_folder: Path, index: Path
    ) -> None:
        arguments = ("search", "why", "--policy", str(lantern_folder), "--index", str(index))
        assert "made by another encoder" in _fails(capsys, *arguments, "--encoder", "hash:65")

    def test_an_encoder_that_is_none_is_named(
        self, capsys: pytest.CaptureFixture[str], lantern_folder: Path, tmp_path: Path
    ) -> None:
        arguments = ("build", str(lantern_folder), "--index", str(tmp_path / "index"), "--encoder")
        assert "wants a number" in _fails(capsys, *arguments, "hash:many")
        assert not (tmp_path / "index").exists()


class TestEvaluate:
    def test_figures_are_printed_and_written(
        self, capsys: pytest.CaptureFixture[str], lantern_folder: Path, tmp_path: Path
    ) -> None:
        arguments = ["evaluate", "--policy", str(lantern_folder), "--out", str(tmp_path / "out")]
        assert main([*arguments, *ENCODER]) == 0
        printed = capsys.readouterr().out
        assert printed.rstrip().endswith((tmp_path / "out" / "figures.json").read_text())

    def test_without_questions_there_is_nothing_to_measure(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        folder = write_policy(tmp_path / "lantern")
        arguments = ("evaluate", "--policy", str(folder), "--out", str(tmp_path / "out"), *ENCODER)
        assert "has no questions to measure with" in _fails(capsys, *arguments)


@pytest.mark.parametrize("arguments", [[], ["guess"], ["search"], ["search", "x", "--top", "many"]])
def test_a_wrong_command_line_is_explained(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m knowledge" in capsys.readouterr().err


def test_as_a_process_it_ends_with_the_same_code_and_without_a_traceback(tmp_path: Path) -> None:
    folder = write_bank(write_policy(tmp_path / "lantern"))
    (folder / "questions.zh.yml").write_bytes("- {text: 手机号码}".encode("gb18030"))
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "knowledge", "check", str(folder)]
    ended = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("error: questions.zh.yml: is not YAML in UTF-8")
    assert ended.stderr.count("\n") == 1
