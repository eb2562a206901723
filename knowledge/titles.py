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


def without_title_and_date(lines: Sequence[Line], title: str | None) -> list[Line]:
    """The lines without a title line and date lines before the first paragraph."""
    top = next(
        (i for i, line in enumerate(lines) if not _is_top_matter(line, title, first=i == 0)), len(lines)
    )
    return list(lines[top:])


def _is_top_matter(line: Line, title: str | None, *, first: bool) -> bool:
    text = normalise(line.text)
    if title is not None and text.casefold() == normalise(title).casefold():
        return True
    if first and line.depth == 1:
        return True
    return len(text) <= _LONGEST_DATE_LINE and bool(_DATE.search(text)) and not text.endswith(_SENTENCE_END)
