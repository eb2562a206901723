"""HTML, in Markdown or as a whole page, to Markdown rows with the source lines they came from.

One pass over the tags; what is no tag stays as it is. Lists become "- " and "1. " rows, tables "| a | b |" rows,
titles "## ", line breaks rows of their own. `html.parser` would do, were it not quadratic on unclosed tags.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from knowledge.text.numbering import readings
from knowledge.text.numerals import roman_numeral
from knowledge.text.tags import BLOCKS, FLOWING, FURNITURE, HIDDEN, TAG, TITLES, is_element

Row = tuple[int, str]

_PAGE = re.compile(
    r"\s*(?:<!--.{0,5000}?-->\s*|<\?xml[^<>]{0,500}>\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HREF = re.compile(r"\bhref\s*=\s*[\"']?((?:https?:|mailto:)[^\s\"'()<>]+)", re.IGNORECASE)
_LIST_KIND = re.compile(r"\btype\s*=\s*[\"']?([1aAiI])\b")
_LIST_START = re.compile(r"\bstart\s*=\s*[\"']?(\d{1,3})\b", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_SPACE = re.compile(r"\s+")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def rows(text: str) -> list[Row]:
    """Markdown rows with their line numbers, from 1; comments, scripts and a page's navigation are left out."""
    if _PAGE.match(text):
        return _Reader(text, is_page=True).read()
    if "<" not in text and "&" not in text:
        return list(enumerate(text.split("\n"), 1))
    return _Reader(_shielded(text), is_page=False).read()


def _shielded(text: str) -> str:
    """The text with its fenced code escaped, so that no tag is seen in it."""
    out, fence = [], ""
    for row in text.split("\n"):
        mark = _FENCE.match(row)
        if mark and (not fence or (mark[1].startswith(fence) and not row.strip(" `~"))):
            fence = "" if fence else mark[1]
            out.append(row)
        else:
            out.append(html.escape(row, quote=False) if fence else row)
    return "\n".join(out)


@dataclass(slots=True)
class _List:
    """An open list; `kind` is "-" for bullets, else the type of its numerals as in HTML."""

    kind: str
    number: int = 0

    def mark(self) -> str:
        if self.kind == "-":
            return "- "
        value = self.number
        if self.kind in "aA" and 1 <= value <= 26:
            letter = chr(ord("a") + value - 1)
            return f"{letter.upper() if self.kind == 'A' else letter}. "
        if self.kind in "iI" and 1 <= value < 400:
            numeral = roman_numeral(value)
            return f"{numeral.upper() if self.kind == 'I' else numeral}. "
        return f"{value}. "


@dataclass(slots=True)
class _Table:
    cells: list[str] = field(default_factory=list)
    in_cell: bool = False
    heads: int = 0
    has_head: bool = False
    line: int = 0


