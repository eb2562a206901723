"""What changed between two versions of a policy, clause by clause. Pure: clauses in, differences out."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.types import Bilingual, Clause


@dataclass(frozen=True, slots=True)
class Changed:
    """The clause keeps its id, but its title or what it says is another."""

    old: Clause
    new: Clause


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

    A clause that kept id, own title and text is no difference. Of the others, a text found on both sides
    has moved (a text that stands several times pairs off in document order); an id left on both sides has
    changed; the rest was added or removed.
    """
    same_text = {
        clause_id for clause_id in old.keys() & new.keys() if old[clause_id].text == new[clause_id].text
    }
    moved = _moves(
        [clause for clause_id, clause in old.items() if clause_id not in same_text],
        [clause for clause_id, clause in new.items() if clause_id not in same_text],
    )
    left = {move.old_id for move in moved}
    came = {move.new_id for move in moved}
    changed = [
        clause_id
        for clause_id in old.keys() & new.keys()
        if (clause_id not in same_text and clause_id not in left and clause_id not in came)
        or (clause_id in same_text and _own_title(old, clause_id) != _own_title(new, clause_id))
    ]
    return Diff(
        added=tuple(id_ for id_ in new if id_ not in came and (id_ not in old or id_ in left)),
        removed=tuple(id_ for id_ in old if id_ not in left and (id_ not in new or id_ in came)),
        changed=tuple(Changed(old[id_], new[id_]) for id_ in old if id_ in changed),
        moved=moved,
    )


def _own_title(clauses: Mapping[str, Clause], clause_id: str) -> tuple[Bilingual, ...]:
    clause = clauses[clause_id]
    inherited = clauses[clause.parent_id].headings if clause.parent_id is not None else ()
    return clause.headings[len(inherited) :]


def _moves(old: Iterable[Clause], new: Iterable[Clause]) -> tuple[Moved, ...]:
    waiting: dict[Bilingual, deque[str]] = defaultdict(deque)
    for clause in new:
        waiting[clause.text].append(clause.id)
    return tuple(Moved(clause.id, waiting[clause.text].popleft()) for clause in old if waiting[clause.text])
