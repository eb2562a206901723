"""The ledger of events: adding one with what follows from it, deriving all anew, checking the chain."""

from __future__ import annotations

from api.db import Database
from api.dsr.chain import ChainCheck, ChainReport
from api.dsr.deadlines import WorkCalendar, deadline_of
from api.dsr.repository import RequestRepository
from api.dsr.workflow import Event, check_move, status_of
from api.models.event_chain import EventChainRow


async def record(
    repository: RequestRepository,
    head: EventChainRow,
    request_id: str,
    event: Event,
    calendar: WorkCalendar,
) -> None:
    """Append an event to the locked chain and write the derived state.

    Raises Conflict ``move_not_allowed`` before anything is written.
    """
    events = (await repository.events_of([request_id])).get(request_id, ())
    status = check_move(events, event.kind)
    await repository.append(head, request_id, event)
    await repository.put_state(request_id, status, deadline_of([*events, event], calendar))


async def rebuild(database: Database, tenant: str, calendar: WorkCalendar, only_provisional: bool) -> int:
    """Derive the states of a tenant's requests anew, a batch a transaction; how many."""
    done, after = 0, ""
    while True:
        async with database.transaction() as session:
            repository = RequestRepository(session, tenant)
            await repository.lock_chain()
            ids = await repository.ids(after, only_provisional)
            for request_id, events in (await repository.events_of(ids)).items():
                await repository.put_state(request_id, status_of(events), deadline_of(events, calendar))
        if not ids:
            return done
        done, after = done + len(ids), ids[-1]


async def verify(database: Database, tenant: str) -> ChainReport:
    """Go through a tenant's events and find the first edit or gap."""
    check = ChainCheck()
    async with database.reading() as session:
        repository = RequestRepository(session, tenant)
        # The head first: events that are added meanwhile lie beyond it.
        head_seq, head_hash = await repository.head()
        async for link in repository.links(head_seq):
            check.take(link)
    return check.finish(head_seq, head_hash)
