"""``/agent``: login, assisted search, the request queue."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.clock import Clock
from api.console import presenter
from api.console.guard import (
    COOKIE,
    CurrentAgent,
    DeskDep,
    clear_cookie,
    current_agent,
    same_site,
    set_cookie,
)
from api.console.queue import read_filter, write_cursor
from api.console.schemas import (
    AgentResponse,
    AssistRequest,
    AssistResponse,
    DeskRequestResponse,
    LoggedOut,
    LoginRequest,
    QueueResponse,
    SetupRequest,
)
from api.console.service import Agent, Login
from api.dsr.endpoints import PRIVATE, Reference, RequestsDep
from api.limits import Limited, address_of
from api.policy.endpoints import PolicyDep
from api.policy.presenter import search_body

router = APIRouter(prefix="/agent", tags=["agents"], dependencies=[Depends(same_site), PRIVATE])

LIMITED = Depends(Limited("login"))
LOGGED_IN = Depends(current_agent)
Filter = Annotated[str | None, Query(max_length=40)]


def product_clock(request: Request) -> Clock:
    found: Clock = request.app.state.clock
    return found


ClockDep = Annotated[Clock, Depends(product_clock)]


@router.post("/setup", status_code=201, dependencies=[LIMITED])
async def setup(body: SetupRequest, desk: DeskDep, request: Request, response: Response) -> AgentResponse:
    """Create the first agent with the one-time link; closed for good afterwards."""
    login = await desk.setup(body.setup_token, body.username, body.password)
    return _logged_in(login, request, response)


@router.post("/login", dependencies=[LIMITED])
async def log_in(body: LoginRequest, desk: DeskDep, request: Request, response: Response) -> AgentResponse:
    """Log in; the answer to a wrong password and to an unknown name is the same."""
    login = await desk.login(body.username, body.password, address_of(request))
    return _logged_in(login, request, response)


@router.post("/logout")
async def log_out(desk: DeskDep, request: Request, response: Response) -> LoggedOut:
    """End the login, if there is one."""
    token = request.cookies.get(COOKIE)
    if token:
        await desk.logout(token)
    clear_cookie(response, request)
    return LoggedOut()


@router.get("/me")
async def me(agent: CurrentAgent) -> AgentResponse:
    """Who is logged in."""
    return _agent(agent)


@router.post("/assist/search", dependencies=[LOGGED_IN])
async def assist(body: AssistRequest, desk: DeskDep, policy: PolicyDep) -> AssistResponse:
    """The search of the policy with a reply that can be sent as it stands."""
    finding = await policy.search(body.query, body.lang, body.top_k)
    answer = search_body(policy, finding).model_dump()
    return AssistResponse.model_validate(
        {
            **answer,
            "lesson": presenter.applied_lesson(finding.recalled),
            "suggested_reply": desk.assistant.suggest(policy, finding),
        }
    )


@router.get("/requests", dependencies=[LOGGED_IN])
async def queue(
    requests: RequestsDep,
    clock: ClockDep,
    status: Filter = None,
    type: Filter = None,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> QueueResponse:
    """The queue: open before closed, soonest due first. ``status`` may also be ``open`` or ``closed``."""
    wanted = read_filter(status, type, cursor, requests.promises)
    page = await requests.queue(wanted.status, wanted.closed, wanted.type, wanted.after, limit)
    now = clock()
    entries = [presenter.queue_entry(ticket, now) for ticket in page.tickets]
    return QueueResponse.model_validate(
        {"requests": entries, "next_cursor": write_cursor(page.next_position)}
    )


@router.get("/requests/{reference}")
async def request_details(
    reference: Reference, agent: CurrentAgent, requests: RequestsDep, clock: ClockDep
) -> DeskRequestResponse:
    """One request with its contact; that it was read is recorded."""
    ticket = await requests.read_by_agent(reference, agent.username)
    return DeskRequestResponse.model_validate({"request": presenter.desk_view(ticket, clock())})


def _logged_in(login: Login, request: Request, response: Response) -> AgentResponse:
    set_cookie(response, request, login.token, login.lifetime)
    return _agent(login.agent)


def _agent(agent: Agent) -> AgentResponse:
    return AgentResponse.model_validate({"agent": {"username": agent.username, "role": agent.role}})
