"""Where the questions of a bank stand in a version of the policy. A question belongs to a clause's text.

A clause id in the bank names the text for which it was last reviewed (reviewed.yml), else the clause that the newest
version with that id has. ``5.6@2020-01-01`` names a version's clause outright. Questions that were found good for a
new text, too, still belong to the texts for which they were reviewed before.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from knowledge.bank.questions import Question, QuestionBank
from knowledge.text.diff import diff
from knowledge.text.policy import Policy, PolicyStore
from knowledge.types import Clause

Fate = Literal["same", "moved", "changed", "removed", "new"]
Record = Mapping[
    str, tuple[str, ...]
]  # name → fingerprints of the texts it was reviewed for, the last one first

# Of a changed clause's questions it is assumed that they still hold while half of the text is left.
STILL_HOLDS = 0.5
_AT = "@"


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of the clause that the bank calls ``name``.

    ``clause_id`` is its id in the version asked about, None where it is gone; ``home`` is the version and id that
    have the text the questions were reviewed for, None where that text is not kept. ``new``: never reviewed.
    """

    name: str
    fate: Fate
    clause_id: str | None
    home: tuple[str, str] | None
    likeness: float = 1.0
    is_reviewed: bool = True

    @property
    def is_served(self) -> bool:
        """Whether its questions are used where a changed text is better than none: in the current version."""
        return self.clause_id is not None and self.likeness >= STILL_HOLDS


def text_fingerprint(clause: Clause) -> str:
    """Twelve hex digits that stand for a clause's text in both languages."""
    said = f"{clause.text.zh or ''}\0{clause.text.en or ''}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def known_names(store: PolicyStore, record: Record) -> frozenset[str]:
    """Every name a question may give a clause; any other is a slip of the pen."""
    ids = {(policy.version, clause_id) for policy in store.versions for clause_id in policy.clauses}
    return frozenset({*record, *(id_ for _, id_ in ids), *(f"{id_}{_AT}{version}" for version, id_ in ids)})


class Standings:
    """The standing of any name in any version of a store."""

    def __init__(self, store: PolicyStore, record: Record) -> None:
        self._store = store
        self._record = record
        self._newest_first = tuple(reversed(store.versions))
        self._difference = cache(self._compare)
        self._by_text = {policy.version: _ids_by_text(policy) for policy in self._newest_first}

    def of(self, name: str, version: str) -> Standing:
        is_current = version == self._store.current.version
        if not is_current:
            for fingerprint in self._record.get(name, ()):
                found = self._with_text(name, fingerprint, version)
                if found is not None:
                    return Standing(name, "same" if found == name else "moved", found, (version, found))
        home = self._home(name)
        if home is None:
            return self._without_home(name, version)
        fate, clause_id, likeness = self._fate(home, version)
        has_record = name in self._record
        if is_current and self._record and not has_record and fate == "same":
            return Standing(name, "new", clause_id, home, likeness, is_reviewed=False)
        is_reviewed = fate in ("same", "moved") or (_AT in name and has_record)
        return Standing(name, fate, clause_id, home, likeness, is_reviewed)

    def bank(self, bank: QuestionBank, version: str) -> QuestionBank:
        """The questions that serve that version, under its clause ids.

        An older version is served only by questions whose clause says the same there; the current one also by those
        of a clause that changed, see ``Standing.is_served``. Messages that no clause answers serve every version.
        """
        is_current = version == self._store.current.version

        @cache
        def target(name: str) -> str | None:
            found = self.of(name, version)
            serves = found.is_served if is_current else found.fate in ("same", "moved")
            return found.clause_id if serves else None

        def ids(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(dict.fromkeys(id_ for name in names if (id_ := target(name)) is not None))

        placed = [
            replace(question, clause_ids=ids(question.clause_ids), also=ids(question.also))
            for question in bank.answerable
        ]
        answerable = tuple(question for question in placed if question.clause_ids)
        return QuestionBank(answerable, bank.unanswerable, _digest((*answerable, *bank.unanswerable)))

    def flagged(self, bank: QuestionBank) -> dict[str, tuple[Standing, int]]:
        """What waits for a review in the current version: the clause's standing and how many questions name it."""
        version = self._store.current.version
        counts = Counter(
            name for question in bank.answerable for name in {*question.clause_ids, *question.also}
        )
        standings = ((self.of(name, version), count) for name, count in counts.items())
        return {found.name: (found, count) for found, count in standings if not found.is_reviewed}

    def moved(self, bank: QuestionBank) -> dict[str, str]:
        """Names whose text has another id in the current version now, and that id."""
        version = self._store.current.version
        names = {name for question in bank.answerable for name in (*question.clause_ids, *question.also)}
        found = {name: self.of(name, version).clause_id for name in sorted(names)}
        return {name: id_ for name, id_ in found.items() if id_ is not None and id_ != name}

    def _home(self, name: str) -> tuple[str, str] | None:
        clause_id, _, version = name.partition(_AT)
        if version:
            return version, clause_id
        if name not in self._record:
            return next((p.version, name) for p in self._newest_first if name in p.clauses)
        homes = (
            (policy.version, self._with_text(name, self._record[name][0], policy.version))
            for policy in self._newest_first
        )
        return next(((version, id_) for version, id_ in homes if id_ is not None), None)

    def _with_text(self, name: str, fingerprint: str, version: str) -> str | None:
        """The clause with that text in that version, the one of that name if several have it."""
        same = self._by_text[version].get(fingerprint, [])
        return name if name in same else next(iter(same), None)

    def _without_home(self, name: str, version: str) -> Standing:
        """The text it was reviewed for is in no version that is kept."""
        is_there = name in self._store.get(version).clauses
        is_current = version == self._store.current.version
        fate: Fate = "changed" if is_there and is_current else "removed"
        return Standing(name, fate, name if fate == "changed" else None, None, is_reviewed=False)

    def _fate(self, home: tuple[str, str], version: str) -> tuple[Fate, str | None, float]:
        home_version, home_id = home
        if home_version == version:
            return "same", home_id, 1.0
        return self._difference(home_version, version)[home_id]

    def _compare(self, old: str, new: str) -> Mapping[str, tuple[Fate, str | None, float]]:
        before, after = self._store.get(old).clauses, self._store.get(new).clauses
        found = diff(before, after)
        fates: dict[str, tuple[Fate, str | None, float]] = {id_: ("same", id_, 1.0) for id_ in before}
        fates.update((id_, ("removed", None, 0.0)) for id_ in found.removed)
        fates.update((move.old_id, ("moved", move.new_id, 1.0)) for move in found.moved)
        for change in found.changed:
            # Another title over the same text is no other text.
            kept: Fate = "moved" if change.has_moved else "same"
            fate: Fate = kept if change.old.text == change.new.text else "changed"
            fates[change.old.id] = fate, change.new.id, change.likeness
        return fates


def _ids_by_text(policy: Policy) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for clause_id, clause in policy.clauses.items():
        found.setdefault(text_fingerprint(clause), []).append(clause_id)
    return found


def _digest(questions: tuple[Question, ...]) -> str:
    digest = hashlib.sha256()
    for question in questions:
        digest.update(repr(question).encode() + b"\n")
    return digest.hexdigest()
