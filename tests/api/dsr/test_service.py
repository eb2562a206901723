"""Filing, reading, cancelling: on real databases, also from many callers at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from api.crypto import Vault
from api.db import Database
from api.dsr.repository import RequestRepository
from api.dsr.service import RequestService
from api.dsr.workflow import Kind, Status
from api.errors import Conflict, InvalidRequest, NotFound, Unavailable
from api.models.idempotency_key import IdempotencyKeyRow
from api.models.request import RequestRow
from api.models.request_event import RequestEventRow
from api.models.request_state import RequestStateRow
from tests.api.dsr.support import SetClock, chat_request, copy_request

MakeService = Callable[..., RequestService]


async def count(database: Database, table: type[Any]) -> int:
    async with database.reading() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def states(database: Database) -> list[tuple[Any, ...]]:
    columns = RequestStateRow.__table__.columns
    async with database.reading() as session:
        rows = await session.execute(select(*columns).order_by(RequestStateRow.request_id))
        return [tuple(row) for row in rows]


async def test_a_filed_request_has_its_promise_its_clock_and_its_first_event(service: RequestService) -> None:
    filed = await service.file(copy_request(scope=" 全部\u200b订单 ", guardian_for_child=True), "key-1")
    ticket = filed.ticket
    assert filed.created
    assert (ticket.status, ticket.scope, ticket.promise["clause_id"]) == (Status.RECEIVED, "全部订单", "5.6")
    assert ticket.guardian_for_child
    assert ticket.deadline.due_at == datetime(2026, 3, 25, 15, 59, 59, tzinfo=UTC)
    assert [event.kind for event in ticket.events] == [Kind.RECEIVED]
    assert ticket.events[0].data["policy_version"] == "2022-02-17"
    assert await service.read(ticket.reference, filed.token) == ticket


async def test_an_earlier_promise_outlives_a_later_policy(
    make_service: MakeService, service: RequestService
) -> None:
    filed = await service.file(copy_request(), "key-1")
    later = make_service()
    later._promises.clear()
    assert await later.read(filed.ticket.reference, filed.token) == filed.ticket


async def test_the_same_key_and_body_give_the_same_request(
    service: RequestService, database: Database
) -> None:
    first = await service.file(copy_request(contact_kind="phone", contact_value="13800138000"), "key-1")
    again = await service.file(copy_request(contact_kind="phone", contact_value="+86 138 0013 8000"), "key-1")
    assert (again.created, again.ticket, again.token) == (False, first.ticket, first.token)
    assert await count(database, RequestEventRow) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"lang": "en"},
        {"scope": "orders"},
        {"contact_value": "li@example.com"},
        {"guardian_for_child": True},
        {"type": "account_closure", "confirm": True},
    ],
)
async def test_the_same_key_with_another_body_is_refused(
    service: RequestService, database: Database, change: dict[str, Any]
) -> None:
    await service.file(copy_request(), "key-1")
    with pytest.raises(Conflict) as refusal:
        await service.file(copy_request(**change), "key-1")
    assert refusal.value.code == "idempotency_conflict"
    assert await count(database, RequestRow) == 1


async def test_two_keys_are_two_requests_and_a_stranger_learns_nothing(service: RequestService) -> None:
    mine = await service.file(copy_request(), "key-1")
    strangers = await service.file(copy_request(), "key-2")
    assert strangers.created
    assert strangers.ticket.reference != mine.ticket.reference
    with pytest.raises(NotFound):
        await service.read(mine.ticket.reference, strangers.token)


@pytest.mark.parametrize("callers", [5, 20])
async def test_callers_at_once_with_one_key_get_one_request(
    service: RequestService, database: Database, callers: int
) -> None:
    filed = await asyncio.gather(*(service.file(copy_request(), "key-1") for _ in range(callers)))
    assert len({one.ticket.id for one in filed}) == 1
    assert sum(one.created for one in filed) == 1
    assert await count(database, RequestRow) == await count(database, RequestEventRow) == 1


async def test_callers_at_once_with_many_keys_get_one_request_each(
    service: RequestService, database: Database
) -> None:
    filed = await asyncio.gather(*(service.file(copy_request(), f"key-{n}") for n in range(20)))
    assert len({one.ticket.reference for one in filed}) == 20
    report = await service.verify_chain()
    assert (report.intact, report.checked) == (True, 20)


async def test_the_unique_key_alone_also_keeps_two_writers_apart(
    service: RequestService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the lock had not been held: the key is not seen before the write, which fails; then it is."""
    first = await service.file(copy_request(), "key-1")
    find_key, looked = RequestRepository.find_key, 0

    async def blind_once(self: RequestRepository, scope: str, key_index: str) -> IdempotencyKeyRow | None:
        nonlocal looked
        looked += 1
        return None if looked == 1 else await find_key(self, scope, key_index)

    monkeypatch.setattr(RequestRepository, "find_key", blind_once)
    again = await service.file(copy_request(), "key-1")
    assert (again.created, again.ticket.id, looked) == (False, first.ticket.id, 2)
    assert (await service.verify_chain()).intact, "the failed write left nothing in the chain"


