"""From the lines of one language to a tree of clauses: what numbers its articles, and where they begin.

    lines ── titles and dates at the top taken off ── which headings or numbers are the articles'
          ── where the articles begin (a table of contents before them is dropped)
          ── preamble paragraphs | tree of nodes

Nothing here knows any policy's wording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from knowledge.errors import PolicyError
from knowledge.text.contents import first_run, without_contents
from knowledge.text.emphasis import with_emphasised_headings
from knowledge.text.numbering import Marker, Style
from knowledge.text.source import Line, last_line_starting
from knowledge.text.titles import split_top_matter
from knowledge.text.tree import Node, Tree


@dataclass(frozen=True, slots=True)
class Outline:
    """One language of a policy: its date lines, the paragraphs before the first article, and the articles."""

    dates: list[Line]
    preamble: list[Line]
    articles: list[Node]


def parse_outline(
    source: Sequence[Line], title: str | None = None, articles_start_with: str | None = None
) -> Outline:
    """One language's outline. Without any number, headings and paragraphs are numbered in order.

    `title` is the document's, which is no part of the outline; `articles_start_with` is how the line of the
    first article starts, for a text in which it cannot be told from a list in the preamble.
    """
    dates, lines = split_top_matter(source, title)
    if not lines:
        raise PolicyError("the text has no paragraph below its title")
    lines = with_emphasised_headings(lines)
    hinted = None if articles_start_with is None else last_line_starting(lines, articles_start_with)
    marked = _counted_out(lines, [line.markers() for line in lines])
    headings = {index: line.depth for index, line in enumerate(lines) if line.depth}
    if _headings_are_numbered(lines, marked):
        headings = {}
    root = None if headings else _root_style(lines, marked, hinted or 0)
    start = 0
    if headings:
        start = min(headings)
        marked = _mark_headings(lines, marked, headings)
    elif root is not None:
        start = _first_article(lines, marked, root) if hinted is None else hinted
    if hinted is not None and not _opens_articles(marked[hinted], root):
        raise PolicyError(
            "articles_start_with names this line, but no numbered articles begin with it",
            lines[hinted].number,
        )
    articles = Tree(lines, marked, root, paragraphs_too=root is None and not _has_list(marked)).grow(start)
    titles_below = [node.marker.rest for article in articles for node in article.children]
    titles_of_all = [*(article.marker.rest for article in articles), *titles_below]
    return Outline(dates, without_contents(lines[:start], titles_of_all), articles)


def _first_article(lines: Sequence[Line], marked: Sequence[tuple[Marker, ...]], root: Style) -> int:
    """Where the first article begins, or the first of several parts that each have articles 1, 2, …"""
    start = first_run(lines, marked, root)
    depth = lines[start].depth
    parts = [index for index, line in enumerate(lines) if 0 < line.depth < depth and not marked[index]]
    return parts[0] if parts and parts[0] < start < parts[-1] else start


def _counted_out(lines: Sequence[Line], marked: list[tuple[Marker, ...]]) -> list[tuple[Marker, ...]]:
    """The markers with runs of 1. 1. 1., as Markdown lets one write a list, counted out."""
    for (_, is_one), run in groupby(
        range(len(lines)), key=lambda index: (lines[index].indent, _is_one(lines[index], marked[index]))
    ):
        indexes = list(run)
        after = marked[indexes[-1] + 1] if indexes[-1] + 1 < len(lines) else ()
        if not is_one or len(indexes) == 1 or any(marker.ordinal == 2 for marker in after):
            continue
        for number, index in enumerate(indexes, 1):
            marked[index] = (replace(marked[index][0], ordinal=number, core=str(number)),)
    return marked


def _is_one(line: Line, found: tuple[Marker, ...]) -> bool:
    return not line.depth and any(m.style == Style("decimal", "dot") and m.ordinal == 1 for m in found)


def _opens_articles(found: tuple[Marker, ...], root: Style | None) -> bool:
    return any(marker.style == root and marker.ordinal == 1 for marker in found)


def _has_list(marked: Sequence[tuple[Marker, ...]]) -> bool:
    """Whether any numbers 1, 2 of one style stand in the text; those of headings and annexes do not count."""
    seen = {(marker.style, marker.ordinal) for found in marked for marker in found if _is_of_list(marker)}
    return any(ordinal == 1 and (style, 2) in seen for style, ordinal in seen)


def _is_of_list(marker: Marker) -> bool:
    return marker.style.kind not in ("heading", "dotted") and marker.style.around != "annex"


def _headings_are_numbered(lines: Sequence[Line], marked: Sequence[tuple[Marker, ...]]) -> bool:
    return any(
        line.depth and any(marker.ordinal == 1 and _is_of_list(marker) for marker in found)
        for line, found in zip(lines, marked, strict=True)
    )


def _mark_headings(
    lines: Sequence[Line], marked: Sequence[tuple[Marker, ...]], titles: dict[int, int]
) -> list[tuple[Marker, ...]]:
    """Gives each heading a marker; the ordinal in it is its place among its siblings, numbered as in 2.1."""
    out, counts = list(marked), [0] * 7
    open_depths: list[int] = []
    for index, depth in titles.items():
        open_depths = [other for other in open_depths if other < depth]
        open_depths.append(depth)
        counts[depth] += 1
        counts[depth + 1 :] = [0] * (6 - depth)
        core = ".".join(str(counts[other]) for other in open_depths)
        out[index] = (Marker(Style("heading", str(depth)), counts[depth], core, lines[index].text),)
    return out


def _root_style(lines: Sequence[Line], marked: Sequence[tuple[Marker, ...]], start: int) -> Style | None:
    """The outermost list's style: that of numbered headings, else the highest rank, else the first."""
    headings_only = _headings_are_numbered(lines, marked)
    chains: dict[Style, tuple[int, int, int]] = {}  # style → rank, first index, last index of 1, 2, 3, …
    reached: dict[Style, int] = {}
    for index, found in enumerate(marked):
        if index < start:
            continue
        for marker in found if lines[index].depth or not headings_only else ():
            if _is_of_list(marker) and marker.ordinal == reached.get(marker.style, 0) + 1:
                first = chains[marker.style][1] if marker.style in chains else index
                chains[marker.style] = (marker.rank, first, index)
                reached[marker.style] = marker.ordinal
    best: Style | None = None
    for style, (rank, first, _) in sorted(chains.items(), key=lambda item: item[1][1]):
        sure = rank <= 3
        if best is None or (rank < chains[best][0] and (sure or first > chains[best][2])):
            best = style
    return best
