"""From the outlines of a policy's languages to its clauses: one tree, each paragraph with its owner.

Whether a line is a title, and whether a paragraph closes a list, is decided for both languages together,
so that a full stop missing in one of them cannot tear a clause apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from types import MappingProxyType

from knowledge.errors import PolicyError
from knowledge.language import han_count
from knowledge.text.numbering import Marker, label
from knowledge.text.outline import Outline
from knowledge.text.source import Line
from knowledge.text.tree import Node
from knowledge.types import Bilingual, Clause, Language

_SENTENCE_END = tuple("。；;.!！？?…，,、")
_INNER_STOP = re.compile(r"[。；！？]|[.;!?]\s")
_COLONS = (":", "：")
_RUN_IN = re.compile(r"[^:：\n]+(?=[:：])")
# Titles are short; in characters for Chinese, and for Latin script, where a title says the same in thrice
# the length.
_TITLE, _LEAD_IN_TITLE, _RUN_IN_TITLE = (60, 200), (30, 120), (20, 60)

_PREAMBLE = Bilingual("引言", "Preamble")

Texts = dict[Language, str]


@dataclass(slots=True)
class _Item:
    """One node in all languages at once."""

    nodes: dict[Language, Node]
    title: Texts | None
    run_in: bool
    lead: list[dict[Language, Line]]
    tail: list[dict[Language, Line]] = field(default_factory=list)
    children: list[_Item] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Its number among its siblings: that of the first language, should they leave out different ones."""
        return next(iter(self.nodes.values())).ordinal


def build_clauses(outlines: Mapping[Language, Outline]) -> dict[str, Clause]:
    """Clauses in document order by id; PolicyError with line and reason where the languages differ."""
    items = _pair({lang: outline.articles for lang, outline in outlines.items()}, "")
    for item in items:
        _close_lists(item)
    found = [
        *_preamble(outlines),
        *(clause for item in items for clause in _emit(item, str(item.number), None, {}, ())),
    ]
    return {clause.id: clause for clause in found}


def _pair(siblings: Mapping[Language, Sequence[Node]], parent_id: str) -> list[_Item]:
    longest = max(siblings, key=lambda lang: len(siblings[lang]))
    for lang, found in siblings.items():
        if len(found) < len(siblings[longest]):
            extra = siblings[longest][len(found)]
            name = f"{parent_id}.{extra.ordinal}".lstrip(".")
            raise PolicyError(
                f"clause {name} stands here in {longest}, but there is none in {lang}", extra.line.number
            )
    items = []
    for index in range(len(siblings[longest])):
        nodes = {lang: siblings[lang][index] for lang in siblings}
        number = next(iter(nodes.values())).ordinal
        clause_id = f"{parent_id}.{number}".lstrip(".")
        item = _Item(
            nodes,
            *_title(nodes),
            _pair_lines({lang: node.lead for lang, node in nodes.items()}, clause_id),
        )
        item.children = _pair({lang: node.children for lang, node in nodes.items()}, clause_id)
        items.append(item)
    return items


def _pair_lines(lines: Mapping[Language, Sequence[Line]], clause_id: str) -> list[dict[Language, Line]]:
    counts = {lang: len(found) for lang, found in lines.items()}
    if len(set(counts.values())) > 1:
        longest = max(counts, key=lambda lang: counts[lang])
        shortest = min(counts, key=lambda lang: counts[lang])
        said = " but ".join(f"{count} in {lang}" for lang, count in counts.items())
        extra = lines[longest][counts[shortest]]
        raise PolicyError(f"the paragraphs that follow in clause {clause_id} are {said}", extra.number)
    return [dict(zip(lines, row, strict=True)) for row in zip(*lines.values(), strict=True)]


def _title(nodes: Mapping[Language, Node]) -> tuple[Texts | None, bool]:
    """The title on the marker's line and whether text runs on behind it, if all languages have one there."""
    kinds = {node.marker.style.kind for node in nodes.values()}
    if kinds & {"paragraph", "row"}:
        return None, False
    rests = {lang: node.marker.rest.strip() for lang, node in nodes.items()}
    if kinds == {"bullet"} and not all(node.lead or node.children for node in nodes.values()):
        return _run_in_title(rests)  # a short item of a list is no title
    if kinds <= {"heading", "title"} or all(_is_title(rest) for rest in rests.values()):
        return {lang: rest.rstrip(":： ") for lang, rest in rests.items()}, False
    return _run_in_title(rests)


def _run_in_title(rests: Texts) -> tuple[Texts | None, bool]:
    if all((match := _RUN_IN.match(rest)) and _is_short(match[0], _RUN_IN_TITLE) for rest in rests.values()):
        return {lang: re.split("[:：]", rest, maxsplit=1)[0].strip() for lang, rest in rests.items()}, True
    return None, False


def _is_title(text: str) -> bool:
    return _is_short(text, _LEAD_IN_TITLE if text.endswith(_COLONS) else _TITLE) and not text.endswith(
        _SENTENCE_END
    )


def _is_short(text: str, limits: tuple[int, int]) -> bool:
    limit = limits[0] if han_count(text) else limits[1]
    return bool(text) and len(text) <= limit and not _INNER_STOP.search(text)


