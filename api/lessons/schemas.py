"""Lessons in the HTTP contract."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.lessons.book import State
from api.lessons.service import KeptLesson, Page, Teaching
from api.text import CleanText

MOST_CLAUSES = 3
_LARGEST_NUMBER = 2**31 - 1


class NewLesson(BaseModel):
    question: Annotated[CleanText, Field(min_length=1, max_length=2000)]
    clause_ids: list[Annotated[CleanText, Field(max_length=40)]] = Field(
        max_length=MOST_CLAUSES,
        description="The clauses that answer, best first; empty: the policy does not answer.",
    )
    lang: Literal["zh", "en"] | None = Field(None, description="Told from the question when absent.")
    message_id: uuid.UUID | None = Field(None, description="The chat message in which it was asked.")

    def teaching(self) -> Teaching:
        message_id = str(self.message_id) if self.message_id is not None else None
        return Teaching(self.question, tuple(self.clause_ids), self.lang, message_id)


class LessonBody(BaseModel):
    id: str
    question: str = Field(description="Identifiers are replaced by placeholders.")
    lang: Literal["zh", "en"]
    clause_ids: list[str]
    state: State = Field(
        description="`overruled`: a later lesson is about the same wording; `needs_review`: the policy's text changed."
    )
    policy_version: str = Field(description="The version it was confirmed for.")
    message_id: str | None
    confirmed_by: str
    confirmed_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None


class LessonResponse(BaseModel):
    lesson: LessonBody


class LessonsResponse(BaseModel):
    lessons: list[LessonBody]
    next_cursor: str | None


def lesson_response(kept: KeptLesson) -> LessonResponse:
    return LessonResponse(lesson=_body(kept))


def page_response(page: Page) -> LessonsResponse:
    cursor = str(page.next_number) if page.next_number is not None else None
    return LessonsResponse(lessons=[_body(kept) for kept in page.lessons], next_cursor=cursor)


def read_cursor(cursor: str | None) -> int | None:
    """The number a page ended with; None for the first page. Raises ValueError for anything else."""
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdecimal() and 0 < int(cursor) <= _LARGEST_NUMBER):
        raise ValueError("is not one we gave out")
    return int(cursor)


def _body(kept: KeptLesson) -> LessonBody:
    return LessonBody(
        id=kept.lesson.id,
        question=kept.lesson.text,
        lang=kept.lesson.lang,
        clause_ids=list(kept.lesson.clause_ids),
        state=kept.state,
        policy_version=kept.policy_version,
        message_id=kept.message_id,
        confirmed_by=kept.confirmed_by,
        confirmed_at=kept.lesson.created_at,
        withdrawn_by=kept.withdrawn_by,
        withdrawn_at=kept.withdrawn_at,
    )
