"""The clauses of one edition of the policy, word for word."""

from __future__ import annotations

from typing import Any

from api.errors import NotFound
from api.policy.lists import Below, Item, below
from knowledge.errors import UnknownClause, UnknownVersion
from knowledge.text.diff import Diff, diff
from knowledge.text.notes import Note, Notes
from knowledge.text.policy import Policy, PolicyStore
from knowledge.types import Clause, Language


class Quotes:
    """Answers by clause id and version; ``edition`` names the texts it quotes from."""

    def __init__(self, edition: str, store: PolicyStore, notes: Notes) -> None:
        self.edition = edition
        self._store = store
        self._notes = notes

    @property
    def store(self) -> PolicyStore:
        return self._store

    @property
    def version(self) -> str:
        return self._store.current.version

    def policy(self, version: str | None = None) -> Policy:
        try:
            return self._store.get(version)
        except UnknownVersion as problem:
            raise NotFound("There is no such version of the policy.", code="version_not_found") from problem

    def clause(self, clause_id: str, version: str | None = None) -> Clause:
        try:
            return self.policy(version).clause(clause_id)
        except UnknownClause as problem:
            raise NotFound("There is no such clause.", code="clause_not_found") from problem

    def has_clause(self, clause_id: str, version: str | None = None) -> bool:
        return clause_id in self.policy(version).clauses

    def notes(self, clause_id: str, version: str | None = None) -> tuple[Note, ...]:
        return self._notes.for_clause(clause_id, self.policy(version).version)

    def url(self, clause_id: str) -> str:
        return f"/policy#clause-{clause_id}"

    def below(self, clause_id: str, version: str | None = None) -> Below:
        """The items to show with a clause, see ``lists``."""
        return below(self.policy(version), self.clause(clause_id, version))

    def citation(self, clause_id: str, lang: Language, version: str | None = None) -> dict[str, Any]:
        """The stored form of a citation: the clause word for word, its label, version, notes and items.

        The last ``closing_paragraphs`` paragraphs of ``quote`` stand after the items.
        """
        clause = self.clause(clause_id, version)
        found = self.below(clause_id, version)
        return {
            **self._quoted(clause, lang, version),
            "policy_version": self.policy(version).version,
            "items": [self._item(item, lang, version) for item in found.items],
            "items_left_out": found.left_out,
        }

    def _item(self, item: Item, lang: Language, version: str | None) -> dict[str, Any]:
        words = self._quoted(item.clause, lang, version)
        if not item.whole:
            words |= {"quote": None, "quote_other": None, "closing_paragraphs": 0}
        items = [self._item(below, lang, version) for below in item.items]
        return {**words, "title": item.title.as_dict(), "items": items}

    def _quoted(self, clause: Clause, lang: Language, version: str | None) -> dict[str, Any]:
        shown: Language = lang if clause.text.only(lang) else ("en" if lang == "zh" else "zh")
        other: Language = "en" if shown == "zh" else "zh"
        other_text = clause.text.only(other)
        notes = self.notes(clause.id, version)
        return {
            "clause_id": clause.id,
            "label": clause.label.as_dict(),
            "quote": clause.text.get(shown),
            "lang": shown,
            "url": self.url(clause.id),
            "notes": [{"kind": note.kind, "text": note.text.as_dict()} for note in notes],
            "quote_other": {"lang": other, "text": other_text} if other_text else None,
            "closing_paragraphs": clause.closing_paragraphs,
        }

    def difference(self, old: str, new: str) -> Diff:
        """What changed from one version to another; raises NotFound for a version that is not kept."""
        return diff(self.policy(old).clauses, self.policy(new).clauses)
