"""Which beginnings of a line can be read as numbers, and as which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text.numbering import readings
from knowledge.text.numerals import han_numeral, han_value, roman_numeral, roman_value


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
