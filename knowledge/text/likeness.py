"""How alike the texts of two versions' clauses are, without comparing each with each."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping

from knowledge.language import normalise
from knowledge.types import LANGUAGES, Clause, Language

Shingle = tuple[Language, str]

_UNITS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]|[^\W_\u3400-\u4dbf\u4e00-\u9fff]+")
# A run of words that so many clauses share says nothing of any of them.
_TOO_COMMON = 40
_MOST_CANDIDATES = 8


class Likeness:
    """Of two sets of clauses by id: pairs of words (characters in Chinese) that two clauses share."""

    def __init__(self, old: Mapping[str, Clause], new: Mapping[str, Clause]) -> None:
        self._old = {clause_id: _shingles(clause) for clause_id, clause in old.items()}
        self._new = {clause_id: _shingles(clause) for clause_id, clause in new.items()}
        self._holders: dict[Shingle, list[str]] = defaultdict(list)
        for clause_id, shingles in self._new.items():
            for shingle in shingles:
                self._holders[shingle].append(clause_id)

    def candidates(self, old_id: str) -> list[str]:
        """The new clauses worth comparing, that of the same id first if there is one."""
        shared: Counter[str] = Counter()
        for shingle, count in self._old[old_id].items():
            holders = self._holders.get(shingle, ())
            if len(holders) <= _TOO_COMMON:
                shared.update(dict.fromkeys(holders, count))
        found = [clause_id for clause_id, _ in shared.most_common(_MOST_CANDIDATES)]
        return list(dict.fromkeys([*([old_id] if old_id in self._new else []), *found]))

    def of(self, old_id: str, new_id: str) -> float:
        """Dice's coefficient, 0 (nothing in common) to 1 (the same pairs of words)."""
        left, right = self._old[old_id], self._new[new_id]
        total = left.total() + right.total()
        return 2 * (left & right).total() / total if total else 0.0


def _shingles(clause: Clause) -> Counter[Shingle]:
    found: Counter[Shingle] = Counter()
    for lang in LANGUAGES:
        units = _UNITS.findall(normalise(clause.text.only(lang) or "").casefold())
        found.update(
            (lang, f"{first} {second}") for first, second in zip(["", *units], [*units, ""], strict=True)
        )
    return found
