"""Requests, their events and their derived state in the database. Opens no transaction of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.dsr.chain import GENESIS, Link, event_hash
from api.dsr.deadlines import Deadline
from api.dsr.workflow import CLOSED, Event, Kind, Status
from api.models.event_chain import EventChainRow
from api.models.idempotency_key import IdempotencyKeyRow
from api.models.request import RequestRow
from api.models.request_event import RequestEventRow
from api.models.request_state import RequestStateRow

BATCH = 500


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of the queue ended: open before closed, soonest due first, then by id."""

    closed: bool
    due_at: datetime
    request_id: str


class RequestRepository:
    """Everything of one tenant, within the caller's transaction."""

    def __init__(self, session: AsyncSession, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    async def lock_chain(self) -> EventChainRow:
        """Queue up behind the tenant's other writers; SQLite's write lock has already done so."""
        query = select(EventChainRow).where(EventChainRow.tenant == self._tenant).with_for_update()
        head = (
            await self._session.execute(query.execution_options(populate_existing=True))
        ).scalar_one_or_none()
        if head is None:
            head = EventChainRow(tenant=self._tenant, head_seq=0, head_hash=GENESIS)
            self._session.add(head)
            await self._session.flush()
        return head

    async def append(self, head: EventChainRow, request_id: str, event: Event) -> None:
        """Add one event to the locked chain."""
        seq, prev_hash = head.head_seq + 1, head.head_hash
        digest = event_hash(self._tenant, seq, request_id, event, prev_hash)
        self._session.add(
            RequestEventRow(
                tenant=self._tenant,
                seq=seq,
                request_id=request_id,
                kind=event.kind.value,
                at=event.at,
                actor_kind=event.actor_kind,
                actor=event.actor,
                origin=event.origin,
                data=dict(event.data),
                prev_hash=prev_hash,
                hash=digest,
            )
        )
        head.head_seq, head.head_hash = seq, digest
        await self._session.flush()

    async def add_request(self, row: RequestRow) -> None:
        self._session.add(row)
        await self._session.flush()

    async def put_state(self, request_id: str, status: Status, deadline: Deadline) -> None:
        """Write the derived state; the only place that does."""
        await self._session.merge(
            RequestStateRow(
                request_id=request_id,
                status=status.value,
                closed=status in CLOSED,
                due_at=deadline.due_at,
                provisional=deadline.provisional,
                paused_since=deadline.paused_since,
            )
        )
        await self._session.flush()

    async def find_key(self, scope: str, key_index: str) -> IdempotencyKeyRow | None:
        return await self._session.get(IdempotencyKeyRow, (scope, key_index))

    async def add_key(self, row: IdempotencyKeyRow) -> None:
        self._session.add(row)
        await self._session.flush()

    async def by_id(self, request_id: str) -> RequestRow | None:
        return await self._one(self._requests().where(RequestRow.id == request_id))

    async def by_reference(self, reference: str) -> RequestRow | None:
        return await self._one(self._requests().where(RequestRow.reference == reference))

    async def by_session(self, session_id: str) -> list[RequestRow]:
        """Oldest first."""
        query = self._requests().where(RequestRow.session_id == session_id)
        query = query.order_by(RequestRow.received_at, RequestRow.id)
        return list((await self._session.execute(query)).scalars())

    async def open_in_session(self, session_id: str, type_: str, contact_index: str) -> list[RequestRow]:
        """Oldest first."""
        query = (
            self._requests()
            .join(RequestStateRow, RequestStateRow.request_id == RequestRow.id)
            .where(
                RequestRow.session_id == session_id,
                RequestRow.type == type_,
                RequestRow.contact_index == contact_index,
                RequestStateRow.closed.is_(False),
            )
            .order_by(RequestRow.received_at, RequestRow.id)
        )
        return list((await self._session.execute(query)).scalars())

    async def events_of(self, request_ids: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        """The histories of some requests, each oldest first."""
        query = (
            select(RequestEventRow)
            .where(RequestEventRow.tenant == self._tenant, RequestEventRow.request_id.in_(request_ids))
            .order_by(RequestEventRow.request_id, RequestEventRow.seq)
        )
        rows = (await self._session.execute(query)).scalars()
        return {key: tuple(map(_event, group)) for key, group in groupby(rows, lambda row: row.request_id)}

    async def queue(
        self,
        status: Status | None,
        closed: bool | None,
        type_: str | None,
        after: Position | None,
        limit: int,
    ) -> list[tuple[RequestRow, RequestStateRow]]:
        """One page: open before closed, soonest due first."""
        state = RequestStateRow
        query = (
            select(RequestRow, state)
            .join(state, state.request_id == RequestRow.id)
            .where(RequestRow.tenant == self._tenant)
            .order_by(state.closed, state.due_at, state.request_id)
            .limit(limit)
        )
        if status is not None:
            query = query.where(state.status == status.value)
        if closed is not None:
            query = query.where(state.closed.is_(closed))
        if type_ is not None:
            query = query.where(RequestRow.type == type_)
        if after is not None:
            # Spelled out: databases differ on comparing rows that start with a boolean.
            same_moment = and_(state.due_at == after.due_at, state.request_id > after.request_id)
            later = or_(state.due_at > after.due_at, same_moment)
            same_group = and_(state.closed.is_(after.closed), later)
            query = query.where(same_group if after.closed else or_(same_group, state.closed.is_(True)))
        return [(row[0], row[1]) for row in (await self._session.execute(query)).all()]

    async def ids(self, after: str, only_provisional: bool) -> list[str]:
        """One batch of request ids in order, for going through all of them."""
        query = select(RequestRow.id).where(RequestRow.tenant == self._tenant, RequestRow.id > after)
        if only_provisional:
            query = query.join(RequestStateRow, RequestStateRow.request_id == RequestRow.id)
            query = query.where(RequestStateRow.provisional.is_(True), RequestStateRow.closed.is_(False))
        return list((await self._session.execute(query.order_by(RequestRow.id).limit(BATCH))).scalars())

    async def head(self) -> tuple[int, str]:
        """Number and hash of the newest event; (0, GENESIS) before the first."""
        row = await self._session.get(EventChainRow, self._tenant)
        return (row.head_seq, row.head_hash) if row is not None else (0, GENESIS)

    async def links(self, up_to: int) -> AsyncIterator[Link]:
        """The chain in order, read in batches."""
        done = 0
        while True:
            query = (
                select(RequestEventRow)
                .where(
                    RequestEventRow.tenant == self._tenant,
                    RequestEventRow.seq > done,
                    RequestEventRow.seq <= up_to,
                )
                .order_by(RequestEventRow.seq)
                .limit(BATCH)
            )
            rows = list((await self._session.execute(query)).scalars())
            if not rows:
                return
            for row in rows:
                yield Link(row.tenant, row.seq, row.request_id, _event(row), row.prev_hash, row.hash)
            done = rows[-1].seq

    def _requests(self) -> Select[RequestRow]:
        return select(RequestRow).where(RequestRow.tenant == self._tenant)

    async def _one(self, query: Select[RequestRow]) -> RequestRow | None:
        return (await self._session.execute(query)).scalar_one_or_none()


def _event(row: RequestEventRow) -> Event:
    return Event(Kind(row.kind), row.at, row.actor_kind, row.actor, row.origin, row.data)
