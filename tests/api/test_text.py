"""Text from outside: broken Unicode is refused, invisible control is taken out, the rest is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.text import CleanText, refuse_broken, without_controls

CLEAN: TypeAdapter[str] = TypeAdapter(CleanText)


@pytest.mark.parametrize(
    "text",
    [
        "多久能注销？",
        "line one\nline two\r\n\tindented",
        "naïve “quotes”",
        "👨\u200d👩\u200d👧",
        "می\u200cخواهم",
        "𠮷野家",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert CLEAN.validate_python(text) == text


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("a\x00b", "ab"),
        ("\x1b[31mred\x07", "[31mred"),
        ("pay\u202eelgoog", "payelgoog"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\u2066isolated\u2069", "isolated"),
        ("\x85\x9f\x7f", ""),
    ],
)
def test_control_and_bidirectional_characters_go(given_text: str, kept: str) -> None:
    assert CLEAN.validate_python(given_text) == kept


@pytest.mark.parametrize("broken", ["\ud800", "a\udfffb"])
def test_lone_surrogates_are_refused(broken: str) -> None:
    with pytest.raises(ValidationError):
        CLEAN.validate_python(broken)
    with pytest.raises(ValueError, match="not valid Unicode"):
        refuse_broken(broken)


def test_only_text_is_text() -> None:
    for other in (1, None, ["a"], b"\xff"):
        with pytest.raises(ValidationError):
            CLEAN.validate_python(other)


@given(st.text())
def test_cleaning_is_done_once_and_only_removes(text: str) -> None:
    clean = without_controls(text)
    assert without_controls(clean) == clean
    rest = iter(text)
    assert all(character in rest for character in clean)  # a subsequence
    clean.encode("utf-8", "surrogatepass")
