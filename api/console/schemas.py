"""The agents' part of the HTTP contract."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from api.console.passwords import MAXIMUM
from api.dsr.schemas import Card, RequestDetails
from api.policy.schemas import SearchResponse
from api.text import CleanText, refuse_broken

Username = Annotated[CleanText, Field(min_length=1, max_length=64)]
Password = Annotated[str, AfterValidator(refuse_broken), Field(min_length=1, max_length=MAXIMUM)]


class LoginRequest(BaseModel):
    username: Username
    password: Password


class SetupRequest(LoginRequest):
    setup_token: Annotated[CleanText, Field(min_length=1, max_length=200)]


class AgentBody(BaseModel):
    username: str
    role: Literal["agent", "supervisor", "auditor", "admin"]


class AgentResponse(BaseModel):
    agent: AgentBody


class LoggedOut(BaseModel):
    agent: None = None


class AssistRequest(BaseModel):
    query: Annotated[CleanText, Field(min_length=1, max_length=2000)]
    lang: Literal["zh", "en"] | None = None
    top_k: int = Field(5, ge=1, le=20)


class SuggestedReply(BaseModel):
    zh: str
    en: str


class AppliedLesson(BaseModel):
    id: str
    clause_ids: list[str] = Field(description="Empty: it says that the policy does not answer.")
    same_wording: bool = Field(description="Whether it is about these very words, or about similar ones.")


class AssistResponse(SearchResponse):
    lesson: AppliedLesson | None = Field(
        description="The lesson from the desk that had a say in this answer."
    )
    suggested_reply: SuggestedReply = Field(description="The cited clause word for word, ready to send.")


class QueueEntry(Card):
    lang: str
    contact_masked: str
    overdue: bool
    paused: bool
    days_left: int | None = Field(description="Shanghai days to the due day; null once closed.")


class QueueResponse(BaseModel):
    requests: list[QueueEntry]
    next_cursor: str | None


class DeskContact(BaseModel):
    kind: str
    value: str


class DeskEvent(BaseModel):
    kind: str
    at: datetime
    actor_kind: str
    actor: str | None
    origin: str
    data: dict[str, Any]


class DeskRequest(RequestDetails):
    contact: DeskContact
    contact_masked: str
    overdue: bool
    days_left: int | None
    events: list[DeskEvent]


class DeskRequestResponse(BaseModel):
    request: DeskRequest
