"""Lines at the top that are no clause: the document's title and the date of the version."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.language import normalise
from knowledge.text.dates import find_dates
from knowledge.text.source import Line

# What may stand around the date on a date line: "Last updated and in force since", twice.
_LONGEST_DATE_LINE = 100
_SENTENCE_END = tuple("。；;!！？?")


def split_top_matter(lines: Sequence[Line], title: str | None) -> tuple[list[Line], list[Line]]:
    """The date lines above the first paragraph, and the lines from there on; titles are in neither."""
    dates: list[Line] = []
    for index, line in enumerate(lines):
        if _is_date(line):
            dates.append(line)
        elif not (_is_named(line, title) or _heads_all(lines, index)):
            return dates, list(lines[index:])
    return dates, []


def _is_named(line: Line, title: str | None) -> bool:
    return title is not None and normalise(line.text).casefold() == normalise(title).casefold()


def _heads_all(lines: Sequence[Line], index: int) -> bool:
    """Whether this line is an unnumbered heading above all others."""
    depth = lines[index].depth
    if not depth or lines[index].markers():
        return False
    return all(not line.depth or line.depth > depth for line in lines[index + 1 :])


def _is_date(line: Line) -> bool:
    if len(line.text) > 2 * _LONGEST_DATE_LINE:
        return False
    text = normalise(line.text)
    return len(text) <= _LONGEST_DATE_LINE and bool(find_dates(text)) and not text.endswith(_SENTENCE_END)
