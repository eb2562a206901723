"""``/agent/lessons``: what agents confirm, list and take back."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from api.console.guard import Teacher, current_agent, same_site
from api.dsr.endpoints import PRIVATE
from api.lessons.endpoints import LessonFilterDep, LessonId, LessonsDep
from api.lessons.schemas import LessonResponse, LessonsResponse, NewLesson, lesson_response, page_response
from api.limits import Limited

router = APIRouter(prefix="/agent/lessons", tags=["agents"], dependencies=[Depends(same_site), PRIVATE])

LIMITED = Depends(Limited("lessons"))


@router.post("", status_code=201, dependencies=[LIMITED])
async def confirm(body: NewLesson, agent: Teacher, lessons: LessonsDep, response: Response) -> LessonResponse:
    """Confirm that these clauses answer a question, or none does: 201, or 200 when that is known already.

    It counts from now on, for this wording fully and for similar ones in part.
    """
    kept, created = await lessons.teach(body.teaching(), agent.username)
    response.status_code = 201 if created else 200
    return lesson_response(kept)


@router.get("", dependencies=[Depends(current_agent)])
async def listed(wanted: LessonFilterDep, lessons: LessonsDep) -> LessonsResponse:
    """What was confirmed, newest first."""
    return page_response(await lessons.page(wanted.state, wanted.before, wanted.limit))


@router.delete("/{lesson_id}", dependencies=[LIMITED])
async def withdraw(lesson_id: LessonId, agent: Teacher, lessons: LessonsDep) -> LessonResponse:
    """Take a lesson back: the former answer is given again, and the lesson stays in the list as withdrawn."""
    return lesson_response(await lessons.withdraw(lesson_id, agent.username))
