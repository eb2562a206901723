"""What the product knows of the policy; the only door to ``knowledge`` besides the embedding routes."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool

from api.policy.quotes import Quotes
from knowledge.editions.edition import Edition
from knowledge.search.retriever import Finding, Retriever
from knowledge.types import Language


class PolicyService(Quotes):
    """One edition: what it finds and what it quotes always belong together."""

    def __init__(self, edition: Edition) -> None:
        super().__init__(edition.id, edition.store, edition.notes)
        self._edition = edition

    @property
    def retriever(self) -> Retriever:
        """The current version's."""
        return self._edition.retriever()

    def quotes(self) -> Quotes:
        """The texts alone, to be kept when the indexes have been replaced."""
        return Quotes(self.edition, self._edition.store, self._edition.notes)

    async def search(
        self, query: str, lang: Language | None = None, top_k: int = 5, version: str | None = None
    ) -> Finding:
        """Rank the clauses of a version with its own index; in a thread, so that other requests go on."""
        wanted = self.policy(version).version

        def find() -> Finding:
            return self._edition.retriever(wanted).search(query, lang, top_k)

        return await run_in_threadpool(find)
