"""A question belongs to a clause's text: where it stands when the text has another number, other words, or is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.bank.review import FILE, Holdings, load_holdings, load_record
from knowledge.bank.standing import STILL_HOLDS, text_fingerprint
from knowledge.errors import PolicyError
from tests.knowledge.lantern import ASKED, MANIFEST, TEXT, write_bank, write_entries, write_policy
from tests.knowledge.versions import OLD, OLD_MANIFEST, OLD_TEXT, write_both


@pytest.fixture
def held(tmp_path: Path) -> Holdings:
    return load_holdings(write_both(tmp_path / "lantern"))


def _asked(held: Holdings, version: str | None = None) -> dict[str, str]:
    """Question → the first clause it has in that version."""
    return {question.text: question.clause_ids[0] for question in held.questions(version).answerable}


def _record(held: Holdings, version: str) -> str:
    clauses = held.store.get(version).clauses
    return "".join(f'"{id_}": "{text_fingerprint(clause)}"\n' for id_, clause in clauses.items())


class TestOlderVersions:
    def test_a_question_goes_with_its_text_to_the_number_it_has_there(self, held: Holdings) -> None:
        asked = _asked(held, OLD)
        for text in ASKED["3.2"]:
            assert asked[text] == "3.3"
        for text in ASKED["3.3"]:
            assert asked[text] == "3.2"
        for text in ASKED["5"]:
            assert asked[text] == "6"

    def test_a_question_whose_clause_says_something_else_there_is_left_out(self, held: Holdings) -> None:
        asked = _asked(held, OLD)
        assert not set(ASKED["3.1"]) & set(asked)
        assert set(asked) == {text for id_, texts in ASKED.items() if id_ != "3.1" for text in texts}

    def test_messages_nobody_answers_serve_every_version(self, held: Holdings) -> None:
        assert held.questions(OLD).unanswerable == held.bank.unanswerable

    def test_of_several_clauses_those_that_say_the_same_stay(self, tmp_path: Path) -> None:
        folder = write_both(tmp_path / "lantern")
        entry = {"clauses": ["3.1", "3.3"], "also": ["3.1", "5"], "text": "copy and correct"}
        write_entries(folder / "questions.en.yml", [entry])
        held = load_holdings(folder)
        (question,) = (q for q in held.questions(OLD).answerable if q.lang == "en")
        assert (question.clause_ids, question.also) == (("3.2",), ("6",))

    def test_nothing_waits_for_a_review_because_an_older_version_says_otherwise(self, held: Holdings) -> None:
        assert held.flagged() == {}


class TestANewVersion:
    """The bank was reviewed for what is the older version now."""

    @pytest.fixture
    def held(self, tmp_path: Path) -> Holdings:
        folder = write_policy(tmp_path / "lantern", text=OLD_TEXT, manifest=OLD_MANIFEST)
        write_bank(folder)
        # A bank written for the old version: its numbers.
        for lang in ("zh", "en"):
            path = folder / f"questions.{lang}.yml"
            renumbered = {"3.2": "3.3", "3.3": "3.2", "4": "5", "5": "6"}
            lines = path.read_text("utf-8").splitlines(keepends=True)
            path.write_text("".join(_renumbered(line, renumbered) for line in lines), "utf-8")
        game = '- {"clauses": ["4"], "also": ["1"], "text": "what about riddles"}\n'
        path.write_text(path.read_text("utf-8") + game, "utf-8")
        before = load_holdings(folder)
        (folder / FILE).write_text(_record(before, OLD), "utf-8")
        write_policy(folder / "versions" / OLD, text=OLD_TEXT, manifest=OLD_MANIFEST)
        write_policy(folder, text=TEXT, manifest=MANIFEST)
        return load_holdings(folder)

    def test_questions_go_with_their_texts(self, held: Holdings) -> None:
        asked = _asked(held)
        for clause_id, texts in ASKED.items():
            assert {asked[text] for text in texts} == {clause_id}
        assert held.standings.moved(held.bank) == {"3.2": "3.3", "3.3": "3.2", "5": "4", "6": "5"}

    def test_those_of_a_clause_that_changed_are_flagged_and_used(self, held: Holdings) -> None:
        standing, count = held.flagged()["3.1"]
        assert (standing.fate, standing.clause_id, standing.is_served, count) == ("changed", "3.1", True, 3)
        assert STILL_HOLDS < standing.likeness < 1

    def test_those_of_a_clause_that_is_gone_are_flagged_and_not_used(self, held: Holdings) -> None:
        standing, count = held.flagged()["4"]
        assert (standing.fate, standing.clause_id, standing.home, count) == ("removed", None, (OLD, "4"), 1)
        assert "what about riddles" not in _asked(held)
        assert _asked(held, OLD)["what about riddles"] == "4"
        assert set(held.flagged()) == {"3.1", "4"}

    def test_the_old_version_is_served_as_before(self, held: Holdings, tmp_path: Path) -> None:
        folder = tmp_path / "lantern"
        before = write_policy(tmp_path / "before", text=OLD_TEXT, manifest=OLD_MANIFEST)
        for name in (
            "questions.zh.yml",
            "questions.en.yml",
            "unanswerable.zh.yml",
            "unanswerable.en.yml",
            FILE,
        ):
            (before / name).write_bytes((folder / name).read_bytes())
        assert load_holdings(before).questions() == held.questions(OLD)  # so its index is not built again


def _renumbered(line: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        if f'["{old}"]' in line:
            return line.replace(f'["{old}"]', f'["{new}"]')
    return line


class TestWithoutTheOldText:
    def _held(self, tmp_path: Path, record: str) -> Holdings:
        folder = write_bank(write_policy(tmp_path / "lantern"))
        (folder / FILE).write_text(record, "utf-8")
        return load_holdings(folder)

    def test_a_clause_that_is_there_has_changed_and_one_that_is_not_is_gone(self, tmp_path: Path) -> None:
        folder = write_bank(write_policy(tmp_path / "lantern"))
        held = load_holdings(folder)
        record = _record(held, "1").replace(text_fingerprint(held.store.current.clause("2")), "0" * 12)
        (folder / FILE).write_text(record + '"7": "111111111111"\n', "utf-8")
        write_entries(folder / "questions.en.yml", [{"clauses": ["7"], "text": "about riddles"}])
        held = load_holdings(folder)
        flagged = {
            name: (standing.fate, standing.is_served) for name, (standing, _) in held.flagged().items()
        }
        assert flagged == {"2": ("changed", True), "7": ("removed", False)}
        assert "about riddles" not in _asked(held)

    def test_a_clause_nobody_has_reviewed_is_flagged_once_reviews_are_recorded(self, tmp_path: Path) -> None:
        folder = write_bank(write_policy(tmp_path / "lantern"))
        held = load_holdings(folder)
        assert held.flagged() == {}
        kept = [line for line in _record(held, "1").splitlines() if not line.startswith('"2"')]
        (folder / FILE).write_text("\n".join(kept), "utf-8")
        (found,) = load_holdings(folder).flagged().values()
        assert (found[0].fate, found[0].is_served) == ("new", True)


class TestNames:
    def test_a_slip_of_the_pen_is_refused_with_its_line(self, tmp_path: Path) -> None:
        folder = write_both(tmp_path / "lantern")
        write_entries(
            folder / "questions.en.yml", [{"clauses": ["2"], "text": "a"}, {"clauses": ["3.9"], "text": "b"}]
        )
        with pytest.raises(PolicyError, match=r"questions.en.yml:2: names clause 3\.9"):
            load_holdings(folder)

    def test_a_clause_that_only_an_older_version_has_is_none(self, tmp_path: Path) -> None:
        folder = write_both(tmp_path / "lantern")
        write_entries(folder / "questions.en.yml", [{"clauses": ["6"], "text": "where do I write"}])
        held = load_holdings(folder)
        # 6 was the contact, which is 5 now: the question went with it.
        assert _asked(held)["where do I write"] == "5"
        assert _asked(held, OLD)["where do I write"] == "6"

    def test_a_version_can_be_named_outright(self, tmp_path: Path) -> None:
        folder = write_both(tmp_path / "lantern")
        write_entries(folder / "questions.en.yml", [{"clauses": [f"3.2@{OLD}"], "text": "mend my name"}])
        held = load_holdings(folder)
        assert _asked(held)["mend my name"] == "3.3"
        assert _asked(held, OLD)["mend my name"] == "3.2"
        write_entries(folder / "questions.en.yml", [{"clauses": ["3.2@1999"], "text": "mend my name"}])
        with pytest.raises(PolicyError, match=r"names clause 3\.2@1999"):
            load_holdings(folder)


@pytest.mark.parametrize(
    "text", ["[]", "- a", '"2": 12', "2: aaaaaaaaaaaa", '"2": "xyz"', '"2": "AAAAAAAAAAAA"', "{"]
)
def test_a_record_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(PolicyError, match=FILE.replace(".", r"\.") if text != "{" else "valid YAML"):
        load_record(tmp_path / FILE)


def test_without_a_record_nothing_is_recorded(tmp_path: Path) -> None:
    assert load_record(tmp_path / FILE) == {}