class _Reader:
    """Walks through the text; `_row` is what is being written, flowing (spaces and newlines alike) or raw."""

    def __init__(self, text: str, *, is_page: bool) -> None:
        self._text = text
        self._is_page = is_page
        self._out: list[Row] = []
        self._row: list[str] = []
        self._row_line = 1
        self._flows = is_page
        self._prefix = ""
        self._lists: list[_List] = []
        self._tables: list[_Table] = []
        self._links: list[str] = []
        self._line = 1

    def read(self) -> list[Row]:
        at, end = self._bounds()
        self._line += self._text.count("\n", 0, at)
        self._row_line = self._line
        unclosed: set[str] = set()
        while (tag := TAG.search(self._text, at, end)) is not None:
            self._take(self._text[at : tag.start()])
            at = tag.end()
            name = (tag["name"] or "").lower()
            if tag["comment"]:
                at = self._skip(tag.start(), at, "-->", unclosed)
            elif self._is_hidden(name) and not tag["close"]:
                at = self._skip(tag.start(), at, f"</{name}", unclosed)
            elif name and not is_element(tag["name"]):
                self._take(tag[0])
                continue
            elif name:
                self._handle(name, bool(tag["close"]), tag["attributes"])
            self._line += tag[0].count("\n")
        self._take(self._text[at:end])
        self._close_row()
        return self._out

    def _bounds(self) -> tuple[int, int]:
        """A page's <main> if it has just one, else all of it."""
        if self._is_page:
            opening = list(re.finditer(r"<main\b[^<>]{0,2000}>", self._text, re.IGNORECASE))
            closing = list(re.finditer(r"</main\s*>", self._text, re.IGNORECASE))
            if len(opening) == len(closing) == 1 and opening[0].end() < closing[0].start():
                return opening[0].end(), closing[0].start()
        return 0, len(self._text)

    def _is_hidden(self, name: str) -> bool:
        return name in HIDDEN or (self._is_page and name in FURNITURE)

    def _skip(self, start: int, at: int, end: str, unclosed: set[str]) -> int:
        """Where to go on behind a hidden part; one that never ends hides nothing."""
        found = -1
        if end not in unclosed:
            match = re.compile(re.escape(end), re.IGNORECASE).search(self._text, at)
            found = match.end() if match else -1
        if found < 0:
            unclosed.add(end)
            if end == "-->":
                self._row.append("<!--")
            return at
        if end != "-->":
            close = self._text.find(">", found)
            found = close + 1 if close >= 0 else found
        self._line += self._text.count("\n", at, found)
        return found

    def _take(self, data: str) -> None:
        if not data:
            return
        if self._tables and not self._tables[-1].in_cell and not data.strip():
            self._line += data.count("\n")
            self._row_line = self._line
            return
        if self._flows and not self._is_page and (blank := _BLANK_LINE.search(data)):
            self._flow(data[: blank.start()])
            self._close_row()
            self._flows, self._prefix = False, ""
            data = data[blank.start() :]
        if self._flows or (self._tables and self._tables[-1].in_cell):
            self._flow(data)
        else:
            first, *others = data.split("\n")
            self._write(first)
            for other in others:
                self._close_row()
                self._line += 1
                self._row_line = self._line
                self._write(other)

    def _flow(self, data: str) -> None:
        if not self._row:
            bare = data.lstrip()
            self._row_line = self._line + data.count("\n", 0, len(data) - len(bare))
            words = _SPACE.sub(" ", bare)
        else:
            words = _SPACE.sub(" ", data)
        self._line += data.count("\n")
        self._write(words)

    def _write(self, words: str) -> None:
        if words:
            self._row.append(html.unescape(words).replace("\n", " ") if "&" in words else words)

    def _close_row(self) -> None:
        """Ends the row being written. A raw one is kept even if it is blank: it parts paragraphs."""
        written = "".join(self._row)
        self._row = []
        if self._tables and self._tables[-1].in_cell:
            self._row = [f"{written} "] if written.strip() else []
        elif not self._flows:
            self._out.append((self._row_line, written))
        elif written.strip():
            indent = "    " * (len(self._lists) - 1)
            prefix = self._prefix or ("  " if self._lists else "")
            if prefix.strip() and not prefix.startswith("#") and readings(written.strip()):
                prefix = ""
            self._out += [(self._row_line, f"{indent}{prefix}{written.strip()}")]
            if not self._lists or prefix.startswith("#"):
                self._out.append((self._row_line, ""))
            self._prefix = ""

    def _handle(self, name: str, closes: bool, attributes: str) -> None:
        if name == "br":
            self._close_row()
            self._row_line = self._line
        elif name in ("b", "strong"):
            self._row.append("**")
        elif name == "a":
            self._link(closes, attributes)
        elif name in BLOCKS:
            self._block(name, closes, attributes)

    def _link(self, closes: bool, attributes: str) -> None:
        if not closes:
            href = _HREF.search(attributes or "")
            self._links.append(href[1] if href else "")
            self._row.append("[" if href else "")
        elif self._links and (url := self._links.pop()):
            self._row.append(f"]({url})")

    def _block(self, name: str, closes: bool, attributes: str) -> None:
        if name in ("table", "tr", "td", "th"):
            self._table(name, closes)
            return
        if any(part.strip() for part in self._row) or self._flows:
            self._close_row()
        if self._tables and self._tables[-1].in_cell:
            if name not in TITLES:
                return
            self._spread_cells()
        if name in ("ul", "ol", "menu"):
            self._list(name, closes, attributes)
        elif name == "li" and not closes and self._lists:
            self._lists[-1].number += 1
            self._prefix = self._lists[-1].mark()
        elif name in TITLES and not closes:
            self._prefix = f"{'#' * int(name[1])} "
        if not self._is_page:
            self._flows = (name in FLOWING and not closes) or bool(self._lists)
        self._row_line = self._line

    def _list(self, name: str, closes: bool, attributes: str) -> None:
        if closes:
            if self._lists:
                self._lists.pop()
        elif len(self._lists) < 20:
            kind = _LIST_KIND.search(attributes or "")
            start = _LIST_START.search(attributes or "")
            number = int(start[1]) - 1 if start else 0
            self._lists.append(_List("-" if name != "ol" else kind[1] if kind else "1", number))
        self._prefix = ""
        if not self._lists:
            self._out.append((self._line, ""))

    def _table(self, name: str, closes: bool) -> None:
        table = self._tables[-1] if self._tables else None
        if name == "table":
            if not closes:
                if table and table.in_cell:
                    self._spread_cells()
                self._close_row()
                self._out.append((self._line, ""))
                if len(self._tables) < 20:
                    self._tables.append(_Table())
            elif table:
                self._end_cells(table)
                self._tables.pop()
                self._out.append((self._line, ""))
        elif table is None:
            return
        elif name == "tr":
            self._end_cells(table)
        else:
            self._end_cell(table)
            if not closes:
                if "".join(self._row).strip():
                    self._close_row()
                self._row = []
                table.in_cell = True
                table.heads += name == "th"
                table.line = table.line or self._line

    def _end_cell(self, table: _Table) -> None:
        if table.in_cell:
            table.cells.append("".join(self._row).strip().replace("|", "\\|"))
            self._row, table.in_cell = [], False

    def _end_cells(self, table: _Table) -> None:
        self._end_cell(table)
        if any(table.cells):
            self._out.append((table.line, f"| {' | '.join(table.cells)} |"))
            if table.heads == len(table.cells) > 1 and not table.has_head:
                self._out.append((table.line, "|---|"))
                table.has_head = True
        table.cells, table.heads, table.line = [], 0, 0

    def _spread_cells(self) -> None:
        """A table that holds titles or tables is there for its looks; its cells are paragraphs."""
        table = self._tables[-1]
        self._end_cell(table)
        self._out += [(table.line, cell.replace("\\|", "|")) for cell in table.cells if cell]
        table.cells, table.heads, table.line = [], 0, 0
        self._flows = True
