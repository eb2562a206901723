"""Passport numbers: told by their form, or by the word beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ALONE = r"(?<![A-Za-z0-9])(?<![A-Za-z0-9][-_])"
_ENDS = r"(?![A-Za-z0-9])(?![-_][A-Za-z0-9])"
_CHINESE = re.compile(rf"{_ALONE}[EG]\d{{8}}{_ENDS}")
_ANY = r"(?:[A-Z]{1,2} ?\d{7,8}|[EG][ -]?\d{4}[ -]\d{4})"
_AFTER_WORD = re.compile(rf"(?:护照|passport)[^\d\r\n]{{0,20}}?{_ALONE}({_ANY}){_ENDS}", re.IGNORECASE)
_BEFORE_WORD = re.compile(
    rf"{_ALONE}({_ANY})(?=[^\w\r\n]{{0,3}}(?:(?:is|这)?[^\w\r\n]?(?:是|my|我的?){{0,3}})[^\w\r\n]?(?:护照|passport))",
    re.IGNORECASE,
)


def passports(plain: str) -> Iterator[tuple[str, int, int]]:
    """(number, start, end) of each in a folded text."""
    for match in _CHINESE.finditer(plain):
        yield match.group(), match.start(), match.end()
    for pattern in (_AFTER_WORD, _BEFORE_WORD):
        for match in pattern.finditer(plain):
            yield re.sub(r"[ -]", "", match.group(1)).upper(), match.start(1), match.end(1)
