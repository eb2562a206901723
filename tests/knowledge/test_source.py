"""Texts of every shape: headings, one language, wrapped lines, markup, damaged files, large files."""

from __future__ import annotations

import time

import pytest

from knowledge.errors import PolicyError
from tests.knowledge.outlines import clauses, texts


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


def test_line_numbers_count_what_is_hidden() -> None:
    text = "---\ntitle: x\n---\n\n<!-- one\ntwo -->\n\n1. Scope\n\nAll.\n"
    assert clauses(text)["1"].line == {"en": 8}


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
