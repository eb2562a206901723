"""Filing, reading, cancelling: on a real database, also from many callers at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text, update

from api.db import Database
from api.dsr.filing import Filing
from api.dsr.service import Filed, RequestService
from api.dsr.workflow import Kind, Status
from api.errors import Conflict, InvalidRequest, NotFound, Unavailable
from api.models.request import RequestRow
from api.models.request_event import RequestEventRow
from api.models.request_state import RequestStateRow
from tests.api.dsr.support import SetClock, copy_request


async def test_a_filed_request_has_its_promise_its_clock_and_its_first_event(service: RequestService) -> None:
    filed = await service.file(copy_request(scope=" 全部订单 "), "key-1")
    ticket = filed.ticket
    assert filed.created
    assert (ticket.status, ticket.scope, ticket.promise["clause_id"]) == (Status.RECEIVED, "全部订单", "5.6")
    assert ticket.deadline.due_at == datetime(2026, 3, 25, 15, 59, 59, tzinfo=UTC)
    assert [event.kind for event in ticket.events] == [Kind.RECEIVED]
