"""Outlines of texts of every shape: what counts as a number, what is text, and where a paragraph belongs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import PolicyError
from knowledge.manifest import parse_manifest
from knowledge.numbering import han_numeral, han_value, readings, roman_numeral, roman_value
from knowledge.policy import parse_policy
from knowledge.types import Clause


def clauses(text: str | bytes, *languages: str, **entries: object) -> dict[str, Clause]:
    """The clauses of a text in these languages, English if none is given."""
    manifest = {
        "id": "sample",
        "version": "1",
        "effective_date": "2024-01-01",
        "languages": list(languages or ("en",)),
        "title": {"zh": "示例政策", "en": "Sample Policy"},
    }
    data = text if isinstance(text, bytes) else text.encode()
    return dict(parse_policy(data, parse_manifest(manifest | entries)).clauses)


def texts(text: str | bytes, language: str = "en", **entries: object) -> dict[str, str]:
    return {id_: clause.text.get("en") for id_, clause in clauses(text, language, **entries).items()}


def labels(text: str, language: str = "en") -> list[str]:
    return [clause.label.get("en") for clause in clauses(text, language).values()]


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("一、总则", [("han", 1)]),
        ("（十一）总则", [("han", 11)]),
        ("(七）总则", [("han", 7)]),
        ("1、总则", [("decimal", 1)]),
        ("１．总则", [("decimal", 1)]),
        ("1.总则", [("decimal", 1)]),
        ("（1）总则", [("decimal", 1)]),
        ("12) Rules", [("decimal", 12)]),
        ("A. Rules", [("upper", 1)]),
        ("i. Rules", [("lower", 9), ("roman", 1)]),
        ("ⅻ. Rules", [("roman", 12)]),
        ("Ⅳ、总则", [("Roman", 4)]),
        ("(xiv) Rules", [("roman", 14)]),
        ("③ Rules", [("circled", 3)]),
        ("第二十一条 总则", [("unit", 21)]),
        ("第3章：总则", [("unit", 3)]),
        ("ARTICLE IV. Rules", [("unit", 4)]),
        ("Section 12", [("unit", 12)]),
        ("3.2.1 Rules", [("dotted", 1)]),
        ("3.2总则", [("dotted", 2)]),
    ],
)
def test_markers(line: str, expected: list[tuple[str, int]]) -> None:
    assert [(marker.style.kind, marker.ordinal) for marker in readings(line)] == expected


@pytest.mark.parametrize(
    "line",
    [
        "e.g. a name",
        "i.e. the address",
        "3.14 is a number",
        "2022. A year",
        "第三方服务",
        "第一条约定的方式",
        "Section 5 of the law says so.",
        "Articles of association",
        "10 Downing Street",
        "iiv. is no numeral",
        "十 is ten",
        "(see below)",
        "",
    ],
)
def test_what_only_looks_like_a_marker(line: str) -> None:
    accepted = [marker for marker in readings(line) if marker.style.kind != "dotted"]
    assert accepted == []


@given(st.integers(1, 399))
def test_numerals_read_back(value: int) -> None:
    assert han_value(han_numeral(value)) == value
    assert roman_value(roman_numeral(value)) == value


# --- sequence -------------------------------------------------------------------------------------


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


# --- where a paragraph belongs --------------------------------------------------------------------


def test_a_paragraph_after_the_last_item_closes_the_list() -> None:
    found = texts(
        "1. Ends\n\nWe keep it until:\n\na. you ask;\n\n"
        "b. the law says so.\n\nThen it goes.\n\n2. Next\n\nEnd."
    )
    assert found["1"] == "We keep it until:\n\nThen it goes."
    assert found["1.2"] == "the law says so."


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


# --- before the articles --------------------------------------------------------------------------


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
    found = texts("1. We keep data.\n\n2. We share nothing.\n\nAnnex\n\n1. Couriers\n\n2. Banks")
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


# --- other shapes ---------------------------------------------------------------------------------


def test_markdown_headings_with_numbers() -> None:
    text = (
        "# Sample\n\nHello.\n\n## 1 Scope\n\nAll.\n\n### 1.1 Who\n\n"
        "You.\n\n## 2. Rights\n\nMany.\n\n1. see;\n2. copy."
    )
    assert texts(text) == {
        "0": "Hello.", "0.1": "Hello.", "1": "All.", "1.1": "You.", "2": "Many.",
        "2.1": "see;", "2.2": "copy.",
    }  # fmt: skip


def test_numbered_headings_may_restart_one_level_down_and_waver_in_depth() -> None:
    text = (
        "# 一、范围\n\n全部。\n\n## 1、谁\n\n您。\n\n## 2、何处\n\n"
        "此处。\n\n## 二、权利\n\n很多。\n\n## 1、查看\n\n可以。"
    )
    assert list(texts(text, "zh")) == ["1", "1.1", "1.2", "2", "2.1"]
    assert list(texts("## 1. A\n\nx.\n\n### 1. B\n\ny.\n\n### 2. C\n\nz.\n\n## 2. D\n\nw.")) == [
        "1",
        "1.1",
        "1.2",
        "2",
    ]


def test_markdown_headings_without_numbers() -> None:
    text = "# Sample\n\nHello.\n\n## Scope\n\nAll.\n\n### Who\n\nYou.\n\nThem.\n\n## Rights\n\nMany."
    found = clauses(text)
    assert {id_: clause.text.en for id_, clause in found.items()} == {
        "0": "Hello.", "0.1": "Hello.", "1": "Scope", "1.1": "All.", "1.2": "Who", "1.2.1": "You.",
        "1.2.2": "Them.", "2": "Rights", "2.1": "Many.",
    }  # fmt: skip
    assert found["1.2.2"].label.en == "Section 1.1, paragraph 2"
    assert found["1.2.2"].heading.en == "Who"


def test_numbered_lists_under_unnumbered_headings() -> None:
    text = "# Collection\n\nWe take:\n\n1. name;\n2. phone.\n\nNo more.\n\n# Sharing\n\n1. Nobody."
    assert texts(text) == {
        "1": "We take:\n\nNo more.", "1.1": "name;", "1.2": "phone.", "2": "Sharing", "2.1": "Nobody.",
    }  # fmt: skip


def test_no_heading_and_no_number_at_all() -> None:
    found = clauses("我们收集很少的信息。\n您可以随时查看。\n\n您可以删除。", "zh")
    assert {id_: clause.text.zh for id_, clause in found.items()} == {
        "1": "我们收集很少的信息。", "2": "您可以随时查看。", "3": "您可以删除。",
    }  # fmt: skip
    assert found["3"].label.as_dict() == {"zh": "第3段", "en": None}


def test_one_language_leaves_the_other_empty() -> None:
    clause = clauses("一、范围\n\n全部。", "zh")["1"]
    assert clause.text.as_dict() == {"zh": "全部。", "en": None}
    assert clause.label.as_dict() == {"zh": "第一条", "en": None}
    assert clause.text.get("en") == "全部。"


def test_english_may_come_first() -> None:
    found = clauses(
        "1. Scope\n\nAll of it.\n\n2. Rights\n\nMany.\n\n一、范围\n\n全部内容。\n\n二、权利\n\n很多。",
        "en",
        "zh",
    )
    assert found["2"].heading.as_dict() == {"zh": "权利", "en": "Rights"}


def test_the_border_between_languages_can_be_given() -> None:
    text = "1. IMEI, MAC, IDFA\n\nUUID OPEN UDID.\n\n一、标识\n\n甲。"
    found = clauses(text, "en", "zh", second_language_starts_with="一、")
    assert found["1"].text.as_dict() == {"zh": "甲。", "en": "UUID OPEN UDID."}


def test_wrapped_english_lines_are_one_paragraph_and_chinese_lines_are_not() -> None:
    long = "We keep your name, your phone number and your address for as long as\nyou stay, and no longer."
    assert texts(f"1. Keeping\n\n{long}")["1"] == long
    assert texts("一、保存\n我们保存。\n我们删除。", "zh")["1"] == "我们保存。\n\n我们删除。"


def test_comments_tags_and_marks_are_not_text() -> None:
    text = (
        "<!-- 1. old\n\n2. older -->\n\n**1. Scope**\n\n<p>All of <b>it</b>.</p>\n\n---\n\n"
        "1\\. is text, write to <dpo@example.com> if 3 < 4\n\n"
        "<style>\n2. nothing\n</style>\n\n2. Rights<br>Many."
    )
    assert texts(text) == {
        "1": "All of it.\n\n1. is text, write to <dpo@example.com> if 3 < 4", "2": "Many.",
    }  # fmt: skip


@pytest.mark.parametrize("damage", ["crlf", "cr", "bom", "spaces"])
def test_line_ends_byte_order_marks_and_spaces_do_not_matter(damage: str) -> None:
    text = "一、范围\n\n全部。\n\n（一）甲。\n\n二、权利\n\n很多。\n"
    damaged = {
        "crlf": text.replace("\n", "\r\n"),
        "cr": text.replace("\n", "\r"),
        "bom": "\ufeff" + text,
        "spaces": text.replace("\n", " \u3000\n\t\u3000"),
    }[damage]
    assert texts(damaged, "zh") == texts(text, "zh") == {"1": "全部。", "1.1": "甲。", "2": "很多。"}


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "languages", "line", "reason"),
    [
        (b"", ["en"], None, "the text is empty"),
        (b"\n \n", ["en"], None, "the text is empty"),
        (b"<!-- only -->", ["en"], None, "no visible paragraph"),
        (b"# Sample Policy\n", ["en"], None, "no paragraph below its title"),
        ("一、范围\n\n全部。\n".encode("gb18030"), ["zh"], 1, "not UTF-8"),
        (b"1. Scope\n\nAll.\n", ["zh", "en"], None, "no part of it is in zh"),
        (
            "一、范围\n\n甲：\n\n1、子。\n\n2、丑。\n\n1. Scope\n\n"
            "The following:\n\na. first one.\n".encode(),
            ["zh", "en"],
            7,
            r"clause 1\.2 stands here in zh, but there is none in en",
        ),
        (
            "一、范围\n\n甲。\n\n1. Scope\n\nThe first.\n\nThe second one.\n".encode(),
            ["zh", "en"],
            9,
            "paragraphs that follow in clause 1 are 1 in zh but 2 in en",
        ),
        (
            "欢迎。\n\n一、范围\n\n甲。\n\n1. Scope\n\nThe first.\n".encode(),
            ["zh", "en"],
            1,
            "clause 0 are 1 in zh but 0 in en",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_line_and_reason(
    data: bytes, languages: list[str], line: int | None, reason: str
) -> None:
    with pytest.raises(PolicyError, match=reason) as caught:
        clauses(data, *languages)
    assert caught.value.line == line


# --- size -----------------------------------------------------------------------------------------


_ARTICLES = "\n\n".join(f"{i}. Title {i}\n\nBody {'word ' * 190}of {i}." for i in range(1, 999))


# Ten megabytes of ordinary text, and less of what would bite if anything were quadratic.
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_ARTICLES * 10, id="articles"),
        pytest.param(
            "1. Title\n\n" + "this is a line wrapped by hand, as long as such lines are,\n" * 160_000,
            id="wrapped",
        ),
        pytest.param("a short line of text\n\n" * 90_000 + "1. Scope\n\nAll.", id="preamble"),
        pytest.param("1. Title of it\n\n" * 90_000, id="restarts"),
        pytest.param("i. Title of it\n\n" * 30_000, id="ambiguous"),
        pytest.param("1. " + "word " * 2_000_000, id="one line"),
        pytest.param("1. Scope\n\n" + "<!-- " * 400_000, id="open comments"),
    ],
)
def test_large_texts_take_seconds(text: str) -> None:
    started = time.perf_counter()
    assert clauses(text)
    assert time.perf_counter() - started < 30


# --- property -------------------------------------------------------------------------------------

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
    visible = text.replace("**", "")
    for clause in found.values():
        assert clause.text.get("zh")
        for paragraph in clause.paragraphs:
            assert paragraph.get("zh") in visible
        assert all(child in found for child in clause.child_ids)
