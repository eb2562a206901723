"""Number markers at the start of a line: 一、 （一） 1、 (1) A. a. ⅰ. 第一条 Article 1, 1.2.3 and their like.

A line may be readable in several ways ("i." is the ninth letter or the first roman numeral), so `readings`
gives all of them and the outline decides by sequence which one, if any, is meant.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.text.numerals import han_value, roman_value
from knowledge.types import Language

Kind = Literal[
    "han", "decimal", "upper", "lower", "Roman", "roman", "circled", "unit", "dotted",
    "heading", "title", "paragraph", "bullet", "row",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """What the markers of one list have in common: the kind of numeral and what stands around it.

    `around` is "paren" for (1), "half" for 1), "comma" for 1、, "dot" for 1. and, for the kinds "unit",
    "dotted" and "heading", the unit's rank, the number of parts, the heading's depth. `depth` is that of the
    Markdown heading the marker stands in: a list 1. 2. 3. below the heading "## 1. Scope" is another one.
    The kinds from "heading" on have no number in the text: their core and ordinal say what stands for it.
    """

    kind: Kind
    around: str
    depth: int = 0

    def loosely(self, other: Style) -> bool:
        """The same numerals, only written 1、 here and 1. there, or in a heading of another depth."""
        bare = ("comma", "dot", "half")
        alike = self.around == other.around or (self.around in bare and other.around in bare)
        return self.kind == other.kind and alike and bool(self.depth) == bool(other.depth)


@dataclass(frozen=True, slots=True)
class Marker:
    """One reading of a line's marker: `core` is the numeral as written, `rest` the line after the marker."""

    style: Style
    ordinal: int
    core: str
    rest: str
    path: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        """How surely this is the outermost list: 0 chapters, 1 articles, 2 headings, 3 一、, 4 others, 5 annexes."""
        if self.style.kind == "unit":
            return {"chapter": 0, "annex": 5}.get(self.style.around, 1)
        if self.style.kind == "heading":
            return 2
        return 3 if self.style.kind == "han" and self.style.around != "paren" else 4


_HAN_NUMERAL = "[〇零一二三四五六七八九十百]+"
_ROMAN_SIGNS = "[\u2160-\u217f]+"
_NUMERAL = rf"(?P<core>{_HAN_NUMERAL}|\d{{1,3}}|{_ROMAN_SIGNS}|[ivxlc]{{1,7}}|[IVXLC]{{1,7}}|[A-Za-z])"
_PAREN = re.compile(rf"[(（]\s*{_NUMERAL}\s*[)）]\s*[、.．]?\s*")
_BARE = re.compile(rf"{_NUMERAL}\s*(?P<around>[、.．)）])(?!\d)(?P<gap>\s*)")
_DOTTED = re.compile(r"(?P<core>\d{1,3}(?:[.．]\d{1,3}){1,8})(?:[.．、]\s*|\s+|(?=[\u3400-\u9fff])|$)")
# Ready-made signs: ⑴ ⒈ ⒜ ㈠ are written out before they are read.
_READY_MADE = re.compile("[\u2474-\u24b5\u3220-\u3229]\\s*")
_CIRCLED = re.compile(r"(?P<core>[①-⑳])\s*")
_HAN_UNIT = re.compile(rf"第\s*(?P<core>{_HAN_NUMERAL}|\d{{1,3}})\s*(?P<unit>[编章节条])(?:[\s、：:.．]+|$)")
_LATIN_UNIT = re.compile(
    r"(?P<unit>part|chapter|section|article|clause)\s+(?P<core>\d{1,3}|[ivxlc]{1,7})(?:\s*[.:：—–-](?!\d)\s*|\s*$)",
    re.IGNORECASE,
)
# "Section 2 Sharing": a title if it is short, begins with a capital and ends like none but titles do.
_LATIN_TITLE = re.compile(
    r"(?P<unit>part|chapter|section|article|clause|§)\s*(?P<core>\d{1,3}|(?-i:[IVXLC]{1,7}))\s+"
    r"(?=(?-i:[A-Z“\"])[^.;:?!]{2,80}$)",
    re.IGNORECASE,
)
_ANNEX = re.compile(
    rf"(?P<unit>附件|附录|附表|annex|appendix|schedule|exhibit)\s*(?P<core>{_HAN_NUMERAL}|\d{{1,2}}|[A-Z]\b)?"
    r"(?:\s*[:：.．—–-]\s*|\s+|$)",
    re.IGNORECASE,
)
_LONGEST_ANNEX_TITLE = 80
_HEADING_NUMBER = re.compile(r"(?P<core>\d{1,3})\s+(?=\D)")
_UNIT_RANK = {
    "编": "chapter", "part": "chapter", "章": "chapter", "chapter": "chapter",
    "节": "section", "section": "section", "§": "article", "条": "article", "article": "article", "clause": "article",
}  # fmt: skip
_AFTER_UNIT = " \t\u00a0\u3000、：:.．—–-"
_AROUND = {"、": "comma", ".": "dot", "．": "dot", ")": "half", "）": "half"}


