"""Lines at the top that are no clause: the document's title and the date of the version."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.language import normalise
from knowledge.source import Line

_DATE = re.compile(
    r"\b\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|"
    r"\b\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+\d{4}",
    re.IGNORECASE,
)
# What may stand around the date on a date line: "Last updated and in force since", twice.
_LONGEST_DATE_LINE = 100
_SENTENCE_END = tuple("。；;!！？?")


def split_top_matter(lines: Sequence[Line], title: str | None) -> tuple[list[Line], list[Line]]:
    """The date lines above the first paragraph, and the lines from that paragraph on; titles are in neither."""
    top = len(lines)
    for index, line in enumerate(lines):
        if not (_is_title(line, title, first=index == 0) or _is_date(line)):
            top = index
            break
    dates = [line for index, line in enumerate(lines[:top]) if not _is_title(line, title, first=index == 0)]
    return dates, list(lines[top:])


def _is_title(line: Line, title: str | None, *, first: bool) -> bool:
    if first and line.depth == 1:
        return True
    return title is not None and normalise(line.text).casefold() == normalise(title).casefold()


def _is_date(line: Line) -> bool:
    text = normalise(line.text)
    return len(text) <= _LONGEST_DATE_LINE and bool(_DATE.search(text)) and not text.endswith(_SENTENCE_END)
