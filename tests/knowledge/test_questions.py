"""The question bank: what a file may hold, what is refused and where, and the bank that comes with the product."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from knowledge.bank.questions import Question, QuestionBank, load_bank, wording_key
from knowledge.errors import PolicyError
from knowledge.text.policy import Policy, load_policy
from knowledge.types import LANGUAGES, Clause, Language

TANCLOUD = Path(knowledge.__file__).parent / "policies" / "tancloud"
KNOWN = ("1", "1.1", "2")


def _refusal(folder: Path, name: str, content: str | bytes) -> PolicyError:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(PolicyError) as caught:
        load_bank(folder, KNOWN)
    return caught.value


class TestReading:
    def test_every_field_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "questions.en.yml").write_text(
            '- {"clauses": ["1.1", "2"], "also": ["1"], "kind": "typo", "author": "ab", "text": " Wich data? "}\n'
        )
        (tmp_path / "questions.zh.yml").write_text('- {clauses: ["2"], text: 卖给谁}\n', "utf-8")
        (tmp_path / "unanswerable.zh.yml").write_text("- {text: 天气如何, kind: offtopic}\n", "utf-8")
        bank = load_bank(tmp_path, KNOWN)
        assert bank.answerable == (
            Question("卖给谁", "zh", ("2",), (), "plain", "unknown"),
            Question("Wich data?", "en", ("1.1", "2"), ("1",), "typo", "ab"),
        )
        assert bank.unanswerable == (Question("天气如何", "zh", (), (), "offtopic", "unknown"),)
        assert len(bank) == 3

    def test_missing_files_are_an_empty_bank(self, tmp_path: Path) -> None:
        bank = load_bank(tmp_path, KNOWN)
        assert (bank.answerable, bank.unanswerable, len(bank)) == ((), (), 0)

    @pytest.mark.parametrize("content", ["", "\n\n", "# nothing yet\n", "[]\n"])
    def test_an_empty_file_holds_no_question(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "questions.en.yml").write_text(content)
        assert len(load_bank(tmp_path, KNOWN)) == 0

    def test_a_file_with_a_byte_order_mark_and_windows_lines_is_read(self, tmp_path: Path) -> None:
        content = '# head\r\n- {clauses: ["1"], text: 为什么}\r\n- {clauses: ["2"], text: 给谁}\r\n'
        (tmp_path / "questions.zh.yml").write_bytes(b"\xef\xbb\xbf" + content.encode())
        assert [question.text for question in load_bank(tmp_path, KNOWN).answerable] == ["为什么", "给谁"]

    def test_the_digest_changes_with_every_change_of_a_file(self, tmp_path: Path) -> None:
        digests = [load_bank(tmp_path, KNOWN).sha256]
        path = tmp_path / "questions.en.yml"
        for content in ('- {clauses: ["1"], text: why}\n', '- {clauses: ["2"], text: why}\n'):
            path.write_text(content)
            digests.append(load_bank(tmp_path, KNOWN).sha256)
        path.rename(tmp_path / "questions.zh.yml")
        digests.append(load_bank(tmp_path, KNOWN).sha256)
        assert len(set(digests)) == 4
        assert load_bank(tmp_path, KNOWN).sha256 == digests[-1]


class TestRefusals:
    @pytest.mark.parametrize(
        ("entry", "reason"),
        [
            ('{clauses: ["9.9"], text: what}', "names clause 9.9, which the policy does not have"),
            ('{clauses: ["1"], also: ["7"], text: what}', "names clause 7, which the policy does not have"),
            ('{clauses: ["1"]}', "has no text"),
            ('{clauses: ["1"], text: "  "}', "has no text"),
            ('{clauses: ["1"], text: 15}', "has no text"),
            ("{text: what}", "names no clause"),
            ("{clauses: [], text: what}", "names no clause"),
            ("{clauses: [1.1], text: what}", "must be lists of clause ids in quotes"),
            ('{clauses: "1", text: what}', "must be lists of clause ids in quotes"),
            ('{clauses: ["1"], also: null, text: what}', "must be lists of clause ids in quotes"),
            ("just words", "is not a question with its fields"),
            ("[1, 2]", "is not a question with its fields"),
            ("!question {text: what}", "is not readable"),
            ("2024-13-45", "is not readable"),
            ("{[1]: what}", "is not readable"),
        ],
    )
    def test_a_wrong_entry_is_named_by_file_and_line(self, tmp_path: Path, entry: str, reason: str) -> None:
        error = _refusal(
            tmp_path, "questions.en.yml", f'# head\n- {{clauses: ["1"], text: fine}}\n- {entry}\n'
        )
        assert (error.source, error.line) == ("questions.en.yml", 3)
        assert reason in error.reason
        assert str(error).startswith("questions.en.yml:3: ")

    @pytest.mark.parametrize("field", ["clauses", "also"])
    def test_an_unanswerable_message_names_no_clause(self, tmp_path: Path, field: str) -> None:
        error = _refusal(tmp_path, "unanswerable.zh.yml", f'- {{{field}: ["1"], text: 天气}}\n')
        assert (error.source, error.line) == ("unanswerable.zh.yml", 1)
        assert "stands among the unanswerable" in error.reason

    def test_broken_yaml_is_named_by_its_line(self, tmp_path: Path) -> None:
        error = _refusal(tmp_path, "questions.en.yml", '- {clauses: ["1"], text: fine}\n- {clauses: ["1"\n')
        assert error.source == "questions.en.yml"
        assert error.line in (2, 3)  # where the list opens, or where its end was missed
        assert "\n" not in str(error)

    @pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
    def test_another_encoding_is_refused_by_the_files_name(self, tmp_path: Path, encoding: str) -> None:
        content = '- {clauses: ["1"], text: 为什么要手机号码}\n'.encode(encoding)
        assert str(_refusal(tmp_path, "questions.zh.yml", content)).startswith(
            "questions.zh.yml: is not YAML"
        )

    def test_a_file_that_is_no_list_is_refused(self, tmp_path: Path) -> None:
        error = _refusal(tmp_path, "questions.en.yml", "questions:\n- {text: what}\n")
        assert str(error) == "questions.en.yml:1: must be a list of questions"


class TestDuplicates:
    @pytest.mark.parametrize(
        "again",
        [
            "Do you sell DATA",
            "do you sell data?!",
            "Ｄo you ｓell data",
            " do  you\tsell data…",
            "doyousell data",
        ],
    )
    def test_the_same_wording_twice_names_both_places(self, tmp_path: Path, again: str) -> None:
        (tmp_path / "questions.en.yml").write_text('\n- {clauses: ["1"], text: do you sell data}\n')
        entry = f'- {{clauses: ["2"], text: other}}\n- {{clauses: ["2"], text: "{again}"}}\n'
        error = _refusal(tmp_path, "questions.zh.yml", entry)
        assert (error.source, error.line) == ("questions.en.yml", 2)  # Chinese is read first
        assert error.reason == "stands already at questions.zh.yml:2"

    def test_a_message_is_not_answerable_and_unanswerable_at_once(self, tmp_path: Path) -> None:
        (tmp_path / "questions.zh.yml").write_text('- {clauses: ["1"], text: 会卖吗？}\n', "utf-8")
        error = _refusal(tmp_path, "unanswerable.zh.yml", "- {text: 会卖吗}\n")
        assert str(error) == "unanswerable.zh.yml:1: stands already at questions.zh.yml:1"

    @pytest.mark.parametrize(
        ("left", "right", "same"),
        [
            ("５.６ＡＢ", "5.6ab", True),
            ("Straße", "STRASSE", True),
            ("会卖吗？", "会卖吗", True),
            ("会卖吗", "会买吗", False),
            ("?", "？", True),
            ("?", "!", False),
            ("👍", "👎", False),
        ],
    )
    def test_wording_key(self, left: str, right: str, same: bool) -> None:
        assert (wording_key(left) == wording_key(right)) is same

    @given(st.text())
    def test_wording_key_does_not_see_spaces_and_full_stops_around(self, text: str) -> None:
        key = wording_key(text)
        if any(character.isalnum() for character in key):
            assert wording_key(f" {text} 。") == wording_key(f"“{text}”") == key


@pytest.fixture(scope="module")
def tancloud() -> Policy:
    return load_policy(TANCLOUD)


@pytest.fixture(scope="module")
def bank(tancloud: Policy) -> QuestionBank:
    return load_bank(TANCLOUD, tancloud.clauses)  # refuses unknown clauses and wordings that stand twice


class TestTheBankOfTanCloud:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_every_clause_is_asked_for_in_each_language(
        self, tancloud: Policy, bank: QuestionBank, lang: Language
    ) -> None:
        asked = {
            item for question in bank.answerable if question.lang == lang for item in question.clause_ids
        }
        askable = {id_ for id_, clause in tancloud.clauses.items() if _says_something(clause, tancloud, lang)}
        assert len(askable) > 130
        assert askable - asked == set()

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_messages_without_an_answer_are_a_counterweight(self, bank: QuestionBank, lang: Language) -> None:
        answerable, not_answerable = (
            sum(question.lang == lang for question in part) for part in (bank.answerable, bank.unanswerable)
        )
        assert not_answerable > 0.1 * answerable

    def test_each_question_has_an_author_and_names_a_clause_once(self, bank: QuestionBank) -> None:
        for question in bank.answerable:
            named = (*question.clause_ids, *question.also)
            assert len(named) == len(set(named)), question.text
        assert {question.author for question in (*bank.answerable, *bank.unanswerable)}.isdisjoint(
            {"unknown"}
        )


def _says_something(clause: Clause, policy: Policy, lang: Language) -> bool:
    """Whether it says more in that language than its children do (the preamble is its paragraphs)."""
    below = {policy.clause(child_id).text.only(lang) for child_id in clause.child_ids}
    return any(paragraph.only(lang) and paragraph.only(lang) not in below for paragraph in clause.paragraphs)
