"""Filing, reading, cancelling: on real databases, also from many callers at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from api.db import Database
from api.dsr.repository import RequestRepository
from api.dsr.service import RequestService
from api.dsr.workflow import Kind, Status
from api.errors import Conflict, InvalidRequest, NotFound, Unavailable
from api.models.idempotency_key import IdempotencyKeyRow
from api.models.request import RequestRow
from api.models.request_event import RequestEventRow
from tests.api.dsr.support import SetClock, copy_request, count

MakeService = Callable[..., RequestService]


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
    later.adopt({}, "2030-01-01")
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