async def test_a_taken_reference_is_drawn_again(make_service: MakeService) -> None:
    drawn = iter(["DSR-0000-0001", "DSR-0000-0001", "DSR-0000-0002"])
    service = make_service(draw_reference=lambda: next(drawn))
    assert (await service.file(copy_request(), "key-1")).ticket.reference == "DSR-0000-0001"
    assert (await service.file(copy_request(), "key-2")).ticket.reference == "DSR-0000-0002"


async def test_without_a_free_reference_nothing_is_filed(
    make_service: MakeService, database: Database
) -> None:
    service = make_service(draw_reference=lambda: "DSR-0000-0001")
    await service.file(copy_request(), "key-1")
    with pytest.raises(Unavailable):
        await service.file(copy_request(), "key-2")
    assert await count(database, IdempotencyKeyRow) == 1


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({"type": "export"}, ["type"]),
        ({"lang": "fr"}, ["lang"]),
        ({"type": "deletion"}, ["confirm"]),
        ({"type": "account_closure"}, ["confirm"]),
        ({"ground": "5.3.1"}, ["ground"]),
        ({"type": "deletion", "confirm": True, "ground": "9.9"}, ["ground"]),
        ({"contact_value": "wang@"}, ["contact.value"]),
        ({"contact_kind": "fax"}, ["contact.kind"]),
        ({"scope": "x" * 2001}, ["scope"]),
        ({"scope": "\ud800"}, ["scope"]),
        ({"type": "deletion", "lang": "", "contact_value": ""}, ["confirm", "lang", "contact.value"]),
    ],
)
async def test_every_field_at_fault_is_named_and_nothing_is_left(
    service: RequestService, database: Database, change: dict[str, Any], paths: list[str]
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        await service.file(copy_request(**change), "key-1")
    assert [problem.path for problem in refusal.value.fields] == paths
    assert await count(database, RequestRow) == await count(database, IdempotencyKeyRow) == 0


async def test_a_confirmed_deletion_with_a_ground_is_filed(service: RequestService) -> None:
    filed = await service.file(copy_request(type="deletion", confirm=True, ground="5.3.1"), "key-1")
    assert (filed.ticket.ground, filed.ticket.promise["clock_clause_id"]) == ("5.3.1", "10")


async def test_cancelling_is_an_event_and_happens_once(service: RequestService, clock: SetClock) -> None:
    filed = await service.file(copy_request(), "key-1")
    clock.forward(hours=1)
    ticket = await service.cancel(filed.ticket.reference.lower(), filed.token)
    assert (ticket.status, ticket.days_left(clock())) == (Status.CANCELLED, None)
    assert ticket.events[-1].at == clock()
    with pytest.raises(Conflict) as refusal:
        await service.cancel(filed.ticket.reference, filed.token)
    assert refusal.value.code == "move_not_allowed"
    assert await service.read(filed.ticket.reference, filed.token) == ticket


async def test_cancelled_by_many_at_once_it_is_cancelled_once(service: RequestService) -> None:
    filed = await service.file(copy_request(), "key-1")
    calls = (service.cancel(filed.ticket.reference, filed.token) for _ in range(8))
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(result, Conflict) for result in results) == 7
    assert len((await service.read(filed.ticket.reference, filed.token)).events) == 2


