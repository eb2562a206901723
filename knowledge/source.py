"""From the bytes of a policy to its paragraphs with their line numbers, and to each language's part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from knowledge.errors import PolicyError
from knowledge.language import detect, han_count, latin_word_count
from knowledge.numbering import readings
from knowledge.types import Language


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or heading: its first source line from 1, and the depth of a Markdown heading, else 0."""

    number: int
    text: str
    depth: int = 0


@dataclass(slots=True)
class _Growing:
    number: int
    depth: int
    rows: list[str]


_HIDDEN = (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"))
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>\n]*)?/?>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_PREFIX = re.compile(r"(?:\s*>)*\s*(?:[-*+•]\s+)?")
_RULE = re.compile(r"([-=*_])(?:\s*\1){2,}|[|:\s-]+")
_ESCAPED_MARKER = re.compile(r"(\w{1,5})\\([.)])")
# A line shorter than this was not broken by an editor's margin, so the next one is a paragraph of its own.
_HARD_WRAP = 60


def decode(data: bytes) -> str:
    """The text of a policy file with newlines as \\n; PolicyError if it is not UTF-8 or empty."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyError("the text is not UTF-8", data[: error.start].count(b"\n") + 1) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise PolicyError("the text is empty")
    return text


def read_lines(text: str) -> list[Line]:
    """A Markdown text's paragraphs and headings, without front matter, comments, tags, rules and **."""
    lines: list[_Growing] = []
    open_paragraph = ""
    for number, raw in _visible_lines(text):
        stripped = raw.strip()
        if not stripped:
            open_paragraph = ""
        elif _RULE.fullmatch(stripped):
            if 0 < len(open_paragraph) < _HARD_WRAP and stripped[0] in "-=":  # a heading, underlined
                lines[-1].depth = 1 if stripped[0] == "=" else 2
            open_paragraph = ""
        elif line := _parse(number, stripped):
            if _continues(open_paragraph, line, stripped):
                lines[-1].rows.append(line.text)
            else:
                lines.append(_Growing(line.number, line.depth, [line.text]))
            open_paragraph = "" if line.depth else stripped
    if not lines:
        raise PolicyError("the text has no visible paragraph")
    return [Line(growing.number, "\n".join(growing.rows), growing.depth) for growing in lines]


def split_languages(
    lines: Sequence[Line], languages: Sequence[Language], second_starts_with: str | None = None
) -> dict[Language, list[Line]]:
    """Gives each language its part, in the order of `languages`; PolicyError if one of them is not there.

    The border is where the fewest characters and words stand on the wrong side of it, or the line given.
    """
    if len(languages) == 1:
        return {languages[0]: list(lines)}
    if second_starts_with is None:
        border = _border(lines, languages[0])
    else:
        border = last_line_starting(lines, second_starts_with)
    parts = {languages[0]: list(lines[:border]), languages[1]: list(lines[border:])}
    for lang, part in parts.items():
        if not part or detect("".join(line.text for line in part)) != lang:
            raise PolicyError(
                f"the text is declared to be in {' and '.join(languages)}, but no part of it is in {lang}"
            )
    return parts


def last_line_starting(lines: Sequence[Line], start: str) -> int:
    """The index of the last line that starts with `start`; PolicyError if none does."""
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].text.startswith(start):
            return index
    raise PolicyError(f"no line starts with {start!r}, as policy.yml says one does")


def _visible_lines(text: str) -> Iterator[tuple[int, str]]:
    skip_to = 0
    rows = _hide(text).split("\n")
    if rows[0].strip() == "---":
        ends = (i for i, row in enumerate(rows[1:], 1) if row.strip() == "---")
        skip_to = next(ends, -1) + 1
    for index in range(skip_to, len(rows)):
        row = rows[index]
        if "<" not in row:
            yield index + 1, row
            continue
        for piece in _BREAK.split(row):
            yield index + 1, _TAG.sub("", piece)


def _hide(text: str) -> str:
    """Blanks out comments, styles and scripts but keeps their newlines, so that line numbers stay true."""
    for start, end in _HIDDEN:
        pieces, at = [], 0
        while (begin := text.find(start, at)) >= 0 and (close := text.find(end, begin)) >= 0:
            pieces += [text[at:begin], "\n" * text.count("\n", begin, close)]
            at = close + len(end)
        text = "".join([*pieces, text[at:]])
    return text


def _parse(number: int, stripped: str) -> Line | None:
    body = stripped[_quote_and_bullet(stripped) :]
    heading = _HEADING.fullmatch(body)
    depth = len(heading[1]) if heading else 0
    words = (heading[2] if heading else body).replace("**", "").strip()
    words = _ESCAPED_MARKER.sub(r"\1\2", words, count=1) if _ESCAPED_MARKER.match(words) else words
    return Line(number, words, depth) if words else None


def _quote_and_bullet(stripped: str) -> int:
    match = _PREFIX.match(stripped)
    return match.end() if match else 0


def _continues(previous: str, line: Line, stripped: str) -> bool:
    """Whether a line belongs to the paragraph above it. Chinese, not being wrapped by hand, never does."""
    if len(previous) < _HARD_WRAP or line.depth or stripped[0] in "-*+•>#|" or readings(line.text):
        return False
    return not han_count(previous[:200]) and not han_count(stripped[:200])


def _border(lines: Sequence[Line], first: Language) -> int:
    han = [han_count(line.text) for line in lines]
    latin = [latin_word_count(line.text) for line in lines]
    of_first, of_second = (han, latin) if first == "zh" else (latin, han)
    strangers_before = [0, *accumulate(of_second)]
    strangers_after = [sum(of_first) - seen for seen in (0, *accumulate(of_first))]
    costs = [before + after for before, after in zip(strangers_before, strangers_after, strict=True)]
    return len(costs) - 1 - costs[::-1].index(min(costs))
