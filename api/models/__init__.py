"""Every table, one a file; importing this package registers them all."""

from __future__ import annotations

from api.models.agent import AgentRow as AgentRow
from api.models.agent_session import AgentSessionRow as AgentSessionRow
from api.models.chat_contact import ChatContactRow as ChatContactRow
from api.models.chat_message import ChatMessageRow as ChatMessageRow
from api.models.chat_session import ChatSessionRow as ChatSessionRow
from api.models.chat_turn import ChatTurnRow as ChatTurnRow
from api.models.desk_setup import DeskSetupRow as DeskSetupRow
from api.models.event_chain import EventChainRow as EventChainRow
from api.models.idempotency_key import IdempotencyKeyRow as IdempotencyKeyRow
from api.models.lesson import LessonRow as LessonRow
from api.models.lesson_book import LessonBookRow as LessonBookRow
from api.models.request import RequestRow as RequestRow
from api.models.request_event import RequestEventRow as RequestEventRow
from api.models.request_state import RequestStateRow as RequestStateRow
