"""What changed inside a text: sentences first, then the words of those that differ. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from knowledge.words import JiebaWords

Op = Literal["same", "removed", "added"]

_PIECES = re.compile(
    r"([\u3400-\u4dbf\u4e00-\u9fff]+)|([^\W_\u3400-\u4dbf\u4e00-\u9fff]+(?:['’][^\W_]+)*)|(\s+)|(.)"
)
_SENTENCE = re.compile(r".*?(?:[。！？；\n]+|[.!?;]+(?=\s)\s*|$)", re.DOTALL)
# Beyond this many pieces on both sides together, a rewritten passage is shown as a whole.
_MOST_PIECES = 4000
# A rewritten passage of which less than this is kept reads better as one piece struck and one put in.
_LEAST_KEPT = 0.25


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of text that both have, only the old one had, or only the new one has."""

    op: Op
    text: str


def word_changes(old: str | None, new: str | None) -> tuple[Stretch, ...]:
    """Stretches in reading order: without the added ones they are ``old``, without the removed ones ``new``.

    Two neighbours never have the same op; what is removed stands before what came in its place. () for no texts.
    """
    before, after = _sentences(old or ""), _sentences(new or "")
    found: list[Stretch] = []
    for op, left, right in _blocks(before, after):
        if op == "equal":
            found.append(Stretch("same", "".join(left)))
        else:
            found += _words("".join(left), "".join(right))
    return tuple(_merged(found))


def _sentences(text: str) -> list[str]:
    return [piece for piece in _SENTENCE.findall(text) if piece]


def _words(old: str, new: str) -> Iterator[Stretch]:
    """The words of sentences that differ."""
    before, after = _split(old), _split(new)
    blocks = list(_blocks(before, after)) if len(before) + len(after) <= _MOST_PIECES else []
    kept = sum(len("".join(left).strip()) for op, left, _ in blocks if op == "equal")
    if kept < _LEAST_KEPT * min(len(old), len(new)):
        blocks = [("replace", [old], [new])]
    for op, left, right in blocks:
        if op == "equal":
            yield Stretch("same", "".join(left))
        else:
            yield Stretch("removed", "".join(left))
            yield Stretch("added", "".join(right))


def _split(text: str) -> list[str]:
    """Words, blanks and punctuation, nothing lost; Chinese cut by the dictionary."""
    pieces: list[str] = []
    for chinese, word, blank, other in _PIECES.findall(text):
        pieces.extend(JiebaWords.cut(chinese) if chinese else [word or blank or other])
    return pieces


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for op, start, end, new_start, new_end in matcher.get_opcodes():
        yield op, old[start:end], new[new_start:new_end]


def _merged(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Neighbours of one op joined, what was removed before what was added; a blank between changes joins them."""
    listed = [stretch for stretch in stretches if stretch.text]
    removed, added = "", ""
    same = ""
    for number, stretch in enumerate(listed):
        is_last = number == len(listed) - 1
        between = (
            stretch.op == "same"
            and not stretch.text.strip()
            and not is_last
            and listed[number + 1].op != "same"
        )
        if stretch.op == "same" and not (between and (removed or added)):
            yield from _stretches(removed, added)
            removed = added = ""
            same += stretch.text
            continue
        if same:
            yield Stretch("same", same)
            same = ""
        removed += stretch.text if stretch.op != "added" else ""
        added += stretch.text if stretch.op != "removed" else ""
    yield from _stretches(removed, added)
    if same:
        yield Stretch("same", same)


def _stretches(removed: str, added: str) -> Iterator[Stretch]:
    if removed:
        yield Stretch("removed", removed)
    if added:
        yield Stretch("added", added)
