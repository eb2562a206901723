"""The hash chain shows edits, gaps and cuts; its form is fixed, because stored chains must stay valid."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, update

from api.db import Database
from api.dsr.chain import GENESIS, canonical, event_hash
from api.dsr.service import RequestService
from api.dsr.workflow import Event, Kind
from api.models.event_chain import EventChainRow
from api.models.request_event import RequestEventRow
from tests.api.dsr.support import copy_request

AT = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def test_the_hash_of_a_known_event_never_changes() -> None:
    event = Event(Kind.RECEIVED, AT, "subject", None, "web", {"type": "copy", "说明": "文本", "n": 1})
    written = (
        '{"actor":null,"actor_kind":"subject","at":"2026-03-10T04:00:00.000000+00:00",'
        '"data":{"n":1,"type":"copy","说明":"文本"},"kind":"received","origin":"web",'
        '"prev_hash":"' + "0" * 64 + '","request_id":"id","seq":1,"tenant":"default"}'
    )
    assert event_hash("default", 1, "id", event, GENESIS) == hashlib.sha256(written.encode()).hexdigest()


def test_the_hash_does_not_depend_on_order_or_zone() -> None:
    one = Event(Kind.READ, AT, data={"a": 1, "b": 2})
    same = Event(Kind.READ, AT.astimezone(timezone(timedelta(hours=8))), data={"b": 2, "a": 1})
    assert event_hash("t", 1, "id", one, GENESIS) == event_hash("t", 1, "id", same, GENESIS)


@pytest.mark.parametrize(
    "other",
    [
        event_hash("u", 1, "id", Event(Kind.READ, AT), GENESIS),
        event_hash("t", 2, "id", Event(Kind.READ, AT), GENESIS),
        event_hash("t", 1, "ie", Event(Kind.READ, AT), GENESIS),
        event_hash("t", 1, "id", Event(Kind.CANCELLED, AT), GENESIS),
        event_hash("t", 1, "id", Event(Kind.READ, AT + timedelta(microseconds=1)), GENESIS),
        event_hash("t", 1, "id", Event(Kind.READ, AT, "agent"), GENESIS),
        event_hash("t", 1, "id", Event(Kind.READ, AT, "subject", "mei"), GENESIS),
        event_hash("t", 1, "id", Event(Kind.READ, AT, origin="desk"), GENESIS),
        event_hash("t", 1, "id", Event(Kind.READ, AT, data={"x": 1}), GENESIS),
        event_hash("t", 1, "id", Event(Kind.READ, AT), "1" * 64),
    ],
)
def test_every_part_counts(other: str) -> None:
    assert other != event_hash("t", 1, "id", Event(Kind.READ, AT), GENESIS)


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"n": float("nan")})


@pytest.fixture
async def chained(service: RequestService) -> RequestService:
    for number in range(3):
        filed = await service.file(copy_request(), f"key-{number}")
        await service.read_by_agent(filed.ticket.reference, "mei")
    return service


async def test_an_untouched_chain_is_intact(chained: RequestService) -> None:
    report = await chained.verify_chain()
    assert (report.intact, report.checked, report.reason) == (True, 6, None)


async def test_an_empty_chain_is_intact(service: RequestService) -> None:
    assert (await service.verify_chain()).intact


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "cancelled"},
        {"actor": "li"},
        {"at": AT + timedelta(days=1)},
        {"data": {"edited": True}},
        {"origin": "web"},
        {"hash": "f" * 64},
    ],
)
async def test_an_edit_is_found(
    chained: RequestService, database: Database, values: dict[str, object]
) -> None:
    async with database.transaction() as session:
        await session.execute(update(RequestEventRow).where(RequestEventRow.seq == 4).values(**values))
    report = await chained.verify_chain()
    assert (report.broken_at, report.reason) == (4, "was changed")


async def test_an_edit_with_a_new_hash_is_found_at_its_successor(
    chained: RequestService, database: Database
) -> None:
    async with database.transaction() as session:
        row = await session.get_one(RequestEventRow, ("default", 4))
        row.actor = "li"
        edited = Event(Kind(row.kind), row.at, row.actor_kind, "li", row.origin, row.data)
        row.hash = event_hash("default", 4, row.request_id, edited, row.prev_hash)
    assert (await chained.verify_chain()).broken_at == 5


@pytest.mark.parametrize("seq", [1, 3, 6])
async def test_a_gap_is_found(chained: RequestService, database: Database, seq: int) -> None:
    async with database.transaction() as session:
        await session.execute(delete(RequestEventRow).where(RequestEventRow.seq == seq))
    assert (await chained.verify_chain()).broken_at == seq


async def test_a_lost_head_is_found(chained: RequestService, database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(update(EventChainRow).values(head_seq=5))
    assert not (await chained.verify_chain()).intact
