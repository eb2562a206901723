"""Splits verbatim text into sentences and list items, by character offsets."""

from __future__ import annotations

import re

# Ends of sentences in both scripts; a full stop counts only before white space, so that addresses stay whole.
_END = re.compile(r"[。！？；\n]+[”’」』）)\"']*|[.!?;]+[”’)\"']*(?=\s)|$")
_SHORTEST = 6


def spans(text: str) -> list[tuple[int, int]]:
    """Offsets (start, end) of the sentences, white space at the edges left out; very short ones join the next."""
    found: list[tuple[int, int]] = []
    start = 0
    for end in _END.finditer(text):
        piece = text[start : end.end()]
        if len(piece.strip()) < _SHORTEST and end.end() < len(text):
            continue
        left = start + len(piece) - len(piece.lstrip())
        right = left + len(piece.strip())
        if right > left:
            found.append((left, right))
        start = end.end()
        if start >= len(text):
            break
    return found
