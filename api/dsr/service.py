"""Data subject requests: the only writer of tickets."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError

from api.clock import Clock
from api.crypto import Vault
from api.db import Database
from api.dsr import ledger
from api.dsr.chain import ChainReport
from api.dsr.contacts import Contact
from api.dsr.deadlines import ChineseCalendar, WorkCalendar
from api.dsr.filing import CheckedFiling, Filing, check_filing
from api.dsr.promises import Promise
from api.dsr.references import new_reference, parse_reference
from api.dsr.repository import Position, RequestRepository
from api.dsr.tickets import Ticket, TicketReader
from api.dsr.workflow import Event, Kind, Status
from api.errors import Conflict, NotFound, Unavailable
from api.models.event_chain import EventChainRow
from api.models.idempotency_key import IdempotencyKeyRow
from api.models.request import RequestRow

TENANT = "default"
CHAT = "chat"
PUBLIC = "public"
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Filed:
    """``created`` is False when an earlier call had already filed this request."""

    ticket: Ticket
    created: bool
    token: str


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Tickets with the position after which the next page starts; None on the last page."""

    tickets: tuple[Ticket, ...]
    next_position: Position | None


class RequestService:
    """Files, reads and moves requests.

    Every change is one transaction: the events are appended to the tenant's chain and the derived state is
    written beside them. The chain's lock is taken first, so what a change was checked against cannot have
    moved meanwhile.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        promises: Mapping[str, Promise],
        clock: Clock,
        policy_version: str,
        calendar: WorkCalendar | None = None,
        draw_reference: Callable[[], str] = new_reference,
        tenant: str = TENANT,
    ) -> None:
        self._database = database
        self._vault = vault
        self.adopt(promises, policy_version)
        self._clock = clock
        self._calendar = calendar or ChineseCalendar()
        self._draw_reference = draw_reference
        self._tenant = tenant
        self._reader = TicketReader(vault, self._calendar)

    @property
    def promises(self) -> Mapping[str, Promise]:
        return self._policy[0]

    def adopt(self, promises: Mapping[str, Promise], policy_version: str) -> None:
        """From now on requests are filed under these promises; what was filed keeps its own."""
        self._policy: tuple[Mapping[str, Promise], str] = dict(promises), policy_version

    async def file(self, filing: Filing, idempotency_key: str) -> Filed:
        """File a request once a key.

        Raises InvalidRequest with the fields at fault, Conflict ``idempotency_conflict`` when the key was
        used for another body.
        """
        return await self._file(filing, PUBLIC, idempotency_key)

    async def file_from_chat(
        self,
        session_id: str,
        turn_id: str,
        type: str,
        lang: str,
        scope: str | None,
        ground: str | None,
        contact_kind: str,
        contact_value: str,
        guardian_for_child: bool = False,
    ) -> Filed:
        """File what a conversation collected, once a turn.

        The dialogue asks for the confirmation itself. Asking for the same again in the same session while that
        request is open gives the open one; whatever differs in ground, words or guardian is a request of its
        own, so that nothing asked for is lost. Raises as ``file``.
        """
        filing = Filing(
            type=type,
            lang=lang,
            contact_kind=contact_kind,
            contact_value=contact_value,
            scope=scope,
            ground=ground,
            guardian_for_child=guardian_for_child,
            confirm=True,
            session_id=session_id,
            origin=CHAT,
        )
        return await self._file(filing, CHAT, _turn_key(session_id, turn_id))

    async def read(self, reference: str, token: str) -> Ticket:
        """The subject's own request; NotFound ``request_not_found`` for a wrong token or reference alike."""
        async with self._database.reading() as session:
            repository = RequestRepository(session, self._tenant)
            return await self._ticket(repository, await self._own(repository, reference, token))

    async def cancel(self, reference: str, token: str) -> Ticket:
        """Withdraw one's own request; NotFound as ``read``, Conflict ``move_not_allowed`` once closed."""
        async with self._database.transaction() as session:
            repository = RequestRepository(session, self._tenant)
            head = await repository.lock_chain()
            row = await self._own(repository, reference, token)
            await self._record(repository, head, row, Event(Kind.CANCELLED, self._clock()))
            return await self._ticket(repository, row)

    async def session_requests(self, session_id: str) -> tuple[Ticket, ...]:
        """What was filed in a chat session, oldest first."""
        async with self._database.reading() as session:
            repository = RequestRepository(session, self._tenant)
            return await self._tickets(repository, await repository.by_session(session_id))

    async def session_request(self, session_id: str, reference: str) -> Ticket:
        """One request of a chat session; NotFound ``request_not_found`` for those of others."""
        known = parse_reference(reference)
        for ticket in await self.session_requests(session_id):
            if ticket.reference == known:
                return ticket
        raise _not_found()

    async def by_turn(self, session_id: str, turn_id: str) -> Ticket | None:
        """The request a chat turn ended with, e.g. to answer after a crash."""
        async with self._database.reading() as session:
            repository = RequestRepository(session, self._tenant)
            key = await repository.find_key(CHAT, self._key_index(_turn_key(session_id, turn_id)))
            row = await repository.by_id(key.request_id) if key is not None else None
            return await self._ticket(repository, row) if row is not None else None

    def subject_token(self, ticket: Ticket) -> str:
        """The bearer token that opens this request and no other."""
        return self._vault.sign("subject", ticket.id)

    async def queue(
        self,
        status: Status | None = None,
        closed: bool | None = None,
        type: str | None = None,
        after: Position | None = None,
        limit: int = 50,
    ) -> QueuePage:
        """The desk's list: open before closed, soonest due first."""
        async with self._database.reading() as session:
            repository = RequestRepository(session, self._tenant)
            found = await repository.queue(status, closed, type, after, limit + 1)
            tickets = await self._tickets(repository, [row for row, _ in found[:limit]])
        if len(found) <= limit:
            return QueuePage(tickets, None)
        last = found[limit - 1][1]
        return QueuePage(tickets, Position(last.closed, last.due_at, last.request_id))

    async def read_by_agent(self, reference: str, agent: str) -> Ticket:
        """A request with its contact; that an agent read it becomes an event. Raises NotFound."""
        async with self._database.transaction() as session:
            repository = RequestRepository(session, self._tenant)
            head = await repository.lock_chain()
            row = await self._known(repository, reference)
            await self._record(repository, head, row, Event(Kind.READ, self._clock(), "agent", agent, "desk"))
            return await self._ticket(repository, row)

    async def rebuild(self, only_provisional: bool = False) -> int:
        """Derive the state of all requests (or of open ones with a provisional due date) anew; how many."""
        return await ledger.rebuild(self._database, self._tenant, self._calendar, only_provisional)

    async def verify_chain(self) -> ChainReport:
        """Go through all events and find the first edit or gap."""
        return await ledger.verify(self._database, self._tenant)

    async def _file(self, filing: Filing, scope: str, key: str) -> Filed:
        promises, version = self._policy
        checked = replace(check_filing(filing, promises), policy_version=version)
        for _ in range(_TRIES):
            try:
                return await self._file_once(checked, scope, self._key_index(key))
            except IntegrityError:
                # Somebody else used the key or the reference in the same moment: now it can be read.
                continue
        raise Unavailable("The request could not be stored; please try again.")

    async def _file_once(self, filing: CheckedFiling, scope: str, key_index: str) -> Filed:
        fingerprint = self._vault.blind_index("filing", filing.body())
        async with self._database.transaction() as session:
            repository = RequestRepository(session, self._tenant)
            head = await repository.lock_chain()
            used = await repository.find_key(scope, key_index)
            if used is not None:
                return await self._filed_before(repository, used, fingerprint)
            row, created = await self._open_twin(repository, filing), False
            if row is None:
                row, created = await self._add(repository, head, filing), True
            await repository.add_key(
                IdempotencyKeyRow(
                    scope=scope,
                    key_index=key_index,
                    fingerprint=fingerprint,
                    request_id=row.id,
                    created_at=self._clock(),
                )
            )
            ticket = await self._ticket(repository, row)
        return Filed(ticket, created, self.subject_token(ticket))

    async def _filed_before(
        self, repository: RequestRepository, used: IdempotencyKeyRow, fingerprint: str
    ) -> Filed:
        if used.fingerprint != fingerprint:
            raise Conflict("This key was already used for another request.", code="idempotency_conflict")
        row = await repository.by_id(used.request_id)
        assert row is not None
        ticket = await self._ticket(repository, row)
        return Filed(ticket, False, self.subject_token(ticket))

    async def _open_twin(self, repository: RequestRepository, filing: CheckedFiling) -> RequestRow | None:
        """Only within one chat session: elsewhere a stranger could reach a request by typing its address."""
        if filing.session_id is None:
            return None
        index = self._contact_index(filing.contact)
        for row in await repository.open_in_session(filing.session_id, filing.promise.type, index):
            scope = self._vault.decrypt(row.scope_sealed) if row.scope_sealed is not None else None
            if filing.asks_the_same(row.ground, scope, row.guardian_for_child):
                return row
        return None

    async def _add(
        self, repository: RequestRepository, head: EventChainRow, filing: CheckedFiling
    ) -> RequestRow:
        now = self._clock()
        row = RequestRow(
            id=str(uuid.uuid4()),
            tenant=self._tenant,
            reference=await self._free_reference(repository),
            type=filing.promise.type,
            lang=filing.lang,
            ground=filing.ground,
            guardian_for_child=filing.guardian_for_child,
            contact_kind=filing.contact.kind,
            contact_sealed=self._vault.encrypt(filing.contact.value),
            contact_index=self._contact_index(filing.contact),
            scope_sealed=self._vault.encrypt(filing.scope) if filing.scope is not None else None,
            session_id=filing.session_id,
            received_at=now,
        )
        await repository.add_request(row)
        await self._record(repository, head, row, self._received(filing, row))
        return row

    def _received(self, filing: CheckedFiling, row: RequestRow) -> Event:
        data = {
            "type": row.type,
            "lang": row.lang,
            "ground": row.ground,
            "guardian_for_child": row.guardian_for_child,
            "confirmed": filing.promise.needs_confirmation,
            "policy_version": filing.policy_version,
            "promise": filing.promise.snapshot(),
        }
        return Event(Kind.RECEIVED, row.received_at, origin=filing.origin, data=data)

    async def _record(
        self, repository: RequestRepository, head: EventChainRow, row: RequestRow, event: Event
    ) -> None:
        await ledger.record(repository, head, row.id, event, self._calendar)

    async def _free_reference(self, repository: RequestRepository) -> str:
        for _ in range(_TRIES):
            reference = self._draw_reference()
            if await repository.by_reference(reference) is None:
                return reference
        raise Unavailable("No free reference number was found; please try again.")

    async def _own(self, repository: RequestRepository, reference: str, token: str) -> RequestRow:
        known = parse_reference(reference)
        row = await repository.by_reference(known) if known is not None else None
        # Verified also without a row, so that both failures take the same path.
        valid = self._vault.verify("subject", row.id if row is not None else "nobody", token)
        if row is None or not valid:
            raise _not_found()
        return row

    async def _known(self, repository: RequestRepository, reference: str) -> RequestRow:
        known = parse_reference(reference)
        row = await repository.by_reference(known) if known is not None else None
        if row is None:
            raise _not_found()
        return row

    async def _ticket(self, repository: RequestRepository, row: RequestRow) -> Ticket:
        return (await self._tickets(repository, [row]))[0]

    async def _tickets(self, repository: RequestRepository, rows: list[RequestRow]) -> tuple[Ticket, ...]:
        events = await repository.events_of([row.id for row in rows])
        return tuple(self._reader.ticket(row, events[row.id]) for row in rows)

    def _contact_index(self, contact: Contact) -> str:
        # Mailboxes that differ only in case are the same one everywhere that matters.
        return self._vault.blind_index(contact.kind, contact.value.casefold())

    def _key_index(self, key: str) -> str:
        return self._vault.blind_index("idempotency", key)


def _turn_key(session_id: str, turn_id: str) -> str:
    return f"{len(session_id)}:{session_id}{turn_id}"


def _not_found() -> NotFound:
    return NotFound("There is no such request, or the link to it is not valid.", code="request_not_found")
