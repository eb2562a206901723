"""Bodies of the chat routes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.text import CleanText

Lang = Literal["zh", "en"]


class StartBody(BaseModel):
    lang: Lang | None = Field(None, description="Language to begin with; default: Accept-Language.")


class SendBody(BaseModel):
    client_message_id: UUID = Field(description="Made by the client; the same id is answered once.")
    text: CleanText = Field(description="What was typed, or the payload of a pressed button.")


class LanguageBody(BaseModel):
    lang: Lang | None = Field(description="Language to stay in; null follows the person.")


class ButtonBody(BaseModel):
    title: str
    payload: str = Field(description="To be sent as text; one that begins with /requests is a page to open.")


class MessageBody(BaseModel):
    """A message of the person, the bot or an agent."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    role: Literal["user", "bot", "agent"]
    type: Literal["text", "answer", "choices", "identity", "ticket", "notice", "agent"]
    text: str
    citations: list[dict[str, Any]]
    buttons: list[ButtonBody]
    card: dict[str, Any] | None
    created_at: datetime


class StartedBody(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    session_id: str
    token: str
    lang: Lang
    messages: list[MessageBody]


class ExchangeBody(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    message: MessageBody
    replies: list[MessageBody]
    lang: Lang


class HistoryBody(BaseModel):
    messages: list[MessageBody]
    lang: Lang


class SessionBody(BaseModel):
    session_id: str
    lang: Lang
    lang_fixed: bool


class AccessBody(BaseModel):
    url: str
