"""Commands, words and languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.chat.incoming import has_words, language_of, same_words, without_commands
from knowledge.types import Language


@given(st.text(st.sampled_from("/／⁄ \t\n\u00a0\u200b\u00adrestart{}"), max_size=12))
def test_nothing_begins_like_a_command(text: str) -> None:
    plain = without_commands(text)
    assert not plain.startswith(("/", "／", " "))
    assert plain in text


@pytest.mark.parametrize("text", ["a", "好", "5", "é", "👍 ok", "あ", "Ⅷ"])
def test_words(text: str) -> None:
    assert has_words(text)


@pytest.mark.parametrize("text", ["", " ", "👍", "…", "_", "❤️", "+-=", "、。"])
def test_no_words(text: str) -> None:
    assert not has_words(text)


@pytest.mark.parametrize(
    ("text", "current", "expected"),
    [
        ("How long?", "zh", "en"),
        ("deletion", "zh", "en"),
        ("删除", "en", "zh"),
        ("删除 my data", "en", "zh"),
        ("ok", "zh", "zh"),
        ("yes", "zh", "zh"),
        ("ok", "en", "en"),
        ("12", "en", "en"),
        ("[EMAIL_1]", "zh", "zh"),
        ("[EMAIL_1] [PHONE_1]", "zh", "zh"),
        ("[EMAIL_1] please", "zh", "en"),
        ("こんにちは", "en", "en"),
    ],
)
def test_language(text: str, current: Language, expected: Language) -> None:
    assert language_of(text, current) == expected


@pytest.mark.parametrize(
    ("text", "title", "same"),
    [
        ("Carry on", "Carry on", True),
        (" carry ON. ", "Carry on", True),
        ("跳过不选", "跳过，不选", True),
        ("ＣＡＲＲＹ　ｏｎ", "Carry on", True),
        ("carry", "Carry on", False),
        ("", "", False),
        ("!!!", "???", False),
    ],
)
def test_a_title_typed_is_a_title_pressed(text: str, title: str, same: bool) -> None:
    assert same_words(text, title) is same
