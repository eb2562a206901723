"""From the paragraphs of one language to a tree of numbered items, by sequence alone.

A marker counts only if it is the next ordinal of an open list or the first of a new one; everything else
that looks like a marker is text. Nothing here knows any policy's wording.

    lines ── which style numbers the articles ── where the articles begin (a table of contents before them
    is dropped)
          ── preamble paragraphs | tree of nodes
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.contents import first_run, without_contents
from knowledge.errors import PolicyError
from knowledge.numbering import Marker, Style, readings
from knowledge.source import Line, last_line_starting
from knowledge.titles import split_top_matter

# How far ahead the next item of a list is looked for when a marker can be read in two ways.
_LOOK_AHEAD = 200


@dataclass(slots=True)
class Node:
    """A numbered item while the tree grows; `lead` are the paragraphs between its marker and its children."""

    marker: Marker
    line: Line
    parent: Node | None = None
    lead: list[Line] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    ordinal: int = 0

    @property
    def path(self) -> tuple[int, ...]:
        return (*(self.parent.path if self.parent else ()), self.ordinal)


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
    marked = [readings(line.text, line.depth) for line in lines]
    titles = {} if _headings_are_numbered(lines, marked) else _unnumbered_headings(lines)
    hinted = None if articles_start_with is None else last_line_starting(lines, articles_start_with)
    root = None if titles else _root_style(lines, marked, hinted or 0)
    if titles:
        start = min(titles)
        marked = _mark_headings(lines, marked, titles)
    elif root is not None:
        start = first_run(lines, marked, root) if hinted is None else hinted
    else:
        return Outline(dates, [], _paragraphs_in_order(lines))
    articles = _Tree(lines, marked, root).grow(start)
    titles_below = [node.marker.rest for article in articles for node in article.children]
    titles_of_all = [*(article.marker.rest for article in articles), *titles_below]
    return Outline(dates, without_contents(lines[:start], titles_of_all), articles)


class _Tree:
    """Grows the tree line by line; `stack` holds the item being read and its ancestors, outermost first."""

    def __init__(
        self, lines: Sequence[Line], marked: Sequence[tuple[Marker, ...]], root: Style | None
    ) -> None:
        self._lines = lines
        self._marked = marked
        self._root = root
        self._articles: list[Node] = []
        self._stack: list[Node] = []
        self._running: dict[Style, int] = {}
        self._paragraphs_too = root is None and not any(
            marker.style.kind != "heading" for found in marked for marker in found if marker.ordinal == 1
        )

    def grow(self, start: int) -> list[Node]:
        for index in range(start, len(self._lines)):
            line = self._lines[index]
            choices = [
                choice for marker in self._marked[index] if (choice := self._place(marker)) is not None
            ]
            if choices:
                self._add(line, *self._likeliest(choices, index))
            elif self._paragraphs_too:
                self._add_paragraph(line)
            else:
                self._stack[-1].lead.append(line)
        return self._articles

    def _place(self, marker: Marker) -> tuple[int, Marker] | None:
        """How many of the stack stay open under this marker, or None if it is out of sequence."""
        style, stack = marker.style, self._stack
        if style.kind == "heading":
            above = [node for node in stack if node.marker.style.kind == "heading"]
            return sum(int(node.marker.style.around) < int(style.around) for node in above), marker
        if style.kind == "dotted":
            return self._place_dotted(marker)
        for same in (style.__eq__, style.loosely):
            for depth in range(len(stack) - 1, -1, -1):
                if same(stack[depth].marker.style) and stack[depth].marker.ordinal + 1 == marker.ordinal:
                    return depth, marker
        if not stack:
            return (0, marker) if style == self._root and marker.ordinal == 1 else None
        if any(node.marker.style == style for node in stack):
            return None
        runs_on = style.kind == "unit" and self._running.get(style, 0) + 1 == marker.ordinal
        return (len(stack), marker) if marker.ordinal == 1 or runs_on else None

    def _place_dotted(self, marker: Marker) -> tuple[int, Marker] | None:
        *above, last = marker.path
        keep = len(above)
        if not 0 < keep <= len(self._stack) or self._stack[keep - 1].path != tuple(above):
            return None
        return (keep, marker) if len(self._stack[keep - 1].children) + 1 == last else None

    def _likeliest(self, choices: list[tuple[int, Marker]], index: int) -> tuple[int, Marker]:
        """Of two readings the one whose next item comes sooner: i. is the ninth letter if j. follows."""
        if len(choices) == 1:
            return choices[0]
        return min(choices, key=lambda choice: (self._distance_to_next(choice[1], index), choice[0]))

    def _distance_to_next(self, marker: Marker, index: int) -> int:
        for ahead, found in enumerate(self._marked[index + 1 : index + _LOOK_AHEAD]):
            same = {other.ordinal for other in found if other.style == marker.style}
            if marker.ordinal + 1 in same:
                return ahead
            if marker.ordinal in same:  # the list that follows is another one
                break
        return _LOOK_AHEAD

    def _add(self, line: Line, keep: int, marker: Marker) -> None:
        del self._stack[keep:]
        parent = self._stack[-1] if self._stack else None
        siblings = parent.children if parent else self._articles
        node = Node(marker, line, parent, ordinal=len(siblings) + 1)
        siblings.append(node)
        self._stack.append(node)
        if marker.style.kind == "unit":
            self._running[marker.style] = marker.ordinal

    def _add_paragraph(self, line: Line) -> None:
        keep = sum(node.marker.style.kind == "heading" for node in self._stack)
        siblings = self._stack[keep - 1].children if keep else self._articles
        self._add(line, keep, _paragraph_marker(line, len(siblings) + 1))


def _headings_are_numbered(lines: Sequence[Line], marked: Sequence[tuple[Marker, ...]]) -> bool:
    return any(
        line.depth and any(marker.ordinal == 1 and marker.style.kind != "dotted" for marker in found)
        for line, found in zip(lines, marked, strict=True)
    )


def _unnumbered_headings(lines: Sequence[Line]) -> dict[int, int]:
    """Index → depth of the headings."""
    return {index: line.depth for index, line in enumerate(lines) if line.depth}


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
            if marker.style.kind != "dotted" and marker.ordinal == reached.get(marker.style, 0) + 1:
                first = chains[marker.style][1] if marker.style in chains else index
                chains[marker.style] = (marker.rank, first, index)
                reached[marker.style] = marker.ordinal
    best: Style | None = None
    for style, (rank, first, _) in sorted(chains.items(), key=lambda item: item[1][1]):
        sure = rank <= 3
        if best is None or (rank < chains[best][0] and (sure or first > chains[best][2])):
            best = style
    return best


def _paragraphs_in_order(lines: Sequence[Line]) -> list[Node]:
    body = [line for line in lines if not line.depth] or lines
    return [Node(_paragraph_marker(line, i), line, ordinal=i) for i, line in enumerate(body, 1)]


def _paragraph_marker(line: Line, ordinal: int) -> Marker:
    return Marker(Style("paragraph", ""), ordinal, str(ordinal), line.text)
