"""What changed between two versions of a policy, clause by clause. Pure: clauses in, differences out."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.text.likeness import Likeness
from knowledge.types import Bilingual, Clause

# A clause under another number is taken for the same one, edited, when so much of both is alike.
ALIKE = 0.6
# An edited clause under another number must be this much more alike than the one that has its number now.
_MORE_ALIKE = 0.2


@dataclass(frozen=True, slots=True)
class Changed:
    """The same clause with another own title or text, under the same id or, when it moved too, another.

    ``likeness`` is the share of its text that stayed, 0 to 1; 1 where only the title is another.
    """

    old: Clause
    new: Clause
    likeness: float

    @property
    def has_moved(self) -> bool:
        return self.old.id != self.new.id


@dataclass(frozen=True, slots=True)
class Moved:
    """The clause says the same, word for word, under another id."""

    old_id: str
    new_id: str


@dataclass(frozen=True, slots=True)
class Diff:
    """`added` are ids of the new version, `removed` of the old one; each in document order."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Changed, ...]
    moved: tuple[Moved, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


def diff(old: Mapping[str, Clause], new: Mapping[str, Clause]) -> Diff:
    """The differences between two versions' clauses, both by id in document order.

    A clause that kept id, own title and text is no difference. Of the others, a text found on both sides has
    moved, its list with it where the text stands in several lists. Of what is left, clauses that are most alike
    are one clause that changed, under the same id or another; an id left on both sides has changed, however
    much; the rest was added or removed.
    """
    same_text = [
        clause_id for clause_id in old if clause_id in new and _text(old, clause_id) == _text(new, clause_id)
    ]
    partners = {clause_id: clause_id for clause_id in same_text}
    partners.update(_moves(_without(old, partners), _without(new, partners.values()), partners))
    edited = _edits(_without(old, partners), _without(new, partners.values()))
    partners.update((old_id, new_id) for old_id, (new_id, _) in edited.items())
    moved, changed = [], []
    for old_id in old:
        new_id = partners.get(old_id)
        if new_id is None:
            continue
        if old_id in edited:
            changed.append(Changed(old[old_id], new[new_id], edited[old_id][1]))
        elif _own_title(old, old_id) != _own_title(new, new_id):
            changed.append(Changed(old[old_id], new[new_id], 1.0))
        elif old_id != new_id:
            moved.append(Moved(old_id, new_id))
    came = set(partners.values())
    return Diff(
        added=tuple(id_ for id_ in new if id_ not in came),
        removed=tuple(id_ for id_ in old if id_ not in partners),
        changed=tuple(changed),
        moved=tuple(moved),
    )


def _text(clauses: Mapping[str, Clause], clause_id: str) -> Bilingual:
    return clauses[clause_id].text


def _without(clauses: Mapping[str, Clause], taken: Iterable[str]) -> dict[str, Clause]:
    gone = set(taken)
    return {clause_id: clause for clause_id, clause in clauses.items() if clause_id not in gone}


def _own_title(clauses: Mapping[str, Clause], clause_id: str) -> tuple[Bilingual, ...]:
    clause = clauses[clause_id]
    inherited = clauses[clause.parent_id].headings if clause.parent_id is not None else ()
    return clause.headings[len(inherited) :]


def _moves(old: Mapping[str, Clause], new: Mapping[str, Clause], kept: Mapping[str, str]) -> dict[str, str]:
    """Old id → new id of equal texts. First those whose parents belong together, then in document order."""
    found: dict[str, str] = {}
    for with_parent in (True, False):
        waiting: dict[tuple[Bilingual, str | None], deque[str]] = defaultdict(deque)
        taken = set(found.values())
        for clause in new.values():
            if clause.id not in taken:
                waiting[clause.text, clause.parent_id if with_parent else None].append(clause.id)
        for clause in old.values():  # parents come before their items
            if clause.id in found:
                continue
            parent = clause.parent_id
            parent = (found.get(parent) or kept.get(parent)) if parent is not None else None
            place = waiting[clause.text, parent if with_parent else None]
            if place and (parent is not None or not with_parent):
                found[clause.id] = place.popleft()
    return found


def _edits(old: Mapping[str, Clause], new: Mapping[str, Clause]) -> dict[str, tuple[str, float]]:
    """Old id → new id and likeness of clauses whose text was edited, the most alike paired first."""
    likeness = Likeness(old, new)
    pairs = []
    for place, old_id in enumerate(old):
        for new_id in likeness.candidates(old_id):
            share = likeness.of(old_id, new_id)
            is_there = old_id == new_id
            if is_there or share >= ALIKE:
                pairs.append((-(share + _MORE_ALIKE * is_there), place, old_id, new_id, share))
    found: dict[str, tuple[str, float]] = {}
    taken: set[str] = set()
    for _, _, old_id, new_id, share in sorted(pairs):
        if old_id not in found and new_id not in taken:
            found[old_id] = (new_id, share)
            taken.add(new_id)
    return found
