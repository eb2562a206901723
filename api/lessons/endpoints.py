"""What the agents' and the internal routes of lessons share: the service, the filters of the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from api.errors import FieldProblem, InvalidRequest
from api.lessons.book import STATES, State
from api.lessons.schemas import read_cursor
from api.lessons.service import LessonService


def lesson_service(request: Request) -> LessonService:
    found: LessonService = request.app.state.lessons
    return found


@dataclass(frozen=True, slots=True)
class LessonFilter:
    """``before`` None starts with the newest; ``state`` None means all."""

    state: State | None
    before: int | None
    limit: int


def lesson_filter(
    state: Annotated[str | None, Query(max_length=40)] = None,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> LessonFilter:
    """Empty strings mean no filter; raises InvalidRequest with every field at fault."""
    problems = []
    wanted = next((known for known in STATES if known == state), None)
    if state and wanted is None:
        problems.append(FieldProblem("state", f"must be one of: {', '.join(STATES)}"))
    before = None
    try:
        before = read_cursor(cursor)
    except ValueError as problem:
        problems.append(FieldProblem("cursor", str(problem)))
    if problems:
        raise InvalidRequest("Some filters are not valid.", fields=problems)
    return LessonFilter(wanted, before, limit)


LessonsDep = Annotated[LessonService, Depends(lesson_service)]
LessonFilterDep = Annotated[LessonFilter, Depends(lesson_filter)]
LessonId = Annotated[str, Path(max_length=40)]
