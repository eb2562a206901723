"""Splits verbatim text into sentences and list items, by character offsets.

Offsets count code points; none stands inside a character with its combining marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

Offsets = tuple[int, int]

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_CLOSERS = r"[”’」』）)\"'\]】》]*"
# A Latin mark counts only before white space, so that addresses stay whole, or between Chinese words.
_END = re.compile(
    rf"[。！？；]+{_CLOSERS}|\n+|[.!?;]+{_CLOSERS}(?=\s)|(?<=[{_HAN}])[.!?;]+{_CLOSERS}(?=[{_HAN}])|$"
)
_SHORTEST = 6
_BRACKETS = {"(": ")", "（": "）", "[": "]", "【": "】", "《": "》", "“": "”", "「": "」", "『": "』"}

# "Co., Ltd. is at …", "etc. (hereinafter …)": the sentence goes on. "(b) …" is an item instead.
_GOES_ON = re.compile(r"[ \t]+(?:[(\[\"“']?[a-z](?![)）])|[,;:])")
_BEFORE_NAME = re.compile(r"(?:\b(?:e\.g|i\.e|cf|vs|Mrs?|Ms|Dr|Prof|St)|\b(?:[A-Z]\.)+[A-Z])\.$")
_BEFORE_NUMBER = re.compile(r"\b(?:Nos?|Arts?|Secs?|Figs?|Chap|pp?|approx)\.$", re.IGNORECASE)

_MARKER = re.compile(
    r"(?:^|[:：,，、;；.。])\s*(?:(?:and|or|以及|及|和|或)\s*)?"
    r"(?P<marker>[(（](?P<inner>[a-z]|\d{1,2}|[一二三四五六七八九十]{1,3})[)）]|(?P<circled>[①-⑳]))",
    re.MULTILINE,
)
_FIRST = {"a", "1", "一", "①"}


def spans(text: str) -> list[Offsets]:
    """Offsets (start, end) of the sentences, white space at the edges left out; very short ones join the next."""
    found: list[Offsets] = []
    start = 0
    for end in (*_ends(text), len(text)):
        if len(text[start:end].strip()) < _SHORTEST and end < len(text):
            continue
        left, right = _trimmed(text, start, end)
        if right > left:
            found.append((left, right))
        start = end
    return found


def _ends(text: str) -> list[int]:
    """Where a sentence ends or an item begins, in order."""
    inside = _bracketed(text)
    items = set(_items(text, inside))
    sentences = {
        match.end()
        for match in _END.finditer(text)
        if match.start() < len(text)
        and not inside[match.end() - 1]  # a closing mark that belongs to the end is outside already
        and not _goes_on(text, match.start(), match.end())
    }
    return [
        end
        for end in sorted(items | sentences)
        if 0 < end < len(text) and not unicodedata.category(text[end]).startswith("M")
    ]


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a full stop belongs to an abbreviation."""
    if text[end - 1] != ".":
        return False
    if _GOES_ON.match(text, end):
        return True
    before = text[max(0, start - 12) : end]
    following = text[end:].lstrip(" \t")[:1]
    return bool(_BEFORE_NAME.search(before) or (following.isdigit() and _BEFORE_NUMBER.search(before)))


def _items(text: str, inside: list[bool]) -> Iterator[int]:
    """Starts of the items "(a) … (b) …" of a line; a marker without a second one is a reference."""
    start = 0
    for line in text.splitlines(keepends=True):
        found = [
            match
            for match in _MARKER.finditer(text, start, start + len(line))
            if not inside[match.start("marker")]
        ]
        styles = [(match["inner"] or match["circled"]) for match in found]
        if len(found) > 1 and styles[0] in _FIRST:
            yield from (match.start("marker") for match in found)
        start += len(line)


def _bracketed(text: str) -> list[bool]:
    """For each character whether it stands between brackets or quotes that close in the same line."""
    inside = [False] * (len(text) + 1)
    opened: list[tuple[str, int]] = []
    for position, character in enumerate(text):
        if character == "\n":
            opened.clear()
        elif character in _BRACKETS:
            opened.append((_BRACKETS[character], position))
        elif opened and character == opened[-1][0]:
            _, begin = opened.pop()
            if not opened:
                inside[begin + 1 : position] = [True] * (position - begin - 1)
    return inside


def _trimmed(text: str, start: int, end: int) -> Offsets:
    """Without white space at the edges; a space that carries a combining mark is no white space."""
    while start < end and text[start].isspace() and not _carries_mark(text, start):
        start += 1
    while start < end and text[end - 1].isspace() and not _carries_mark(text, end - 1):
        end -= 1
    return start, end


def _carries_mark(text: str, position: int) -> bool:
    return unicodedata.category(text[position + 1 : position + 2] or " ").startswith("M")
