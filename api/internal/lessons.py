"""Lessons confirmed by our own other processes, which hold the service token."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from api.auth import require_service
from api.lessons.endpoints import LessonFilterDep, LessonId, LessonsDep
from api.lessons.schemas import LessonResponse, LessonsResponse, NewLesson, lesson_response, page_response
from api.text import CleanText

router = APIRouter(prefix="/lessons", dependencies=[Depends(require_service)])

SERVICE = "service"
Name = Annotated[CleanText, Field(min_length=1, max_length=64)]


class ConfirmedLesson(NewLesson):
    confirmed_by: Name = Field(SERVICE, description="Who confirmed it, for the list.")


@router.post("", status_code=201)
async def confirm(body: ConfirmedLesson, lessons: LessonsDep, response: Response) -> LessonResponse:
    """It counts at once: 201, or 200 when the same was confirmed before."""
    kept, created = await lessons.teach(body.teaching(), body.confirmed_by)
    response.status_code = 201 if created else 200
    return lesson_response(kept)


@router.get("")
async def listed(wanted: LessonFilterDep, lessons: LessonsDep) -> LessonsResponse:
    """Newest first."""
    return page_response(await lessons.page(wanted.state, wanted.before, wanted.limit))


@router.delete("/{lesson_id}")
async def withdraw(
    lesson_id: LessonId,
    lessons: LessonsDep,
    withdrawn_by: Annotated[CleanText, Query(min_length=1, max_length=64)] = SERVICE,
) -> LessonResponse:
    """The former answer is given again."""
    return lesson_response(await lessons.withdraw(lesson_id, withdrawn_by))
