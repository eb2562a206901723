"""References can be read out and typed back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dsr.references import ALPHABET, new_reference, parse_reference


def test_a_new_reference_has_the_promised_form() -> None:
    drawn = {new_reference() for _ in range(200)}
    assert len(drawn) == 200
    for reference in drawn:
        prefix, first, second = reference.split("-")
        assert (prefix, len(first), len(second)) == ("DSR", 4, 4)
        assert not set(first + second) & set("ILOU")


@given(st.text(ALPHABET, min_size=8, max_size=8))
def test_what_is_given_out_is_read_back(drawn: str) -> None:
    reference = f"DSR-{drawn[:4]}-{drawn[4:]}"
    assert parse_reference(f" {reference.lower()} ") == reference


def test_letters_that_look_alike_are_put_right() -> None:
    assert parse_reference("dsr-oil0-QqXa") == "DSR-0110-QQXA"


@pytest.mark.parametrize(
    "text", ["", "DSR", "DSR-7K3M", "DSR-7K3M-Q9XAA", "ABC-7K3M-Q9XA", "DSR-7K3U-Q9XA", "'; --"]
)
def test_anything_else_is_no_reference(text: str) -> None:
    assert parse_reference(text) is None


@given(st.text(max_size=40))
def test_any_text_is_taken(text: str) -> None:
    parse_reference(text)
