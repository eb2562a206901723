"""From the text of a policy to its paragraphs, headings, list items and table rows, with their line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.errors import PolicyError
from knowledge.language import han_count
from knowledge.text.markup import rows
from knowledge.text.numbering import Marker, readings

Kind = Literal["", "bullet", "row", "code"]


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, heading, list item or table row.

    `number` is its first source line from 1, `depth` that of a Markdown heading, else 0, `indent` the columns
    it is indented by, `strong` whether it is all bold. A row is one below the table's first, which is a
    paragraph and heads it.
    """

    number: int
    text: str
    depth: int = 0
    kind: Kind = ""
    indent: int = 0
    strong: bool = False

    def markers(self) -> tuple[Marker, ...]:
        """The readings of its number; a table row or code has none."""
        return () if self.kind in ("row", "code") else readings(self.text, self.depth)


@dataclass(slots=True)
class _Growing:
    line: Line
    rows: list[str]
    depth: int


_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_QUOTE = re.compile(r"(?:>\s*)+")
_BULLET = re.compile(r"[-*+–—]\s+(?=\S)|[•●○■□◆◇▪▫◦‣➢·]\s*(?=\S)")
_RULE = re.compile(r"([-=*_])(?:\s*\1){2,}|[|:\s-]+")
_TABLE_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_ESCAPED_MARKER = re.compile(r"(\w{1,5})\\([.)])")
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}\)")
_LINK = re.compile(r"\[([^\[\]\n]{0,500})\]\(([^()\s]{0,2000})(?:\s\"[^\"\n]{0,200}\")?\)")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)([^_\n]+)(?<=\S)_(?!\w)")
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
# A line shorter than this was not broken by an editor's margin, so the next one is a paragraph of its own.
_HARD_WRAP = 60
_TAB = 4


def read_lines(text: str) -> list[Line]:
    """The lines of a Markdown text or HTML page, without front matter, comments, tags, rules and **."""
    lines: list[_Growing] = []
    above = ""  # the row of the open paragraph that was read last
    table = False
    for number, raw, fenced in _visible(text):
        stripped = raw.strip().strip(_INVISIBLE).strip()
        if not stripped:
            above, table = ("" if not fenced else above), False
        elif fenced:
            if above == fenced:
                lines[-1].rows.append(raw.rstrip())
            else:
                lines.append(_Growing(Line(number, "", kind="code"), [raw.strip()], 0))
            above = fenced
        elif _RULE.fullmatch(stripped):
            table = _closes_table_head(stripped, above)
            if not table and 0 < len(above) < _HARD_WRAP and stripped[0] in "-=":  # a heading, underlined
                lines[-1].depth = 1 if stripped[0] == "=" else 2
            above = above if table else ""
        elif line := _parse(number, raw, stripped, is_row=table):
            if _continues(above, line, stripped):
                lines[-1].rows.append(line.text)
            else:
                lines.append(_Growing(line, [line.text], line.depth))
            above = "" if line.depth else stripped
    if not lines:
        raise PolicyError("the text has no visible paragraph")
    return [_finish(growing) for growing in lines]


def last_line_starting(lines: Sequence[Line], start: str) -> int:
    """The index of the last line that starts with `start`; PolicyError if none does."""
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].text.startswith(start):
            return index
    raise PolicyError(f"no line starts with {start!r}, as policy.yml says one does")


def _finish(growing: _Growing) -> Line:
    line = growing.line
    return Line(line.number, "\n".join(growing.rows), growing.depth, line.kind, line.indent, line.strong)


def _visible(text: str) -> Iterator[tuple[int, str, str]]:
    """Line number, row, and what identifies the fence it stands in; front matter and fences are left out."""
    read = rows(text)
    skip_to = 0
    if read and read[0][1].strip() == "---":
        ends = (i for i, (_, row) in enumerate(read[1:], 1) if row.strip() == "---")
        skip_to = next(ends, -1) + 1
    fence, opened = "", 0
    for number, row in read[skip_to:]:
        if row.lstrip()[:3] in ("```", "~~~") and (mark := _FENCE.match(row.lstrip())):
            if not fence:
                fence, opened = mark[1], number
                continue
            if mark[1].startswith(fence) and not row.strip(" \t`~"):
                fence = ""
                continue
        yield number, row, f"\0{opened}" if fence else ""


def _closes_table_head(rule: str, above: str) -> bool:
    return "|" in above and bool(_TABLE_RULE.fullmatch(rule)) and ("|" in rule)


def _parse(number: int, raw: str, stripped: str, *, is_row: bool) -> Line | None:
    body = stripped
    if body[0] == ">":
        quote = _QUOTE.match(body)
        body = body[quote.end() :] if quote else body
    if body.startswith("|") or is_row:
        cells = _cells(body)
        return Line(number, cells, kind="row" if is_row else "") if cells.strip(" |") else None
    kind: Kind = ""
    if bullet := _BULLET.match(body):
        body, kind = body[bullet.end() :], "bullet"
    heading = _HEADING.fullmatch(body)
    depth = len(heading[1]) if heading else 0
    words = (heading[2] if heading else body).strip()
    strong = words.startswith("**") and words.endswith("**") and words.count("**") == 2
    words = _words(words)
    return Line(number, words, depth, kind, _columns(raw), strong) if words else None


def _words(markdown: str) -> str:
    """The words of a row as a reader sees them; a link keeps where it leads."""
    words = markdown.replace("**", "").strip()
    if "*" in words or "_" in words:
        words = _EMPHASIS.sub(lambda found: found[1] or found[2], words).strip()
    if "](" in words:
        words = _LINK.sub(_shown_link, _IMAGE.sub(r"\1", words)).strip()
    return _ESCAPED_MARKER.sub(r"\1\2", words, count=1) if _ESCAPED_MARKER.match(words) else words


def _shown_link(link: re.Match[str]) -> str:
    shown, url = link[1], link[2]
    address = url.removeprefix("mailto:")
    if not url.startswith(("http://", "https://", "mailto:")) or address in shown:
        return shown
    return f"{shown} ({address})" if shown else address


def _cells(row: str) -> str:
    inner = row.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return " | ".join(_words(cell).replace("\\|", "|") for cell in _CELL_BORDER.split(inner))


def _columns(raw: str) -> int:
    columns = 0
    for sign in raw:
        if sign == "\t":
            columns += _TAB
        elif sign == " ":
            columns += 1
        else:
            break
    return columns


def _continues(above: str, line: Line, stripped: str) -> bool:
    """Whether a row belongs to the paragraph above it. Chinese, not being wrapped by hand, never does."""
    if len(above) < _HARD_WRAP or line.depth or line.kind or stripped[0] in ">#|" or readings(line.text):
        return False
    return not han_count(above[:200]) and not han_count(stripped[:200])
