"""Dates as policies write them: 2024年8月15日, 二〇二四年八月十五日, 2024-08-15, August 15th, 2024, 15 August 2024."""

from __future__ import annotations

import re
from datetime import date

from knowledge.language import normalise
from knowledge.text.numerals import han_value

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*"
_HAN_DIGITS = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_YEAR = "[〇零○一二三四五六七八九]{4}"
_PATTERNS = (
    re.compile(r"(?<!\d)(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})(?!\d)"),
    re.compile(
        rf"(?P<year>{_YEAR})年(?P<month>[一二三四五六七八九十]{{1,2}})月(?P<day>[一二三四五六七八九十]{{1,3}})日"
    ),
    re.compile(
        rf"\b(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH})\.?,?\s+(?P<year>\d{{4}})\b",
        re.IGNORECASE,
    ),
)


def find_dates(text: str) -> list[tuple[int, date]]:
    """Where in the normal form of `text` a date of the calendar begins, and which, in reading order."""
    text = normalise(text)
    found = [
        (match.start(), read)
        for pattern in _PATTERNS
        for match in pattern.finditer(text)
        if (read := _read(match)) is not None
    ]
    return sorted(found)


def _read(match: re.Match[str]) -> date | None:
    year, month, day = match["year"], match["month"], match["day"]
    if not year.isdecimal():
        year = "".join(_HAN_DIGITS[sign] for sign in year)
    try:
        return date(int(year), _month(month), han_value(day) or int(day))
    except ValueError:
        return None  # 2024-13-45


def _month(name: str) -> int:
    if name[:3].casefold() in _MONTHS:
        return _MONTHS.index(name[:3].casefold()) + 1
    return han_value(name) or int(name)
