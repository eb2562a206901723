"""Sentences by offsets: nothing lost, nothing twice, nothing changed."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from knowledge.index.sentences import spans
from knowledge.text.policy import load_policy
from knowledge.types import LANGUAGES

PIECES = st.sampled_from(
    [*"ab .,;!?。！？；\n\t”’)』（", "\u3000", "注销账号", "copy", "a.b@example.com", "e.g. ", "15", "..."]
)
written = st.lists(PIECES, max_size=40).map("".join)


def _pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


@given(written | st.text())
def test_all_but_white_space_is_in_one_span_in_order(text: str) -> None:
    found = spans(text)
    assert all(start < end for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    edges = [0, *(edge for span in found for edge in span), len(text)]
    between = [text[edges[at] : edges[at + 1]] for at in range(0, len(edges), 2)]
    assert not any(gap.strip() for gap in between)


@given(written)
def test_no_span_has_white_space_at_its_edges(text: str) -> None:
    assert all(piece == piece.strip() != "" for piece in _pieces(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们收集手机号码。不用于广告！为什么呢？", ["我们收集手机号码。", "不用于广告！", "为什么呢？"]),
        ("他说：“我们从不出售。”然后注销了账号。", ["他说：“我们从不出售。”", "然后注销了账号。"]),
        ("We keep it. You may ask! Why so?", ["We keep it.", "You may ask!", "Why so?"]),
        ('We "delete." Then we rest.', ['We "delete."', "Then we rest."]),
        ("甲项：收集地址；\n乙项：收集号码；", ["甲项：收集地址；", "乙项：收集号码；"]),
        ("first item; second item; third", ["first item;", "second item;", "third"]),
        ("Line without stop\nNext line here", ["Line without stop", "Next line here"]),
        ("Our products 我们的产品。Next one follows.", ["Our products 我们的产品。", "Next one follows."]),
    ],
)
def test_sentences_and_items_of_both_scripts(text: str, expected: list[str]) -> None:
    assert _pieces(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Write to first.last@mail.example.com for a copy",
        "请写信到privacy.team@example.cn索取副本",
        "See https://www.example.com/a.b?c=d;e for more",
        "Version 2.10 keeps 3.5 kilobytes",
    ],
)
def test_addresses_and_numbers_stay_whole(text: str) -> None:
    assert _pieces(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No. We never sell it.", ["No. We never sell it."]),
        ("是。我们收集手机号码。", ["是。我们收集手机号码。"]),
        ("We never sell it. No.", ["We never sell it.", "No."]),  # nothing follows that it could join
    ],
)
def test_a_very_short_sentence_joins_the_next(text: str, expected: list[str]) -> None:
    assert _pieces(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Lantern Books Co., Ltd. (hereinafter the shop) sells books.",
        "The address of Lantern Books Ltd. is: No. 35, High Street.",
        "We use logs, cookies, etc. with your consent.",
        "We share data (see e.g. Google) with vendors, e.g. Google Maps.",
        "Ask Dr. Smith or the U.S. Office about it.",
        "You may ask us (by mail. By phone; by visit) for a copy.",
        "您可以索取副本（写信给我们。或者打电话；或者来访）并保存。",
    ],
)
def test_abbreviations_and_brackets_do_not_end_a_sentence(text: str) -> None:
    assert _pieces(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Not covered: (a) search words; (b) your reviews.",
            ["Not covered:", "(a) search words;", "(b) your reviews."],
        ),
        ("We keep (1) phone numbers, (2) addresses.", ["We keep (1) phone numbers, (2) addresses."]),
        ("We keep: (1) phones, and (2) addresses.", ["We keep:", "(1) phones, and", "(2) addresses."]),
        (
            "以下不适用：（一）搜索的关键字，（二）发布的评价。",
            ["以下不适用：", "（一）搜索的关键字，", "（二）发布的评价。"],
        ),
        ("我们收集：①手机号码②收货地址。", ["我们收集：①手机号码②收货地址。"]),
        ("我们会收集：①手机号码，②收货地址。", ["我们会收集：", "①手机号码，", "②收货地址。"]),
        ("您可按（一）中的方式撤回授权。", ["您可按（一）中的方式撤回授权。"]),  # a reference, not an item
        ("See Article 3, (b) for more of that.", ["See Article 3, (b) for more of that."]),
        ("我们收集手机号码.不用于广告!您可以拒绝.", ["我们收集手机号码.", "不用于广告!", "您可以拒绝."]),
        ("We stopped using it. (b) Logs are kept.", ["We stopped using it.", "(b) Logs are kept."]),
        ("One is kept.\r\nTwo is kept.", ["One is kept.", "Two is kept."]),
    ],
)
def test_items_of_a_list_stand_alone(text: str, expected: list[str]) -> None:
    assert _pieces(text) == expected


MARKED = st.sampled_from(
    ["e\u0301", "。\u0301", " \u0301", "\u0301", ". ", "。", "😀", "👩\u200d💻", "abc ", "地址", "\n"]
)


@given(st.lists(MARKED, max_size=30).map("".join))
def test_no_span_parts_a_character_from_its_marks(text: str) -> None:
    for start, end in spans(text):
        assert start == 0 or not unicodedata.category(text[start]).startswith("M")
        assert end == len(text) or not unicodedata.category(text[end]).startswith("M")


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u3000\t"])
def test_nothing_has_no_sentence(text: str) -> None:
    assert spans(text) == []


def test_the_policys_clauses_fall_into_sentences() -> None:
    policy = load_policy(Path(knowledge.__file__).parent / "policies" / "tancloud")
    for lang in LANGUAGES:
        text = policy.clause("10").text.get(lang)
        assert len(spans(text)) > 1, text
