"""Which clauses stand next to each other: a clause, its parent, its children and its siblings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


class Families(Mapping[int, tuple[int, ...]]):
    """For each position in a list of clause ids, its relatives' positions, itself among them, in order.

    A family is put together when it is asked for: kept, those of a list of 20,000 items would be 400 million numbers.
    """

    def __init__(self, clause_ids: Iterable[str]) -> None:
        self._ids = tuple(clause_ids)
        self._position = {clause_id: position for position, clause_id in enumerate(self._ids)}
        self._below: dict[str, list[int]] = {}
        for position, clause_id in enumerate(self._ids):
            self._below.setdefault(_parent(clause_id), []).append(position)

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._ids)))

    def __getitem__(self, position: int) -> tuple[int, ...]:
        if not 0 <= position < len(self._ids):
            raise KeyError(position)
        clause_id = self._ids[position]
        relatives = {position, *self._below.get(clause_id, ())}
        parent = _parent(clause_id)
        if parent:  # articles are no siblings
            relatives.update(self._below[parent])
            if parent in self._position:
                relatives.add(self._position[parent])
        return tuple(sorted(relatives))


def _parent(clause_id: str) -> str:
    return clause_id.rpartition(".")[0]
