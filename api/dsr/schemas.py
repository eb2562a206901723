"""The request part of the HTTP contract."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictBool

from api.dsr.filing import SCOPE_CHARACTERS, Filing
from api.text import CleanText

Lang = Literal["zh", "en"]


class BilingualText(BaseModel):
    zh: str | None
    en: str | None


class GroundBody(BaseModel):
    clause_id: str
    label: BilingualText
    text: BilingualText


class RequestTypeBody(BaseModel):
    type: str
    clause_id: str
    label: BilingualText
    days: int | None
    working_days: int | None
    clock_clause_id: str = Field(description="Where the time limit comes from.")
    needs_confirmation: bool
    grounds: list[GroundBody]


class RequestTypes(BaseModel):
    types: list[RequestTypeBody]


class ContactBody(BaseModel):
    kind: Literal["email", "phone"]
    value: Annotated[CleanText, Field(min_length=1, max_length=254)]


class NewRequest(BaseModel):
    type: Annotated[str, Field(max_length=40)]
    lang: Lang
    contact: ContactBody
    scope: Annotated[CleanText, Field(max_length=SCOPE_CHARACTERS)] | None = Field(
        None, description="What the request covers, in the subject's own words."
    )
    ground: Annotated[str, Field(max_length=40)] | None = Field(None, description="Clause it rests on.")
    guardian_for_child: StrictBool = Field(False, description="Made by the guardian of a child under 14.")
    confirm: StrictBool = Field(False, description="Must be true for what cannot be undone.")

    def filing(self) -> Filing:
        return Filing(
            type=self.type,
            lang=self.lang,
            contact_kind=self.contact.kind,
            contact_value=self.contact.value,
            scope=self.scope,
            ground=self.ground,
            guardian_for_child=self.guardian_for_child,
            confirm=self.confirm,
        )


class ClockBody(BaseModel):
    days: int | None
    working_days: int | None
    clause_id: str


class Card(BaseModel):
    reference: str
    type: str
    status: str
    received_at: datetime
    due_at: datetime
    provisional: bool = Field(description="The calendar of a year it reaches is not published yet.")
    clause_id: str
    label: BilingualText
    scope: str | None
    guardian_for_child: bool = Field(description="Made by the guardian of a child under 14.")
    url: str


class RequestDetails(Card):
    lang: Lang
    ground: str | None
    paused: bool = Field(description="A question to the subject is open; `due_at` is the earliest possible.")
    clock: ClockBody


class EventBody(BaseModel):
    kind: str
    at: datetime


class SubjectRequest(RequestDetails):
    contact_masked: str
    events: list[EventBody]


class RequestResponse(BaseModel):
    request: SubjectRequest


class FiledResponse(RequestResponse):
    token: str = Field(description="Opens this request; it is shown here only.")
    url: str