@pytest.mark.parametrize("reference", ["DSR-0000-0000", "nonsense", ""])
async def test_an_unknown_reference_and_a_wrong_token_fail_alike(
    service: RequestService, reference: str
) -> None:
    filed = await service.file(copy_request(), "key-1")
    told = set()
    for which, token in [(reference, filed.token), (filed.ticket.reference, "wrong"), (reference, "\ud800é")]:
        for call in (service.read, service.cancel):
            with pytest.raises(NotFound) as refusal:
                await call(which, token)
            told.add((refusal.value.code, refusal.value.message))
    assert len(told) == 1
    assert told.pop()[0] == "request_not_found"


# From a conversation


async def test_a_turn_files_once_and_is_found_again(service: RequestService) -> None:
    first = await service.file_from_chat(**chat_request())
    again = await service.file_from_chat(**chat_request())
    assert (first.created, again.created, again.ticket) == (True, False, first.ticket)
    assert await service.by_turn("session-1", "turn-1") == first.ticket
    assert await service.by_turn("session-1", "turn-2") is None
    assert await service.by_turn("session-2", "turn-1") is None
    assert await service.by_turn("session-1t", "urn-1") is None


async def test_a_later_turn_for_the_same_thing_gets_the_open_request(service: RequestService) -> None:
    first = await service.file_from_chat(**chat_request())
    again = await service.file_from_chat(
        **chat_request(turn_id="turn-2", contact_value="WANG@example.com", scope="x")
    )
    assert (again.created, again.ticket.id) == (False, first.ticket.id)
    assert await service.by_turn("session-1", "turn-2") == first.ticket
    assert [ticket.id for ticket in await service.session_requests("session-1")] == [first.ticket.id]


@pytest.mark.parametrize(
    "change",
    [
        {"session_id": "session-2"},
        {"type": "deletion"},
        {"contact_value": "li@example.com"},
        {"contact_kind": "phone", "contact_value": "13800138000"},
    ],
)
async def test_another_session_type_or_contact_is_another_request(
    service: RequestService, change: dict[str, Any]
) -> None:
    await service.file_from_chat(**chat_request())
    assert (await service.file_from_chat(**chat_request(turn_id="turn-2", **change))).created


async def test_after_cancelling_the_same_thing_can_be_asked_again(service: RequestService) -> None:
    first = await service.file_from_chat(**chat_request())
    await service.cancel(first.ticket.reference, first.token)
    again = await service.file_from_chat(**chat_request(turn_id="turn-2"))
    assert again.created
    assert len(await service.session_requests("session-1")) == 2


async def test_turns_at_once_for_the_same_thing_file_one_request(
    service: RequestService, database: Database
) -> None:
    turns = [chat_request(turn_id=f"turn-{n % 10}") for n in range(20)]
    filed = await asyncio.gather(*(service.file_from_chat(**turn) for turn in turns))
    assert len({one.ticket.id for one in filed}) == 1
    assert (await count(database, RequestRow), await count(database, IdempotencyKeyRow)) == (1, 10)


async def test_a_sessions_request_is_reached_from_that_session_only(service: RequestService) -> None:
    filed = await service.file_from_chat(**chat_request())
    found = await service.session_request("session-1", filed.ticket.reference)
    assert service.subject_token(found) == filed.token
    with pytest.raises(NotFound) as refusal:
        await service.session_request("session-2", filed.ticket.reference)
    assert refusal.value.code == "request_not_found"


# The desk


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


# Derived state, secrets


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
