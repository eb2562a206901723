"""One plain character for each written one, so that positions in the folded text hold in the original."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_BLANKS = str.maketrans("\t\v\f\x1c\x1d\x1e\x1f", " " * 7)
_DASHES = frozenset("‐‑‒–—―−﹣－ー")


def fold(text: str) -> str:
    """Full-width and other digits, letters, spaces and dashes as ASCII; the length stays the same."""
    return text.translate(_BLANKS) if text.isascii() else "".join(map(_fold, text))


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    if character in _DASHES:
        return "-"
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character.isspace() and character not in "\r\n\u2028\u2029":
        return " "
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 and plain.isascii() else character
