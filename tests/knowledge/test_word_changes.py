"""The words that changed inside a clause."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text.word_changes import Stretch, word_changes

SAME, GONE, CAME = "same", "removed", "added"


@pytest.mark.parametrize(
    ("old", "new", "stretches"),
    [
        (
            "我们在十五天内发给您。地址只用于配送。",
            "我们在三十天内发给您。地址只用于配送。",
            [(SAME, "我们在"), (GONE, "十五天"), (CAME, "三十天"), (SAME, "内发给您。地址只用于配送。")],
        ),
        (
            "We send it within fifteen days. Write to us.",
            "We send it within 30 working days. Write to us.",
            [
                (SAME, "We send it within "),
                (GONE, "fifteen"),
                (CAME, "30 working"),
                (SAME, " days. Write to us."),
            ],
        ),
        (
            "We share with couriers.",
            "We share with couriers and banks.",
            [(SAME, "We share with couriers"), (CAME, " and banks"), (SAME, ".")],
        ),
        (
            "第一句话在这里。第二句话在那里。第三句话在后面。",
            "第一句话在这里。第三句话在后面。",
            [(SAME, "第一句话在这里。"), (GONE, "第二句话在那里。"), (SAME, "第三句话在后面。")],
        ),
        (  # a sentence that has little in common is struck as a whole, not torn into crumbs
            "Keep it. We sell the data of our users to nobody.",
            "Keep it. Only a court may order us to hand anything over.",
            [
                (SAME, "Keep it. "),
                (GONE, "We sell the data of our users to nobody."),
                (CAME, "Only a court may order us to hand anything over."),
            ],
        ),
        ("Write to a@example.com.", "Write to b@example.com.", None),
        ("", "全新的条款。", [(CAME, "全新的条款。")]),
        ("旧条款。", None, [(GONE, "旧条款。")]),
        ("the same", "the same", [(SAME, "the same")]),
        (None, None, []),
    ],
)
def test_the_words(old: str | None, new: str | None, stretches: list[tuple[str, str]] | None) -> None:
    found = word_changes(old, new)
    if stretches is not None:
        assert [(stretch.op, stretch.text) for stretch in found] == stretches
    else:
        changed = "".join(stretch.text for stretch in found if stretch.op != SAME)
        assert changed == "ab"


def test_a_very_long_clause_is_compared_sentence_by_sentence() -> None:
    old = " ".join(f"Sentence number {number} stands here." for number in range(3000))
    found = word_changes(old, old.replace("number 1500 stands", "number 1500 stood"))
    assert [(s.op, s.text) for s in found if s.op != SAME] == [(GONE, "stands"), (CAME, "stood")]


_TEXTS = st.text(st.sampled_from("ab我们您的信息 。.;!\n，1"), max_size=40) | st.text(max_size=20)


@given(_TEXTS, _TEXTS)
def test_both_texts_can_be_read_from_it(old: str, new: str) -> None:
    found = word_changes(old, new)
    assert _text(found, GONE) == old
    assert _text(found, CAME) == new
    assert all(first.op != second.op for first, second in pairwise(found))
    assert all(stretch.text for stretch in found)
    if old == new:
        assert {stretch.op for stretch in found} <= {SAME}


def _text(stretches: tuple[Stretch, ...], op: str) -> str:
    return "".join(stretch.text for stretch in stretches if stretch.op in (SAME, op))
