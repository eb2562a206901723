"""Grows the tree of one language's numbered items, headings, list items and table rows, line by line.

A number counts only if it is the next of an open list or the first of a new one, or if it leaves some out or
comes twice and the list goes on behind it. Headings always count. Everything else that looks like a number
is text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from knowledge.text.numbering import Kind, Marker, Style
from knowledge.text.source import Line

# How far ahead the next item of a list is looked for when it is not sure what a number is.
_LOOK_AHEAD = 200
# How many numbers a list may leave out at once, and one of headings or articles.
_GAP, _SURE_GAP = 2, 10
# No policy nests deeper; what does is kept at this depth, so that nothing that walks the tree runs out of stack.
DEEPEST = 12
_LONGEST_NAME = 40
_LISTED: tuple[Kind, ...] = ("bullet", "row")


@dataclass
class Node:
    """An item while the tree grows; `lead` are the paragraphs between its marker and its children.

    `ordinal` is its number among its siblings, as in its id: the printed one where the list starts at 1 and
    leaves numbers out, else its place. `anchor` is the sibling whose number the next one goes on from: itself,
    or the last one with a number before a heading that has none.
    """

    marker: Marker
    line: Line
    parent: Node | None = None
    lead: list[Line] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    ordinal: int = 0
    anchor: Node | None = None

    @cached_property
    def path(self) -> tuple[int, ...]:
        return (*(self.parent.path if self.parent else ()), self.ordinal)

    @cached_property
    def printed_path(self) -> tuple[int, ...]:
        """The numbers that dotted ones below it begin with, where articles run on from chapter to chapter."""
        if self.marker.style.kind == "unit" or self.parent is None:
            return (self.marker.ordinal,)
        return self.marker.path or (*self.parent.printed_path, self.marker.ordinal)


Place = tuple[int, Marker]  # how many of the stack stay open under the marker


class Tree:
    """`stack` holds the item being read and its ancestors, outermost first."""

    def __init__(
        self,
        lines: Sequence[Line],
        marked: Sequence[tuple[Marker, ...]],
        root: Style | None,
        *,
        paragraphs_too: bool,
    ) -> None:
        self._lines = lines
        self._marked = marked
        self._root = root
        self._articles: list[Node] = []
        self._stack: list[Node] = []
        self._running: dict[Style, int] = {}
        self._paragraphs_too = paragraphs_too

    def grow(self, start: int) -> list[Node]:
        """The articles; the line at `start` must open one, unless paragraphs count too."""
        for index in range(start, len(self._lines)):
            line = self._lines[index]
            if line.kind in _LISTED:
                places = self._places(index) if line.kind == "bullet" else []
                if places:
                    self._add(line, *self._likeliest(places, index))
                else:
                    self._add_listed(line)
                continue
            self._leave_lists(line)
            if places := self._places(index):
                self._add(line, *self._likeliest(places, index))
            elif line.depth and self._root is not None:
                self._add(line, *self._place_heading(title_marker(line)))
            elif self._paragraphs_too and not any(self._is_listed(node) for node in self._stack):
                self._add_paragraph(line)
            else:
                self._stack[-1].lead.append(line)
        return self._articles

    def _places(self, index: int) -> list[Place]:
        places = (self._place(marker, index) for marker in self._marked[index])
        return [place for place in places if place is not None and place[0] < DEEPEST]

    def _place(self, marker: Marker, index: int) -> Place | None:
        """How many of the stack stay open under this marker, or None if it is out of sequence."""
        style, stack, line = marker.style, self._stack, self._lines[index]
        if style.kind in ("heading", "title"):
            return self._place_heading(marker)
        if style.kind == "dotted":
            return self._place_dotted(marker, index)
        if style.around == "annex":
            return (0, marker) if stack else None
        anchors = [(depth, node.anchor) for depth, node in enumerate(stack) if node.anchor]
        nexts = [
            (node.marker.style == style, node.line.indent == line.indent, depth)
            for depth, node in anchors
            if style.loosely(node.marker.style) and node.marker.ordinal + 1 == marker.ordinal
        ]
        if nexts:
            return max(nexts)[-1], marker
        if not stack:
            return (0, marker) if style == self._root and marker.ordinal == 1 else None
        open_alike = [(depth, node) for depth, node in anchors if node.marker.style == style]
        if not any(line.indent <= node.line.indent for _, node in open_alike):
            runs_on = style.kind == "unit" and self._running.get(style, 0) + 1 == marker.ordinal
            if marker.ordinal == 1 or runs_on:
                return len(stack), marker
        return self._place_irregular(marker, index, open_alike) if open_alike else None

    def _place_heading(self, marker: Marker) -> Place:
        """Below the headings of lesser depth that are open, and below no number that is not a heading's."""
        depth, keep = int(marker.style.around), 0
        for node in self._stack:
            above = int(node.marker.style.around) if node.marker.style.kind == "heading" else node.line.depth
            if not 0 < above < depth:
                break
            keep += 1
        return min(keep, DEEPEST - 1), marker

    def _place_dotted(self, marker: Marker, index: int) -> Place | None:
        *above, last = marker.path
        for keep in range(len(self._stack), 0, -1):
            node = self._stack[keep - 1]
            if tuple(above) not in (node.path, node.printed_path):
                continue
            before = node.children[-1].anchor if node.children else None
            seen = before.marker.ordinal if before and before.marker.style.kind == "dotted" else 0
            if last == seen + 1:
                return keep, marker
            is_leap = 0 < last - seen - 1 <= _GAP or (last == seen and last > 1)
            return (keep, marker) if is_leap and self._list_goes_on(marker, seen, index) else None
        return None

    def _place_irregular(
        self, marker: Marker, index: int, open_alike: Sequence[tuple[int, Node]]
    ) -> Place | None:
        """The place of a number that leaves some out or comes twice."""
        indent = self._lines[index].indent
        depth, node = max(open_alike, key=lambda alike: (alike[1].line.indent == indent, alike[0]))
        seen, number = node.marker.ordinal, marker.ordinal
        sure = bool(marker.style.depth) or marker.style.kind == "unit"
        if marker.style.depth and number <= seen:
            return depth, marker
        if number > seen:
            gap = number - seen - 1
            goes_on = gap <= (_SURE_GAP if sure else _GAP) and self._list_goes_on(
                marker, seen, index, sure=sure
            )
            return (depth, marker) if goes_on else None
        if number == seen > 1:
            return (depth, marker) if self._list_goes_on(marker, seen, index) else None
        return None

    def _list_goes_on(self, marker: Marker, seen: int, index: int, *, sure: bool = False) -> bool:
        """Whether the number after `marker` follows, and none of those left out since `seen` does before it.

        A `sure` one need not be followed.
        """
        for found in self._marked[index + 1 : index + _LOOK_AHEAD]:
            for other in found:
                if other.style != marker.style or other.path[:-1] != marker.path[:-1]:
                    continue
                if other.ordinal == marker.ordinal + 1:
                    return True
                if seen < other.ordinal <= marker.ordinal:
                    return False
        return sure

    def _likeliest(self, places: list[Place], index: int) -> Place:
        """Of two readings the one whose next item comes sooner: i. is the ninth letter if j. follows."""
        if len(places) == 1:
            return places[0]
        return min(places, key=lambda place: (self._distance_to_next(place[1], index), place[0]))

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
        node = Node(marker, line, parent, ordinal=_ordinal(marker, siblings))
        if marker.style.kind != "title":
            node.anchor = None if marker.style.around == "annex" else node
        elif siblings:
            node.anchor = siblings[-1].anchor
        siblings.append(node)
        self._stack.append(node)
        if marker.style.kind == "unit":
            self._running[marker.style] = marker.ordinal

    def _add_paragraph(self, line: Line) -> None:
        keep = sum(node.marker.style.kind == "heading" for node in self._stack)
        siblings = self._stack[keep - 1].children if keep else self._articles
        self._add(line, keep, paragraph_marker(line, len(siblings) + 1))

    def _add_listed(self, line: Line) -> None:
        """A list item goes below the open item that is indented less, a table row below what is open."""
        self._leave_lists(line)
        if not self._stack:
            self._add_paragraph(line)
            return
        keep = min(len(self._stack), DEEPEST - 1)
        siblings = self._stack[keep - 1].children
        style = Style("row" if line.kind == "row" else "bullet", "")
        self._add(line, keep, Marker(style, len(siblings) + 1, str(len(siblings) + 1), line.text))

    def _leave_lists(self, line: Line) -> None:
        """Closes the lists that this line is not indented enough to belong to, and the table above it."""
        for depth, node in enumerate(self._stack):
            if self._is_listed(node) and (
                node.line.kind == "row" or line.kind == "row" or line.depth or line.indent <= node.line.indent
            ):
                del self._stack[depth:]
                return

    def _is_listed(self, node: Node) -> bool:
        """Whether it is a list item or table row, be it that it stands for a paragraph above which nothing stands."""
        kind = node.marker.style.kind
        return kind in _LISTED or (kind == "paragraph" and node.line.kind in _LISTED)


def paragraph_marker(line: Line, ordinal: int) -> Marker:
    return Marker(Style("paragraph", ""), ordinal, str(ordinal), line.text)


def title_marker(line: Line) -> Marker:
    """For a heading without a number in a text whose other headings have one."""
    name = line.text if len(line.text) <= _LONGEST_NAME else f"{line.text[:_LONGEST_NAME].rstrip()}…"
    return Marker(Style("title", str(line.depth)), 0, name, line.text)


def _ordinal(marker: Marker, siblings: Sequence[Node]) -> int:
    if not siblings:
        return 1
    before = siblings[-1]
    step = marker.ordinal - before.marker.ordinal if marker.style.loosely(before.marker.style) else 1
    return before.ordinal + max(1, step)