def _close_lists(item: _Item) -> None:
    """Moves what follows a list's last item to the list's parent, unless it is that item's body."""
    for child in item.children:
        _close_lists(child)
    if not item.children:
        return
    last = item.children[-1]
    if not last.children and last.lead and not _owns_body(last, item.children[:-1]):
        item.tail += last.lead
        last.lead = []


def _owns_body(last: _Item, earlier: Sequence[_Item]) -> bool:
    kinds = {node.marker.style.kind for node in last.nodes.values()}
    if kinds & {"heading", "title", "unit", "paragraph", "bullet", "row"} or not any(
        node.marker.rest.strip() for node in last.nodes.values()
    ):
        return True
    if last.title is None or last.run_in:
        return False
    # Where short items before it had no body, it is one more short item and the paragraph closes the list.
    return not any(item.title and not item.run_in and not item.lead and not item.children for item in earlier)


def _emit(
    item: _Item,
    clause_id: str,
    parent: str | None,
    above: dict[Language, tuple[Marker, ...]],
    titles: tuple[Bilingual, ...],
) -> Iterator[Clause]:
    markers = {lang: (*above.get(lang, ()), node.marker) for lang, node in item.nodes.items()}
    headings = (*titles, _bilingual(item.title)) if item.title else titles
    paragraphs = tuple(_bilingual(texts) for texts in _paragraphs(item, clause_id))
    yield Clause(
        id=clause_id,
        label=_bilingual({lang: label(path, lang) for lang, path in markers.items()}),
        heading=headings[-1] if headings else Bilingual(None, None),
        headings=headings,
        text=_joined(paragraphs),
        paragraphs=paragraphs,
        parent_id=parent,
        child_ids=tuple(f"{clause_id}.{child.number}" for child in item.children),
        line=MappingProxyType({lang: node.line.number for lang, node in item.nodes.items()}),
        closing_paragraphs=len(item.tail),
    )
    for child in item.children:
        yield from _emit(child, f"{clause_id}.{child.number}", clause_id, markers, headings)


def _paragraphs(item: _Item, clause_id: str) -> list[Texts]:
    own = {lang: rest for lang, node in item.nodes.items() if (rest := node.marker.rest.strip())}
    following = [{lang: line.text for lang, line in row.items()} for row in (*item.lead, *item.tail)]
    is_only_a_title = item.title is not None and not item.run_in
    if item.lead and is_only_a_title:
        return following
    if own:
        return [own, *following]
    if not following and not item.children:
        first = next(iter(item.nodes.values()))
        raise PolicyError(f"clause {clause_id} has a number but no text", first.line.number)
    return following or [{lang: node.marker.core for lang, node in item.nodes.items()}]


def _preamble(outlines: Mapping[Language, Outline]) -> Iterator[Clause]:
    """Clause 0 is the whole preamble under the version's date, 0.1, 0.2, … are its paragraphs one by one.

    A date without a preamble is a clause 0 by itself.
    """
    rows = _pair_lines({lang: outline.preamble for lang, outline in outlines.items()}, "0")
    dates = zip_longest(*(outline.dates for outline in outlines.values()))
    dated = [
        {lang: line for lang, line in zip(outlines, row, strict=True) if line is not None} for row in dates
    ]
    if not rows and not dated:
        return
    paragraphs = tuple(_bilingual({lang: line.text for lang, line in row.items()}) for row in (*dated, *rows))
    whole = Clause(
        id="0",
        label=_shown(_PREAMBLE, outlines),
        heading=_shown(_PREAMBLE, outlines),
        headings=(_shown(_PREAMBLE, outlines),),
        text=_joined(paragraphs),
        paragraphs=paragraphs,
        parent_id=None,
        child_ids=tuple(f"0.{i}" for i in range(1, len(rows) + 1)),
        line=MappingProxyType({lang: line.number for lang, line in (rows or dated)[0].items()}),
    )
    yield whole
    for i, (row, paragraph) in enumerate(zip(rows, paragraphs[len(dated) :], strict=True), 1):
        yield replace(
            whole,
            id=f"0.{i}",
            label=_shown(Bilingual(f"引言第{i}段", f"Preamble, paragraph {i}"), outlines),
            text=paragraph,
            paragraphs=(paragraph,),
            parent_id="0",
            child_ids=(),
            line=MappingProxyType({lang: line.number for lang, line in row.items()}),
        )


def _bilingual(texts: Mapping[Language, str]) -> Bilingual:
    return Bilingual(zh=texts.get("zh"), en=texts.get("en"))


def _shown(words: Bilingual, languages: Mapping[Language, object]) -> Bilingual:
    return Bilingual(words.zh if "zh" in languages else None, words.en if "en" in languages else None)


def _joined(paragraphs: Sequence[Bilingual]) -> Bilingual:
    zh = [p.zh for p in paragraphs if p.zh is not None]
    en = [p.en for p in paragraphs if p.en is not None]
    return Bilingual("\n\n".join(zh) if zh else None, "\n\n".join(en) if en else None)
