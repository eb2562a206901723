"""The edition of the policy that serves now, and its replacement while questions are being answered."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from starlette.concurrency import run_in_threadpool

from api.policy.quotes import Quotes
from api.policy.service import PolicyService
from knowledge.editions.edition import Edition, open_edition
from knowledge.editions.edition_files import read_contents
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.errors import KnowledgeError

# Turns of a conversation that were begun with an edition end with its texts, however often it is replaced meanwhile.
KEPT_TEXTS = 16
# What could not be opened is tried again after so long, in case only the machine was short of something.
RETRY_SECONDS = 30.0

log = structlog.get_logger(__name__)


class CurrentPolicy:
    """Hands out whole editions: take ``now`` once for an answer and stay with it to the end."""

    def __init__(self, service: PolicyService) -> None:
        self._now = service
        self._earlier: OrderedDict[str, Quotes] = OrderedDict()

    @property
    def now(self) -> PolicyService:
        return self._now

    def of(self, edition: str | None) -> Quotes:
        """The texts of an edition that served lately; those of now for one that is not known."""
        if edition is None or edition == self._now.edition:
            return self._now
        return self._earlier.get(edition, self._now)

    def replace(self, service: PolicyService) -> None:
        """From now on this one serves. One assignment: nobody sees half of it."""
        self._earlier[self._now.edition] = self._now.quotes()
        while len(self._earlier) > KEPT_TEXTS:
            self._earlier.popitem(last=False)
        self._now = service


Prepare = Callable[[PolicyService], Awaitable[None]]
Adopted = Callable[[PolicyService], None]


class EditionWatch:
    """Looks whether another edition was published, and lets it serve when it can be opened.

    Every process looks for itself. The encoders are those that are loaded already: an index made by others is
    refused, as is one that is damaged; the edition that serves goes on serving then.
    """

    def __init__(
        self,
        policy: CurrentPolicy,
        root: Path,
        encoders: JoinedEncoder,
        *,
        prepare: Prepare | None = None,
        adopted: Adopted | None = None,
    ) -> None:
        """``prepare`` makes an edition ready before it serves, ``adopted`` hears of it in the moment it does."""
        self._policy = policy
        self._root = root
        self._encoders = encoders
        self._prepare = prepare
        self._adopted = adopted
        self._refused: str | None = None
        self._try_again = 0.0

    async def look(self) -> bool:
        """Whether another edition serves from now on."""
        wanted = "none"
        try:
            wanted = await run_in_threadpool(self._published)
            if wanted == self._policy.now.edition or (
                wanted == self._refused and time.monotonic() < self._try_again
            ):
                return False
            service = await run_in_threadpool(self._opened)
            if self._prepare is not None:
                await self._prepare(service)
        except (KnowledgeError, OSError, MemoryError) as problem:
            self._refuse(wanted, problem)
            return False
        self._policy.replace(service)
        if self._adopted is not None:
            self._adopted(service)
        self._refused = None
        log.info("policy replaced", edition=service.edition, version=service.version)
        return True

    async def follow(self, seconds: float) -> None:
        """Look every so often until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.look()
            except Exception as problem:  # an edge: answering goes on, whatever is wrong with the new edition
                log.error("looking for a new edition failed", error=type(problem).__name__)

    def _refuse(self, edition: str, problem: Exception) -> None:
        if edition != self._refused:
            told = str(problem) or type(problem).__name__
            log.error("policy refused", edition=edition, reason=told, serving=self._policy.now.edition)
        self._refused = edition
        self._try_again = time.monotonic() + RETRY_SECONDS

    def _published(self) -> str:
        return read_contents(self._root).id

    def _opened(self) -> PolicyService:
        edition: Edition = open_edition(self._root, self._encoders)
        edition.retriever().search("warm")  # the first search of an index is its slowest
        return PolicyService(edition)
