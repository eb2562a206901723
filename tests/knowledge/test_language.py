"""Language detection and the normal form for searching."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.language import condensed, detect, normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("多久能注销？", "zh"),
        ("delete my data", "en"),
        ("可以用 third-party account 直接 login 吗", "zh"),
        ("ＩＰ地址 IMEI MAC OPEN UDID 会收集吗", "zh"),
        ("does 注销 also delete my orders and invoices?", "en"),
        ("What is TanCloud's e-mail?", "en"),
        ("𠮷野家的条款", "zh"),
        ("", "zh"),
        ("2022-02-17 ?!", "zh"),
    ],
)
def test_detects_by_share_of_han(text: str, expected: str) -> None:
    assert detect(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Ｃｏｏｋｉｅ\u3000政策\n\t（一）  ", "Cookie 政策 (一)"),
        ("ⅲ. ①", "iii. 1"),
        ("", ""),
        ("half \ud800 a character", "half \ufffd a character"),
        ("\ud83d\ude00", "😀"),  # both halves, apart
        ("\ufeffx", "\ufeffx"),
    ],
)
def test_normalises_width_and_space(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()


@given(st.text(alphabet="的一是不了人我在有他", min_size=1), st.text(alphabet="0123456789 .,!?", max_size=20))
def test_digits_and_punctuation_do_not_sway_it(han: str, noise: str) -> None:
    assert detect(noise + han + noise) == "zh"


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    text = "I bought it in May. " + "and then " * 300 + "So can you delete my data?"
    short = condensed(text, 100)
    assert len(short) == 100
    assert short.startswith("I bought it in May.")
    assert short.endswith("So can you delete my data?")
    assert condensed(short, 100) == short
