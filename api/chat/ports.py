"""What the gateway asks of its neighbours: ``CurrentPolicy`` and ``RasaClient`` satisfy it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from knowledge.types import Clause, Language

Json = dict[str, Any]


class Found(Protocol):
    """The decision of a search: ``answer``, ``ask_back`` or ``not_in_policy``, and the clauses for it."""

    @property
    def outcome(self) -> str: ...

    @property
    def cited(self) -> tuple[str, ...]: ...


class Texts(Protocol):
    """The clauses of one edition of the policy."""

    def has_clause(self, clause_id: str) -> bool: ...

    def clause(self, clause_id: str) -> Clause: ...

    def citation(self, clause_id: str, lang: Language) -> Json: ...


class Searchable(Texts, Protocol):
    @property
    def edition(self) -> str: ...

    async def search(self, query: str, lang: Language | None = None) -> Found: ...


class Policies(Protocol):
    """The policy may be replaced at any time; what was found in an edition is quoted from that edition."""

    @property
    def now(self) -> Searchable: ...

    def of(self, edition: str | None) -> Texts:
        """The texts of that edition; those of now for None and for one that is not known any more."""
        ...


class Dialogue(Protocol):
    async def send(
        self, session_id: str, turn_id: str, message: str, lang: Language
    ) -> Sequence[Mapping[str, Any]]:
        """What the dialogue engine answers, at least one element; raises DialogueDown."""
        ...
