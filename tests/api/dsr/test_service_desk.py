"""The desk's queue, the derived state behind it, and what the database must not show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select

from api.crypto import Vault
from api.db import Database
from api.dsr.service import RequestService
from api.dsr.workflow import Kind, Status
from api.errors import NotFound
from api.models.idempotency_key import IdempotencyKeyRow
from api.models.request import RequestRow
from api.models.request_event import RequestEventRow
from api.models.request_state import RequestStateRow
from tests.api.dsr.support import SetClock, chat_request, copy_request

MakeService = Callable[..., RequestService]


async def states(database: Database) -> list[tuple[Any, ...]]:
    columns = RequestStateRow.__table__.columns
    async with database.reading() as session:
        rows = await session.execute(select(*columns).order_by(RequestStateRow.request_id))
        return [tuple(row) for row in rows]


async def test_reading_by_an_agent_is_an_event(service: RequestService) -> None:
    filed = await service.file(copy_request(), "key-1")
    ticket = await service.read_by_agent(filed.ticket.reference, "mei")
    last = ticket.events[-1]
    assert (last.kind, last.actor_kind, last.actor, last.origin) == (Kind.READ, "agent", "mei", "desk")
    assert ticket.status is Status.RECEIVED
    with pytest.raises(NotFound):
        await service.read_by_agent("DSR-0000-0000", "mei")


async def test_the_queue_pages_through_everything_once(service: RequestService, clock: SetClock) -> None:
    for number in range(9):
        filed = await service.file(copy_request(scope=str(number)), f"key-{number}")
        if number % 3 == 0:
            await service.cancel(filed.ticket.reference, filed.token)
        if number % 2:
            clock.forward(days=1)
    seen, position = [], None
    while True:
        page = await service.queue(after=position, limit=2)
        seen += page.tickets
        position = page.next_position
        if position is None:
            break
    assert sorted(str(ticket.scope) for ticket in seen) == [str(number) for number in range(9)]
    order = [(ticket.is_closed, ticket.deadline.due_at, ticket.id) for ticket in seen]
    assert order == sorted(order)


async def test_the_queue_is_filtered(service: RequestService) -> None:
    copied = await service.file(copy_request(), "key-1")
    deleted = await service.file(copy_request(type="deletion", confirm=True), "key-2")
    await service.cancel(copied.ticket.reference, copied.token)

    async def ids(**wanted: Any) -> list[str]:
        return [ticket.id for ticket in (await service.queue(**wanted)).tickets]

    assert (
        await ids(status=Status.CANCELLED)
        == await ids(closed=True)
        == await ids(type="copy")
        == [copied.ticket.id]
    )
    assert await ids(closed=False) == [deleted.ticket.id]
    assert await ids(status=Status.CANCELLED, type="deletion") == []
    assert await ids() == [deleted.ticket.id, copied.ticket.id]


async def test_the_derived_state_can_be_made_again(
    service: RequestService, database: Database, clock: SetClock
) -> None:
    for number in range(6):
        filed = await service.file(copy_request(scope=str(number)), f"key-{number}")
        if number % 2:
            await service.cancel(filed.ticket.reference, filed.token)
        else:
            await service.read_by_agent(filed.ticket.reference, "mei")
        clock.forward(days=1)
    before = await states(database)
    async with database.transaction() as session:
        await session.execute(delete(RequestStateRow))
    assert await service.rebuild() == 6
    assert await states(database) == before


async def test_a_provisional_date_is_refreshed_when_the_calendar_is_published(
    make_service: MakeService, service: RequestService, clock: SetClock
) -> None:
    clock.at = datetime(2026, 12, 20, 4, tzinfo=UTC)
    closure = copy_request(type="account_closure", confirm=True)
    filed = await service.file(closure, "key-1")
    assert filed.ticket.deadline.provisional
    await service.file(copy_request(), "key-2")

    class Published:
        def is_working_day(self, day: Any) -> bool:
            return True

        def is_published(self, year: int) -> bool:
            return True

    later = make_service(calendar=Published())
    assert await later.rebuild(only_provisional=True) == 1
    ticket = await later.read(filed.ticket.reference, filed.token)
    assert ticket.deadline.due_at == datetime(2027, 1, 4, 15, 59, 59, tzinfo=UTC)
    assert not ticket.deadline.provisional
    assert await later.rebuild(only_provisional=True) == 0


async def test_nothing_personal_is_readable_in_the_database(
    service: RequestService, database: Database, vault: Vault
) -> None:
    await service.file(copy_request(scope="my orders"), "key-of-wang@example.com")
    await service.file_from_chat(**chat_request(contact_kind="phone", contact_value="13800138000"))
    for table in (RequestRow, RequestEventRow, RequestStateRow, IdempotencyKeyRow):
        async with database.reading() as session:
            stored = [str(tuple(row)) for row in await session.execute(select(*table.__table__.columns))]
        for text in ("wang", "my orders", "13800138000", "1380013"):
            assert text not in "".join(stored).lower()
    async with database.reading() as session:
        sealed = (await session.execute(select(RequestRow.contact_sealed))).scalars().all()
    assert sorted(map(vault.decrypt, sealed)) == ["+8613800138000", "wang@example.com"]
