"""Marking questions as reviewed: the record, and the numbers in the bank."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.__main__ import main
from knowledge.bank.review import FILE, load_holdings, load_record, review
from knowledge.bank.standing import text_fingerprint
from knowledge.errors import PolicyError
from tests.knowledge.lantern import ASKED, MANIFEST, TEXT, write_bank, write_entries, write_policy
from tests.knowledge.versions import OLD, OLD_MANIFEST, OLD_TEXT

OLD_IDS = {"3.2": "3.3", "3.3": "3.2", "4": "5", "5": "6"}
RIDDLES = '# by hand\n- {text: "riddles, \'quoted\'", also: [ "6", \'3.1\' ], clauses: [ "4" ]}  # kept\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy whose new version came after the last review."""
    folder = write_bank(write_policy(tmp_path / "lantern", text=OLD_TEXT, manifest=OLD_MANIFEST))
    for lang in ("zh", "en"):
        entries = [
            {"clauses": [OLD_IDS.get(clause_id, clause_id)], "text": text}
            for clause_id, texts in ASKED.items()
            for text in texts
            if text.isascii() == (lang == "en")
        ]
        write_entries(folder / f"questions.{lang}.yml", entries)
    with (folder / "questions.en.yml").open("a") as file:
        file.write(RIDDLES)
    assert review(folder, None) == ()
    write_policy(folder / "versions" / OLD, text=OLD_TEXT, manifest=OLD_MANIFEST)
    return write_policy(folder, text=TEXT, manifest=MANIFEST)


def _ids(folder: Path) -> dict[str, list[str]]:
    """Question → clauses, as the files have them."""
    lines = [
        line
        for lang in ("zh", "en")
        for line in (folder / f"questions.{lang}.yml").read_text("utf-8").splitlines()
        if line.startswith('- {"')
    ]
    entries = [json.loads(line.removeprefix("- ")) for line in lines]
    return {entry["text"]: entry["clauses"] for entry in entries}


def test_the_first_review_records_every_clause(tmp_path: Path) -> None:
    folder = write_bank(write_policy(tmp_path / "lantern"))
    assert review(folder, None) == ()
    clauses = load_holdings(folder).store.current.clauses
    assert load_record(folder / FILE) == {id_: (text_fingerprint(clause),) for id_, clause in clauses.items()}
    assert (folder / FILE).read_text().startswith("#")


def test_all_marks_everything_and_brings_the_numbers_up_to_date(folder: Path) -> None:
    before = load_holdings(folder)
    assert set(review(folder, None)) == {"3.1", "4"}
    after = load_holdings(folder)
    assert after.flagged() == {}
    assert after.standings.moved(after.bank) == {}
    for clause_id, texts in ASKED.items():
        for text in texts:
            assert _ids(folder)[text] == [clause_id]
    assert after.questions() == before.questions()  # the same questions, so nothing is built again
    assert after.questions(OLD) == before.questions(OLD)
    texts = [text_fingerprint(policy.clause("3.1")) for policy in reversed(after.store.versions)]
    assert load_record(folder / FILE)["3.1"] == tuple(texts)


def test_every_other_character_of_the_bank_stays(folder: Path) -> None:
    review(folder, None)
    text = (folder / "questions.en.yml").read_text("utf-8")
    line = f'- {{text: "riddles, \'quoted\'", also: [ "5", \'3.1\' ], clauses: [ "4@{OLD}" ]}}  # kept\n'
    assert text.endswith("# by hand\n" + line)


def test_one_clause_at_a_time(folder: Path) -> None:
    assert review(folder, ["3.1"]) == ("3.1",)
    held = load_holdings(folder)
    assert set(held.flagged()) == {f"4@{OLD}"}
    assert review(folder, [f"4@{OLD}"]) == (f"4@{OLD}",)
    held = load_holdings(folder)
    assert held.flagged() == {}
    assert load_record(folder / FILE)[f"4@{OLD}"] == (text_fingerprint(held.store.get(OLD).clause("4")),)


def test_what_was_not_reviewed_stays_flagged(folder: Path) -> None:
    review(folder, ["4"])
    held = load_holdings(folder)
    ((name, (standing, count)),) = held.flagged().items()
    assert (name, standing.fate, standing.home, count) == ("3.1", "changed", (OLD, "3.1"), 4)
    assert review(folder, None) == ("3.1",)
    assert review(folder, None) == ()


def test_a_clause_without_anything_to_review_is_refused(folder: Path) -> None:
    before = (folder / FILE).read_bytes()
    for name in ("2", "99"):
        with pytest.raises(PolicyError, match=f"clause {name} has no questions that wait"):
            review(folder, [name])
    assert (folder / FILE).read_bytes() == before


def test_a_clause_that_is_gone_with_its_text_must_leave_the_bank(tmp_path: Path) -> None:
    folder = write_bank(write_policy(tmp_path / "lantern"))
    (folder / FILE).write_text('"7": "111111111111"\n')
    write_entries(folder / "questions.en.yml", [{"clauses": ["7"], "text": "about riddles"}])
    with pytest.raises(PolicyError, match="clause 7 is gone and no kept version has its text"):
        review(folder, None)


class TestCommands:
    def test_check_lists_what_waits_and_ends_with_3(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["check", str(folder)]) == 3
        lines = capsys.readouterr().out.splitlines()
        assert f"version {OLD}: 12 clauses, 34 of the questions serve it" in lines
        start = lines.index("review: 5 times a question names one of 2 clauses that said something else")
        assert lines[start + 1 : start + 3] == [
            "  3.1: 4 questions; the text changed, in use",
            "  4: 1 questions; the clause is gone, not in use",
        ]
        assert "  5 is 4 now" in lines

    def test_review_marks_and_check_is_content(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["review", str(folder), "--clause", "3.1", "--clause", "4"]) == 0
        assert capsys.readouterr().out == "reviewed: 3.1, 4\n"
        assert main(["check", str(folder)]) == 0
        assert main(["review", str(folder), "--all"]) == 0
        assert capsys.readouterr().out.endswith("reviewed: nothing waited for it\n")

    def test_a_wrong_clause_is_an_error(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["review", str(folder), "--clause", "77"]) == 1
        assert capsys.readouterr().err == (
            "error: reviewed.yml: clause 77 has no questions that wait for a review\n"
        )

    @pytest.mark.parametrize("options", [[], ["--all", "--clause", "2"]])
    def test_it_must_be_said_what_is_reviewed(self, folder: Path, options: list[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["review", str(folder), *options])
        assert ended.value.code == 2
