"""Confirming, withdrawing and listing lessons; what is confirmed counts before the call returns."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.concurrency import run_in_threadpool

from api.clock import Clock
from api.crypto import Undecryptable, Vault
from api.db import Database
from api.errors import FieldProblem, InvalidRequest, NotFound
from api.lessons.book import LessonBook, Standing, State, lesson_of
from api.lessons.repository import LessonRepository
from api.models.lesson import LessonRow
from api.policy.current import CurrentPolicy
from api.policy.service import PolicyService
from knowledge.bank.questions import wording_key
from knowledge.language import detect
from knowledge.search.lessons import Lesson, Targets, fingerprints
from knowledge.text.policy import Policy
from knowledge.types import Language

POLL_SECONDS = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Teaching:
    """What somebody confirms; no ``clause_ids``: the policy does not answer. ``message_id``: where it was asked."""

    question: str
    clause_ids: tuple[str, ...]
    lang: Language | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class KeptLesson:
    """A lesson with its history; its clauses are today's where it is active."""

    lesson: Lesson
    number: int
    state: State
    policy_version: str
    message_id: str | None
    confirmed_by: str
    withdrawn_by: str | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    lessons: tuple[KeptLesson, ...]
    next_number: int | None


class LessonService:
    """The database holds the lessons; the retriever is taught those that count, in this process and every other."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        policy: CurrentPolicy,
        mask: Callable[[str], str],
        clock: Clock,
    ) -> None:
        self._database = database
        self._vault = vault
        self._policy = policy
        self._mask = mask
        self._clock = clock
        self._book = LessonBook(database, vault, policy.now.policy().id)
        self._standing = Standing((), {})
        self._taught: PolicyService | None = None
        self._one_at_a_time = asyncio.Lock()

    async def teach(self, teaching: Teaching, by: str) -> tuple[KeptLesson, bool]:
        """The lesson, and whether it is new: confirming the same again changes nothing.

        Raises InvalidRequest that names every field at fault.
        """
        policy = self._policy.now.policy()
        question = self._mask(teaching.question.strip())
        await self._check(teaching, question, policy)
        row = self._row(replace(teaching, question=question), policy, by)
        try:
            kept, created = await self._keep(row)
        except IntegrityError:  # two processes opened the policy's book in the same moment
            kept, created = await self._keep(row)
        await self.refresh()
        if created:
            log.info("a lesson was confirmed", lesson=kept.id, answerable=bool(kept.clause_ids))
        return self._shown(kept), created

    async def withdraw(self, lesson_id: str, by: str) -> KeptLesson:
        """Take a lesson back, once; the former answer is given again. Raises NotFound ``lesson_not_found``."""
        async with self._database.transaction() as session:
            repository = self._repository(session)
            book = await repository.lock_book()
            row = await repository.by_id(lesson_id) if _is_uuid(lesson_id) else None
            if row is None:
                raise NotFound("There is no such lesson.", code="lesson_not_found")
            if row.withdrawn_at is None:
                book.revision += 1
                row.revision, row.withdrawn_by, row.withdrawn_at = book.revision, by, self._clock()
                log.info("a lesson was withdrawn", lesson=row.id)
        await self.refresh()
        return self._shown(row)

    async def page(self, state: State | None, before: int | None, limit: int) -> Page:
        """Newest first; ``before`` is the ``next_number`` of the page before."""
        await self.refresh()
        async with self._database.reading() as session:
            repository = self._repository(session)
            if state is None or state == "withdrawn":
                withdrawn = True if state == "withdrawn" else None
                rows = await repository.page(before, limit + 1, withdrawn=withdrawn)
            else:
                states = self._standing.states
                ids = [id_ for id_ in self._book.newest_first(before) if states.get(id_) == state]
                rows = await repository.of_ids(ids[: limit + 1])
        shown = tuple(kept for kept in map(self._readable, rows[:limit]) if kept is not None)
        return Page(shown, rows[limit - 1].number if len(rows) > limit else None)

    async def refresh(self) -> None:
        """Learn what changed since the last time, here or in another process, and teach it to the retriever."""
        async with self._one_at_a_time:
            changed, service = await self._book.read_changes(), self._policy.now
            if changed or service is not self._taught:
                self._standing = await run_in_threadpool(self._teach, service)
                self._taught = service

    async def prepare(self, service: PolicyService) -> None:
        """Teach an edition of the policy that is about to serve, so that its first answer knows the lessons."""
        async with self._one_at_a_time:
            await self._book.read_changes()
            await run_in_threadpool(self._teach, service)
            self._taught = None  # what was just read may be news to the one that serves

    async def follow(self, seconds: float = POLL_SECONDS) -> None:
        """Look for other processes' changes again and again; ends when it is cancelled."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.refresh()
            except Exception as problem:  # whatever it was, the next look may find the database well again
                log.error("looking for new lessons failed", error=type(problem).__name__)

    def _teach(self, service: PolicyService) -> Standing:
        standing = self._book.standing(Targets(service.policy().clauses))
        service.retriever.lessons.replace(standing.active)
        return standing

    async def _check(self, teaching: Teaching, question: str, policy: Policy) -> None:
        problems = []
        if not any(character.isalnum() for character in question):
            problems.append(FieldProblem("question", "must have a word"))
        for number, clause_id in enumerate(teaching.clause_ids):
            if clause_id not in policy.clauses:
                problems.append(FieldProblem(f"clause_ids.{number}", "is not a clause of the policy"))
        if teaching.message_id is not None:
            async with self._database.reading() as session:
                if not await self._repository(session).has_message(teaching.message_id):
                    problems.append(FieldProblem("message_id", "is not a message of a conversation"))
        if problems:
            raise InvalidRequest("Some fields are missing or not valid.", fields=problems)

    def _row(self, teaching: Teaching, policy: Policy, by: str) -> LessonRow:
        clause_ids = list(dict.fromkeys(teaching.clause_ids))
        return LessonRow(
            id=str(uuid.uuid4()),
            policy_id=policy.id,
            policy_version=policy.version,
            question_sealed=self._vault.encrypt(teaching.question),
            wording_index=self._vault.blind_index("lesson", wording_key(teaching.question)),
            lang=teaching.lang or detect(teaching.question),
            clause_ids=clause_ids,
            fingerprints=list(fingerprints(policy.clauses, clause_ids)),
            message_id=teaching.message_id,
            confirmed_by=by,
            confirmed_at=self._clock(),
            withdrawn_by=None,
            withdrawn_at=None,
        )

    async def _keep(self, row: LessonRow) -> tuple[LessonRow, bool]:
        async with self._database.transaction() as session:
            repository = self._repository(session)
            book = await repository.lock_book()
            latest = await repository.latest_about(row.wording_index)
            if latest is not None and _says_the_same(latest, row):
                return latest, False
            book.revision += 1
            book.last_number += 1
            row.revision, row.number = book.revision, book.last_number
            await repository.add(row)
            return row, True

    def _readable(self, row: LessonRow) -> KeptLesson | None:
        try:
            return self._shown(row)
        except Undecryptable:
            log.error("a lesson cannot be opened with the configured keys", lesson=row.id)
            return None

    def _shown(self, row: LessonRow) -> KeptLesson:
        lesson = lesson_of(row, self._vault)
        state: State = "withdrawn" if row.withdrawn_at else self._standing.states.get(row.id, "active")
        today = next((item for item in self._standing.active if item.id == row.id), lesson)
        return KeptLesson(
            lesson=today if state == "active" else lesson,
            number=row.number,
            state=state,
            policy_version=row.policy_version,
            message_id=row.message_id,
            confirmed_by=row.confirmed_by,
            withdrawn_by=row.withdrawn_by,
            withdrawn_at=row.withdrawn_at,
        )

    def _repository(self, session: AsyncSession) -> LessonRepository:
        return LessonRepository(session, self._policy.now.policy().id)


def _says_the_same(latest: LessonRow, row: LessonRow) -> bool:
    """Of the same texts; a lesson that needs a review says something about a text that is gone."""
    return (latest.clause_ids, latest.fingerprints) == (row.clause_ids, row.fingerprints)


def _is_uuid(text: str) -> bool:
    """Anything else is no lesson's id, and some of it no database can look up."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
