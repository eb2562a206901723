"""Outlines: what counts as a number and what is text, where a paragraph belongs, where the articles begin."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import PolicyError
from knowledge.text.numerals import han_numeral, roman_numeral
from tests.knowledge.outlines import clauses, labels, texts


def test_a_number_out_of_sequence_is_text() -> None:
    found = texts("1. First\n\n5. is not next, so it is text\n\n2. Second\n\nBody.")
    assert found == {"1": "5. is not next, so it is text", "2": "Body."}


def test_an_ambiguous_letter_is_read_by_what_follows_it() -> None:
    letters = "\n\n".join(f"{letter}. item {letter};" for letter in "abcdefghij")
    assert list(texts(f"1. Items\n\n{letters}"))[-2:] == ["1.9", "1.10"]
    romans = "\n\n".join(f"{numeral}. item {numeral};" for numeral in ("i", "ii", "iii", "iv", "v"))
    assert list(texts(f"1. Items\n\na. first\n\n{romans}\n\nb. second"))[1:] == [
        "1.1", "1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.2",
    ]  # fmt: skip
    eighth = "\n\n".join(f"{letter}. item {letter};" for letter in "abcdefgh")
    assert list(texts(f"1. Items\n\n{eighth}\n\ni. deep one\n\nii. deep two\n\n2. Next"))[-3:] == [
        "1.8.1", "1.8.2", "2",
    ]  # fmt: skip


def test_a_list_may_mix_the_marks_behind_its_numbers() -> None:
    assert list(texts("一、总则\n\n1、甲。\n\n2.乙。\n\n3）丙。\n\n(4）丁。", "zh")) == [
        "1",
        "1.1",
        "1.2",
        "1.3",
    ]
    assert texts("一、总则\n\n（一）甲。\n\n(二)乙。\n\n(三）丙。", "zh")["1.3"] == "丙。"


def test_articles_may_run_on_from_chapter_to_chapter() -> None:
    text = (
        "第一章 总则\n\n第一条 甲。\n\n第二条 乙。\n\n"
        "乙的第二段。\n\n第二章 附则\n\n第三条 丙。\n\n（一）子项。"
    )
    assert texts(text, "zh") == {
        "1": "总则", "1.1": "甲。", "1.2": "乙。\n\n乙的第二段。", "2": "附则",
        "2.1": "丙。", "2.1.1": "子项。",
    }  # fmt: skip
    assert labels(text, "zh") == ["第一章", "第一条", "第二条", "第二章", "第三条", "第三条（一）"]


def test_dotted_numbers() -> None:
    text = (
        "1. Scope\n\n1.1 Who\n\n1.1.1 You.\n\n1.1.2 Us.\n\n1.2 Where\n\n"
        "1.5 million users are text.\n\n2. Rights\n\n2.1. Access"
    )
    assert list(clauses(text)) == ["1", "1.1", "1.1.1", "1.1.2", "1.2", "2", "2.1"]
    assert labels(text)[2:4] == ["Article 1.1.1", "Article 1.1.2"]
    assert labels("一、范围\n\n1.1 谁\n\n1.2 何处", "zh") == ["第一条", "第1.1条", "第1.2条"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("第一条 总则\n\n正文。\n\n（一）甲。", "zh", ["第一条", "第一条（一）"]),
        ("Article 1: Scope\n\nBody.\n\n(a) Item.", "en", ["Article 1", "Article 1(a)"]),
        ("I. Scope\n\nBody.\n\nII. Rights\n\nA. Access.", "en", ["Article I", "Article II", "Article II(A)"]),
        ("1、范围\n\na. 甲。\n\n1) 乙。", "zh", ["第1条", "第1条a", "第1条a（1）"]),
        (
            "Part 1\n\nSection 1. Scope\n\n(a) Item.",
            "en",
            ["Part 1", "Part 1, Section 1", "Part 1, Section 1(a)"],
        ),
    ],
)
def test_labels(text: str, language: str, expected: list[str]) -> None:
    assert labels(text, language) == expected


def test_a_paragraph_after_the_last_item_closes_the_list() -> None:
    found = texts(
        "1. Ends\n\nWe keep it until:\n\na. you ask;\n\n"
        "b. the law says so.\n\nThen it goes.\n\n2. Next\n\nEnd."
    )
    assert found["1"] == "We keep it until:\n\nThen it goes."
    assert found["1.2"] == "the law says so."


@pytest.mark.parametrize(
    ("text", "own", "closing"),
    [
        ("1. Ends\n\nUntil:\n\na. asked;\n\nb. gone.\n\nThen.\n\nAnd so on.\n\n2. Next\n\nEnd.", 3, 2),
        ("1. Ends\n\na. asked;\n\nb. gone.\n\nThen it goes.\n\n2. Next\n\nEnd.", 2, 1),
        ("1. Ends\n\nUntil:\n\na. asked;\n\nMore.\n\nb. gone.\n\n2. Next\n\nEnd.", 1, 0),
        ("1. Ends\n\nFirst.\n\nSecond.\n\n2. Next\n\nEnd.", 2, 0),
    ],
)
def test_a_clause_knows_which_paragraphs_stand_after_its_items(text: str, own: int, closing: int) -> None:
    clause = clauses(text)["1"]
    assert (len(clause.paragraphs), clause.closing_paragraphs) == (own, closing)


def test_a_paragraph_in_the_middle_belongs_to_the_item_above() -> None:
    found = texts(
        "1. Ends\n\nWhen:\n\na. you ask;\n\nMore on asking.\n\nb. the law says so.\n\n2. Next\n\nEnd."
    )
    assert found["1.1"] == "you ask;\n\nMore on asking."


def test_a_title_keeps_the_body_below_it_even_as_the_last_of_its_list() -> None:
    found = clauses("1. Ends\n\na. Asking\n\nYou ask.\n\nb. Law\n\nIt says so.\n\n2. Next\n\nEnd.")
    assert found["1.2"].text.en == "It says so."
    assert found["1.2"].heading.en == "Law"
    assert found["1"].text.en == "Ends"


def test_a_paragraph_after_short_items_without_body_closes_their_list() -> None:
    found = texts("1. Data\n\nWe take:\n\na. name\n\nb. phone\n\nAll of it is needed.\n\n2. Next\n\nEnd.")
    assert found["1"] == "We take:\n\nAll of it is needed."
    assert found["1.2"] == "phone"


def test_whether_a_list_is_closed_is_one_decision_for_both_languages() -> None:
    text = (
        "一、范围\n\n包括：\n\n1、甲的信息。\n\n2、乙的信息\n\n以上均需同意。\n\n二、其他\n\n无其他内容。\n\n"
        "1. Scope\n\nThis is:\n\na. the first.\n\nb. the second.\n\n"
        "All need consent.\n\n2. Other\n\nNothing else at all."
    )
    found = clauses(text, "zh", "en")
    assert found["1"].text.as_dict() == {
        "zh": "包括：\n\n以上均需同意。",
        "en": "This is:\n\nAll need consent.",
    }


def test_a_run_in_title_is_a_heading_and_stays_in_the_text() -> None:
    found = clauses("1. Rights\n\na. Copies: write to us and we send them.")
    assert found["1.1"].heading.en == "Copies"
    assert found["1.1"].text.en == "Copies: write to us and we send them."


def test_a_number_alone_on_its_line_takes_the_text_below() -> None:
    assert texts("Article 1\n\nScope of this.\n\nArticle 2\n\nRights.") == {
        "1": "Scope of this.",
        "2": "Rights.",
    }
    with pytest.raises(PolicyError, match="clause 2 has a number but no text") as caught:
        texts("1. Scope\n\nBody.\n\n2.")
    assert caught.value.line == 5


@pytest.mark.parametrize(
    "contents",
    [
        "Contents\n\n1. Scope of it\n\n2. Your rights\n",
        "This tells you about:\n\n1. Scope of it\n2. Your right\n",
        "- [Scope of it](#scope)\n- [Your rights](#rights)\n",
        "Scope of it ........ 3\n\nYour rights ........ 14\n",
        "1. Scope of it\n\n(a) Who\n\n2. Your rights\n",
    ],
)
def test_a_table_of_contents_is_no_clause(contents: str) -> None:
    text = (
        f"Welcome to our policy.\n\n{contents}\nRead it well.\n\n"
        f"1. Scope of it\n\nAll.\n\n(a) Who\n\nYou.\n\n"
        "2. Your rights\n\nMany.\n"
    )
    found = texts(text)
    assert {id_: found[id_] for id_ in ("0.1", "0.2", "1", "2")} == {
        "0.1": "Welcome to our policy.", "0.2": "Read it well.", "1": "All.", "2": "Many.",
    }  # fmt: skip
    assert "0.3" not in found


def test_articles_that_restart_after_bare_ones_are_no_table_of_contents() -> None:
    found = texts("1. We keep data.\n\n2. We share nothing.\n\nNamely\n\n1. Couriers\n\n2. Banks")
    assert list(found) == ["1", "2"]
    assert found["1"] == "We keep data."


def test_a_hint_tells_a_list_in_the_preamble_from_the_articles() -> None:
    text = "In short:\n\n1. We keep little.\n\n2. You decide.\n\n1. Scope\n\nAll.\n\n2. Rights\n\nMany."
    found = texts(text, articles_start_with={"en": "1. Scope"})
    assert found["0.2"] == "1. We keep little."
    assert found["2"] == "Many."
    with pytest.raises(PolicyError, match=r"no line starts with '1\. Nowhere'"):
        texts(text, articles_start_with={"en": "1. Nowhere"})


@pytest.mark.parametrize(
    "top",
    [
        "---\ntitle: x\n---\n\n# Sample Policy\n\n> Last updated: February 17, 2022\n",
        "Sample Policy\n\nEffective date: 2022-02-17\n",
        "Sample Policy\n=============\n\nVersion of 17 February 2022\n",
        "<!-- draft\nof 2021 -->\n<h1>Sample Policy</h1>\n",
    ],
)
def test_title_and_date_are_no_paragraph_of_the_preamble(top: str) -> None:
    found = texts(f"{top}\nWelcome.\n\n1. Scope\n\nAll.\n")
    assert found["0.1"] == "Welcome."
    assert "0.2" not in found


_TREES: st.SearchStrategy[list[object]] = st.recursive(
    st.just([]), lambda children: st.lists(children, min_size=1, max_size=12), max_leaves=60
)
_ZH_MARKS = ("{han}、", "（{han}）", "{n}、", "（{n}）", "{n}）")
_EN_MARKS = ("{n}. ", "{upper}. ", "{lower}. ", "({roman}) ", "({n}) ")


def _write(tree: list[object], marks: tuple[str, ...], word: str, path: tuple[int, ...] = ()) -> list[str]:
    """The tree as paragraphs: an item per node, ending in a full stop so that it is no title."""
    lines = []
    for n, children in enumerate(tree, 1):
        here = (*path, n)
        mark = marks[len(path)].format(
            n=n, han=han_numeral(n), upper=chr(64 + n), lower=chr(96 + n), roman=roman_numeral(n)
        )
        lines.append(f"{mark}{word} {'-'.join(map(str, here))}.")
        assert isinstance(children, list)
        lines += _write(children, marks, word, here)
    return lines


def _depth(tree: list[object]) -> int:
    return 1 + max((_depth(children) for children in tree if isinstance(children, list)), default=0)


@settings(max_examples=150, deadline=None)
@given(_TREES.filter(lambda tree: bool(tree) and _depth(tree) <= 6))
def test_any_outline_written_in_both_languages_reads_back(tree: list[object]) -> None:
    text = "\n\n".join([*_write(tree, _ZH_MARKS, "条款内容"), *_write(tree, _EN_MARKS, "The words of")])
    found = clauses(text, "zh", "en")
    for clause in found.values():
        said = clause.id.replace(".", "-")
        assert clause.text.as_dict() == {"zh": f"条款内容 {said}.", "en": f"The words of {said}."}
        assert clause.text.get("zh") in text
    assert len(found) == len(_write(tree, _ZH_MARKS, ""))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="一二三、（）()1234.ab ivⅰⅱ#>-*\n第条Article内容。：", max_size=300))
def test_any_text_is_read_word_for_word_or_refused(text: str) -> None:
    try:
        found = clauses(text, "zh")
    except PolicyError:
        return
    visible = text.replace("*", "")
    for clause in found.values():
        assert clause.text.get("zh")
        for paragraph in clause.paragraphs:
            assert paragraph.get("zh").replace("*", "") in visible
        assert all(child in found for child in clause.child_ids)
