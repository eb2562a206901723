"""Text that came from outside: what is refused, what is quietly removed."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def without_controls(text: str) -> str:
    """Remove control, bidirectional and zero-width characters; keep tabs and line ends."""
    return CONTROL.sub("", text)


def refuse_broken(text: str) -> str:
    """Lone surrogates are no text: no database and no encoder takes them."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("contains characters that are not valid Unicode")
    return text


def _clean(text: str) -> str:
    return without_controls(refuse_broken(text))


CleanText = Annotated[str, AfterValidator(_clean)]
"""A string of the border: valid Unicode, control characters removed. Lengths are checked after cleaning."""