def readings(line: str, depth: int = 0) -> tuple[Marker, ...]:
    """Every way to read a number marker at the start of `line`, which has no white space there.

    In a Markdown heading, whose depth is `depth`, "3 Sharing" counts too; in running text it does not.
    """
    if not line or not (line[0].isalnum() or line[0] in "(（§" or _READY_MADE.match(line)):
        return ()
    if ready := _READY_MADE.match(line):
        line = f"{unicodedata.normalize('NFKC', ready[0][0])} {line[ready.end() :]}"
    if match := _HAN_UNIT.match(line) or _LATIN_UNIT.match(line) or _LATIN_TITLE.match(line):
        return _unit(match, line)
    if len(line) <= _LONGEST_ANNEX_TITLE and (match := _ANNEX.match(line)):
        return _annex(match, line)
    if match := _DOTTED.match(line):
        return _dotted(match, line)
    if match := _CIRCLED.match(line):
        ordinal = ord(match["core"]) - ord("①") + 1
        return (Marker(Style("circled", "", depth), ordinal, match["core"], line[match.end() :]),)
    if match := _PAREN.match(line):
        return _numerals(match["core"], Style("decimal", "paren", depth), line[match.end() :])
    if match := _BARE.match(line):
        around = _AROUND[match["around"]]
        if (
            match["core"].isascii()
            and match["core"].isalpha()
            and around != "comma"
            and not (match["gap"] or match.end() == len(line))
        ):
            return ()  # "e.g." is no item e
        return _numerals(match["core"], Style("decimal", around, depth), line[match.end() :])
    if depth and (match := _HEADING_NUMBER.match(line)):
        return _numerals(match["core"], Style("decimal", "dot", depth), line[match.end() :])
    return ()


def _unit(match: re.Match[str], line: str) -> tuple[Marker, ...]:
    core = match["core"]
    ordinal = han_value(core) or (int(core) if core.isdecimal() else roman_value(core.lower()))
    if ordinal is None:
        return ()
    style = Style("unit", _UNIT_RANK[match["unit"].lower()])
    return (Marker(style, ordinal, line[: match.end()].rstrip(_AFTER_UNIT), line[match.end() :]),)


def _annex(match: re.Match[str], line: str) -> tuple[Marker, ...]:
    """An annex without a number counts as the first."""
    core = match["core"] or ""
    letter = ord(core.upper()) - ord("A") + 1 if core.isascii() and core.isalpha() else 0
    ordinal = han_value(core) or letter or (int(core) if core.isdecimal() else 1)
    rest = line[match.end() :]
    if rest.endswith(("。", ".", "；", ";")):
        return ()  # "Schedule 1 lists them."
    return (Marker(Style("unit", "annex"), ordinal, line[: match.end()].rstrip(_AFTER_UNIT), rest),)


def _dotted(match: re.Match[str], line: str) -> tuple[Marker, ...]:
    path = tuple(int(part) for part in re.split("[.．]", match["core"]))
    core = ".".join(str(part) for part in path)
    return (Marker(Style("dotted", str(len(path))), path[-1], core, line[match.end() :], path),)


def _numerals(core: str, decimal: Style, rest: str) -> tuple[Marker, ...]:
    """The readings of a numeral by itself; `decimal` is their style but for the kind."""
    if core.isdecimal():
        return (Marker(decimal, int(core), str(int(core)), rest),)
    if (value := han_value(core)) is not None:
        return (Marker(replace(decimal, kind="han"), value, core, rest),)
    plain = unicodedata.normalize("NFKC", core)
    upper = plain.isupper()
    found: list[Marker] = []
    if plain == core and len(plain) == 1:
        letter = ord(plain.lower()) - ord("a") + 1
        found.append(Marker(replace(decimal, kind="upper" if upper else "lower"), letter, plain, rest))
    if (value := roman_value(plain.lower())) is not None:
        found.append(Marker(replace(decimal, kind="Roman" if upper else "roman"), value, plain, rest))
    return tuple(found)


def label(markers: tuple[Marker, ...], lang: Language) -> str:
    """How people cite the clause under these markers, outermost first: 第五条（六）, Article 5(f), 第1.2条.

    A marker that already says where it stands (第三条, 1.2.3) starts the label anew.
    """
    text = ""
    for depth, marker in enumerate(markers):
        text = _label_step(text, marker, lang, first=depth == 0)
    return text


def _label_step(before: str, marker: Marker, lang: Language, *, first: bool) -> str:
    kind, around, core = marker.style.kind, marker.style.around, marker.core
    if kind in ("bullet", "row", "title"):
        return _unnumbered_step(before, marker, lang)
    if kind == "unit":
        return (
            core
            if around in ("article", "annex") or not before
            else f"{before}{'' if lang == 'zh' else ', '}{core}"
        )
    if kind == "dotted" or (first and kind not in ("heading", "paragraph")):
        return f"第{core}条" if lang == "zh" else f"Article {core}"
    if kind == "heading":
        return f"第{core}节" if lang == "zh" else f"Section {core}"
    if kind == "paragraph":
        if lang == "zh":
            return f"{before}第{core}段"
        return f"{before}, paragraph {core}" if before else f"Paragraph {core}"
    if lang == "en":
        return f"{before}({core})"
    if around in ("paren", "half"):
        return f"{before}（{core}）"
    return f"{before}.{core}" if before[-1:].isascii() and before[-1:].isalnum() else before + core


def _unnumbered_step(before: str, marker: Marker, lang: Language) -> str:
    kind, core = marker.style.kind, marker.core
    if kind == "title":
        return f"“{core}”"
    if lang == "zh":
        return f"{before}第{core}{'项' if kind == 'bullet' else '行'}"
    return f"{before}, {'item' if kind == 'bullet' else 'row'} {core}"
