"""What a process knows of a policy's lessons, kept up with the database, and which of them count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

import structlog

from api.crypto import Undecryptable, Vault
from api.db import Database
from api.lessons.repository import LessonRepository
from api.models.lesson import LessonRow
from knowledge.search.lessons import Lesson, Targets
from knowledge.types import LANGUAGES

State = Literal["active", "overruled", "needs_review", "withdrawn"]
STATES: tuple[State, ...] = get_args(State)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A lesson that was not withdrawn."""

    number: int
    wording_index: str
    lesson: Lesson


@dataclass(frozen=True, slots=True)
class Standing:
    """``active`` lessons under today's clause ids, oldest first, and the state of each that was not withdrawn."""

    active: tuple[Lesson, ...]
    states: Mapping[str, State]


class LessonBook:
    """Reads only what changed. Not for several tasks at once."""

    def __init__(self, database: Database, vault: Vault, policy_id: str) -> None:
        self._database = database
        self._vault = vault
        self._policy_id = policy_id
        self._revision = 0
        self._entries: dict[str, Entry] = {}

    async def read_changes(self) -> bool:
        """Catch up with the database; False when nothing had changed."""
        async with self._database.reading() as session:
            repository = LessonRepository(session, self._policy_id)
            # First: what is written meanwhile has a higher number and is read next time.
            revision = await repository.revision()
            if revision == self._revision:
                return False
            rows = await repository.changed_since(self._revision)
        entries = dict(self._entries)
        for row in rows:
            entry = self._entry(row) if row.withdrawn_at is None else None
            if entry is not None:
                entries[row.id] = entry
            else:
                entries.pop(row.id, None)
        self._entries, self._revision = entries, revision
        return True

    def standing(self, targets: Targets) -> Standing:
        return standing(self._entries.values(), targets)

    def newest_first(self, before: int | None) -> list[str]:
        """Ids, from the lesson before that number on."""
        ordered = sorted(self._entries.values(), key=lambda entry: -entry.number)
        return [entry.lesson.id for entry in ordered if before is None or entry.number < before]

    def _entry(self, row: LessonRow) -> Entry | None:
        try:
            return Entry(row.number, row.wording_index, lesson_of(row, self._vault))
        except Undecryptable:
            log.error("a lesson cannot be opened with the configured keys", lesson=row.id)
            return None


def standing(entries: Iterable[Entry], targets: Targets) -> Standing:
    """Of the lessons about one wording the last one holds; it counts as long as its clauses' texts stand.

    One that needs a review does not bring back what it had overruled.
    """
    ordered = sorted(entries, key=lambda entry: entry.number)
    latest = {entry.wording_index: entry.lesson.id for entry in ordered}
    active: list[Lesson] = []
    states: dict[str, State] = {}
    for entry in ordered:
        lesson = entry.lesson
        clause_ids = targets.of(lesson)
        if latest[entry.wording_index] != lesson.id:
            states[lesson.id] = "overruled"
        elif clause_ids is None:
            states[lesson.id] = "needs_review"
        else:
            states[lesson.id] = "active"
            active.append(replace(lesson, clause_ids=clause_ids))
    return Standing(tuple(active), states)


def lesson_of(row: LessonRow, vault: Vault) -> Lesson:
    """Raises Undecryptable."""
    return Lesson(
        id=row.id,
        text=vault.decrypt(row.question_sealed),
        lang=next(lang for lang in LANGUAGES if lang == row.lang),
        clause_ids=tuple(row.clause_ids),
        fingerprints=tuple(row.fingerprints),
        created_at=row.confirmed_at,
    )
