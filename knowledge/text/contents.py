"""Finding a table of contents by what it is: a run of lines that repeats the articles' titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from knowledge.text.numbering import Marker, Style, readings
from knowledge.text.source import Line

# Tables of contents go stale ("share, transfer and disclose" against "or disclose"), so likeness is enough.
_ALIKE = 0.6
_LONGEST_TITLE = 200
_MOST_TITLES = 300
# Contents may be listed twice, short and long; a list restarting more often is no table of contents.
_MOST_CONTENTS = 3
_SENTENCE_END = tuple("。.！!？?")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_LEADER = re.compile(r"[\s.…·]*\d*\s*$")


def first_run(lines: Sequence[Line], marked: Sequence[tuple[Marker, ...]], root: Style) -> int:
    """Index of the first article: where the outermost numbering starts, or restarts after a contents list."""
    starts = [i for i, found in enumerate(marked) if any(m.style == root and m.ordinal == 1 for m in found)]
    for earlier, later in pairwise(starts[:_MOST_CONTENTS]):
        entries = _entries(marked, root, earlier, later)
        listed = [marker.rest for _, marker in entries]
        articles = [marker.rest for _, marker in _entries(marked, root, later, len(marked))]
        if not _repeats(listed, articles) or _holds_text(lines, entries):
            return earlier
    return starts[:_MOST_CONTENTS][-1]


def without_contents(preamble: Sequence[Line], titles: Sequence[str]) -> list[Line]:
    """The preamble without runs of two or more lines that repeat titles, nor the line leading into one."""
    short = [title for title in titles if len(title) <= _LONGEST_TITLE][:_MOST_TITLES]
    nearest = len(preamble) - 2 * _MOST_TITLES
    listed = [i >= nearest and _is_listed(line, short) for i, line in enumerate(preamble)]
    runs = [
        here and ((i > 0 and listed[i - 1]) or (i + 1 < len(listed) and listed[i + 1]))
        for i, here in enumerate(listed)
    ]
    kept = []
    for index, line in enumerate(preamble):
        leads_in = index + 1 < len(runs) and runs[index + 1] and not runs[index] and _is_lead_in(line)
        if not runs[index] and not leads_in:
            kept.append(line)
    return kept


def _entries(
    marked: Sequence[tuple[Marker, ...]], root: Style, start: int, end: int
) -> list[tuple[int, Marker]]:
    """Where the numbers 1, 2, 3, … of the list stand, with their markers."""
    entries: list[tuple[int, Marker]] = []
    for index, found in enumerate(marked[start:end], start):
        entries += [(index, m) for m in found if m.style == root and m.ordinal == len(entries) + 1]
    return entries


def _holds_text(lines: Sequence[Line], entries: Sequence[tuple[int, Marker]]) -> bool:
    """Whether sentences stand between the entries: then they are articles, and the same ones come again."""
    between = lines[entries[0][0] : entries[-1][0]]
    return any(len(line.text) > _LONGEST_TITLE or line.text.endswith(_SENTENCE_END) for line in between)


def _repeats(listed: Sequence[str], articles: Sequence[str]) -> bool:
    if not articles or len(listed) > len(articles) + 1:
        return False
    alike = sum(_alike(one, other) for one, other in zip(listed, articles, strict=False))
    return alike * 2 > len(listed)


def _is_listed(line: Line, titles: Sequence[str]) -> bool:
    if len(line.text) > _LONGEST_TITLE:
        return False
    text = _LINK.sub(r"\1", line.text)
    found = readings(text)
    plain = found[0].rest if found else text
    return any(_alike(plain, title) for title in titles)


def _is_lead_in(line: Line) -> bool:
    return line.text.endswith((":", "：")) or (
        len(line.text) <= 40 and not line.text.endswith(tuple("。.；;！!？?"))
    )


def _alike(one: str, other: str) -> bool:
    one, other = (_LEADER.sub("", text).casefold() for text in (one[:_LONGEST_TITLE], other[:_LONGEST_TITLE]))
    if not one or not other:
        return one == other
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return all(like() >= _ALIKE for like in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))
