"""Titles that a text without Markdown headings only sets in bold, in capitals or in 【brackets】."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.text.numbering import Marker
from knowledge.text.source import Line

_LONGEST = 120
_SENTENCE_END = tuple("。；;.!！？,，、")
_DEPTH = 2


def with_emphasised_headings(lines: Sequence[Line]) -> list[Line]:
    """The lines, those that look like titles made headings where nothing surer orders the text.

    Bold numbers become headings if a list in plain type has the same numbers; bold lines without a number
    if they stand before the first list and there are more of them than of its items.
    """
    looks = [_looks_like_title(line) for line in lines]
    if sum(looks) < 2 or any(line.depth for line in lines):
        return list(lines)
    marked = [line.markers() for line in lines]
    titles = [index for index, is_title in enumerate(looks) if is_title and not marked[index]]
    numbered = [index for index, is_title in enumerate(looks) if is_title and marked[index]]
    chosen: set[int] = set()
    if _counts_up([marked[index] for index in numbered]) and _restart(lines, marked, numbered):
        chosen.update(numbered)
    if not chosen and len(titles) >= 2 and _outrank(titles, marked):
        chosen.update(titles)
    return [replace(line, depth=_DEPTH) if index in chosen else line for index, line in enumerate(lines)]


def _looks_like_title(line: Line) -> bool:
    text = line.text
    if line.kind or len(text) > _LONGEST or "\n" in text or text.endswith(_SENTENCE_END):
        return False
    in_capitals = text.isupper() and sum(sign.isalpha() and sign.isascii() for sign in text) >= 4
    return line.strong or in_capitals or (text.startswith("【") and text.endswith("】"))


def _counts_up(marked: Sequence[tuple[Marker, ...]]) -> bool:
    """Whether these are the numbers 1, 2, … of one list, and perhaps others'."""
    firsts = {marker.style for found in marked for marker in found if marker.ordinal == 1}
    return any(marker.style in firsts and marker.ordinal == 2 for found in marked for marker in found)


def _restart(lines: Sequence[Line], marked: Sequence[tuple[Marker, ...]], numbered: Sequence[int]) -> bool:
    """Whether a line in plain type opens another list in a style of the bold ones."""
    styles = {marker.style for index in numbered for marker in marked[index]}
    return any(
        marker.ordinal == 1 and marker.style in styles
        for line, found in zip(lines, marked, strict=True)
        if not line.strong
        for marker in found
    )


def _outrank(titles: Sequence[int], marked: Sequence[tuple[Marker, ...]]) -> bool:
    firsts = [index for index, found in enumerate(marked) if any(marker.ordinal == 1 for marker in found)]
    if not firsts:
        return True
    ranks = {marker.rank for found in marked for marker in found if marker.ordinal == 1}
    return titles[0] < firsts[0] and min(ranks) >= 4 and (len(firsts) > 1 or len(titles) > 2)
